//! How a connection is registered, and that it is gone.

use crate::app::App;
use crate::error::{Error, Result};
use crate::limits::network::Network;
use crate::limits::share::Share;
use crate::model::{Caller, Role, SessionId, SteadyClock, Uid};
use crate::protocol::commands::Register;
use crate::realtime::registry::entry::Entry;
use crate::realtime::registry::messages::{Connect, Disconnect};
use crate::realtime::session::effect::{Registered, ToSession};
use crate::service::registration;
use crate::store::login_history::Origin;
use actix::Recipient;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A connection as its peer presented it.
#[derive(Clone)]
pub struct Handshake {
    /// The network address that it comes from.
    pub remote_address: String,
    /// The tokens that came with it.
    pub tokens: HandshakeTokens,
    /// What it holds of its network's shares until somebody registers.
    pub shares: Vec<Arc<Share<Network>>>,
}

/// The tokens that came with a handshake.
#[derive(Debug, Clone, Default)]
pub struct HandshakeTokens {
    /// From `Authorization` or the query.
    pub any: Option<String>,
    /// From the cookies of an allowed origin, each with the role whose cookie it was.
    pub cookies: Vec<(Role, String)>,
}

impl HandshakeTokens {
    fn token_of(&self, role: Role) -> Option<&str> {
        let cookie = || self.cookies.iter().find(|(cookie_role, _)| *cookie_role == role);
        self.any.as_deref().or_else(|| cookie().map(|(_, token)| token.as_str()))
    }
}

/// A connection that asks to be registered.
pub struct ConnectionRequest {
    /// The connection.
    pub id: SessionId,
    /// The address of its actor.
    pub address: Recipient<ToSession>,
    /// What its peer presented.
    pub handshake: Handshake,
    /// Whether its client acknowledges pushes; the connection sets it too.
    pub acks: Arc<AtomicBool>,
}

impl App {
    /// Registers a connection: finds out who it is, records the login, enters it in the registry, and
    /// only then reads how far its pushes have come, so that none falls in between.
    pub async fn register(
        &self,
        request: Register,
        connection: ConnectionRequest,
    ) -> Result<(Caller, Registered)> {
        let caller = self.identify(&request, &connection.handshake.tokens).await?;
        let (id, since) = (connection.id, request.since);
        self.connect(&caller, request, connection).await?;
        match self.find_start(&caller, since).await {
            Ok(registered) => Ok((caller, registered)),
            Err(error) => {
                self.disconnect(caller.uid, id).await;
                Err(error)
            }
        }
    }

    async fn identify(&self, request: &Register, tokens: &HandshakeTokens) -> Result<Caller> {
        const NO_TOKEN: Error = Error::Auth("there is no token: log in");
        let token = request.token.as_deref().or_else(|| tokens.token_of(request.role)).ok_or(NO_TOKEN)?;
        let caller = self.caller(token).await?;
        match caller.uid == request.uid && caller.role == request.role {
            true => Ok(caller),
            false => Err(Error::Auth("the token is not of this uid and type")),
        }
    }

    /// Records the login and enters the connection in the registry; devices whose connection it takes
    /// the place of get no more mobile notices.
    async fn connect(&self, caller: &Caller, request: Register, connection: ConnectionRequest) -> Result<()> {
        let ConnectionRequest { id, address, handshake, acks } = connection;
        let Register { deviceid, platform, .. } = request;
        let origin = Origin { deviceid: deviceid.clone(), platform, address: handshake.remote_address };
        let (token, of) = (caller.token, caller.clone());
        if self.write(move |tx| registration::record(tx, &of, &origin)).await? {
            acks.store(true, Ordering::Relaxed);
        }
        let entry = Entry {
            id,
            deviceid,
            token,
            address,
            acks,
            entered: SteadyClock::start(),
            told: Default::default(),
        };
        let (app, uid) = (self.clone(), caller.uid.clone());
        let replaced = self.0.registry.send(Connect { uid: uid.clone(), entry });
        // The connection that this one took the place of is closed already: its device is released even
        // where this one is gone by then.
        let released = actix::spawn(async move {
            let replaced = replaced.await.map_err(Error::inside)?;
            match replaced.is_empty() {
                true => Ok(()),
                false => app.write(move |tx| registration::release_replaced(tx, &uid, &replaced)).await,
            }
        });
        released.await.map_err(Error::inside)?
    }

    /// From where on the client's pushes are sent.
    async fn find_start(&self, caller: &Caller, since: Option<i64>) -> Result<Registered> {
        let (uid, token) = (caller.uid.clone(), caller.token);
        let mailbox = self.read(move |store| registration::find_mailbox(store, &uid, token)).await?;
        let held = since.filter(|since| mailbox.holds_after(*since));
        Ok(Registered {
            uid: caller.uid.clone(),
            role: caller.role,
            name: caller.name.clone(),
            seq: mailbox.seq,
            since: held,
            recovered: since == held,
        })
    }

    /// Removes a connection that is gone from the registry.
    pub async fn disconnect(&self, uid: Uid, id: SessionId) {
        // The registry is gone only when the server ends.
        let _ = self.0.registry.send(Disconnect { uid, id }).await;
    }
}

//! How a connection is registered, and that it is gone.

use crate::app::App;
use crate::auth::token;
use crate::error::{Error, Result};
use crate::limits::network::Network;
use crate::limits::share::Share;
use crate::model::{Caller, Role, SessionId, SteadyClock, Uid};
use crate::protocol::commands::Register;
use crate::realtime::registry::entry::Entry;
use crate::realtime::registry::messages::{Connect, Disconnect};
use crate::realtime::session::effect::{Registered, ToSession};
use crate::service::registration::{self, Entered, Start};
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
    /// only then reads how far its pushes have come, so that none falls in between. What the store has to do
    /// with it is done together with others that register.
    pub async fn register(
        &self,
        request: Register,
        connection: ConnectionRequest,
    ) -> Result<(Caller, Registered)> {
        let ConnectionRequest { id, address, handshake, acks } = connection;
        let Register { role, uid, deviceid, token, platform, since } = request;
        let token = token.as_deref().or_else(|| handshake.tokens.token_of(role)).ok_or(NO_TOKEN)?;
        let token = token::hash(token);
        let origin = Origin { deviceid: deviceid.clone(), platform, address: handshake.remote_address };
        let caller = self.record(registration::Request { uid, role, token, origin }, &acks).await?;
        let (entered, told) = (SteadyClock::start(), Default::default());
        let entry = Entry { id, deviceid, token, address, acks, entered, told };
        self.connect(&caller.uid, entry).await?;
        let entered = Entered { uid: caller.uid.clone(), token, since };
        match self.0.starts.run(entered).await {
            Ok(start) => Ok((caller.clone(), registered(caller, since, start))),
            Err(error) => {
                self.disconnect(caller.uid, id).await;
                Err(error)
            }
        }
    }

    /// Finds out who it is, and records the login.
    async fn record(&self, request: registration::Request, acks: &AtomicBool) -> Result<Caller> {
        let cached = self.0.token_cache.find(request.token);
        let recorded = self.0.records.run(request).await?;
        if let Err(generation) = cached {
            self.0.token_cache.insert(generation, &recorded.caller);
        }
        if recorded.acks {
            acks.store(true, Ordering::Relaxed);
        }
        Ok(recorded.caller)
    }

    /// Enters the connection in the registry; devices whose connection it takes the place of get no more
    /// mobile notices.
    async fn connect(&self, uid: &Uid, entry: Entry) -> Result<()> {
        let (app, uid) = (self.clone(), uid.clone());
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

    /// Removes a connection that is gone from the registry.
    pub async fn disconnect(&self, uid: Uid, id: SessionId) {
        // The registry is gone only when the server ends.
        let _ = self.0.registry.send(Disconnect { uid, id }).await;
    }
}

const NO_TOKEN: Error = Error::Auth("there is no token: log in");

/// Who has registered, with what they have missed.
fn registered(caller: Caller, since: Option<i64>, start: Start) -> Registered {
    let (Caller { uid, role, name, .. }, Start { seq, sent, since: held, missed }) = (caller, start);
    Registered { uid, role, name, seq, sent, since: held, recovered: since == held, missed }
}

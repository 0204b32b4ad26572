//! How a connection is registered, and that it is gone.

use crate::app::App;
use crate::auth::token;
use crate::error::{Error, Result};
use crate::limits::network::Network;
use crate::limits::share::Share;
use crate::model::{Caller, Role, SessionId, SteadyClock, Uid};
use crate::protocol::commands::Register;
use crate::realtime::registry::entry::Entry;
use crate::realtime::registry::messages::{Connect, Disconnect, Displace};
use crate::realtime::session::effect::{Registered, ToSession};
use crate::service::places::Place;
use crate::service::registration::{self, Entered, Recorded, Start};
use crate::store::connection::enter::Gone;
use crate::store::connection::review::Newer;
use crate::store::login_history::Origin;
use actix::Recipient;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::oneshot;

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
        let place = self.place(id);
        let request = registration::Request { uid, role, token, origin, place };
        let Recorded { caller, epoch, .. } = self.record(request, &acks).await?;
        let (entered, told) = (SteadyClock::start(), Default::default());
        let entry = Entry { id, deviceid, token, address, acks, epoch, entered, told };
        let uid = caller.uid.clone();
        let held = place.map(|_| (self.config().connections, entry.held(&uid)));
        self.connect(&uid, entry).await?;
        match self.0.starts.run(Entered { uid, token, since, held }).await {
            Ok(start) => {
                self.displace(&caller.uid, start.newer.as_ref()).await;
                Ok((caller.clone(), registered(caller, since, start)))
            }
            Err(error) => {
                self.disconnect(caller.uid, id).await;
                Err(error)
            }
        }
    }

    /// Where a connection is among several nodes.
    fn place(&self, session: SessionId) -> Option<Place> {
        self.0.nodes.as_ref().map(|nodes| Place { session, node: nodes.node() })
    }

    /// Closes what a connection on another node has taken the place of, before this node knew of it.
    pub async fn displace(&self, uid: &Uid, newer: Option<&Newer>) {
        let Some(Newer { deviceid, epoch }) = newer.cloned() else { return };
        // The registry is gone only when the server ends.
        let _ = self.0.registry.send(Displace { uid: uid.clone(), deviceid, epoch }).await;
    }

    /// Has it put on record; where nobody waits for that any more, what became of it is taken back.
    async fn record_for(&self, request: registration::Request) -> Result<Recorded> {
        let Some(Place { session, .. }) = request.place else { return self.0.records.run(request).await };
        let (app, uid) = (self.clone(), request.uid.clone());
        let (sender, answer) = oneshot::channel();
        actix::spawn(async move {
            let recorded = app.0.records.run(request).await;
            if sender.send(recorded).is_err() {
                app.leave(uid, session).await;
            }
        });
        answer.await.map_err(Error::inside)?
    }

    /// Takes away what other nodes know of a connection that is gone.
    pub async fn leave(&self, uid: Uid, session: SessionId) {
        if self.0.nodes.is_none() {
            return;
        }
        if let Err(error) = self.0.leaves.run(Gone { uid, session }).await {
            // It is found when this node looks through its connections.
            error.log_for_connection(session, "leaving failed");
        }
    }

    /// Finds out who it is, and records the login.
    async fn record(&self, request: registration::Request, acks: &AtomicBool) -> Result<Recorded> {
        let cached = self.0.token_cache.find(request.token);
        let recorded = self.record_for(request).await?;
        if let Err(generation) = cached {
            self.0.token_cache.insert(generation, &recorded.caller);
        }
        if recorded.acks {
            acks.store(true, Ordering::Relaxed);
        }
        Ok(recorded)
    }

    /// Enters the connection in the registry; devices whose connection it takes the place of get no more
    /// mobile notices.
    async fn connect(&self, uid: &Uid, entry: Entry) -> Result<()> {
        let (app, uid, is_placed) = (self.clone(), uid.clone(), self.0.nodes.is_some());
        let replaced = self.0.registry.send(Connect { uid: uid.clone(), entry });
        // The connection that this one took the place of is closed already: its device is released even
        // where this one is gone by then.
        let released = actix::spawn(async move {
            let replaced = replaced.await.map_err(Error::inside)?;
            // With several nodes they were released when this one entered.
            match replaced.is_empty() || is_placed {
                true => Ok(()),
                false => app.write(move |tx| registration::release_replaced(tx, &uid, &replaced)).await,
            }
        });
        released.await.map_err(Error::inside)?
    }

    /// Removes a connection that is gone from the registry.
    pub async fn disconnect(&self, uid: Uid, id: SessionId) {
        // The registry is gone only when the server ends.
        let _ = self.0.registry.send(Disconnect { uid: uid.clone(), id }).await;
        self.leave(uid, id).await;
    }
}

const NO_TOKEN: Error = Error::Auth("there is no token: log in");

/// Who has registered, with what they have missed.
fn registered(caller: Caller, since: Option<i64>, start: Start) -> Registered {
    let (Caller { uid, role, name, .. }, Start { seq, sent, since: held, missed, .. }) = (caller, start);
    Registered { uid, role, name, seq, sent, since: held, recovered: since == held, missed }
}

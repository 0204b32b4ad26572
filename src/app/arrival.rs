//! How a connection is let in, and that it is gone.

use super::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::Caller;
use crate::model::{Role, SessionId, Time, Uid};
use crate::protocol::command::Register;
use crate::realtime::registry::{Connect, Disconnect, Entry};
use crate::realtime::session::{Entered, ToSession};
use crate::store::login::{self, Origin};
use crate::store::{device, mailbox};
use actix::Recipient;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A connection that wants to be let in.
pub struct Arrival {
    /// The connection.
    pub id: SessionId,
    /// The way to its actor.
    pub line: Recipient<ToSession>,
    /// The network address that it comes from.
    pub address: String,
    /// The tokens that came with the handshake.
    pub tokens: HandshakeTokens,
    /// Whether its client acknowledges what it takes in; the connection sets it too.
    pub acks: Arc<AtomicBool>,
}

/// The tokens that came with a handshake.
#[derive(Debug, Clone, Default)]
pub struct HandshakeTokens {
    /// From `Authorization` or the query.
    pub any: Option<String>,
    /// From the cookies of an allowed origin, each with the role whose cookie it was.
    pub cookies: Vec<(Role, String)>,
}

impl Arrival {
    fn token_for(&self, request: &Register) -> Option<&str> {
        let cookie = || self.tokens.cookies.iter().find(|(role, _)| *role == request.role);
        self.tokens.any.as_deref().or_else(|| cookie().map(|(_, token)| token.as_str()))
    }
}

impl App {
    /// Lets a connection in: finds out who it is, records the login, enters it in the registry,
    /// and only then reads how far its pushes have come, so that none falls in between.
    pub async fn enter(&self, request: Register, from: Arrival) -> Result<(Caller, Entered)> {
        let caller = self.identify(&request, &from).await?;
        let origin = Origin { deviceid: request.deviceid, platform: request.platform, address: from.address };
        let (uid, deviceid) = (caller.uid.clone(), origin.deviceid.clone());
        let token = caller.token;
        if self.write(move |tx| login::record(tx, &uid, &origin, token)).await? {
            from.acks.store(true, Ordering::Relaxed);
        }
        let (acks, entered) = (from.acks, Time::now());
        let entry = Entry { id: from.id, deviceid, token, line: from.line, acks, entered };
        let connect = Connect { uid: caller.uid.clone(), entry };
        let replaced = self.0.registry.send(connect).await.map_err(Error::inside)?;
        if !replaced.is_empty() {
            let uid = caller.uid.clone();
            let release = move |tx: &mut Tx<'_>| {
                let mut replaced = replaced.iter();
                replaced.try_for_each(|(deviceid, entered)| {
                    device::release_replaced(tx, &uid, deviceid, *entered)
                })
            };
            self.write(release).await?;
        }
        match self.look_up(&caller, request.since).await {
            Ok(entered) => Ok((caller, entered)),
            Err(error) => {
                self.leave(caller.uid, from.id).await;
                Err(error)
            }
        }
    }

    async fn identify(&self, request: &Register, from: &Arrival) -> Result<Caller> {
        const NONE: Error = Error::Auth("there is no token: log in");
        let token = request.token.as_deref().or_else(|| from.token_for(request)).ok_or(NONE)?;
        let caller = self.caller(token).await?;
        match caller.uid == request.uid && caller.role == request.role {
            true => Ok(caller),
            false => Err(Error::Auth("the token is not of this uid and type")),
        }
    }

    /// How far the pushes have come; the token is looked at once more, as it may have become void
    /// before the registry knew of the connection.
    async fn look_up(&self, caller: &Caller, since: Option<i64>) -> Result<Entered> {
        let (uid, hash) = (caller.uid.clone(), caller.token);
        let mailbox = self.read(move |connection| {
            login::find_caller(connection, hash)?.ok_or(Error::Auth("the token is not valid: log in"))?;
            mailbox::find(connection, &uid)
        });
        let mailbox = mailbox.await?;
        let held = since.filter(|since| mailbox.holds_after(*since));
        Ok(Entered {
            uid: caller.uid.clone(),
            role: caller.role,
            name: caller.name.clone(),
            seq: mailbox.seq,
            since: held,
            recovered: since == held,
        })
    }

    /// A connection is gone.
    pub async fn leave(&self, uid: Uid, id: SessionId) {
        // The registry is gone only when the server ends.
        let _ = self.0.registry.send(Disconnect { uid, id }).await;
    }
}

//! A connection as the registry keeps it, and how its session is told something.

use crate::model::connection::{Connection, ConnectionPolicy, Held};
use crate::model::{DeviceId, SessionId, SteadyClock, Time, TokenHash, Uid};
use crate::realtime::close::CloseReason;
use crate::realtime::session::effect::ToSession;
use actix::Recipient;
use actix::prelude::SendError;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One connection, as the registry knows it.
pub struct Entry {
    /// The connection.
    pub id: SessionId,
    /// The device that it comes from.
    pub deviceid: DeviceId,
    /// The hash of the token that it registered with.
    pub token: TokenHash,
    /// The address of its actor.
    pub address: Recipient<ToSession>,
    /// Whether its client acknowledges what it takes in.
    pub acks: Arc<AtomicBool>,
    /// Which of the account's registrations it came by, where there are several nodes; 0 otherwise.
    pub epoch: i64,
    /// Since when it has been there.
    pub entered: SteadyClock,
    /// The newest push that it was told of; 0 as long as there was none.
    pub told: Cell<i64>,
}

/// A connection as it shows from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionStatus {
    /// Since when it has been there, by the clock as it is set now.
    pub entered: Time,
    /// Whether its client acknowledges what it takes in.
    pub acks: bool,
}

impl Entry {
    /// What names the connection.
    pub(super) fn connection(&self) -> Connection {
        Connection { device: self.deviceid.clone(), session: self.id }
    }

    /// What other nodes may know of it.
    pub fn held(&self, uid: &Uid) -> Held {
        let (uid, connection) = (uid.clone(), self.connection());
        let ConnectionStatus { entered, acks } = self.status();
        Held { uid, connection, epoch: self.epoch, token: self.token, acks, entered }
    }

    /// How it shows from outside.
    pub(super) fn status(&self) -> ConnectionStatus {
        let entered = Time::now() - self.entered.age();
        ConnectionStatus { entered, acks: self.acks.load(Ordering::Relaxed) }
    }

    /// Whether a connection from this device, by this registration of the account, has taken its place.
    pub(super) fn is_displaced(&self, by: &DeviceId, epoch: i64, policy: ConnectionPolicy) -> bool {
        let is_meant = match policy {
            ConnectionPolicy::One => true,
            ConnectionPolicy::PerDevice => self.deviceid == *by,
        };
        is_meant && self.epoch < epoch
    }

    /// Why it closes where a connection from this device has taken its place.
    pub(super) fn displacement(&self, by: &DeviceId) -> CloseReason {
        match self.deviceid == *by {
            true => CloseReason::Replaced,
            false => CloseReason::DifferentConnection,
        }
    }

    /// Tells the session; false where it is gone or does not keep up.
    pub(super) fn tell(&self, message: ToSession) -> bool {
        match &message {
            ToSession::Push(push) => self.told.set(push.frame().seq.max(self.told.get())),
            ToSession::Newest(seq) => self.told.set(*seq),
            ToSession::Say(_) | ToSession::Close(_) => {}
        }
        match self.address.try_send(message) {
            Ok(()) => true,
            Err(SendError::Closed(_)) => false,
            Err(SendError::Full(_)) => {
                self.close(CloseReason::TooSlow);
                false
            }
        }
    }

    /// Closes the session. Its mailbox may be full, and this is the last message it gets.
    #[allow(clippy::disallowed_methods)]
    pub(super) fn close(&self, why: CloseReason) {
        self.address.do_send(ToSession::Close(why));
    }
}

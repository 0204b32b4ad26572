//! A connection as the registry keeps it, and how its session is told something.

use crate::model::connection::Connection;
use crate::model::{DeviceId, SessionId, SteadyClock, Time, TokenHash};
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

    /// How it shows from outside.
    pub(super) fn status(&self) -> ConnectionStatus {
        let entered = Time::now() - self.entered.age();
        ConnectionStatus { entered, acks: self.acks.load(Ordering::Relaxed) }
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

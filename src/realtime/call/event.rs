//! What goes into a call and what comes out of it.
//!
//! A connection must be known to be there when an event names it: for one that was lost before, no
//! [`Event::Lost`] is to come any more, and nobody would notice that its party is away.

use crate::model::call::{CallEnding, CallListener};
use crate::model::connection::Connection;
use crate::model::{CallId, RoomId, SessionId, Time, Uid};
use std::time::Duration;

/// The two times of a call.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// How long it rings before it ends by itself.
    pub ring: Duration,
    /// How long a party whose connection is lost may stay away.
    pub grace: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { ring: Duration::from_secs(60), grace: Duration::from_secs(15) }
    }
}

/// Who calls whom, and where.
#[derive(Debug, Clone)]
pub struct Invite {
    /// The call's own id.
    pub call: CallId,
    /// The room of the two.
    pub room: RoomId,
    /// Who calls.
    pub caller: Uid,
    /// Who is called.
    pub callee: Uid,
    /// The connection that belongs to the request, where it is known; otherwise the first of the
    /// caller's that shows itself counts.
    pub at: Option<Connection>,
}

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// Who invited.
    Caller,
    /// Who was invited.
    Callee,
}

impl Party {
    /// Both of them.
    pub const BOTH: [Self; 2] = [Self::Caller, Self::Callee];

    pub(super) fn other(self) -> Self {
        match self {
            Self::Caller => Self::Callee,
            Self::Callee => Self::Caller,
        }
    }
}

/// What can happen to a call. `S` is a signal; a call never looks into one.
#[derive(Debug, Clone)]
pub enum Event<S> {
    /// Somebody accepts. `at` is the connection on which the call will be held: that of the
    /// request's own token, else the person's newest. Without one the person has the grace time
    /// to show up on any.
    Accept {
        /// Who.
        by: Uid,
        /// Where.
        at: Option<Connection>,
    },
    /// Somebody wants it over: a caller hangs up or cancels, a callee hangs up or refuses.
    HangUp {
        /// Who.
        by: Uid,
        /// The connection of the request's own token and no guess, for one that belongs to
        /// another device than the call's is refused.
        at: Option<Connection>,
    },
    /// The callee turns out to be in another call.
    Busy,
    /// A signal for the other end.
    Signal {
        /// Who.
        from: Uid,
        /// Where.
        at: Connection,
        /// What, as it is.
        signal: S,
    },
    /// A connection of somebody has registered.
    Arrived {
        /// Who.
        uid: Uid,
        /// Where.
        at: Connection,
    },
    /// A connection is gone.
    Lost(SessionId),
    /// A timer that was set has come to its time.
    Fired(Timer),
}

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Somebody to answer.
    Ring,
    /// A party to come back.
    Grace(Party),
}

/// What the world is to do. Everything is to be done in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect<S> {
    /// `S2C_VIDEOCALL_INVITE` to every device of `to`.
    Ring {
        /// Whose devices.
        to: Uid,
        /// Until when an answer counts.
        expires: Time,
    },
    /// `S2C_VIDEOCALL_ACCEPT`.
    Accepted {
        /// Who accepted.
        by: Uid,
        /// Who hears of it.
        audience: Vec<CallListener>,
    },
    /// `S2C_VIDEOCALL_SIGNAL` to one connection.
    Relay {
        /// The bound connection of the other end.
        to: SessionId,
        /// Who sent it.
        from: Uid,
        /// What, as it is.
        signal: S,
    },
    /// Send [`Event::Fired`] at this time; takes the place of an earlier one of the same name.
    SetTimer(Timer, Time),
    /// It is no longer of interest; nothing if it is not running.
    ClearTimer(Timer),
    /// The call is over; comes once, and last.
    Ended(CallEnding),
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The callee's devices ring.
    Ringing,
    /// The two are bound to each other.
    Active,
    /// Nothing happens any more.
    Ended,
}

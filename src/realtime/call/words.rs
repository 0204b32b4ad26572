//! What goes into a call and what comes out of it.

use super::{CallId, DeviceId, Reason, RoomId, SessionId, Time, Uid};
use std::time::Duration;
use thiserror::Error;

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

/// One connection of a party.
///
/// It must be known to be there when an event names it: for one that was lost before, no
/// [`Event::Lost`] is to come any more, and nobody would notice that its party is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What stays when the connection is made anew.
    pub device: DeviceId,
    /// What does not.
    pub session: SessionId,
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
        tell: Vec<Hearer>,
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
    Ended(Ending),
}

/// Who hears of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hearer {
    /// A person, on every device.
    Everywhere(Uid),
    /// A person whose one device has acted: the others of it stop ringing. Where an account has one
    /// connection at a time nobody is left to be told.
    Elsewhere {
        /// Who.
        uid: Uid,
        /// The connection that acted, where it is known.
        than: Option<SessionId>,
    },
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub reason: Reason,
    /// Whole seconds since it was accepted; 0 for one that never was.
    pub duration: u64,
    /// Whose doing it was; nobody's where nobody answered.
    pub by: Option<Uid>,
    /// Who hears `S2C_VIDEOCALL_END`.
    pub tell: Vec<Hearer>,
}

impl Ending {
    /// The record of a call that never rang, because `callee` was in another: who asked hears it as
    /// the answer to the request.
    #[must_use]
    pub fn never_rang(callee: Uid) -> Self {
        Self { reason: Reason::Busy, duration: 0, by: Some(callee), tell: Vec::new() }
    }
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

/// Why an event was not taken. A refused event has changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{}", self.why())]
pub enum Refusal {
    /// The two ends of a call are two people.
    OnePerson,
    /// To strangers a call does not exist.
    Stranger,
    /// Who called cannot answer as well.
    NotTheCallee,
    /// Another device of the same person has the call.
    Elsewhere,
    /// The callee has not accepted yet, so there is nothing to relay to or from it.
    NotAccepted,
    /// Busy is what a call can be only as long as it rings.
    NotRinging,
    /// It has rung long enough; its end is on the way.
    Expired,
    /// The call has ended.
    Over,
    /// The other end is away, and too much waits for it already.
    TooMany,
}

impl Refusal {
    fn why(self) -> &'static str {
        match self {
            Self::OnePerson => "a call needs two people",
            Self::Stranger => "not a party of the call",
            Self::NotTheCallee => "only the one who is called accepts",
            Self::Elsewhere => "the call is held on another device",
            Self::NotAccepted => "the call is not accepted yet",
            Self::NotRinging => "the call does not ring any more",
            Self::Expired => "the invitation has expired",
            Self::Over => "the call is over",
            Self::TooMany => "too many signals wait for the other end",
        }
    }
}

impl From<Refusal> for crate::error::Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Stranger => Self::NotFound("call"),
            Refusal::NotTheCallee => Self::Permission(refusal.why()),
            Refusal::TooMany => Self::Limit { retry_after: 1 },
            Refusal::OnePerson
            | Refusal::Elsewhere
            | Refusal::NotAccepted
            | Refusal::NotRinging
            | Refusal::Expired
            | Refusal::Over => Self::State(refusal.why()),
        }
    }
}

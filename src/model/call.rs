//! What `realtime` and `service` tell each other of a video call: who calls whom, who hears of a
//! change, how it ended. When something of it happens is decided in `realtime::call`, what is kept of it
//! in `service::calls`.

use crate::model::{CallId, EndReason, RoomId, SessionId, Time, Uid};

/// Whom a call is for.
#[derive(Debug, Clone)]
pub enum CallTarget {
    /// The other one in a room of two.
    Room(RoomId),
    /// Somebody.
    Person(Uid),
}

/// A call that is to ring.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// Its id.
    pub callid: CallId,
    /// Who calls.
    pub caller: Uid,
    /// Whom.
    pub target: CallTarget,
    /// From when on it rings.
    pub at: Time,
    /// Until when.
    pub expires: Time,
}

/// A call that rings.
#[derive(Debug, Clone)]
pub struct RingingCall {
    /// Its id.
    pub callid: CallId,
    /// The room of the two.
    pub roomid: RoomId,
    /// Who is called.
    pub callee: Uid,
}

/// That a call is accepted.
#[derive(Debug, Clone)]
pub struct CallAcceptance {
    /// By whom.
    pub by: Uid,
    /// When.
    pub at: Time,
    /// Who hears `S2C_VIDEOCALL_ACCEPT`.
    pub audience: Vec<CallListener>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEnding {
    /// Why.
    pub reason: EndReason,
    /// Whole seconds since it was accepted; 0 for one that never was.
    pub duration: u64,
    /// Whose doing it was; nobody's where nobody answered.
    pub by: Option<Uid>,
    /// Who hears `S2C_VIDEOCALL_END`.
    pub audience: Vec<CallListener>,
}

impl CallEnding {
    /// The end of a call that never rang, because `callee` was in another: who called hears it as the
    /// answer to the request.
    #[must_use]
    pub fn never_rang(callee: Uid) -> Self {
        Self { reason: EndReason::Busy, duration: 0, by: Some(callee), audience: Vec::new() }
    }
}

/// Somebody who hears of a change of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallListener {
    /// A person, on every device.
    Everywhere(Uid),
    /// A person whose one device has acted: the others stop ringing. Where an account has one
    /// connection at a time nobody is left to be told.
    Elsewhere {
        /// Who.
        uid: Uid,
        /// The connection that acted, where it is known.
        except: Option<SessionId>,
    },
}

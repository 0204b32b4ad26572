//! What the actors of calls are told: from outside by way of the switchboard, and by each other.

use super::event::Timer;
use crate::error::Result;
use crate::model::call::{CallTarget, RingingCall};
use crate::model::connection::Connection;
use crate::model::{CallId, SessionId, TokenHash, Uid};
use actix::Message;
use serde_json::Value;
use std::sync::Arc;

/// What one end tells the other; only clients look into it.
pub type Signal = Arc<Value>;

/// Who calls whom.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Who calls.
    pub caller: Uid,
    /// The hash of the token that they called with.
    pub token: TokenHash,
    /// Whom.
    pub target: CallTarget,
}

/// Makes a call and lets it ring.
#[derive(Message)]
#[rtype(result = "Result<RingingCall>")]
pub struct StartCall(pub Invitation);

/// Hands a message on to a call.
#[derive(Message)]
#[rtype(result = "Result<()>")]
pub struct TellCall {
    /// The call.
    pub callid: CallId,
    /// What it is told.
    pub message: CallMessage,
}

/// What a call is told.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<()>")]
pub enum CallMessage {
    /// Somebody accepts, with this token.
    Accept(Uid, TokenHash),
    /// Somebody hangs up, cancels or refuses, with this token.
    HangUp(Uid, TokenHash),
    /// Somebody signals to the other end.
    Signal {
        /// Who.
        from: Uid,
        /// On which connection.
        at: Connection,
        /// What.
        signal: Signal,
    },
    /// A connection of a party has registered.
    Connected {
        /// Whose.
        uid: Uid,
        /// The connection.
        at: Connection,
    },
    /// A connection is gone.
    Disconnected(SessionId),
    /// Some connections that came or went were not told of.
    EventsMissed,
    /// A timer has come to its time.
    Fired(Timer),
}

/// Tells a new room to let its call ring.
#[derive(Message)]
#[rtype(result = "Result<RingingCall>")]
pub(super) struct Dial(pub Invitation);

/// Tells the switchboard that these two are in the call from now on.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct PartiesKnown(pub CallId, pub [Uid; 2]);

/// Tells the switchboard that a call is over.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct CallClosed(pub CallId);

//! What the actors of calls are told: from outside by way of the switchboard, and by each other.

use super::event::Timer;
use super::refusal::{Refusal, Untaken};
use crate::error::Result;
use crate::model::call::{CallTarget, RingingCall};
use crate::model::connection::Connection;
use crate::model::{CallId, Node, SessionId, TokenHash, Uid};
use actix::Message;
use serde::{Deserialize, Serialize};
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

/// On which node something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// On this one.
    Here,
    /// On another.
    There(Node),
}

/// A call with its two, who called first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CallParties {
    /// The call.
    pub callid: CallId,
    /// The two.
    pub parties: [Uid; 2],
}

/// Somebody's connections on one node, with the hashes of the tokens that they registered with.
pub type Registered = Vec<(Connection, TokenHash)>;

/// Hands a message on to a call.
#[derive(Message)]
#[rtype(result = "Result<(), Untaken>")]
pub struct TellCall {
    /// The call.
    pub callid: CallId,
    /// Where it was said.
    pub from: Site,
    /// What it is told.
    pub message: CallMessage,
}

/// Another node leads this call and wants to know which connections the two have here, and from now on which come
/// and go.
#[derive(Message)]
#[rtype(result = "Result<[Registered; 2]>")]
pub struct FindParties {
    /// The call.
    pub call: CallParties,
    /// The node that leads it.
    pub owner: Node,
}

/// A call is over that another node led.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CallOver(pub CallId);

/// Something that other nodes said may not have been heard, or others live than before: all calls look how things
/// stand, with the store and with the nodes.
#[derive(Message)]
#[rtype(result = "()")]
pub struct LookAgain;

/// What a call is told, on whichever node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
}

/// Why what is said to a call that is not there is not taken. To a stranger it is all the same whether there is such a
/// call.
pub(super) fn gone(message: &CallMessage) -> Refusal {
    match message {
        CallMessage::Signal { .. } => Refusal::Stranger,
        CallMessage::Accept(..)
        | CallMessage::HangUp(..)
        | CallMessage::Connected { .. }
        | CallMessage::Disconnected(_)
        | CallMessage::EventsMissed => Refusal::Closed,
    }
}

/// What the room of a call is told.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), Untaken>")]
pub(super) enum ToRoom {
    /// Something that was said to the call.
    Said(Site, CallMessage),
    /// A timer has come to its time.
    Fired(Timer),
    /// The store has the call ended, and those it concerns know.
    Over,
}

/// Tells the stand-in for a call something that was said to the call on this node.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), Untaken>")]
pub(super) struct Forward(pub CallMessage);

/// Tells a new room to let its call ring.
#[derive(Message)]
#[rtype(result = "Result<RingingCall>")]
pub(super) struct Dial(pub Invitation);

/// Tells the switchboard that these two are in the call from now on.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct PartiesKnown(pub CallParties);

/// Tells the switchboard that a call is over, or that there is none for a stand-in to stand in for.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct CallClosed(pub CallId);

//! What a session is told from elsewhere in the server, and what it wants done.

use crate::model::{Role, RoomId, Uid};
use crate::protocol::commands::{Ack, Read, Register, Signal, Sync};
use crate::protocol::frame::{Frame, SharedFrame};
use crate::protocol::replies::{Reply, Word};
use crate::realtime::close::CloseReason;
use crate::realtime::feed::Fetch;
use serde_json::Value;

/// What the actor of a connection is told from outside.
#[derive(Debug, Clone, actix::Message)]
#[rtype(result = "()")]
pub enum ToSession {
    /// A durable push.
    Push(SharedFrame),
    /// The number of the newest durable push, which was found in the store: some may not have been heard.
    Newest(i64),
    /// An ephemeral message.
    Say(Word),
    /// Close the connection.
    Close(CloseReason),
}

/// What an answer refers to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerTo {
    /// The `id` of the envelope, which the answer repeats.
    pub id: Option<Value>,
    /// The acknowledgement that the client waits for, on transports that know such: the answer
    /// goes into it.
    pub ack: Option<u64>,
}

/// What the actor of a connection is to do.
#[derive(Debug)]
pub enum Effect {
    /// Send a durable push.
    Push(SharedFrame),
    /// Send an answer or an ephemeral message.
    Say(Reply, AnswerTo),
    /// A command that has no answer is done: acknowledge it, where the client waits for that.
    Done(AnswerTo),
    /// Close the connection.
    Close(CloseReason),
    /// Find out who it is, enter them in the registry, then call `registered` or `refused`.
    Register(Box<Register>, AnswerTo),
    /// Read a page of pushes, then call `fetched`.
    Fetch(Fetch),
    /// Read the pushes that the client asked for, then call `synced` or `refused`.
    Sync(Sync, AnswerTo),
    /// Keep that the client has taken in what was sent.
    Ack(Ack),
    /// Keep that the client has read; on failure call `refused`.
    Read(Read, AnswerTo),
    /// Hand a signal on to the other end of a video call; on failure call `refused`.
    Signal(Signal, AnswerTo),
    /// Tell the others in the room that the client types; on failure call `refused`.
    Type(RoomId, AnswerTo),
}

/// Who registered, and how far their pushes have come.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Who.
    pub uid: Uid,
    /// What they are.
    pub role: Role,
    /// What they are called.
    pub name: String,
    /// Their newest push.
    pub seq: i64,
    /// The newest one that is known to have gone out to a device.
    pub sent: i64,
    /// The last push that the client has, where all after it are still held.
    pub since: Option<i64>,
    /// Whether what the client asked to be replayed can be.
    pub recovered: bool,
    /// The first pushes after `since`, as far as they have been read.
    pub missed: Vec<Frame>,
}

/// Pushes that a client asked for.
#[derive(Debug)]
pub struct Synced {
    /// The push after which it asked for them.
    pub since: i64,
    /// The pushes.
    pub frames: Vec<Frame>,
    /// Whether there are further ones.
    pub more: bool,
}

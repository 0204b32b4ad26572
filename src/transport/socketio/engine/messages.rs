//! What requests, transports and other actors say to a connection.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use actix::Message;
use tokio::sync::oneshot;

use super::{
    super::error::{Ending, RequestError},
    packet::{Packet, PacketError, Wire},
    pipe::Pipe,
};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Tells polls and transports apart, within one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag(u64);

impl Tag {
    /// A new one.
    pub fn next() -> Tag {
        Tag(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A GET that waits for packets.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Poll {
    /// Which one.
    pub tag: Tag,
    /// Whoever holds the request.
    pub reply: oneshot::Sender<Result<Vec<Wire>, RequestError>>,
}

/// The client of a poll went away before it was answered.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Abandon(pub Tag);

/// The packets of one POST.
#[derive(Message)]
#[rtype(result = "Result<(), RequestError>")]
pub struct Post(pub Vec<Packet>);

/// A request did what ends the connection.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Fail(pub Ending);

/// A WebSocket wants to take over from polling.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Attach {
    /// Which one.
    pub tag: Tag,
    /// What it reads from.
    pub pipe: Arc<Pipe>,
}

/// A packet over a WebSocket.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Frame {
    /// Over which one.
    pub from: Tag,
    /// Or what was wrong with it.
    pub packet: Result<Packet, PacketError>,
}

/// A WebSocket is closed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Gone {
    /// Which one.
    pub tag: Tag,
    /// By the client's word, or lost.
    pub ending: Ending,
}

/// A message to the application, from another actor.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Deliver<M>(pub M);

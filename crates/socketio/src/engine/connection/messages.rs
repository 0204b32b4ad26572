//! The messages that HTTP requests send to a connection.

use std::sync::atomic::{AtomicU64, Ordering};

use actix::Message;
use tokio::sync::oneshot;

use crate::{disconnect::DisconnectReason, websocket::Socket};

use super::super::{
    codec::packet::{EncodedPacket, Packet},
    http::error::RequestError,
};

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// Identifies a poll within the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestId(u64);

impl RequestId {
    /// Creates a new id.
    pub(crate) fn next() -> RequestId {
        RequestId(NEXT_ID.fetch_add(1, Ordering::Relaxed))
    }
}

/// A GET request that waits for packets.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Poll {
    pub(crate) id: RequestId,
    pub(crate) reply: oneshot::Sender<Result<Vec<EncodedPacket>, RequestError>>,
}

/// The client has gone before its poll was answered.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct PollAbandoned(pub(crate) RequestId);

/// The packets of a POST request.
#[derive(Message)]
#[rtype(result = "Result<(), RequestError>")]
pub(crate) struct Post(pub(crate) Vec<Packet>);

/// Ends the connection.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Disconnect(pub(crate) DisconnectReason);

/// A WebSocket was opened to replace polling.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct StartProbe(pub(crate) Socket);

//! The actor of one connection: it owns the packets that wait, the heartbeat and the handler, and
//! outlives the transports beneath it.
//!
//! Declared here are three types that name each other: the actor, the handler that it runs, and the
//! context that it lends to the handler. What they do is in [`lifecycle`] and [`context`]; what is
//! particular to a transport in [`polling`], [`websocket`] and [`upgrade`]; and the messages that the
//! other parts of the crate send to the actor in [`messages`].

mod context;
mod heartbeat;
mod lifecycle;
pub(crate) mod messages;
mod outcome;
mod polling;
pub(crate) mod transport;
pub(crate) mod upgrade;
mod websocket;

use std::{rc::Rc, sync::Arc};

use actix::{Context, SpawnHandle};
use actix_web::web::Bytes;
use bytestring::ByteString;

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    options::Options,
};

use self::{heartbeat::Heartbeat, outcome::Outcome, transport::Transport};
use super::{codec::packet::Encoding, send_queue::Waiting, sessions::SessionSlot};

/// Handles the messages of one connection. It lives in the actor of the connection, which calls it
/// from a single thread.
pub trait EngineHandler: Sized + Unpin + 'static {
    /// Whether every character outside ASCII in the texts that it sends is part of a JSON string.
    /// Such characters are then escaped for clients 1.x and 2.x on polling, which do not agree on
    /// their encoding.
    const TEXT_IS_JSON: bool;

    /// Called once, before any message of the client.
    fn opened(&mut self, _context: &mut EngineContext<'_, Self>) {}

    /// Called for each text message of the client.
    fn text(&mut self, text: ByteString, context: &mut EngineContext<'_, Self>);

    /// Called for each binary message of the client.
    fn binary(&mut self, data: Bytes, context: &mut EngineContext<'_, Self>);

    /// Chooses the close frame where the server ends the connection on its own account.
    fn close_frame(&self, reason: DisconnectReason) -> Option<CloseFrame> {
        reason.close_frame()
    }

    /// Called once, when the connection has ended. No other method is called after it.
    fn closed(&mut self, _reason: DisconnectReason) {}
}

/// Passed to an [`EngineHandler`] for the time of one call. The messages that it sends leave
/// together when the call returns.
pub struct EngineContext<'a, C: EngineHandler> {
    context: &'a mut Context<Connection<C>>,
    waiting: &'a Rc<Waiting>,
    outcome: &'a mut Outcome,
}

/// The actor that runs the [`EngineHandler`] of one connection.
///
/// To let other actors send messages to a connection, implement [`actix::Handler`] for the
/// `Connection` of your handler, call the handler with [`Connection::call`], and hand out
/// [`EngineContext::address`]. The mailbox holds [`Options::mailbox_capacity`] messages; use
/// [`Addr::try_send`](actix::Addr::try_send), which fails when it is full, or
/// [`Addr::send`](actix::Addr::send), which waits.
pub struct Connection<C: EngineHandler> {
    options: Arc<Options>,
    transport: Transport,
    waiting: Rc<Waiting>,
    phase: Phase,
    handler: C,
    encoding: Encoding,
    slot: SessionSlot<Connection<C>>,
    heartbeat: Heartbeat,
    heartbeat_timer: SpawnHandle,
}

/// The stages of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// The application has closed it, and the last packets wait for a poll.
    Closing,
    Closed,
}

/// The parts of a new connection.
pub(crate) struct ConnectionSetup<C: EngineHandler> {
    pub(crate) handler: C,
    pub(crate) encoding: Encoding,
    pub(crate) options: Arc<Options>,
    pub(crate) slot: SessionSlot<Connection<C>>,
    pub(crate) transport: Transport,
}

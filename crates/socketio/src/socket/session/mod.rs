//! Socket.IO on one connection.
//!
//! Declared here are three types that name each other: the session, the handler that it calls, and the
//! context that it lends to the handler. What they do is in [`receive`] and [`context`].

mod context;
mod receive;

use std::time::Duration;

use actix::SpawnHandle;
use actix_web::web::Bytes;
use serde_json::{Value, value::RawValue};

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    engine::EngineContext,
    handshake::EngineVersion,
};

use super::{assembly::Assembly, event::Event, namespaces::Namespaces};

/// Handles one connection, with all namespaces that the client joins on it. It lives in the actor of
/// the connection, which calls it from a single thread.
pub trait SocketHandler: Sized + Unpin + 'static {
    /// Called when the client asks to join `namespace`. The main namespace is `/`.
    ///
    /// `auth` is the object that the client sent along. Clients 1.x and 2.x have none: they send the
    /// query string of the namespace, `/news?token=x`, which is then the object `{"token":"x"}`.
    /// They join `/` without asking, as soon as they connect.
    ///
    /// Events that are emitted here reach the client after the confirmation that it has joined.
    ///
    /// # Errors
    ///
    /// An error refuses the client, which receives it as the message of a connection error. Events
    /// that were emitted are dropped.
    fn connect(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        context: &mut SocketContext<'_, Self>,
    ) -> Result<(), String>;

    /// Called for each event of the client in a namespace that it has joined.
    fn event(&mut self, namespace: &str, event: Event<'_>, context: &mut SocketContext<'_, Self>);

    /// Called when the client acknowledges an event that was sent by
    /// [`SocketContext::emit_with_ack`] with this `id`.
    fn acknowledged(
        &mut self,
        _namespace: &str,
        _id: u64,
        _args: &[&RawValue],
        _attachments: &[Bytes],
        _context: &mut SocketContext<'_, Self>,
    ) {
    }

    /// Called when the client leaves a namespace on its own.
    fn disconnected(&mut self, _namespace: &str, _context: &mut SocketContext<'_, Self>) {}

    /// Chooses the close frame where the server ends the connection on its own account.
    fn close_frame(&self, reason: DisconnectReason) -> Option<CloseFrame> {
        reason.close_frame()
    }

    /// Called once, when the connection and with it all namespaces have ended. No other method is
    /// called after it.
    fn closed(&mut self, _reason: DisconnectReason) {}
}

/// Passed to a [`SocketHandler`] for the time of one call. The packets that it sends leave together
/// when the call returns. What is sent to a namespace that the client has not joined is dropped.
///
/// The arguments of events and acknowledgements are JSON values, separated by commas:
/// `1,"two",{"three":3}`, or an empty string. They are not checked, so take care to pass valid JSON.
pub struct SocketContext<'a, H: SocketHandler> {
    namespaces: &'a mut Namespaces,
    engine: EngineContext<'a, Session<H>>,
}

/// Speaks Socket.IO on an Engine.IO connection, on behalf of a [`SocketHandler`].
pub struct Session<H> {
    handler: H,
    namespaces: Namespaces,
    assembly: Assembly,
    /// Runs while attachments are missing.
    assembly_timer: Option<SpawnHandle>,
    version: EngineVersion,
    packet_timeout: Duration,
}

/// The timeouts of a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// See [`crate::Options::connect_timeout`].
    pub(crate) connect: Duration,
    /// See [`crate::Options::packet_timeout`].
    pub(crate) packet: Duration,
}

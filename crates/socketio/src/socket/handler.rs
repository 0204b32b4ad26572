//! The traits that an application of Socket.IO implements.

use actix_web::{HttpRequest, web::Bytes};
use serde_json::{Value, value::RawValue};

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    handshake::Handshake,
};

use super::{context::SocketContext, event::Event};

/// Creates a [`SocketHandler`] for each new connection. Each worker has a clone.
pub trait Application: Clone + Send + 'static {
    /// Handles one connection.
    type Handler: SocketHandler;

    /// Called when a client opens a connection. `None` refuses it with `503`, as if there were too many:
    /// for a limit on the connections of an address, or of a user.
    fn open(&self, handshake: Handshake<'_>) -> Option<Self::Handler>;

    /// Called for each HTTP request of a connection that is open.
    fn recognized(&self, _request: &HttpRequest) {}
}

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

//! The traits that an application of Engine.IO implements.

use actix_web::{HttpRequest, web::Bytes};
use bytestring::ByteString;

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    handshake::Handshake,
};

use super::context::EngineContext;

/// Creates an [`EngineHandler`] for each new connection. Each worker has a clone.
pub trait EngineApplication: Clone + Send + 'static {
    /// Handles one connection.
    type Handler: EngineHandler;

    /// Called when a client opens a connection. `None` refuses it with `503`, as if there were too many.
    fn open(&self, handshake: Handshake<'_>) -> Option<Self::Handler>;

    /// Called for each request of a connection that is open.
    fn recognized(&self, _request: &HttpRequest) {}
}

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

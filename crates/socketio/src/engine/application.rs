//! What an application of Engine.IO implements to be asked for connections.

use actix_web::HttpRequest;

use crate::handshake::Handshake;

use super::connection::EngineHandler;

/// Creates an [`EngineHandler`] for each new connection. Each worker has a clone.
pub trait EngineApplication: Clone + Send + 'static {
    /// Handles one connection.
    type Handler: EngineHandler;

    /// Called when a client opens a connection. `None` refuses it with `503`, as if there were too many.
    fn open(&self, handshake: Handshake<'_>) -> Option<Self::Handler>;

    /// Called for each request of a connection that is open.
    fn recognized(&self, _request: &HttpRequest) {}

    /// What the id of a connection that is opened now begins with, in letters that a query takes as they are (`A-Z a-z
    /// 0-9 _ -`): so that a balancer leads the polls of a connection to the process that has it. Nothing by default.
    fn session_prefix(&self) -> String {
        String::new()
    }
}

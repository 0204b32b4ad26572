//! What an application of Engine.IO implements to be asked for connections.

use actix_web::HttpRequest;
use futures_util::future::{LocalBoxFuture, ready};

use crate::handshake::Handshake;

use super::{
    connection::EngineHandler,
    forward::{Answered, Forwarded},
};

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

    /// Whether another process has a connection of this id, where this one has not and a client polls or posts. No by default.
    fn is_elsewhere(&self, _id: &str) -> LocalBoxFuture<'static, bool> {
        Box::pin(ready(false))
    }

    /// Has that process answer a request, by its [`super::Polls`]; `None` where it did not. Called after
    /// [`EngineApplication::is_elsewhere`].
    fn forward(&self, _request: Forwarded) -> LocalBoxFuture<'static, Option<Answered>> {
        Box::pin(ready(None))
    }

    /// Has that process end a connection, of which a request or an answer is lost ([`super::Polls::abandon`]).
    fn abandon(&self, _id: &str) {}
}

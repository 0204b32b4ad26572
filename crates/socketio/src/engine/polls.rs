//! What the process does for polls and posts that came to another one, and whose connections it has.

use std::sync::Arc;

use actix_web::HttpResponse;
use futures_util::future::LocalBoxFuture;

use crate::disconnect::DisconnectReason;

use super::{
    application::EngineApplication,
    codec::payload_format::BodyType,
    connection::{Connection, EngineHandler, messages::Disconnect},
    forward::{Answered, Forwarded, Posted},
    http::{error::RequestError, polling},
    server::EngineIo,
    session_id::SessionId,
    sessions::Sessions,
};

/// The polling connections of a server, for requests that came to another process; clones are of the same server.
#[derive(Clone)]
pub struct Polls(Arc<dyn AnswerPolls>);

/// What is done for requests that came elsewhere, whatever handles the connections.
trait AnswerPolls: Send + Sync {
    fn has(&self, id: &str) -> bool;
    fn answer(&self, request: Forwarded) -> LocalBoxFuture<'static, Result<HttpResponse, RequestError>>;
    fn abandon(&self, id: &str);
}

impl<A: EngineApplication> EngineIo<A> {
    /// Its polling connections, for requests that came to another process.
    pub fn polls(&self) -> Polls {
        Polls(Arc::new(Arc::clone(&self.sessions)))
    }
}

impl Polls {
    /// Whether there is such a connection.
    pub fn has(&self, id: &str) -> bool {
        self.0.has(id)
    }

    /// Answers a request, as if it had come here. A poll waits until there is something to be sent, which is
    /// [`crate::Options::ping_interval`] at the most.
    pub async fn answer(&self, request: Forwarded) -> Answered {
        self.0.answer(request).await.unwrap_or_else(RequestError::response).into()
    }

    /// Ends a connection of which a request or an answer is lost: its client has gone, or is to open another one.
    pub fn abandon(&self, id: &str) {
        self.0.abandon(id);
    }
}

impl<C: EngineHandler> AnswerPolls for Arc<Sessions<Connection<C>>> {
    fn has(&self, id: &str) -> bool {
        self.find(&SessionId::from_client(id)).is_some()
    }

    fn answer(
        &self,
        Forwarded { id, posted }: Forwarded,
    ) -> LocalBoxFuture<'static, Result<HttpResponse, RequestError>> {
        let entry = self.find(&SessionId::from_client(&id)).ok_or(RequestError::UnknownSession);
        Box::pin(async move {
            match posted {
                None => polling::poll(entry?).await,
                Some(Posted { body, binary }) => {
                    let kind = if binary { BodyType::Binary } else { BodyType::Text };
                    polling::receive_forwarded(entry?, body, kind).await
                }
            }
        })
    }

    fn abandon(&self, id: &str) {
        if let Some(entry) = self.find(&SessionId::from_client(id)) {
            // If the mailbox is full, the heartbeat ends the session later.
            let _ = entry.address.try_send(Disconnect(DisconnectReason::TransportLost));
        }
    }
}

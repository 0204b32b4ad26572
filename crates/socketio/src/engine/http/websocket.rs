//! The requests of the WebSocket transport.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web::Payload};

use crate::{
    handshake::Handshake,
    websocket::{self, FrameLimits},
    websocket_handshake,
};

use super::{
    super::{
        application::EngineApplication,
        connection::{Connection, ConnectionSetup, EngineHandler, messages::RequestId, transport::Transport},
        send_queue::SendQueue,
        server::EngineIo,
        sessions::SessionEntry,
        websocket::{Role, WebSocket, WebSocketSetup},
    },
    error::RequestError,
    polling::open_packet,
    query::Query,
};

impl<A: EngineApplication> EngineIo<A> {
    /// Opens a session that uses this WebSocket from the start.
    pub(super) fn open_websocket(
        &self,
        request: &HttpRequest,
        payload: Payload,
        query: Query,
    ) -> Result<HttpResponse, RequestError> {
        let encoding = query.encoding()?;
        let response = accept(request)?;
        let slot = self.sessions.reserve(&self.options)?;
        let handler = self.application.open(Handshake { request, version: encoding.version });
        let handler = handler.ok_or(RequestError::TooManyConnections)?;
        let queue = Arc::new(SendQueue::with(vec![open_packet(slot.id(), &[], &self.options)]));
        let id = RequestId::next();
        let connection = Connection::start(ConnectionSetup {
            handler,
            encoding,
            options: Arc::clone(&self.options),
            slot,
            queue: Arc::clone(&queue),
            transport: Transport::WebSocket(id),
        });
        let limits = self.options.frame_limits();
        let setup = WebSocketSetup { id, role: Role::Only, encoding, limits, connection, queue };
        Ok(stream(response, setup, payload))
    }

    /// Accepts a WebSocket that is to replace polling. The connection decides later whether it may:
    /// clients expect the socket to open and close, not the request to fail.
    pub(super) fn upgrade(
        &self,
        entry: SessionEntry<Connection<A::Handler>>,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<HttpResponse, RequestError> {
        let response = accept(request)?;
        let setup = WebSocketSetup {
            id: RequestId::next(),
            role: Role::Upgrade,
            encoding: entry.encoding,
            limits: self.options.frame_limits(),
            connection: entry.address,
            queue: Arc::default(),
        };
        Ok(stream(response, setup, payload))
    }
}

fn stream<C: EngineHandler>(
    mut response: HttpResponseBuilder,
    setup: WebSocketSetup<C>,
    payload: Payload,
) -> HttpResponse {
    let limits: FrameLimits = setup.limits;
    response.streaming(websocket::run(WebSocket::new(setup), payload, limits))
}

fn accept(request: &HttpRequest) -> Result<HttpResponseBuilder, RequestError> {
    websocket_handshake::accept(request).map_err(RequestError::BadHandshake)
}

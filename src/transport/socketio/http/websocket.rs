//! Requests of the WebSocket transport.

use std::sync::Arc;

use actix_http::ws::Codec;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web::Payload};
use actix_web_actors::ws::{self, WebsocketContext};

use super::{
    super::{
        engine::{
            channel::Channel,
            connection::{Connection, Opening},
            link::Link,
            messages::Tag,
            packet::Version,
            pipe::Pipe,
            sessions::Entry,
            websocket::{Dialect, Role, WebSocket},
        },
        error::RequestError,
        handshake::{Handshake, Service},
    },
    Server,
    polling::open_packet,
    query::Query,
};

impl<S: Service> Server<S> {
    /// Opens a session that has no other transport.
    pub(super) fn open_websocket(
        &self,
        request: &HttpRequest,
        payload: Payload,
        query: Query,
    ) -> Result<HttpResponse, RequestError> {
        let version = query.version()?;
        let response = accept(request)?;
        let ticket = self.sessions.admit(&self.options)?;
        let pipe = Arc::new(Pipe::with(vec![open_packet(ticket.sid(), &[], &self.options)]));
        let tag = Tag::next();
        let base64 = query.base64;
        let connection = Connection::start(Opening {
            channel: self.service.open(Handshake::new(request, query.pairs, version)),
            version,
            options: Arc::clone(&self.options),
            ticket,
            pipe: Arc::clone(&pipe),
            link: Link::WebSocket(tag),
        });
        let dialect = self.dialect(version, base64);
        let socket = WebSocket::new(tag, Role::Only, dialect, connection, pipe);
        Ok(self.stream(response, socket, payload))
    }

    /// Lets a WebSocket try to take over. Whether it may is the connection's to say: a client
    /// expects to see the socket open and close, not a failed request.
    pub(super) fn upgrade(
        &self,
        entry: Entry<S::Channel>,
        base64: bool,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<HttpResponse, RequestError> {
        let response = accept(request)?;
        let dialect = self.dialect(entry.version, base64);
        let pipe = Arc::default();
        let socket = WebSocket::new(Tag::next(), Role::Upgrade, dialect, entry.address, pipe);
        Ok(self.stream(response, socket, payload))
    }

    fn dialect(&self, version: Version, base64: bool) -> Dialect {
        Dialect { version, base64, max_payload: self.options.max_payload }
    }

    fn stream<C: Channel>(
        &self,
        mut response: HttpResponseBuilder,
        socket: WebSocket<C>,
        payload: Payload,
    ) -> HttpResponse {
        let codec = Codec::new().max_size(self.options.max_payload);
        response.streaming(WebsocketContext::with_codec(socket, payload, codec))
    }
}

fn accept(request: &HttpRequest) -> Result<HttpResponseBuilder, RequestError> {
    ws::handshake(request).map_err(|_| RequestError::BadRequest)
}

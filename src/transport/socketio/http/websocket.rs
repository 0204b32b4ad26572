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
            pipe::Pipe,
            sessions::Entry,
            websocket::{End, Role, WebSocket},
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
        let dialect = query.dialect()?;
        let response = accept(request)?;
        let ticket = self.sessions.admit(&self.options)?;
        let pipe = Arc::new(Pipe::with(vec![open_packet(ticket.sid(), &[], &self.options)]));
        let tag = Tag::next();
        let connection = Connection::start(Opening {
            channel: self.service.open(Handshake { request, version: dialect.version }),
            dialect,
            options: Arc::clone(&self.options),
            ticket,
            pipe: Arc::clone(&pipe),
            link: Link::WebSocket(tag),
        });
        let max_payload = self.options.max_payload;
        let end = End { tag, role: Role::Only, dialect, max_payload, connection, pipe };
        Ok(stream(response, end, payload))
    }

    /// Lets a WebSocket try to take over. Whether it may is the connection's to say: a client
    /// expects to see the socket open and close, not a failed request.
    pub(super) fn upgrade(
        &self,
        entry: Entry<S::Channel>,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<HttpResponse, RequestError> {
        let response = accept(request)?;
        let end = End {
            tag: Tag::next(),
            role: Role::Upgrade,
            dialect: entry.dialect,
            max_payload: self.options.max_payload,
            connection: entry.address,
            pipe: Arc::default(),
        };
        Ok(stream(response, end, payload))
    }
}

fn stream<C: Channel>(mut response: HttpResponseBuilder, end: End<C>, payload: Payload) -> HttpResponse {
    let codec = Codec::new().max_size(end.max_payload);
    response.streaming(WebsocketContext::with_codec(WebSocket::new(end), payload, codec))
}

fn accept(request: &HttpRequest) -> Result<HttpResponseBuilder, RequestError> {
    ws::handshake(request).map_err(|_| RequestError::BadRequest)
}

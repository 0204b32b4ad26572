//! The requests of the polling transport.

use std::sync::Arc;

use actix::Addr;
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{Bytes, Payload},
};
use serde_json::json;
use tokio::{sync::oneshot, time::timeout};

use crate::{disconnect::DisconnectReason, handshake::Handshake, options::Options, websocket::Frame};

use super::{
    super::{
        application::EngineApplication,
        codec::{
            packet::{EncodedPacket, PacketError},
            payload,
            payload_format::{Body, BodyType, PayloadFormat},
        },
        connection::{
            Connection, ConnectionSetup, EngineHandler,
            messages::{Disconnect, Poll, PollAbandoned, Post, RequestId},
            transport::Transport,
        },
        server::EngineIo,
        session_id::SessionId,
        sessions::SessionEntry,
    },
    error::RequestError,
    query::Query,
};

/// A poll that waits for its answer. If it is dropped before, the client has gone.
struct WaitingPoll<C: EngineHandler> {
    address: Addr<Connection<C>>,
    id: RequestId,
    answered: bool,
}

impl<A: EngineApplication> EngineIo<A> {
    /// Opens a session. The answer contains the open packet and nothing else.
    pub(super) fn open_polling(
        &self,
        request: &HttpRequest,
        query: Query,
    ) -> Result<HttpResponse, RequestError> {
        let encoding = query.encoding()?;
        let slot = self.sessions.reserve(&self.application.session_prefix(), &self.options)?;
        let upgrades: &[&str] = if self.options.transports.allow_websocket() { &["websocket"] } else { &[] };
        let open = open_packet(slot.id(), upgrades, &self.options);
        let handler = self.application.open(Handshake { request, version: encoding.version });
        let handler = handler.ok_or(RequestError::TooManyConnections)?;
        Connection::start(ConnectionSetup {
            handler,
            encoding,
            options: Arc::clone(&self.options),
            slot,
            transport: Transport::Polling(Box::default()),
        });
        Ok(respond(vec![open], PayloadFormat { encoding, text_is_json: true }))
    }
}

/// The packet that opens a session.
pub(super) fn open_packet(id: &SessionId, upgrades: &[&str], options: &Options) -> EncodedPacket {
    let open = json!({
        "sid": id.as_str(),
        "upgrades": upgrades,
        "pingInterval": options.ping_interval.as_millis() as u64,
        "pingTimeout": options.ping_timeout.as_millis() as u64,
        "maxPayload": options.max_payload,
    });
    EncodedPacket::Text(Frame::text(&format!("0{open}")))
}

/// Waits for packets.
pub(crate) async fn poll<C: EngineHandler>(
    entry: SessionEntry<Connection<C>>,
) -> Result<HttpResponse, RequestError> {
    let (reply, answer) = oneshot::channel();
    let id = RequestId::next();
    let mut waiting = WaitingPoll { address: entry.address.clone(), id, answered: false };
    let sent = entry.address.send(Poll { id, reply }).await;
    sent.map_err(|_| RequestError::UnknownSession)?;
    let answer = answer.await;
    waiting.answered = true;
    let packets = answer.map_err(|_| RequestError::UnknownSession)??;
    Ok(respond(packets, PayloadFormat { encoding: entry.encoding, text_is_json: C::TEXT_IS_JSON }))
}

/// Receives the packets of a request that came to another process.
pub(crate) async fn receive_forwarded<C: EngineHandler>(
    entry: SessionEntry<Connection<C>>,
    body: Bytes,
    kind: BodyType,
) -> Result<HttpResponse, RequestError> {
    let Some(mut permit) = entry.permit_post() else {
        return Err(reject(&entry, DisconnectReason::ConcurrentRequests, RequestError::BadRequest));
    };
    permit.body_received();
    receive(&entry, body, kind).await
}

/// Receives packets.
pub(super) async fn post<C: EngineHandler>(
    entry: SessionEntry<Connection<C>>,
    request: &HttpRequest,
    payload: Payload,
    options: &Options,
) -> Result<HttpResponse, RequestError> {
    let Some(mut permit) = entry.permit_post() else {
        return Err(reject(&entry, DisconnectReason::ConcurrentRequests, RequestError::BadRequest));
    };
    let body = read(payload, options).await;
    let body = body.map_err(|error| reject(&entry, error.disconnect_reason(), error))?;
    permit.body_received();
    receive(&entry, body, body_type(request)).await
}

/// Reads a body, which may be so long and take so long.
pub(super) async fn read(payload: Payload, options: &Options) -> Result<Bytes, RequestError> {
    let body = timeout(options.packet_timeout, payload.to_bytes_limited(options.max_payload));
    let body = body.await.map_err(|_| RequestError::TooSlow)?.map_err(|_| PacketError::TooBig)?;
    body.map_err(|_| RequestError::BadRequest)
}

async fn receive<C: EngineHandler>(
    entry: &SessionEntry<Connection<C>>,
    body: Bytes,
    kind: BodyType,
) -> Result<HttpResponse, RequestError> {
    let packets = payload::decode(body, entry.encoding.version, kind)
        .map_err(|error| reject(entry, DisconnectReason::ParseError, error.into()))?;
    let received = entry.address.send(Post(packets)).await;
    received.map_err(|_| RequestError::UnknownSession)??;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=UTF-8").body("ok"))
}

/// Ends the session because of an invalid request, and returns `error`.
fn reject<C: EngineHandler>(
    entry: &SessionEntry<Connection<C>>,
    reason: DisconnectReason,
    error: RequestError,
) -> RequestError {
    // If the mailbox is full, the heartbeat ends the session later.
    let _ = entry.address.try_send(Disconnect(reason));
    error
}

pub(super) fn body_type(request: &HttpRequest) -> BodyType {
    match request.headers().get(header::CONTENT_TYPE) {
        Some(kind) if kind.as_bytes().starts_with(b"application/octet-stream") => BodyType::Binary,
        Some(_) | None => BodyType::Text,
    }
}

fn respond(packets: Vec<EncodedPacket>, format: PayloadFormat) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    match payload::encode(packets, format) {
        Body::Text(body) => response.content_type("text/plain; charset=UTF-8").body(body),
        Body::Binary(body) => response.content_type("application/octet-stream").body(body),
    }
}

impl<C: EngineHandler> Drop for WaitingPoll<C> {
    fn drop(&mut self) {
        if !self.answered {
            // If the mailbox is full, the connection notices when it answers the poll.
            let _ = self.address.try_send(PollAbandoned(self.id));
        }
    }
}

//! Requests of the polling transport.

use std::sync::Arc;

use actix::Addr;
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{Bytes, Payload},
};
use serde_json::json;
use tokio::{sync::oneshot, time::timeout};

use super::{
    super::{
        engine::{
            channel::Channel,
            connection::{Connection, Opening},
            link::{Link, Polling},
            messages::{Abandon, Fail, Poll, Post, Tag},
            packet::{PacketError, Wire},
            payload::{self, Body, Format},
            sessions::Entry,
            sid::Sid,
        },
        error::{Ending, RequestError},
        handshake::{Handshake, Service},
        options::Options,
    },
    Server,
    query::Query,
};

/// A poll whose answer is awaited. Dropped before it came, its client has gone away.
struct Parked<C: Channel> {
    address: Addr<Connection<C>>,
    tag: Tag,
    answered: bool,
}

impl<S: Service> Server<S> {
    /// Opens a session; the answer holds that news alone.
    pub(super) fn open_polling(
        &self,
        request: &HttpRequest,
        query: Query,
    ) -> Result<HttpResponse, RequestError> {
        let dialect = query.dialect()?;
        let ticket = self.sessions.admit(&self.options)?;
        let upgrades: &[&str] = if self.options.transports.websocket() { &["websocket"] } else { &[] };
        let open = open_packet(ticket.sid(), upgrades, &self.options);
        let channel = self.service.open(Handshake { request, version: dialect.version });
        Connection::start(Opening {
            channel,
            dialect,
            options: Arc::clone(&self.options),
            ticket,
            pipe: Arc::default(),
            link: Link::Polling(Polling::default()),
        });
        Ok(respond(vec![open], Format { dialect, json: true }))
    }
}

/// The packet that tells a client of its session.
pub(super) fn open_packet(sid: &Sid, upgrades: &[&str], options: &Options) -> Wire {
    let open = json!({
        "sid": sid.as_str(),
        "upgrades": upgrades,
        "pingInterval": options.ping_interval.as_millis() as u64,
        "pingTimeout": options.ping_timeout.as_millis() as u64,
        "maxPayload": options.max_payload,
    });
    Wire::Text(format!("0{open}").into())
}

/// Waits for packets.
pub(super) async fn poll<S: Service>(entry: Entry<S::Channel>) -> Result<HttpResponse, RequestError> {
    let (reply, answer) = oneshot::channel();
    let tag = Tag::next();
    let mut parked = Parked { address: entry.address.clone(), tag, answered: false };
    let sent = entry.address.send(Poll { tag, reply }).await;
    sent.map_err(|_| RequestError::UnknownSession)?;
    let answer = answer.await;
    parked.answered = true;
    let wires = answer.map_err(|_| RequestError::UnknownSession)??;
    Ok(respond(wires, Format { dialect: entry.dialect, json: S::Channel::JSON }))
}

/// Takes packets in.
pub(super) async fn post<S: Service>(
    entry: Entry<S::Channel>,
    request: &HttpRequest,
    payload: Payload,
    options: &Options,
) -> Result<HttpResponse, RequestError> {
    let Some(mut posting) = entry.post() else {
        return Err(fault(&entry, Ending::Duplicate, RequestError::BadRequest));
    };
    let body = match timeout(options.packet_timeout, read(payload, options.max_payload)).await {
        Ok(Ok(body)) => body,
        Ok(Err(error)) => return Err(fault(&entry, error.ending(), error)),
        Err(_) => return Err(fault(&entry, Ending::Unfinished, RequestError::BadRequest)),
    };
    posting.complete();
    let packets = payload::decode(body, entry.dialect.version, is_binary(request))
        .map_err(|error| fault(&entry, Ending::Malformed, error.into()))?;
    let taken = entry.address.send(Post(packets)).await;
    taken.map_err(|_| RequestError::UnknownSession)??;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=UTF-8").body("ok"))
}

async fn read(payload: Payload, limit: usize) -> Result<Bytes, RequestError> {
    let body = payload.to_bytes_limited(limit).await.map_err(|_| PacketError::TooBig)?;
    body.map_err(|_| RequestError::BadRequest)
}

/// Ends the session for what a request did wrong. With its mailbox full, the heartbeat will.
fn fault<C: Channel>(entry: &Entry<C>, ending: Ending, error: RequestError) -> RequestError {
    let _ = entry.address.try_send(Fail(ending));
    error
}

fn is_binary(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/octet-stream"))
}

fn respond(wires: Vec<Wire>, format: Format) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    match payload::encode(wires, format) {
        Body::Text(body) => response.content_type("text/plain; charset=UTF-8").body(body),
        Body::Binary(body) => response.content_type("application/octet-stream").body(body),
    }
}

impl RequestError {
    fn ending(self) -> Ending {
        if self == RequestError::TooLarge { Ending::TooBig } else { Ending::Lost }
    }
}

impl<C: Channel> Drop for Parked<C> {
    fn drop(&mut self) {
        if !self.answered {
            // With its mailbox full, the connection finds out when it answers.
            let _ = self.address.try_send(Abandon(self.tag));
        }
    }
}

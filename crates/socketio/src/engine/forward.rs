//! Polls and posts of connections that another process has: what goes there, and what comes back. What carries it is up to
//! the application ([`super::EngineApplication::forward`]); [`super::Polls`] is what the process does that has the connection.

use actix_web::{HttpResponse, body::MessageBody, http::StatusCode, http::header, web::Bytes};

/// A request of polling for a connection of another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// The id of the connection.
    pub id: String,
    /// What the client posts; `None` where it polls.
    pub posted: Option<Posted>,
}

/// What a client posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The body, no longer than [`crate::Options::max_payload`].
    pub body: Bytes,
    /// Whether it is `application/octet-stream`.
    pub binary: bool,
}

/// What the client is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// What the body is.
    pub content_type: String,
    /// The packets of a poll, at most some 100,000 bytes or one packet, or a short text.
    pub body: Bytes,
}

impl From<HttpResponse> for Answered {
    fn from(response: HttpResponse) -> Self {
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let status = response.status().as_u16();
        // Answers are whole; none is a stream.
        let body = response.into_body().try_into_bytes().unwrap_or_default();
        Self { status, content_type, body }
    }
}

impl From<Answered> for HttpResponse {
    fn from(Answered { status, content_type, body }: Answered) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
        let no_store = (header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
        HttpResponse::build(status).content_type(content_type).insert_header(no_store).body(body)
    }
}

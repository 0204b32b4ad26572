//! Why a request is refused, as Engine.IO clients are told; and why a connection ended.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::json;
use thiserror::Error;

/// A refused HTTP request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RequestError {
    /// No such transport, or not offered.
    #[error("Transport unknown")]
    UnknownTransport,
    /// No such session, or no longer.
    #[error("Session ID unknown")]
    UnknownSession,
    /// Only a GET opens a session.
    #[error("Bad handshake method")]
    BadMethod,
    /// Anything that the protocol does not foresee.
    #[error("Bad request")]
    BadRequest,
    /// A page of another origin.
    #[error("Forbidden")]
    Forbidden,
    /// Neither `EIO=3` nor `EIO=4`.
    #[error("Unsupported protocol version")]
    UnsupportedVersion,
    /// The body is longer than it may be.
    #[error("Payload too large")]
    TooLarge,
    /// As many connections as there may be.
    #[error("Too many connections")]
    Overload,
}

/// Why a connection is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The client said goodbye.
    Client,
    /// Its socket was lost, or its poll given up.
    Lost,
    /// It was not heard in time.
    Timeout,
    /// It joined no namespace in time.
    Idle,
    /// What it began, it did not end in time.
    Unfinished,
    /// It sent what the protocol does not allow.
    Malformed,
    /// It sent more than it may.
    TooBig,
    /// It took less than was sent to it.
    Slow,
    /// It polled or posted twice at once.
    Duplicate,
    /// The application closed it.
    Application,
    /// The server goes down.
    Shutdown,
}

/// The last frame of a WebSocket. Polling clients see a plain close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Farewell {
    /// A close code of RFC 6455; 4000 and above are the application's.
    pub code: u16,
    /// At most 123 bytes.
    pub reason: String,
}

impl RequestError {
    /// The answer that says so.
    pub fn response(self) -> HttpResponse {
        let (status, code) = self.codes();
        let body = json!({ "code": code, "message": self.to_string() });
        HttpResponse::build(status).json(body)
    }

    /// Engine.IO has codes 0 to 5; the last two are not of its making.
    fn codes(self) -> (StatusCode, u8) {
        match self {
            RequestError::UnknownTransport => (StatusCode::BAD_REQUEST, 0),
            RequestError::UnknownSession => (StatusCode::BAD_REQUEST, 1),
            RequestError::BadMethod => (StatusCode::BAD_REQUEST, 2),
            RequestError::BadRequest => (StatusCode::BAD_REQUEST, 3),
            RequestError::Forbidden => (StatusCode::FORBIDDEN, 4),
            RequestError::UnsupportedVersion => (StatusCode::BAD_REQUEST, 5),
            RequestError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 3),
            RequestError::Overload => (StatusCode::SERVICE_UNAVAILABLE, 3),
        }
    }
}

impl Ending {
    /// What a WebSocket is told where the application has nothing to say of its own.
    pub fn farewell(self) -> Option<Farewell> {
        let (code, reason) = match self {
            Ending::Client | Ending::Lost | Ending::Application | Ending::Duplicate => return None,
            Ending::Timeout => (1001, "ping timeout"),
            Ending::Idle => (1001, "connect timeout"),
            Ending::Unfinished => (1001, "packet timeout"),
            Ending::Malformed => (1002, "malformed packet"),
            Ending::TooBig => (1009, "packet too big"),
            Ending::Slow => (1008, "too slow"),
            Ending::Shutdown => (1001, "server going down"),
        };
        Some(Farewell { code, reason: reason.to_owned() })
    }
}

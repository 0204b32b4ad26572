//! Why a request is refused, and the answer that says so.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde_json::json;
use thiserror::Error;

use crate::{disconnect::DisconnectReason, websocket::handshake::HandshakeError};

use super::super::codec::packet::PacketError;

/// Why a request is refused. The text is the message that the client receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum RequestError {
    /// The transport does not exist, or is not offered.
    #[error("Transport unknown")]
    UnknownTransport,
    /// The session does not exist, or has ended.
    #[error("Session ID unknown")]
    UnknownSession,
    /// A session must be opened with a GET request.
    #[error("Bad handshake method")]
    BadMethod,
    /// The request violates the protocol in some other way.
    #[error("Bad request")]
    BadRequest,
    /// The request does not begin a WebSocket as it must.
    #[error("Bad request")]
    BadHandshake(HandshakeError),
    /// The request comes from a page whose origin is not allowed.
    #[error("Forbidden")]
    Forbidden,
    /// The protocol version is neither `EIO=3` nor `EIO=4`.
    #[error("Unsupported protocol version")]
    UnsupportedVersion,
    /// The body is longer than [`crate::Options::max_payload`].
    #[error("Payload too large")]
    TooLarge,
    /// The body did not come within [`crate::Options::packet_timeout`].
    #[error("Request timeout")]
    TooSlow,
    /// The server has as many connections as it may have, or is shutting down.
    #[error("Too many connections")]
    TooManyConnections,
}

impl RequestError {
    pub(crate) fn response(self) -> HttpResponse {
        let (status, code) = self.codes();
        let body = json!({ "code": code, "message": self.to_string() });
        let mut response = if let RequestError::BadHandshake(error) = self {
            error.response_builder()
        } else {
            HttpResponse::build(status)
        };
        response.json(body)
    }

    /// The status and the code of the error. Engine.IO defines the codes 0 to 5; it has none for the
    /// last three errors.
    fn codes(self) -> (StatusCode, u8) {
        match self {
            RequestError::UnknownTransport => (StatusCode::BAD_REQUEST, 0),
            RequestError::UnknownSession => (StatusCode::BAD_REQUEST, 1),
            RequestError::BadMethod => (StatusCode::BAD_REQUEST, 2),
            RequestError::BadRequest => (StatusCode::BAD_REQUEST, 3),
            RequestError::BadHandshake(error) => (error.status_code(), 3),
            RequestError::Forbidden => (StatusCode::FORBIDDEN, 4),
            RequestError::UnsupportedVersion => (StatusCode::BAD_REQUEST, 5),
            RequestError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 3),
            RequestError::TooSlow => (StatusCode::REQUEST_TIMEOUT, 3),
            RequestError::TooManyConnections => (StatusCode::SERVICE_UNAVAILABLE, 3),
        }
    }

    /// How a session ends whose request body could not be read.
    pub(crate) fn disconnect_reason(self) -> DisconnectReason {
        if self == RequestError::TooLarge {
            DisconnectReason::PayloadTooLarge
        } else if self == RequestError::TooSlow {
            DisconnectReason::PacketTimeout
        } else {
            DisconnectReason::TransportLost
        }
    }
}

impl From<PacketError> for RequestError {
    fn from(error: PacketError) -> RequestError {
        match error {
            PacketError::Malformed => RequestError::BadRequest,
            PacketError::TooBig => RequestError::TooLarge,
        }
    }
}

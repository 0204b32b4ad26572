//! What is answered when a request is refused: the error as a status, a header and a JSON object.
//!
//! What went wrong inside is no part of the answer; `http::ops::observe` logs it.

use crate::error::Error;
use actix_socketio::websocket::UpgradeError;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

/// The body of a refusal.
#[derive(Serialize)]
pub struct Refusal {
    code: &'static str,
    message: String,
    /// Which field is wrong, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Which rule it breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let (field, rule) = error.broken_rule().unzip();
        Self { code: error.code(), message: error.to_string(), field: field.map(str::to_owned), rule }
    }
}

/// Refuses a request that does not become a WebSocket.
pub fn of_upgrade(error: UpgradeError) -> actix_web::Error {
    match error {
        UpgradeError::Handshake(error) => {
            let refusal = Refusal::from(&Error::param(error.field(), error.rule()));
            InternalError::from_response(error, error.response_builder().json(refusal)).into()
        }
        UpgradeError::TooMany => Error::Overload { retry_after: 1 }.into(),
        UpgradeError::Kept => Error::inside(error).into(),
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Param { .. } => StatusCode::BAD_REQUEST,
            Self::Auth(_) => StatusCode::UNAUTHORIZED,
            Self::Permission(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::State(_) | Self::Conflict(_) | Self::Busy(_) => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Late { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::Limit { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Overload { .. } | Self::Unready(_) | Self::Unavailable(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(header) = self.header() {
            response.insert_header(header);
        }
        response.json(Refusal::from(self))
    }
}

impl Error {
    /// The header that a refusal bears beside its body.
    pub fn header(&self) -> Option<(HeaderName, String)> {
        match self {
            Self::Limit { retry_after } | Self::Overload { retry_after } => {
                Some((RETRY_AFTER, retry_after.to_string()))
            }
            Self::Unready(_) => Some((RETRY_AFTER, "60".to_owned())),
            Self::Unavailable(_) => Some((RETRY_AFTER, "5".to_owned())),
            Self::Method { allowed } => Some((ALLOW, allowed.to_string())),
            Self::Param { .. }
            | Self::Late { .. }
            | Self::Auth(_)
            | Self::Permission(_)
            | Self::NotFound(_)
            | Self::State(_)
            | Self::Conflict(_)
            | Self::Busy(_)
            | Self::TooLarge { .. }
            | Self::Store(_)
            | Self::Inside(_) => None,
        }
    }
}

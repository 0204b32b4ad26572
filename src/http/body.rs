//! What comes with a request and what goes back: JSON objects, queries, pages of lists, errors.

use crate::error::{Error, Result};
use crate::model::Malformed;
use crate::protocol::command::misfit;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{Bytes, PayloadConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::future::{Future, Ready, ready};
use std::pin::Pin;

/// How many bytes a body, or a message on a connection, may have.
pub const LARGEST: usize = 64 * 1024;

/// A request's body: one JSON object, whatever its `Content-Type` says.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload);
        Box::pin(async move { parse(&bytes.await?).map(Self) })
    }
}

/// A body with the fields of two objects, such as whom a message is for and the message. (What
/// `serde(flatten)` puts together can no longer tell which field was wrong.)
pub struct Both<A, B>(pub A, pub B);

impl<A: DeserializeOwned + 'static, B: DeserializeOwned + 'static> FromRequest for Both<A, B> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = read(request, payload);
        Box::pin(async move {
            let bytes = bytes.await?;
            Ok(Self(parse(&bytes)?, parse(&bytes)?))
        })
    }
}

fn read(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Bytes>> + use<> {
    let bytes = Bytes::from_request(request, payload);
    async move {
        bytes.await.map_err(|error| match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge { field: "body", limit: LARGEST },
            _ => Error::param("body", "broke off"),
        })
    }
}

/// The limit on bodies.
pub fn limit() -> PayloadConfig {
    PayloadConfig::new(LARGEST)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let bytes = bytes.trim_ascii();
    if !bytes.starts_with(b"{") {
        return Err(Error::param("body", "must be a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(misfit)?;
    json.end().map_err(|_| Error::param("body", "must be one JSON object and nothing else"))?;
    Ok(value)
}

/// The part of a request's address behind the `?`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let pairs = serde_urlencoded::Deserializer::new(pairs);
        ready(serde_path_to_error::deserialize(pairs).map(Self).map_err(misfit))
    }
}

/// How many items of a list are asked for: 1 to 200, 50 where nothing is said.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Limit(i64);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl Limit {
    /// One more than asked for, so that one sees whether there are further ones.
    pub fn and_one(self) -> i64 {
        self.0 + 1
    }

    /// The number itself.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<String> for Limit {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let number = text.parse().ok().filter(|number| (1..=200).contains(number));
        number.map(Self).ok_or(Malformed("must be 1 to 200"))
    }
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub struct List<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// What to pass as `before` for the following page; null at the end.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// The page of which `limit.and_one()` items were read.
    pub fn page(mut items: Vec<T>, limit: Limit, cursor: impl Fn(&T) -> String) -> Self {
        let further = items.len() as i64 > limit.0;
        items.truncate(limit.0 as usize);
        let next = items.last().filter(|_| further).map(cursor);
        Self { items, next }
    }
}

/// An empty object: done.
#[derive(Debug, Serialize)]
pub struct Done {}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Param { .. } => StatusCode::BAD_REQUEST,
            Self::Auth(_) => StatusCode::UNAUTHORIZED,
            Self::Permission(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::State(_) | Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Limit { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Overload { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Some(cause) = self.hidden_cause() {
            log::error!("a request failed: {cause}");
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Self::Limit { retry_after } | Self::Overload { retry_after } = self {
            response.insert_header((RETRY_AFTER, *retry_after));
        }
        response.json(serde_json::json!({ "code": self.code(), "message": self.to_string() }))
    }
}

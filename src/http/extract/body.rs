//! What comes with a request and what goes back: JSON objects, queries, pages of lists, errors.

use crate::error::{Error, Result};
use crate::model::{MAX_PAGE_SIZE, Malformed, PAGE_SIZE, Time, check_page_size};
use crate::protocol::command::misfit;
use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, RETRY_AFTER};
use actix_web::web::{Bytes, PayloadConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, ResponseError};
use schemars::JsonSchema;
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

/// Reads one JSON object; `FA_PARAM` names the field that does not fit.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
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
        ready(parse_query(request.query_string()).map(Self))
    }
}

/// Reads what stands behind the `?`; `FA_PARAM` names the field that does not fit.
pub fn parse_query<T: DeserializeOwned>(text: &str) -> Result<T> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(misfit)
}

/// How many items of a list are asked for: 1 to 200, 50 where nothing is said.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("type" = "integer", "minimum" = 1, "maximum" = MAX_PAGE_SIZE, "default" = PAGE_SIZE, "examples" = [PAGE_SIZE]))]
pub struct Limit(i64);

impl Default for Limit {
    fn default() -> Self {
        Self(PAGE_SIZE)
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
        check_page_size(text.parse().unwrap_or_default()).map(Self)
    }
}

/// Where a page of a list that is ordered by time begins: the `next` of the page before.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, with = "String", extend("examples" = ["1795424400007.id-1"]))]
pub struct Cursor<Id: TryFrom<String>>(pub Time, pub Id);

impl<Id: TryFrom<String>> TryFrom<String> for Cursor<Id> {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed("must be the next of an earlier page");
        let (millis, id) = text.split_once('.').ok_or(WRONG)?;
        let time = Time::from_millis(millis.parse().map_err(|_| WRONG)?);
        Ok(Self(time, Id::try_from(id.to_owned()).map_err(|_| WRONG)?))
    }
}

impl<Id: TryFrom<String> + std::fmt::Display> std::fmt::Display for Cursor<Id> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0.millis(), self.1)
    }
}

/// A page of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct List<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// What to pass as `before` for the following page; null at the end.
    #[schemars(example = &"messageid-9")]
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

/// An empty object: nothing more is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Nothing {}

/// An empty object: done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Done {}

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
            Self::Limit { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) | Self::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Overload { .. } | Self::Unready(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if self.is_internal() {
            self.log("a request failed");
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(header) = self.header() {
            response.insert_header(header);
        }
        response.json(Refusal::from(self))
    }
}

/// What is answered when a request is refused.
#[derive(Serialize)]
pub struct Refusal {
    code: &'static str,
    message: String,
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        Self { code: error.code(), message: error.to_string() }
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
            Self::Method { allowed } => Some((ALLOW, allowed.to_string())),
            Self::Param { .. }
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

/// An answer that leaves a cookie, too.
pub struct WithCookie<T>(pub Cookie<'static>, pub T);

impl<T: Serialize> Responder for WithCookie<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().cookie(self.0).json(self.1)
    }
}

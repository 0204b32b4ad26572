//! How requests may be refused, for the description: which statuses, with which codes and headers.

use crate::error::{Error, ErrorKind};
use crate::http::extract::body::LARGEST;
use crate::http::extract::describe::OperationSpec;
use crate::http::extract::refusal::Refusal;
use crate::model::Malformed;
use actix_socketio::websocket::handshake::HandshakeError;
use actix_web::ResponseError;
use actix_web::http::header::HeaderName;
use actix_web::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use strum::IntoEnumIterator;

/// The name of the schema of every refusal's body.
pub const SCHEMA: &str = "Error";

/// The body of a refusal, with every code that there is.
pub fn schema() -> Value {
    let errors = samples();
    let codes: BTreeSet<_> = errors.iter().map(Error::code).collect();
    json!({
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": { "type": "string", "enum": codes },
            "message": { "type": "string" },
            "field": { "type": "string", "description": "Which field is wrong, with FA_PARAM." },
            "rule": { "type": "string", "description": "Which rule it breaks, with FA_PARAM." },
        },
    })
}

/// The statuses that a request may be refused with, by what its handler takes.
pub fn statuses(spec: &OperationSpec, method: &Method) -> Vec<StatusCode> {
    let (token, body) = (spec.roles.is_some(), spec.body.is_some() || spec.file);
    let may = |status: &StatusCode| match *status {
        StatusCode::BAD_REQUEST => body || spec.query.is_some() || spec.response.content.is_none(),
        StatusCode::NOT_FOUND => token,
        // Pages of foreign origins change nothing.
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => token || body,
        StatusCode::TOO_MANY_REQUESTS => token || body || spec.response.content.is_none(),
        StatusCode::CONFLICT => *method != Method::GET,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => body,
        // Another method is another operation.
        StatusCode::METHOD_NOT_ALLOWED => false,
        _ => true,
    };
    let mut statuses: Vec<_> = samples().iter().map(ResponseError::status_code).filter(may).collect();
    statuses.dedup();
    if spec.response.status == StatusCode::SWITCHING_PROTOCOLS {
        statuses.push(StatusCode::UPGRADE_REQUIRED);
    }
    statuses
}

/// The refusals of each status, as the components that operations refer to.
pub fn responses() -> Value {
    let mut refusals: BTreeMap<u16, Vec<Error>> = BTreeMap::new();
    for error in samples() {
        refusals.entry(error.status_code().as_u16()).or_default().push(error);
    }
    let headers = |error: &Error| error.header();
    let refusals = refusals.into_iter();
    let refusals =
        refusals.map(|(status, errors)| (status, refusal(&errors, errors.iter().filter_map(headers))));
    refusals.chain([other_version()]).map(|(status, refusal)| (status.to_string(), refusal)).collect()
}

/// The refusal of a WebSocket of another version, which says what version is spoken.
fn other_version() -> (u16, Value) {
    let answer = HandshakeError::Version.response_builder().finish();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.clone(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let error = Error::param(HandshakeError::Version.field(), HandshakeError::Version.rule());
    (answer.status().as_u16(), refusal(&[error], headers))
}

/// The refusal of one status, with every code and every header that it comes with.
fn refusal(errors: &[Error], headers: impl Iterator<Item = (HeaderName, String)>) -> Value {
    let codes: BTreeSet<_> = errors.iter().map(Error::code).collect();
    let examples: Map<_, _> = errors
        .iter()
        .map(|error| (error.code().to_owned(), json!({ "value": Refusal::from(error) })))
        .collect();
    let schema = json!({
        "$ref": format!("#/components/schemas/{SCHEMA}"),
        "properties": { "code": { "enum": codes } },
    });
    let headers: Map<_, _> = headers
        .map(|(name, value)| (name.to_string(), json!({ "schema": { "type": "string" }, "example": value })))
        .collect();
    json!({
        "description": codes.iter().copied().collect::<Vec<_>>().join(", "),
        "headers": headers,
        "content": { "application/json": { "schema": schema, "examples": examples } },
    })
}

/// An error of each kind.
pub fn samples() -> Vec<Error> {
    ErrorKind::iter().map(one).collect()
}

fn one(kind: ErrorKind) -> Error {
    match kind {
        ErrorKind::Param => Error::param("touid", Malformed::Missing),
        ErrorKind::Auth => Error::Auth("there is no token: log in"),
        ErrorKind::Permission => Error::Permission("this is not for your role"),
        ErrorKind::NotFound => Error::NotFound("room"),
        ErrorKind::Method => Error::Method { allowed: "POST".into() },
        ErrorKind::State => Error::State("the contract is signed already"),
        ErrorKind::Conflict => Error::Conflict("this clientid was used for something else"),
        ErrorKind::Busy => Error::Busy("the other end is in a call"),
        ErrorKind::TooLarge => Error::TooLarge { field: "body", limit: LARGEST },
        ErrorKind::Late => Error::Late { field: "body", seconds: 10 },
        ErrorKind::Limit => Error::Limit { retry_after: 30 },
        ErrorKind::Store => Error::Store(diesel::result::Error::NotFound),
        ErrorKind::Unavailable => Error::unavailable(""),
        ErrorKind::Inside => Error::inside(""),
        ErrorKind::Overload => Error::Overload { retry_after: 1 },
        ErrorKind::Unready => Error::Unready("push: the vendor refuses the keys; no notice is sent"),
    }
}

//! JSON bodies: one object, parsed into the handler's type.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::describe::{DescribeRequest, OperationSpec, RequestData};
use crate::protocol::commands::misfit;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, PayloadConfig};
use actix_web::{FromRequest, HttpRequest};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use tokio::time::timeout;

/// The most bytes that a body, or a message on a connection, may have.
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

impl<T: DeserializeOwned + JsonSchema> DescribeRequest for Body<T> {
    fn describe(spec: &mut OperationSpec) {
        spec.body =
            Some(RequestData::new::<T>(|example| parse::<T>(example.to_string().as_bytes()).map(drop)));
    }
}

/// A body with the fields of two objects, such as whom a message is for and the message. (With
/// `serde(flatten)` an error could not name the field that is wrong.)
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

// The fields of two objects in one, for the description, which is called after the first. (A doc
// comment would stand in the description instead of the first one's.)
#[derive(JsonSchema)]
#[schemars(rename = "{A}")]
#[allow(dead_code)]
struct Joint<A, B> {
    #[serde(flatten)]
    one: A,
    #[serde(flatten)]
    other: B,
}

impl<A, B> DescribeRequest for Both<A, B>
where
    A: DeserializeOwned + JsonSchema,
    B: DeserializeOwned + JsonSchema,
{
    fn describe(spec: &mut OperationSpec) {
        spec.body = Some(RequestData::new::<Joint<A, B>>(|example| {
            let text = example.to_string();
            parse::<A>(text.as_bytes())?;
            parse::<B>(text.as_bytes()).map(drop)
        }));
    }
}

/// An empty object: nothing more is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "EmptyRequest")]
pub struct Nothing {}

fn read(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Bytes>> + use<> {
    let bytes = Bytes::from_request(request, payload);
    let limit = request.app_data::<Data<App>>().map(|app| app.config().body_timeout());
    async move {
        let limit = limit.ok_or_else(|| Error::inside("no application"))?;
        let bytes = timeout(limit, bytes).await;
        let bytes = bytes.map_err(|_| Error::Late { field: "body", seconds: limit.as_secs() })?;
        bytes.map_err(|error| match error.as_response_error().status_code() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge { field: "body", limit: LARGEST },
            _ => Error::param("body", "broke off"),
        })
    }
}

/// The limit on bodies, as actix is told of it.
pub fn limit() -> PayloadConfig {
    PayloadConfig::new(LARGEST)
}

/// Parses one JSON object; `FA_PARAM` names the field that does not fit.
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

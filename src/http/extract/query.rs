//! What a request bears in its address: the query after the `?`, parsed into the handler's type.

use crate::error::{Error, Result};
use crate::http::extract::describe::{DescribeRequest, OperationSpec, RequestData};
use crate::protocol::commands::misfit;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};

/// The query of a request's address.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

impl<T: DeserializeOwned + JsonSchema> DescribeRequest for Query<T> {
    fn describe(spec: &mut OperationSpec) {
        spec.query = Some(RequestData::new::<T>(|example| {
            let text = serde_urlencoded::to_string(example).map_err(Error::inside)?;
            parse::<T>(&text).map(drop)
        }));
    }
}

/// Parses a query; `FA_PARAM` names the field that does not fit.
fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(misfit)
}

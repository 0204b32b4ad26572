//! Answers of a kind of their own: an empty object, one with a cookie, a file, the start of a WebSocket.

use crate::http::extract::describe::{DescribeResponse, OperationSpec};
use actix_web::body::BoxBody;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse, Responder};
use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::Serialize;

/// An empty object: done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Done {}

/// An answer that sets a cookie, too.
pub struct WithCookie<T>(pub Cookie<'static>, pub T);

impl<T: Serialize> Responder for WithCookie<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().cookie(self.0).json(self.1)
    }
}

impl<T: Serialize + JsonSchema> DescribeResponse for WithCookie<T> {
    fn describe(spec: &mut OperationSpec) {
        Json::<T>::describe(spec);
    }
}

/// The answer that begins a WebSocket.
pub struct Upgrade(pub HttpResponse);

impl DescribeResponse for Upgrade {
    fn describe(spec: &mut OperationSpec) {
        spec.response.status = StatusCode::SWITCHING_PROTOCOLS;
    }
}

/// A page or a file, whose kind stands in its `Content-Type`.
pub struct File(pub HttpResponse);

impl DescribeResponse for File {
    fn describe(spec: &mut OperationSpec) {
        let bytes = |_: &mut SchemaGenerator| json_schema!({ "type": "string", "examples": ["…"] });
        spec.response.content = Some(("*/*", bytes));
    }
}

macro_rules! responds_as_it_is {
    ($($name:ident),+) => {$(
        impl Responder for $name {
            type Body = BoxBody;

            fn respond_to(self, _: &HttpRequest) -> HttpResponse {
                self.0
            }
        }
    )+};
}

responds_as_it_is!(Upgrade, File);

//! What a handler's own signature says of its requests: who may ask, with what, for what answer.
//!
//! An argument implements `DescribeRequest`, an answer `DescribeResponse`, beside the type that it
//! is; a handler whose types do not cannot be put into the table of addresses. What the description
//! looks like is in `http::docs`.

use crate::app::App;
use crate::error::Result;
use crate::model::Role;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Payload};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

/// What the signature of a handler says.
pub struct OperationSpec {
    /// Whose token is asked for; `None` where none is.
    pub roles: Option<Vec<Role>>,
    /// What stands in the braces of the path.
    pub path: Option<Schema>,
    /// The JSON object that is asked for.
    pub body: Option<RequestData>,
    /// Whether a file is asked for, as the part `file` of a `multipart/form-data`.
    pub file: bool,
    /// The fields of the query.
    pub query: Option<RequestData>,
    /// The answer when all goes well.
    pub response: ResponseSpec,
}

/// Data that a request bears.
pub struct RequestData {
    /// What it looks like.
    pub schema: Schema,
    /// Reads an example of it as the handler would.
    pub read: fn(&Value) -> Result<()>,
}

/// Makes the schema of a type, and keeps those that it refers to.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The answer when all goes well.
pub struct ResponseSpec {
    /// 200 nearly everywhere.
    pub status: StatusCode,
    /// The media type and how to make its schema; `None` where there is no content.
    pub content: Option<(&'static str, SchemaOf)>,
}

impl OperationSpec {
    /// Nothing but the roles that the address is for; the types of the handler say the rest.
    pub fn new(roles: Option<&[Role]>) -> Self {
        let response = ResponseSpec { status: StatusCode::OK, content: None };
        Self { roles: roles.map(Vec::from), path: None, body: None, file: false, query: None, response }
    }

    /// Of the roles that the address is for, only these may ask.
    pub fn allow_only(&mut self, roles: &[Role]) {
        if let Some(allowed) = &mut self.roles {
            allowed.retain(|role| roles.contains(role));
        }
    }
}

impl RequestData {
    /// Data of a type, which `read` parses.
    pub fn new<T: JsonSchema>(read: fn(&Value) -> Result<()>) -> Self {
        Self { schema: inline_schema::<T>(), read }
    }
}

/// What a request bears stands in full where it is asked for; nothing else refers to it.
fn inline_schema<T: JsonSchema>() -> Schema {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.into_generator().into_root_schema_for::<T>()
}

/// An argument of a handler, and what it asks of a request.
#[diagnostic::on_unimplemented(
    note = "what travels derives `schemars::JsonSchema`; what else a handler takes implements `DescribeRequest`"
)]
pub trait DescribeRequest {
    /// Adds it to the description.
    fn describe(_: &mut OperationSpec) {}
}

impl DescribeRequest for Data<App> {}
impl DescribeRequest for HttpRequest {}
impl DescribeRequest for Payload {}

impl<T: JsonSchema> DescribeRequest for Path<T> {
    fn describe(spec: &mut OperationSpec) {
        spec.path = Some(inline_schema::<T>());
    }
}

macro_rules! arguments {
    ($(($($name:ident)*))+) => {$(
        impl<$($name: DescribeRequest),*> DescribeRequest for ($($name,)*) {
            #[allow(unused_variables)]
            fn describe(spec: &mut OperationSpec) {
                $($name::describe(spec);)*
            }
        }
    )+};
}

arguments!(()(A)(A B)(A B C)(A B C D)(A B C D E));

/// What a handler answers.
#[diagnostic::on_unimplemented(
    note = "what travels derives `schemars::JsonSchema`; a file or a page is a `File`, whatever else implements `DescribeResponse`"
)]
pub trait DescribeResponse {
    /// Adds it to the description.
    fn describe(spec: &mut OperationSpec);
}

impl<T: Serialize + JsonSchema> DescribeResponse for Json<T> {
    fn describe(spec: &mut OperationSpec) {
        spec.response.content = Some(("application/json", SchemaGenerator::subschema_for::<T>));
    }
}

impl<T: DescribeResponse, E> DescribeResponse for Result<T, E> {
    fn describe(spec: &mut OperationSpec) {
        T::describe(spec);
    }
}

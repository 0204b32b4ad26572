//! What a handler's own signature says of its requests: who may ask, with what, for what answer.
//!
//! An argument implements `Asks`, an answer `Answers`; a handler whose types do not cannot be
//! put into the table of addresses. What the description looks like is in `openapi`.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::chat::file::{Download, Upload};
use crate::http::extract::body::{self, Body, Both, Query, WithCookie};
use crate::model::Role;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, Responder};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is said of an endpoint, in the making.
pub struct Sketch {
    /// Whose token is asked for; `None` where none is.
    pub roles: Option<Vec<Role>>,
    /// What stands in the braces of the path.
    pub path: Option<Schema>,
    /// The JSON object that is asked for.
    pub body: Option<Asked>,
    /// Whether a file is asked for, as the part `file` of a `multipart/form-data`.
    pub file: bool,
    /// What is asked for behind the `?`.
    pub query: Option<Asked>,
    /// The answer when all goes well.
    pub answer: Answer,
}

/// Data that a request bears.
pub struct Asked {
    /// What it looks like.
    pub schema: Schema,
    /// Reads an example of it as the handler would.
    pub read: fn(&Value) -> Result<()>,
}

/// Makes the schema of a type, and keeps those that it refers to.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The answer when all goes well.
pub struct Answer {
    /// 200 nearly everywhere.
    pub status: StatusCode,
    /// The media type and how to make its schema; `None` where there is nothing to read.
    pub content: Option<(&'static str, SchemaOf)>,
}

impl Sketch {
    /// Nothing is said yet, but whom the gate lets through.
    pub fn new(roles: Option<&[Role]>) -> Self {
        let answer = Answer { status: StatusCode::OK, content: None };
        Self { roles: roles.map(Vec::from), path: None, body: None, file: false, query: None, answer }
    }

    fn only(&mut self, roles: &[Role]) {
        if let Some(allowed) = &mut self.roles {
            allowed.retain(|role| roles.contains(role));
        }
    }
}

fn asked<T: JsonSchema>(read: fn(&Value) -> Result<()>) -> Asked {
    Asked { schema: schema::<T>(), read }
}

/// What a request bears stands in full where it is asked for; nothing else refers to it.
fn schema<T: JsonSchema>() -> Schema {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.into_generator().into_root_schema_for::<T>()
}

/// An argument of a handler, and what it asks of a request.
#[diagnostic::on_unimplemented(
    note = "what travels derives `schemars::JsonSchema`; what else a handler takes implements `Asks`"
)]
pub trait Asks {
    /// Adds it to the description.
    fn describe(_: &mut Sketch) {}
}

impl Asks for Data<App> {}
impl Asks for HttpRequest {}
impl Asks for Payload {}

impl Asks for Upload {
    fn describe(sketch: &mut Sketch) {
        sketch.file = true;
    }
}

impl<T: DeserializeOwned + JsonSchema> Asks for Body<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.body = Some(asked::<T>(|example| body::parse::<T>(example.to_string().as_bytes()).map(drop)));
    }
}

// What the fields of two objects look like in one.
#[derive(JsonSchema)]
#[schemars(title = "object")]
#[allow(dead_code)]
struct Joint<A, B> {
    #[serde(flatten)]
    one: A,
    #[serde(flatten)]
    other: B,
}

impl<A, B> Asks for Both<A, B>
where
    A: DeserializeOwned + JsonSchema,
    B: DeserializeOwned + JsonSchema,
{
    fn describe(sketch: &mut Sketch) {
        sketch.body = Some(asked::<Joint<A, B>>(|example| {
            let text = example.to_string();
            body::parse::<A>(text.as_bytes())?;
            body::parse::<B>(text.as_bytes()).map(drop)
        }));
    }
}

impl<T: DeserializeOwned + JsonSchema> Asks for Query<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.query = Some(asked::<T>(|example| {
            let text = serde_urlencoded::to_string(example).map_err(Error::inside)?;
            body::parse_query::<T>(&text).map(drop)
        }));
    }
}

impl<T: JsonSchema> Asks for Path<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.path = Some(schema::<T>());
    }
}

macro_rules! asks_for_a_token {
    ($($name:ident),+) => {$(
        impl Asks for crate::http::extract::caller::$name {
            fn describe(sketch: &mut Sketch) {
                sketch.only(crate::http::extract::caller::$name::ROLES);
            }
        }
    )+};
}

impl Asks for crate::http::duty::on_duty::OnDuty {
    fn describe(sketch: &mut Sketch) {
        crate::http::extract::caller::Staff::describe(sketch);
    }
}

asks_for_a_token!(Resident, Doctor, Administrator, Member, Staff, Anybody, Everyone);

macro_rules! arguments {
    ($(($($name:ident)*))+) => {$(
        impl<$($name: Asks),*> Asks for ($($name,)*) {
            #[allow(unused_variables)]
            fn describe(sketch: &mut Sketch) {
                $($name::describe(sketch);)*
            }
        }
    )+};
}

arguments!(()(A)(A B)(A B C)(A B C D)(A B C D E));

/// What a handler answers.
#[diagnostic::on_unimplemented(
    note = "what travels derives `schemars::JsonSchema`; a file or a page is a `File`, whatever else implements `Answers`"
)]
pub trait Answers {
    /// Adds it to the description.
    fn describe(sketch: &mut Sketch);
}

impl<T: Serialize + JsonSchema> Answers for Json<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.answer.content = Some(("application/json", SchemaGenerator::subschema_for::<T>));
    }
}

impl<T: Serialize + JsonSchema> Answers for WithCookie<T> {
    fn describe(sketch: &mut Sketch) {
        Json::<T>::describe(sketch);
    }
}

impl<T: Answers, E> Answers for Result<T, E> {
    fn describe(sketch: &mut Sketch) {
        T::describe(sketch);
    }
}

impl Answers for Download {
    fn describe(sketch: &mut Sketch) {
        let bytes = |_: &mut SchemaGenerator| schemars::json_schema!({ "type": "string", "format": "binary", "examples": ["…"] });
        sketch.answer.content = Some(("*/*", bytes));
    }
}

/// The beginning of a WebSocket.
pub struct Upgrade(pub HttpResponse);

impl Answers for Upgrade {
    fn describe(sketch: &mut Sketch) {
        sketch.answer.status = StatusCode::SWITCHING_PROTOCOLS;
    }
}

/// A page or a file, whose kind stands in its `Content-Type`.
pub struct File(pub HttpResponse);

impl Answers for File {
    fn describe(sketch: &mut Sketch) {
        let bytes = |_: &mut SchemaGenerator| json_schema!({ "type": "string", "examples": ["…"] });
        sketch.answer.content = Some(("*/*", bytes));
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

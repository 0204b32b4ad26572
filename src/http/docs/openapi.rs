//! `/openapi.json`: the description of every address, made from the table of addresses.

use crate::error::{Error, ErrorKind};
use crate::http::docs::describe::{Asked, Sketch};
use crate::http::docs::example;
use crate::http::docs::table::{Endpoint, Table};
use crate::http::extract::body::{LARGEST, Refusal};
use crate::http::extract::peer;
use crate::model::Role;
use actix_web::ResponseError;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Json;
use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use strum::IntoEnumIterator;

/// The description of an interface: a JSON document of the kind that its name says.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(inline, extend("type" = "object", "examples" = [{}]))]
pub struct Document(pub Value);

/// Answers with the description.
pub async fn show() -> Json<Document> {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document(document(&crate::http::tables())));
    Json(DOCUMENT.clone())
}

/// Makes schemas that refer to each other within a document.
pub fn schemas() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    settings.into_generator()
}

/// The description of these addresses, after OpenAPI 3.1.
pub fn document(tables: &[Table]) -> Value {
    let mut schemas = schemas();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in tables.iter().flat_map(Table::endpoints) {
        let method = endpoint.method.as_str().to_ascii_lowercase();
        let path = paths.entry(bare_path(&endpoint.path)).or_insert_with(|| json!({}));
        path[method] = operation(endpoint, &mut schemas);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "jiayi",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Realtime messaging for family doctors and residents.",
            "description": "What is said on a connection is described by /asyncapi.json.",
            "license": { "name": "Apache License 2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "responses": refusals(),
            "securitySchemes": security_schemes(),
        },
    })
}

fn operation(endpoint: &Endpoint, schemas: &mut SchemaGenerator) -> Value {
    let sketch = endpoint.sketch();
    let mut operation = json!({
        "operationId": operation_id(endpoint),
        "summary": endpoint.about,
        "tags": [endpoint.path.split('/').nth(1)],
        "security": security(&sketch),
        "responses": responses(&sketch, &endpoint.method, schemas),
    });
    operation["parameters"] = path_parameters(endpoint, &sketch)
        .into_iter()
        .chain(sketch.query.iter().flat_map(query_parameters))
        .collect();
    if let Some(body) = &sketch.body {
        let content = content(body.schema.as_value(), &Map::new());
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
    }
    if sketch.file {
        let file = json!({ "type": "string", "format": "binary" });
        let schema = json!({ "type": "object", "required": ["file"], "properties": { "file": file } });
        operation["requestBody"] =
            json!({ "required": true, "content": { "multipart/form-data": { "schema": schema } } });
    }
    operation
}

/// `post_user_signed_list` of `POST /user/signed/list`.
fn operation_id(endpoint: &Endpoint) -> String {
    let words = endpoint.path.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let method = endpoint.method.as_str().to_ascii_lowercase();
    std::iter::once(&*method).chain(words).collect::<Vec<_>>().join("_")
}

/// The token in `Authorization`, or in the cookie of one of the roles.
fn security(sketch: &Sketch) -> Value {
    let Some(roles) = &sketch.roles else { return json!([]) };
    let cookies = roles.iter().map(|role| peer::cookie_name(*role));
    std::iter::once("bearer").chain(cookies).map(|scheme| json!({ scheme: [] })).collect()
}

fn security_schemes() -> Value {
    let mut schemes = json!({ "bearer": {
        "type": "http", "scheme": "bearer", "description": "The token that logging in is answered with.",
    } });
    for &role in Role::ALL {
        schemes[peer::cookie_name(role)] = json!({
            "type": "apiKey", "in": "cookie", "name": peer::cookie_name(role),
            "description": "The cookie that logging in sets; what changes something then needs an allowed `Origin`.",
        });
    }
    schemes
}

/// `/static/{file}` of `/static/{file:.+}`.
fn bare_path(path: &str) -> String {
    let part = |part: &str| match part.split_once(':') {
        Some((name, _)) if name.starts_with('{') => format!("{name}}}"),
        Some(_) | None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn path_parameters(endpoint: &Endpoint, sketch: &Sketch) -> Option<Value> {
    let schema = sketch.path.as_ref()?.as_value();
    let path = bare_path(&endpoint.path);
    let name = path.split_once('{')?.1.split_once('}')?.0;
    let mut parameter = json!({ "name": name, "in": "path", "required": true, "schema": schema });
    set(&mut parameter, "example", example::compose(schema, &Map::new()).ok());
    Some(parameter)
}

fn query_parameters(query: &Asked) -> Vec<Value> {
    let schema = query.schema.as_value();
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let parameter = |(name, mut schema): (String, Value)| {
        let required = required.contains(&json!(name));
        let example = example::compose(&schema, &Map::new()).ok();
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let mut parameter = json!({ "name": name, "in": "query", "required": required, "schema": schema });
        set(&mut parameter, "description", description);
        set(&mut parameter, "example", example);
        parameter
    };
    properties.into_iter().map(parameter).collect()
}

/// A media type with its example, as far as there is one.
fn content(schema: &Value, definitions: &Map<String, Value>) -> Value {
    let mut content = json!({ "schema": schema });
    set(&mut content, "example", example::compose(schema, definitions).ok());
    content
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}

fn responses(sketch: &Sketch, method: &Method, schemas: &mut SchemaGenerator) -> Value {
    let mut good = json!({ "description": sketch.answer.status.canonical_reason() });
    if let Some((kind, schema)) = sketch.answer.content {
        let schema = schema(schemas);
        good["content"] = json!({ kind: content(schema.as_value(), schemas.definitions()) });
    }
    let mut responses = json!({ sketch.answer.status.as_str(): good });
    for status in refused_with(sketch, method) {
        responses[status.as_str()] = json!({ "$ref": format!("#/components/responses/{}", status.as_u16()) });
    }
    responses
}

/// How a request may be refused, by what is asked of it.
fn refused_with(sketch: &Sketch, method: &Method) -> Vec<StatusCode> {
    let (token, body) = (sketch.roles.is_some(), sketch.body.is_some() || sketch.file);
    let may = |status: &StatusCode| match *status {
        StatusCode::BAD_REQUEST => body || sketch.query.is_some() || sketch.answer.content.is_none(),
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => token,
        StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => token || body,
        StatusCode::CONFLICT => *method != Method::GET,
        StatusCode::PAYLOAD_TOO_LARGE => body,
        // Another method is another operation.
        StatusCode::METHOD_NOT_ALLOWED => false,
        _ => true,
    };
    let mut statuses: Vec<_> = errors().iter().map(ResponseError::status_code).filter(may).collect();
    statuses.dedup();
    statuses
}

/// Every way in which a request may be refused, by its status.
fn refusals() -> Value {
    let mut refusals: BTreeMap<u16, Vec<Error>> = BTreeMap::new();
    for error in errors() {
        refusals.entry(error.status_code().as_u16()).or_default().push(error);
    }
    refusals.into_iter().map(|(status, errors)| (status.to_string(), refusal(&errors))).collect()
}

/// The answer of one status, with every code that it comes with.
fn refusal(errors: &[Error]) -> Value {
    let codes: BTreeSet<_> = errors.iter().map(Error::code).collect();
    let examples: Map<_, _> = errors
        .iter()
        .map(|error| (error.code().to_owned(), json!({ "value": Refusal::from(error) })))
        .collect();
    let schema = json!({
        "type": "object",
        "required": ["code", "message"],
        "properties": { "code": { "enum": codes }, "message": { "type": "string" } },
    });
    let headers: Map<_, _> = errors
        .iter()
        .filter_map(Error::header)
        .map(|(name, value)| (name.to_string(), json!({ "schema": { "type": "string" }, "example": value })))
        .collect();
    json!({
        "description": codes.iter().copied().collect::<Vec<_>>().join(", "),
        "headers": headers,
        "content": { "application/json": { "schema": schema, "examples": examples } },
    })
}

/// One of each.
pub fn errors() -> Vec<Error> {
    ErrorKind::iter().map(one).collect()
}

fn one(kind: ErrorKind) -> Error {
    match kind {
        ErrorKind::Param => Error::param("touid", "is missing"),
        ErrorKind::Auth => Error::Auth("there is no token: log in"),
        ErrorKind::Permission => Error::Permission("this is not for your role"),
        ErrorKind::NotFound => Error::NotFound("room"),
        ErrorKind::Method => Error::Method { allowed: "POST".into() },
        ErrorKind::State => Error::State("the contract is signed already"),
        ErrorKind::Conflict => Error::Conflict("this clientid was used for something else"),
        ErrorKind::Busy => Error::Busy("the other end is in a call"),
        ErrorKind::TooLarge => Error::TooLarge { field: "body", limit: LARGEST },
        ErrorKind::Limit => Error::Limit { retry_after: 30 },
        ErrorKind::Store => Error::Store(diesel::result::Error::NotFound),
        ErrorKind::Inside => Error::inside(""),
        ErrorKind::Overload => Error::Overload { retry_after: 1 },
        ErrorKind::Unready => Error::Unready("push: the vendor refuses the keys; no notice is sent"),
    }
}

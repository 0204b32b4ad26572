//! `/openapi.json`: the description of every address, made from the table of addresses.
//!
//! Refusals are in `refusals`; the handler is in `http`, next to the table that it describes.

use crate::http::docs::table::{Endpoint, Table};
use crate::http::docs::{document, example, refusals};
use crate::http::extract::describe::{OperationSpec, RequestData};
use crate::http::extract::peer;
use crate::model::Role;
use actix_web::http::Method;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

/// The description of these addresses, after OpenAPI 3.1.
pub fn document(tables: &[Table]) -> Value {
    let mut schemas = document::schemas();
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in tables.iter().flat_map(Table::endpoints) {
        let method = endpoint.method.as_str().to_ascii_lowercase();
        let path = paths.entry(bare_path(&endpoint.path)).or_insert_with(|| json!({}));
        path[method] = operation(endpoint, &mut schemas);
    }
    let mut components = schemas.take_definitions(true);
    components.insert(refusals::SCHEMA.to_owned(), refusals::schema());
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
            "schemas": components,
            "responses": refusals::responses(),
            "securitySchemes": security_schemes(),
        },
    })
}

fn operation(endpoint: &Endpoint, schemas: &mut SchemaGenerator) -> Value {
    let spec = endpoint.spec();
    let mut operation = json!({
        "operationId": operation_id(endpoint),
        "summary": endpoint.about,
        "tags": [endpoint.path.split('/').nth(1)],
        "security": security(&spec),
        "responses": responses(&spec, &endpoint.method, schemas),
    });
    operation["parameters"] = path_parameters(endpoint, &spec)
        .into_iter()
        .chain(spec.query.iter().flat_map(query_parameters))
        .collect();
    if let Some(body) = &spec.body {
        let content = content(body.schema.as_value(), &Map::new());
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
    }
    if spec.file {
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
fn security(spec: &OperationSpec) -> Value {
    let Some(roles) = &spec.roles else { return json!([]) };
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

fn path_parameters(endpoint: &Endpoint, spec: &OperationSpec) -> Option<Value> {
    let schema = spec.path.as_ref()?.as_value();
    let path = bare_path(&endpoint.path);
    let name = path.split_once('{')?.1.split_once('}')?.0;
    let mut parameter = json!({ "name": name, "in": "path", "required": true, "schema": schema });
    set(&mut parameter, "example", example::compose(schema, &Map::new()).ok());
    Some(parameter)
}

fn query_parameters(query: &RequestData) -> Vec<Value> {
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

fn responses(spec: &OperationSpec, method: &Method, schemas: &mut SchemaGenerator) -> Value {
    let mut good = json!({ "description": spec.response.status.canonical_reason() });
    if let Some((kind, schema)) = spec.response.content {
        let schema = schema(schemas);
        good["content"] = json!({ kind: content(schema.as_value(), schemas.definitions()) });
    }
    let mut responses = json!({ spec.response.status.as_str(): good });
    for status in refusals::statuses(spec, method) {
        responses[status.as_str()] = json!({ "$ref": format!("#/components/responses/{}", status.as_u16()) });
    }
    responses
}

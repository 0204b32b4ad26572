//! `/asyncapi.json`: the description of what is said on a connection, made from the catalogue.

use crate::http::docs::document::{self, Document};
use crate::http::docs::example;
use crate::protocol::catalogue::{self, MessageSpec, Way};
use actix_web::web::Json;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Answers with the description.
pub async fn show() -> Json<Document> {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document::new(&document()));
    Json(DOCUMENT.clone())
}

/// The description of the connection, after AsyncAPI 3.0.
pub fn document() -> Value {
    let (commands, pushes) = (catalogue::commands(), catalogue::pushes());
    let mut schemas = document::schemas();
    let mut asked = commands_schemas();
    let mut messages = Map::new();
    for spec in &commands {
        messages.insert(spec.name.to_owned(), message(spec, &mut asked));
    }
    for spec in &pushes {
        messages.insert(spec.name.to_owned(), message(spec, &mut schemas));
    }
    let names: Map<_, _> = messages.keys().map(|name| (name.clone(), component(name))).collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "jiayi",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "One envelope in each text frame. The first is C2S_REGISTER_REQ. What is durable bears the recipient's own `seq`, 1, 2, 3 …, and comes again after a reconnect with `since`. Every command may be answered S2C_ERROR.",
            "license": { "name": "Apache License 2.0" },
        },
        "defaultContentType": "application/json",
        "channels": { "connection": { "address": "/ws", "messages": names } },
        "operations": {
            "say": operation("receive", &commands),
            "hear": operation("send", &pushes),
        },
        "components": { "messages": messages, "schemas": schemas.take_definitions(true) },
    })
}

/// What a client says stands in full where it is said.
fn commands_schemas() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.into_generator()
}

fn component(name: &str) -> Value {
    json!({ "$ref": format!("#/components/messages/{name}") })
}

/// `action` is seen from the server.
fn operation(action: &str, specs: &[MessageSpec]) -> Value {
    let message =
        |spec: &MessageSpec| json!({ "$ref": format!("#/channels/connection/messages/{}", spec.name) });
    json!({
        "action": action,
        "channel": { "$ref": "#/channels/connection" },
        "messages": specs.iter().map(message).collect::<Vec<_>>(),
    })
}

fn message(spec: &MessageSpec, schemas: &mut SchemaGenerator) -> Value {
    let data = (spec.data)(schemas);
    let example = example::compose(data.as_value(), schemas.definitions());
    let examples: Vec<_> =
        example.into_iter().map(|data| json!({ "payload": envelope(spec, data) })).collect();
    let (summary, heard) = match spec.way {
        Way::Command => (format!("Said when: {}.", spec.when), "answer"),
        Way::Durable => (format!("Durable. Sent when: {}.", spec.when), "to"),
        Way::Ephemeral => (format!("Fleeting. Sent when: {}.", spec.when), "to"),
    };
    json!({
        "name": spec.name,
        "title": spec.name,
        "summary": summary,
        "description": format!("{heard}: {}.", spec.to),
        "payload": payload(spec, data.as_value()),
        "examples": examples,
        "x-way": spec.way.as_str(),
        "x-when": spec.when,
        "x-to": spec.to,
    })
}

/// An envelope that bears this data.
fn envelope(spec: &MessageSpec, data: Value) -> Value {
    match spec.way {
        Way::Durable => json!({ "type": spec.name, "seq": 7, "data": data }),
        Way::Command | Way::Ephemeral => json!({ "type": spec.name, "data": data }),
    }
}

fn payload(spec: &MessageSpec, data: &Value) -> Value {
    let id = json!({ "description": "Any number or text of at most 64 bytes; the answer repeats it." });
    let mut properties = json!({ "type": { "const": spec.name }, "data": data });
    let mut required = vec!["type", "data"];
    match spec.way {
        Way::Command | Way::Ephemeral => properties["id"] = id,
        Way::Durable => {
            properties["seq"] = json!({ "type": "integer", "minimum": 1 });
            required.push("seq");
        }
    }
    json!({ "type": "object", "required": required, "properties": properties })
}

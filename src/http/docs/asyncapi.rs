//! `/asyncapi.json`: the description of what is said on a connection, made from the catalogue.

use crate::http::docs::example;
use crate::http::docs::openapi::{self, Document};
use crate::protocol::catalogue::{self, Way, Word};
use actix_web::web::Json;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Answers with the description.
pub async fn show() -> Json<Document> {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document(document()));
    Json(DOCUMENT.clone())
}

/// The description of the connection, after AsyncAPI 3.0.
pub fn document() -> Value {
    let (commands, pushes) = (catalogue::commands(), catalogue::pushes());
    let mut schemas = openapi::schemas();
    let mut asked = commands_schemas();
    let mut messages = Map::new();
    for word in &commands {
        messages.insert(word.name.to_owned(), message(word, &mut asked));
    }
    for word in &pushes {
        messages.insert(word.name.to_owned(), message(word, &mut schemas));
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
fn operation(action: &str, words: &[Word]) -> Value {
    let message = |word: &Word| json!({ "$ref": format!("#/channels/connection/messages/{}", word.name) });
    json!({
        "action": action,
        "channel": { "$ref": "#/channels/connection" },
        "messages": words.iter().map(message).collect::<Vec<_>>(),
    })
}

fn message(word: &Word, schemas: &mut SchemaGenerator) -> Value {
    let data = (word.data)(schemas);
    let example = example::compose(data.as_value(), schemas.definitions());
    let examples: Vec<_> =
        example.into_iter().map(|data| json!({ "payload": envelope(word, data) })).collect();
    let (summary, heard) = match word.way {
        Way::Command => (format!("Said when: {}.", word.when), "answer"),
        Way::Durable => (format!("Durable. Sent when: {}.", word.when), "to"),
        Way::Fleeting => (format!("Fleeting. Sent when: {}.", word.when), "to"),
    };
    json!({
        "name": word.name,
        "title": word.name,
        "summary": summary,
        "description": format!("{heard}: {}.", word.to),
        "payload": payload(word, data.as_value()),
        "examples": examples,
        "x-way": word.way.as_str(),
        "x-when": word.when,
        "x-to": word.to,
    })
}

/// An envelope that bears this data.
fn envelope(word: &Word, data: Value) -> Value {
    match word.way {
        Way::Durable => json!({ "type": word.name, "seq": 7, "data": data }),
        Way::Command | Way::Fleeting => json!({ "type": word.name, "data": data }),
    }
}

fn payload(word: &Word, data: &Value) -> Value {
    let id = json!({ "description": "Any number or text of at most 64 bytes; the answer repeats it." });
    let mut properties = json!({ "type": { "const": word.name }, "data": data });
    let mut required = vec!["type", "data"];
    match word.way {
        Way::Command | Way::Fleeting => properties["id"] = id,
        Way::Durable => {
            properties["seq"] = json!({ "type": "integer", "minimum": 1 });
            required.push("seq");
        }
    }
    json!({ "type": "object", "required": required, "properties": properties })
}

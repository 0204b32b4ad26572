//! The descriptions of the interface: nothing may lack one, and every example must be right.
//!
//! They are made from the handlers' types and from the catalogue, so that what is held here is
//! what types cannot say: that there is an example, that it fits, and that the reference for app
//! developers names everything there is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use actix_web::ResponseError;
use jiayi::error::Error;
use jiayi::http::docs::table::{Endpoint, Table};
use jiayi::http::docs::{asyncapi, document, example, openapi, refusals};
use jiayi::http::tables;
use jiayi::model::Role;
use jiayi::protocol::catalogue::{MessageSpec, Way, commands, pushes};
use jiayi::protocol::envelope::Envelope;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A schema with the definitions that it refers to.
fn whole(schema: &Value, definitions: &Map<String, Value>) -> Value {
    json!({ "allOf": [schema], "components": { "schemas": definitions } })
}

fn assert_fits(what: &str, example: &Value, schema: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap_or_else(|error| panic!("{what}: {error}"));
    let faults: Vec<_> = validator.iter_errors(example).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{what}: the example does not fit: {faults:?} in {example}");
}

fn composed(what: &str, schema: &Value, definitions: &Map<String, Value>) -> Value {
    let example = example::compose(schema, definitions)
        .unwrap_or_else(|path| panic!("{what}: {path} has no example: give it #[schemars(example = …)]"));
    assert_fits(what, &example, &whole(schema, definitions));
    example
}

fn endpoints() -> Vec<Endpoint> {
    let endpoints: Vec<_> = tables().into_iter().flat_map(Table::into_endpoints).collect();
    assert!(endpoints.len() > 30, "the table is not where it was");
    endpoints
}

fn messages() -> Vec<MessageSpec> {
    commands().into_iter().chain(pushes()).collect()
}

#[test]
fn every_endpoint_says_what_it_does_and_to_whom() {
    for endpoint in endpoints() {
        let name = format!("{} {}", endpoint.method, endpoint.path);
        assert!(endpoint.about.len() > 5, "{name} does not say what it does");
        assert!(endpoint.spec().roles.is_none_or(|roles| !roles.is_empty()), "nobody may ask {name}");
    }
}

#[test]
fn every_request_has_an_example_that_the_handler_reads() {
    for endpoint in endpoints() {
        let spec = endpoint.spec();
        for asked in spec.body.iter().chain(&spec.query) {
            let name = format!("{} {}", endpoint.method, endpoint.path);
            let example = composed(&name, asked.schema.as_value(), &Map::new());
            assert!((asked.read)(&example).is_ok(), "{name} does not read {example}");
        }
    }
}

#[test]
fn every_answer_has_an_example() {
    let mut schemas = document::schemas();
    for endpoint in endpoints() {
        if let Some((_, schema)) = endpoint.spec().response.content {
            let schema = schema(&mut schemas);
            let name = format!("the answer of {} {}", endpoint.method, endpoint.path);
            composed(&name, schema.as_value(), schemas.definitions());
        }
    }
}

#[test]
fn every_message_of_a_connection_has_an_example() {
    let document = asyncapi::document();
    for spec in messages() {
        let message = &document["components"]["messages"][spec.name];
        let example = &message["examples"][0]["payload"];
        assert!(!example.is_null(), "{} has no example", spec.name);
        let definitions = document["components"]["schemas"].as_object().unwrap();
        assert_fits(spec.name, example, &whole(&message["payload"], definitions));
        assert!(!spec.when.is_empty() && !spec.to.is_empty(), "{} does not say when, to whom", spec.name);
    }
}

#[test]
fn every_example_of_a_command_is_understood() {
    let document = asyncapi::document();
    for spec in messages().into_iter().filter(|spec| spec.way == Way::Command) {
        let example = &document["components"]["messages"][spec.name]["examples"][0]["payload"];
        let envelope = Envelope::parse(&example.to_string()).expect(spec.name);
        assert!(envelope.command.is_ok(), "{}: {:?}", spec.name, envelope.command);
    }
}

#[test]
fn every_error_is_described() {
    let document = openapi::document(&tables());
    for error in refusals::samples() {
        let response = &document["components"]["responses"][error.status_code().as_str()];
        let example = &response["content"]["application/json"]["examples"][error.code()]["value"];
        let named = response["content"]["application/json"]["schema"]["properties"]["code"].to_string();
        assert!(
            named.contains(error.code()) && example["code"] == error.code(),
            "{error:?} is not described"
        );
    }
}

#[test]
fn a_websocket_of_another_version_is_described() {
    let document = openapi::document(&tables());
    let refusal = &document["paths"]["/ws"]["get"]["responses"]["426"];
    let refusal = document.pointer(refusal["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
    assert_eq!(refusal["headers"]["sec-websocket-version"]["example"], "13");
    assert!(document["paths"]["/healthz"]["get"]["responses"]["426"].is_null(), "of requests it is none");
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = openapi::document(&tables());
    let mut names: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), endpoints().len());
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), endpoints().len());
}

/// Schemas of the same shape that are different things all the same: requests that name one thing by
/// its id, and may come to ask for more, each by itself.
const ALIKE: &[[&str; 2]] =
    &[["RecallRequest", "ClaimQuestionRequest"], ["KickRequest", "AcceptFriendRequest"]];

/// Every schema of both descriptions by its name: the components, and the bodies of requests.
fn named_schemas() -> Vec<(String, Value)> {
    let documents = [openapi::document(&tables()), asyncapi::document()];
    let components =
        documents.iter().flat_map(|document| document["components"]["schemas"].as_object().unwrap());
    let components = components.map(|(name, schema)| (name.clone(), schema.clone()));
    let endpoints = endpoints();
    let bodies =
        endpoints.iter().filter_map(|endpoint| Some(endpoint.spec().body?.schema.as_value().clone()));
    let bodies = bodies.map(|schema| (schema["title"].as_str().unwrap().to_owned(), schema));
    components.chain(bodies).collect()
}

/// A schema without what says nothing of its shape.
fn shape(schema: &Value) -> Value {
    let mut shape = schema.clone();
    for key in ["title", "description", "examples"] {
        shape.as_object_mut().unwrap().remove(key);
    }
    shape
}

#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut by_name: BTreeMap<String, Value> = BTreeMap::new();
    for (name, schema) in named_schemas() {
        assert!(!name.ends_with(|c: char| c.is_ascii_digit()), "{name}: two types have this name");
        assert!(
            name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric),
            "{name} is no name"
        );
        let known = by_name.entry(name.clone()).or_insert_with(|| shape(&schema));
        assert_eq!(*known, shape(&schema), "{name} is the name of two schemas");
    }
}

#[test]
fn no_schema_has_two_names() {
    let mut by_shape: BTreeMap<String, String> = BTreeMap::new();
    // Ids and texts look alike and are not the same.
    for (name, schema) in named_schemas().into_iter().filter(|(_, schema)| schema["properties"].is_object()) {
        let known = by_shape.entry(shape(&schema).to_string()).or_insert_with(|| name.clone());
        let alike = ALIKE.iter().any(|pair| pair.contains(&known.as_str()) && pair.contains(&name.as_str()));
        assert!(*known == name || alike, "{known} and {name} are the same schema: give it one name");
    }
}

const BEGIN: &str =
    "<!-- What follows is made by the tests: UPDATE_REFERENCE=1 cargo test --test descriptions -->\n";

/// The tables of docs/protocol.md, as they have to stand.
fn reference() -> String {
    let mut text = "\n## Every address\n\n| request | who | what it does |\n|---|---|---|\n".to_owned();
    for endpoint in endpoints() {
        let roles =
            endpoint.spec().roles.map(|roles| roles.into_iter().map(Role::as_str).collect::<Vec<_>>());
        let who = roles.map_or("anybody".to_owned(), |roles| roles.join(", "));
        text += &format!("| {} `{}` | {who} | {} |\n", endpoint.method, endpoint.path, endpoint.about);
    }
    text += "\n## Everything a client says\n\n| command | when | answer |\n|---|---|---|\n";
    for MessageSpec { name, when, to, .. } in commands() {
        text += &format!("| `{name}` | {when} | {to} |\n");
    }
    text += "\n## Everything the server says\n\n| push | when | to | |\n|---|---|---|---|\n";
    for MessageSpec { name, when, to, way, .. } in pushes() {
        text += &format!("| `{name}` | {when} | {to} | {} |\n", way.as_str());
    }
    text += "\n## Every error\n\n| status | code | for instance |\n|---|---|---|\n";
    let row =
        |error: &Error| format!("| {} | `{}` | {error} |\n", error.status_code().as_u16(), error.code());
    let mut rows: Vec<_> = refusals::samples().iter().map(row).collect();
    rows.sort();
    // What fails in the database and elsewhere inside reads alike.
    rows.dedup();
    text + &rows.concat()
}

#[test]
fn the_reference_names_everything() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/protocol.md");
    let text = std::fs::read_to_string(file).unwrap();
    let prose = text.split(BEGIN).next().unwrap();
    let wanted = format!("{prose}{BEGIN}{}", reference());
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(file, wanted).unwrap();
    } else {
        assert_eq!(text, wanted, "run UPDATE_REFERENCE=1 cargo test --test descriptions");
    }
}

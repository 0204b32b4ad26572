//! Every answer and every push of every test is held against the descriptions: what they do not
//! describe, to the field and the status, fails the test that meets it.

use jiayi::http::docs::{asyncapi, openapi};
use jiayi::http::tables;
use jsonschema::{Registry, Resource, Validator};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

static OPENAPI: LazyLock<Value> = LazyLock::new(|| strict(openapi::document(&tables())));

/// Both descriptions, by the names that schemas refer to them by.
static DOCUMENTS: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let resource = |document| Resource::from_contents(document);
    Registry::new()
        .add("urn:openapi", resource(OPENAPI.clone()))
        .and_then(|registry| registry.add("urn:asyncapi", resource(strict(asyncapi::document()))))
        .and_then(|registry| registry.prepare())
        .unwrap()
});

/// The same, with no field left undescribed.
fn strict(mut document: Value) -> Value {
    match &mut document {
        Value::Object(object) => {
            // What stands beside a `$ref` narrows fields; which there are is said where it leads.
            let whole = !object.contains_key("$ref");
            if whole && object.get("properties").is_some_and(Value::is_object) {
                object.entry("additionalProperties").or_insert(json!(false));
            }
            object.values_mut().for_each(|value| *value = strict(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = strict(item.take())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    document
}

/// The validator of what stands at a place in a description; each is made once.
fn validator(place: String) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let make = |place: &String| {
        let schema = json!({ "$ref": place });
        Arc::new(jsonschema::options().with_registry(&DOCUMENTS).build(&schema).unwrap())
    };
    let mut made = MADE.lock().unwrap();
    made.entry(place).or_insert_with_key(make).clone()
}

fn assert_fits(what: &str, value: &Value, validator: &Validator) {
    let faults: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{what} is not as it is described: {faults:?} in {value}");
}

/// Where a path of the description stands in a JSON pointer.
fn escaped(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1")
}

/// An answer to a request of an address that exists.
pub fn check_answer(method: &str, path: &str, status: u16, body: &Value) {
    let operation = format!("/paths/{}/{}", escaped(path), method.to_ascii_lowercase());
    let Some(responses) = OPENAPI.pointer(&format!("{operation}/responses")) else { return };
    let what = format!("{status} of {method} {path}");
    let response =
        responses.get(status.to_string()).unwrap_or_else(|| panic!("{what} is not described: {body}"));
    let at = match response["$ref"].as_str() {
        Some(reference) => reference.trim_start_matches('#').to_owned(),
        None => format!("{operation}/responses/{status}"),
    };
    let schema = format!("{at}/content/application~1json/schema");
    if OPENAPI.pointer(&schema).is_some() {
        assert_fits(&what, body, &validator(format!("urn:openapi#{schema}")));
    }
}

/// An envelope that the server said.
pub fn check_envelope(envelope: &Value) {
    let name = envelope["type"].as_str().unwrap_or_default();
    assert_fits(name, envelope, &validator(format!("urn:asyncapi#/components/messages/{name}/payload")));
}

//! Examples: put together from those of the words that an object is made of.
//!
//! Ids, times, words and texts bring an example with their type, numbers and truth values have an
//! obvious one. A plain text field names its own, or it and all that holds it have none.

use serde_json::{Map, Value, json};

/// An example of what a schema describes, or the path of the first part that has none.
pub fn compose(schema: &Value, definitions: &Map<String, Value>) -> Result<Value, String> {
    if let Some(example) = schema.get("examples").and_then(|examples| examples.get(0)) {
        return Ok(example.clone());
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        let definition = definitions.get(name).ok_or_else(|| name.to_owned())?;
        return compose(definition, definitions);
    }
    if let Some(value) = schema.get("const").or_else(|| schema["enum"].get(0)) {
        return Ok(value.clone());
    }
    if let Some(variants) = ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array()) {
        return variants
            .iter()
            .find_map(|variant| compose(variant, definitions).ok())
            .ok_or_else(String::new);
    }
    match kind(schema) {
        Some("object") => object(schema, definitions),
        Some("array") => array(schema, definitions),
        Some("integer" | "number") => Ok(schema.get("minimum").cloned().unwrap_or(json!(1))),
        Some("boolean") => Ok(json!(true)),
        Some(_) | None => Err(String::new()),
    }
}

/// The type, or the first of several: null comes last.
fn kind(schema: &Value) -> Option<&str> {
    schema["type"].as_str().or_else(|| schema["type"][0].as_str())
}

fn object(schema: &Value, definitions: &Map<String, Value>) -> Result<Value, String> {
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let example = |(name, property): (String, Value)| match compose(&property, definitions) {
        Ok(example) => Ok((name, example)),
        Err(within) => Err(format!("{name}.{within}")),
    };
    properties.into_iter().map(example).collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

fn array(schema: &Value, definitions: &Map<String, Value>) -> Result<Value, String> {
    let items = match schema["prefixItems"].as_array() {
        Some(items) => items.iter().collect(),
        None => vec![&schema["items"]],
    };
    let example = |item| compose(item, definitions);
    items.into_iter().map(example).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

//! What both descriptions share: the document as it is answered, and the making of schemas within one.

use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;

/// The description of an interface: a JSON document of the kind that its name says. It is written once: whoever
/// asks for it, and strangers may, costs its copy alone.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(inline, extend("type" = "object", "examples" = [{}]))]
pub struct Document(Arc<RawValue>);

impl Document {
    /// Writes a description.
    pub fn new(description: &Value) -> Self {
        // Any `Value` can be written; the default is `null`.
        Self(to_raw_value(description).unwrap_or_default().into())
    }
}

/// Makes schemas that refer to each other within a document.
pub fn schemas() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    settings.into_generator()
}

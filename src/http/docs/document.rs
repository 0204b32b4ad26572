//! What both descriptions share: the document as it is answered, and the making of schemas within one.

use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde::Serialize;
use serde_json::Value;

/// The description of an interface: a JSON document of the kind that its name says.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(inline, extend("type" = "object", "examples" = [{}]))]
pub struct Document(pub Value);

/// Makes schemas that refer to each other within a document.
pub fn schemas() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    settings.into_generator()
}

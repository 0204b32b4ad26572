//! A message as a person writes it: its fields in a request's body, and what they may hold.

use crate::error::{Error, Result};
use crate::model::{ClientId, DialogKind};
use crate::service::files;
use crate::service::posting::NewDialog;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// How many characters a text may have.
const LONGEST: usize = 10_000;

/// What somebody writes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Message {
    /// `text` where nothing is said.
    #[schemars(extend("enum" = ["text", "image", "voice", "file", null]))]
    kind: Option<DialogKind>,
    /// A text of at most 10,000 characters; of a file the `fileid`, or an object that holds it.
    #[schemars(example = &"我头疼两天了")]
    body: Value,
    /// The sender's own number for it: the same again gives the first answer and writes nothing.
    #[schemars(example = &"phone-17")]
    clientid: Option<ClientId>,
}

impl Message {
    /// The message to be posted; `FA_PARAM` for what a person may not write.
    pub fn into_new(self) -> Result<NewDialog> {
        let kind = self.kind.unwrap_or(DialogKind::Text);
        match kind {
            DialogKind::Text => check_text(&self.body)?,
            DialogKind::Image | DialogKind::Voice | DialogKind::File => drop(files::named_in(&self.body)?),
            DialogKind::System | DialogKind::VideoCall => {
                return Err(Error::param("kind", "must be text, image, voice or file"));
            }
        }
        Ok(NewDialog { kind, body: self.body, clientid: self.clientid })
    }
}

fn check_text(body: &Value) -> Result<()> {
    match body.as_str().map(|text| (text.trim().is_empty(), text.chars().count())) {
        None => Err(Error::param("body", "must be a text")),
        Some((true, _)) => Err(Error::param("body", "must not be empty")),
        Some((false, length)) if length > LONGEST => {
            Err(Error::param("body", "must have at most 10000 characters"))
        }
        Some((false, _)) => Ok(()),
    }
}

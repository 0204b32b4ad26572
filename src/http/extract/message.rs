//! A message as a person writes it: its fields in a request's body, and what they may hold.

use crate::error::{Error, Result};
use crate::model::{ClientId, DialogKind};
use crate::protocol::body;
use crate::service::posting::NewDialog;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// What somebody writes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Message {
    /// `text` where nothing is said.
    #[schemars(extend("enum" = ["text", "image", "voice", "file", null]))]
    kind: Option<DialogKind>,
    /// A text of at most 10,000 characters; of a file the `fileid`, or an object that holds it and simple
    /// facts, such as its `name`.
    #[schemars(example = &"我头疼两天了")]
    body: Value,
    /// The sender's own number for it: the same again gives the first answer and writes nothing.
    #[schemars(example = &"phone-17")]
    clientid: Option<ClientId>,
    /// The number in the room of an earlier message that it quotes.
    #[schemars(example = 3)]
    quote: Option<i64>,
}

impl Message {
    /// The message to be posted; `FA_PARAM` for what a person may not write.
    pub fn into_new(self) -> Result<NewDialog> {
        let kind = self.kind.unwrap_or(DialogKind::Text);
        if matches!(kind, DialogKind::System | DialogKind::VideoCall) {
            return Err(Error::param("kind", "must be text, image, voice or file"));
        }
        let body = body::parse(kind, self.body)?;
        Ok(NewDialog { kind, body, clientid: self.clientid, quote: self.quote })
    }
}

/// A file that goes with a message, as a message of its own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Attachment {
    #[schemars(extend("enum" = ["image", "voice", "file"]))]
    kind: DialogKind,
    /// The `fileid`, or an object that holds it and simple facts, such as its `name`.
    #[schemars(example = &"fileid-1")]
    body: Value,
}

impl Attachment {
    /// The message to be posted; `FA_PARAM` for what names no file.
    pub fn into_new(self) -> Result<NewDialog> {
        match self.kind {
            DialogKind::Image | DialogKind::Voice | DialogKind::File => {}
            DialogKind::Text | DialogKind::System | DialogKind::VideoCall => {
                return Err(Error::param("kind", "must be image, voice or file"));
            }
        }
        let body = body::parse(self.kind, self.body)?;
        Ok(NewDialog { kind: self.kind, body, clientid: None, quote: None })
    }
}

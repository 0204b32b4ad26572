//! What a client's text holds: a command in its envelope, `{"type":…,"data":…,"id":…}`.

use crate::error::{Error, Result};
use crate::protocol::commands::{Command, CommandKind};
use serde::Deserialize;
use serde_json::Value;

/// A command with the number under which its sender wants the answer.
#[derive(Debug)]
pub struct Envelope {
    /// What the answer repeats.
    pub id: Option<Value>,
    /// Which command it would be, well-formed or not; `None` where it is none of the contract.
    pub kind: Option<CommandKind>,
    /// What is asked, or why it could not be understood.
    pub command: Result<Command>,
}

/// How many bytes a text may have that an answer repeats.
const LONGEST_ID: usize = 64;

#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "type")]
    name: String,
    #[serde(default)]
    data: Value,
    id: Option<Value>,
}

impl Envelope {
    /// Reads one envelope; `None` where the text is none at all.
    pub fn parse(text: &str) -> Option<Self> {
        let Raw { name, data, id } = serde_json::from_str(text).ok()?;
        if !data.is_object() && !data.is_null() {
            return None;
        }
        let (kind, command) = (CommandKind::named(&name), Command::parse(&name, data));
        Some(match id {
            Some(id) if !can_be_repeated(&id) => Self { id: None, kind, command: Err(wrong_id()) },
            id => Self { id, kind, command },
        })
    }
}

/// An answer that does not bear its question's id would never find who asked.
fn can_be_repeated(id: &Value) -> bool {
    id.is_number() || id.as_str().is_some_and(|text| text.len() <= LONGEST_ID)
}

fn wrong_id() -> Error {
    Error::param("id", format!("must be a number, or a text of at most {LONGEST_ID} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Envelope::parse(text).unwrap().command.unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_envelope_is_none() {
        for text in ["", "hello", "[]", "{}", r#"{"type":7}"#, r#"{"type":"C2S_ACK","data":3}"#] {
            assert!(Envelope::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_id_that_cannot_be_repeated_is_refused() {
        let ack = |id: &str| format!(r#"{{"type":"C2S_ACK","data":{{"seq":1}},"id":{id}}}"#);
        let long = format!("\"{}\"", "x".repeat(65));
        for id in [long.as_str(), "true", "[]", "{}"] {
            assert!(refusal(&ack(id)).starts_with("id: must be a number"), "{id}");
        }
        let longest = format!("\"{}\"", "x".repeat(64));
        for id in [longest.as_str(), "7", "null"] {
            assert!(Envelope::parse(&ack(id)).unwrap().command.is_ok(), "{id}");
        }
    }

    #[test]
    fn an_envelope_that_does_not_fit_names_the_field() {
        assert!(refusal(r#"{"type":"C2S_ACK"}"#).starts_with("seq: is missing"));
        assert!(refusal(r#"{"type":"C2S_ACK","data":{"seq":"x"}}"#).starts_with("seq: "));
        assert!(refusal(r#"{"type":"C2S_NO"}"#).starts_with("type: "));
        let bad = r#"{"type":"C2S_REGISTER_REQ","data":{"type":"user","uid":"a b","deviceid":"d"}}"#;
        assert!(refusal(bad).starts_with("uid: must be an id"));
    }
}

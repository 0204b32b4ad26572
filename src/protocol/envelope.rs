//! What a client's text holds: a command in its envelope, `{"type":…,"data":…,"id":…}`.

use crate::error::Result;
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
        let small = |id: &Value| id.is_number() || id.as_str().is_some_and(|text| text.len() <= 64);
        match data.is_object() || data.is_null() {
            true => Some(Self {
                id: id.filter(small),
                kind: CommandKind::named(&name),
                command: Command::parse(&name, data),
            }),
            false => None,
        }
    }
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
    fn an_envelope_that_does_not_fit_names_the_field() {
        assert!(refusal(r#"{"type":"C2S_ACK"}"#).starts_with("seq: is missing"));
        assert!(refusal(r#"{"type":"C2S_ACK","data":{"seq":"x"}}"#).starts_with("seq: "));
        assert!(refusal(r#"{"type":"C2S_NO"}"#).starts_with("type: "));
        let bad = r#"{"type":"C2S_REGISTER_REQ","data":{"type":"user","uid":"a b","deviceid":"d"}}"#;
        assert!(refusal(bad).starts_with("uid: must be an id"));
    }
}

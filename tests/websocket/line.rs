//! What is spoken on top of a WebSocket, so that a message that gets through has an answer: an envelope, which
//! the server refuses with its `id` as nobody has registered.

use serde_json::{Value, json};

/// Where a WebSocket leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// `/ws`.
    Plain,
    /// Socket.IO over Engine.IO 3.
    Engine3,
    /// Socket.IO over Engine.IO 4.
    Engine4,
}

pub const LINES: [Line; 3] = [Line::Plain, Line::Engine3, Line::Engine4];

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is the answer to the message with this `id`.
    To(String),
    /// A message was no envelope.
    Refusal,
    /// It is part of how Engine.IO and Socket.IO begin and go on.
    Talk,
    Unknown,
}

impl Line {
    pub fn path(self) -> &'static str {
        match self {
            Self::Plain => "/ws",
            Self::Engine3 => "/socket.io/?EIO=3&transport=websocket",
            Self::Engine4 => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    /// How many bytes a message may have.
    pub fn largest(self) -> usize {
        match self {
            Self::Plain => 64 * 1024,
            Self::Engine3 | Self::Engine4 => 100_000,
        }
    }

    /// A text whose answer is `Answer::To(id)`; the bytes need not be UTF-8.
    pub fn text(self, id: impl AsRef<[u8]>) -> Vec<u8> {
        self.padded(id, "")
    }

    /// The same with so many bytes in all.
    pub fn sized(self, id: &str, size: usize) -> Vec<u8> {
        let bare = self.text(id).len();
        self.padded(id, "x".repeat(size.checked_sub(bare).expect("it cannot be that short")))
    }

    /// The same with something else in it that has no meaning.
    pub fn padded(self, id: impl AsRef<[u8]>, padding: impl AsRef<[u8]>) -> Vec<u8> {
        let (before, after) = match self {
            Self::Plain => ("", ""),
            Self::Engine3 | Self::Engine4 => (r#"427["message","#, "]"),
        };
        let parts: [&[u8]; 7] = [
            before.as_bytes(),
            br#"{"type":"C2S_ACK","data":{"seq":0,"pad":""#,
            padding.as_ref(),
            br#""},"id":""#,
            id.as_ref(),
            br#""}"#,
            after.as_bytes(),
        ];
        parts.concat()
    }

    /// A binary message of so many bytes, and the text that must come before it. The server has no use for it,
    /// and refuses it as one that is no envelope.
    pub fn binary(self, size: usize) -> (Option<Vec<u8>>, Vec<u8>) {
        let announcement = br#"451-["message",{"_placeholder":true,"num":0}]"#.to_vec();
        match self {
            Self::Plain => (None, vec![0xff; size]),
            Self::Engine4 => (Some(announcement), vec![0xff; size]),
            // Its first byte says that it is a message.
            Self::Engine3 => (Some(announcement), [vec![4], vec![0xff; size.saturating_sub(1)]].concat()),
        }
    }

    /// A text that is no envelope, and is refused as such.
    pub fn nonsense(self) -> &'static [u8] {
        match self {
            Self::Plain => br#"{"type":7}"#,
            Self::Engine3 | Self::Engine4 => br#"42["nonsense"]"#,
        }
    }

    /// The text that bears an envelope.
    pub fn bear(self, envelope: &Value) -> String {
        match self {
            Self::Plain => envelope.to_string(),
            Self::Engine3 | Self::Engine4 => format!("42{}", json!(["message", envelope])),
        }
    }

    /// The envelope that a text of the server bears; null where it is no JSON, nothing where it is part of how
    /// Engine.IO and Socket.IO begin and go on.
    pub fn envelope(self, text: &str) -> Option<Value> {
        let json = match (self, text.as_bytes()) {
            (Self::Plain, _) => text,
            (Self::Engine3 | Self::Engine4, [b'0' | b'2' | b'3', ..] | [b'4', b'0' | b'1', ..]) => {
                return None;
            }
            (Self::Engine3 | Self::Engine4, _) => text.trim_start_matches(|c: char| c.is_ascii_digit()),
        };
        Some(match serde_json::from_str(json) {
            // An acknowledgement, or an event behind its name.
            Ok(Value::Array(mut arguments)) => arguments.pop().unwrap_or_default(),
            Ok(envelope) => envelope,
            Err(_) => Value::Null,
        })
    }

    /// What the server says in a text.
    pub fn read(self, text: &str) -> Answer {
        let Some(envelope) = self.envelope(text) else { return Answer::Talk };
        match (&envelope["type"], &envelope["id"]) {
            (Value::String(kind), Value::String(id)) if kind == "S2C_ERROR" => Answer::To(id.clone()),
            (Value::String(kind), Value::Null) if kind == "S2C_ERROR" => Answer::Refusal,
            _ => Answer::Unknown,
        }
    }
}

//! What the server says on a connection without keeping it: answers to commands, and what only the
//! present concerns. What is kept is a push.

use crate::error::Error;
use crate::model::{CallId, DeliveryState, Malformed, Role, RoomId, Uid};
use crate::protocol::objects::QuestionStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;
use strum::{EnumDiscriminants, EnumIter, IntoEnumIterator};

/// An ephemeral message of the server: an answer, or something that only the present concerns.
#[derive(Debug, Clone, Serialize, JsonSchema, EnumDiscriminants)]
#[strum_discriminants(
    name(ReplyKind),
    derive(EnumIter),
    doc = "Which ephemeral message it is, without its data."
)]
#[serde(untagged)]
pub enum Reply {
    /// `S2C_REGISTER_RES`.
    Registered {
        /// The account.
        uid: Uid,
        /// Its role.
        #[serde(rename = "type")]
        role: Role,
        /// What its owner is called.
        #[schemars(example = &"王芳")]
        name: String,
        /// The number of its newest push.
        seq: i64,
        /// Whether every push after `since` follows.
        recovered: bool,
    },
    /// `S2C_SYNC_RES`.
    Synced {
        /// The number of the newest push sent.
        seq: i64,
        /// Whether there are further ones.
        more: bool,
    },
    /// `S2C_ERROR`.
    Error {
        /// The code of the contract.
        #[schemars(example = &"FA_PARAM")]
        code: &'static str,
        /// What was wrong.
        #[schemars(example = &"seq: is missing")]
        message: String,
        /// Which field is wrong, with `FA_PARAM`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(example = &"seq")]
        field: Option<String>,
        /// Which rule it breaks, with `FA_PARAM`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(example = &"missing")]
        rule: Option<&'static str>,
    },
    /// `S2C_DIFFERENT_CONNECTION`.
    DifferentConnection {},
    /// `S2C_DELIVERY_PUSH`.
    Delivery {
        /// Where.
        roomid: RoomId,
        /// Everything up to this message has come so far.
        roomseq: i64,
        /// With whom.
        uid: Uid,
        /// How far.
        state: DeliveryState,
    },
    /// `S2C_TYPING_PUSH`.
    Typing {
        /// Where.
        roomid: RoomId,
        /// Who.
        uid: Uid,
    },
    /// `S2C_PRESENCE_PUSH`.
    Presence {
        /// Who.
        uid: Uid,
        /// Whether they are connected.
        online: bool,
    },
    /// `S2C_DUTY_PUSH`.
    Duty(QuestionStatus),
    /// `S2C_ONDUTY_PUSH`.
    OnDuty {
        /// Whether one is on duty from now on.
        onduty: bool,
    },
    /// `S2C_VIDEOCALL_SIGNAL`.
    VideoCallSignal {
        /// The call.
        callid: CallId,
        /// Who sent it.
        from: Uid,
        /// What, as it was sent.
        #[schemars(example = json!({ "candidate": { "candidate": "candidate:1 1 udp 2122260223 192.0.2.1 61665 typ host" } }))]
        signal: Arc<Value>,
    },
}

impl From<&Error> for Reply {
    fn from(error: &Error) -> Self {
        let (field, rule) = error.broken_rule().unzip();
        Self::Error { code: error.code(), message: error.to_string(), field: field.map(str::to_owned), rule }
    }
}

impl Reply {
    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        ReplyKind::from(self).name()
    }

    /// The envelope as it goes out, with the `id` of what it answers.
    pub fn envelope(&self, id: Option<&Value>) -> String {
        #[derive(Serialize)]
        struct Out<'a> {
            r#type: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<&'a Value>,
            data: &'a Reply,
        }
        serde_json::to_string(&Out { r#type: self.name(), id, data: self }).unwrap_or_default()
    }
}

impl ReplyKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "S2C_REGISTER_RES",
            Self::Synced => "S2C_SYNC_RES",
            Self::Error => "S2C_ERROR",
            Self::DifferentConnection => "S2C_DIFFERENT_CONNECTION",
            Self::Delivery => "S2C_DELIVERY_PUSH",
            Self::Typing => "S2C_TYPING_PUSH",
            Self::Presence => "S2C_PRESENCE_PUSH",
            Self::Duty => "S2C_DUTY_PUSH",
            Self::OnDuty => "S2C_ONDUTY_PUSH",
            Self::VideoCallSignal => "S2C_VIDEOCALL_SIGNAL",
        }
    }
}

/// An ephemeral message for several people, encoded once for all of them, on whichever node they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawWord", into = "RawWord")]
pub struct Word {
    /// Which it is.
    pub kind: ReplyKind,
    /// Its data, one JSON object.
    data: Arc<str>,
}

/// A word as one node tells it another: its data stands in it as it is, as that of a push does.
#[derive(Serialize, Deserialize)]
struct RawWord {
    name: String,
    data: Box<RawValue>,
}

impl Word {
    /// The envelope as it goes out.
    pub fn envelope(&self) -> String {
        ["{\"type\":\"", self.kind.name(), "\",\"data\":", &self.data, "}"].concat()
    }

    /// How many bytes its data has.
    pub fn weight(&self) -> usize {
        self.data.len()
    }
}

impl From<&Reply> for Word {
    fn from(reply: &Reply) -> Self {
        Self { kind: reply.into(), data: serde_json::to_string(reply).unwrap_or_default().into() }
    }
}

impl From<Word> for RawWord {
    fn from(Word { kind, data }: Word) -> Self {
        // It was made by an encoder, or was such a value before.
        let data = RawValue::from_string(data.as_ref().to_owned()).unwrap_or_default();
        Self { name: kind.name().to_owned(), data }
    }
}

impl TryFrom<RawWord> for Word {
    type Error = Malformed;

    fn try_from(RawWord { name, data }: RawWord) -> Result<Self, Malformed> {
        let kind = ReplyKind::iter().find(|kind| kind.name() == name);
        let kind = kind.ok_or(Malformed::invalid("must be the name of an ephemeral message"))?;
        Ok(Self { kind, data: data.get().into() })
    }
}

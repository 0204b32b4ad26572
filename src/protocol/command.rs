//! The catalogue of what a client says on its connection: every `C2S_…` with its data, and the
//! server's fleeting words back.

use crate::error::{Error, Result};
use crate::model::{CallId, DeliveryState, DeviceId, MessageId, Role, RoomId, Uid};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use strum::{EnumDiscriminants, EnumIter, IntoEnumIterator};

/// Everything that a client can say, parsed.
#[derive(Debug, EnumDiscriminants)]
#[strum_discriminants(name(CommandKind), derive(EnumIter), doc = "Which command it is, without its data.")]
pub enum Command {
    /// Who this is; the first word of every connection.
    Register(Register),
    /// Asks for the pushes after a number.
    Sync(Sync),
    /// Every push up to a number has been taken in.
    Ack(Ack),
    /// A room, or a line of the message list, has been read.
    Read(Read),
    /// Something for the other end of a video call.
    Signal(Signal),
    /// Somebody types in a room.
    Typing(Typing),
}

/// `C2S_REGISTER_REQ`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Register {
    /// The role of the account.
    #[serde(rename = "type")]
    pub role: Role,
    /// The account.
    pub uid: Uid,
    /// JPush's registration id of the device, or whatever else names it.
    pub deviceid: DeviceId,
    /// The token, where the handshake bore none.
    #[schemars(example = &"ZBc3…")]
    pub token: Option<String>,
    /// What kind of device it is.
    #[schemars(example = &"android")]
    pub platform: Option<String>,
    /// The newest push that the client has; without it nothing is replayed.
    pub since: Option<i64>,
}

/// `C2S_SYNC_REQ`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Sync {
    /// The newest push that the client has.
    pub since: i64,
    /// How many at the most.
    pub limit: Option<i64>,
}

/// `C2S_ACK`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Ack {
    /// The newest push taken in.
    pub seq: i64,
}

/// `C2S_TYPING`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Typing {
    /// Where.
    pub roomid: RoomId,
}

/// `C2S_READ`, and the body of `…/message/read`: either a room or a line.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(example = json!({ "roomid": "RoomId-1", "roomseq": 3 }))]
pub struct Read {
    roomid: Option<RoomId>,
    roomseq: Option<i64>,
    messageid: Option<MessageId>,
}

/// `C2S_VIDEOCALL_SIGNAL`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Signal {
    /// The call.
    pub callid: CallId,
    /// `{description}` or `{candidate}` of WebRTC; only the clients look into it.
    #[schemars(example = json!({ "description": { "type": "offer", "sdp": "v=0" } }))]
    pub signal: Map<String, Value>,
}

/// What has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadTarget {
    /// A room, up to the message of that number.
    Room(RoomId, i64),
    /// A line of the message list, whatever it holds.
    Line(MessageId),
}

impl Read {
    /// What has been read; `FA_PARAM` where that is not clear.
    pub fn target(&self) -> Result<ReadTarget> {
        match (self.roomid.clone(), self.roomseq, self.messageid.clone()) {
            (Some(roomid), Some(roomseq), None) => Ok(ReadTarget::Room(roomid, roomseq)),
            (None, None, Some(messageid)) => Ok(ReadTarget::Line(messageid)),
            (Some(_), None, None) => Err(Error::param("roomseq", "is missing")),
            (None, Some(_), None) | (None, None, None) => Err(Error::param("roomid", "is missing")),
            (Some(_), _, Some(_)) | (None, Some(_), Some(_)) => {
                Err(Error::param("messageid", "must not come with roomid and roomseq"))
            }
        }
    }
}

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

impl Command {
    fn parse(name: &str, data: Value) -> Result<Self> {
        match CommandKind::named(name) {
            Some(CommandKind::Register) => fields(data).map(Self::Register),
            Some(CommandKind::Sync) => fields(data).map(Self::Sync),
            Some(CommandKind::Ack) => fields(data).map(Self::Ack),
            Some(CommandKind::Read) => fields(data).map(Self::Read),
            Some(CommandKind::Signal) => fields(data).map(Self::Signal),
            Some(CommandKind::Typing) => fields(data).map(Self::Typing),
            None => Err(Error::param("type", "is not one that a client may send")),
        }
    }
}

impl CommandKind {
    fn named(name: &str) -> Option<Self> {
        Self::iter().find(|kind| kind.name() == name)
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "C2S_REGISTER_REQ",
            Self::Sync => "C2S_SYNC_REQ",
            Self::Ack => "C2S_ACK",
            Self::Read => "C2S_READ",
            Self::Signal => "C2S_VIDEOCALL_SIGNAL",
            Self::Typing => "C2S_TYPING",
        }
    }
}

fn fields<T: DeserializeOwned>(data: Value) -> Result<T> {
    let data = if data.is_null() { Value::Object(Default::default()) } else { data };
    serde_path_to_error::deserialize(data).map_err(misfit)
}

/// The error for data that does not fit, with the field that does not.
pub fn misfit<E: std::fmt::Display>(error: serde_path_to_error::Error<E>) -> Error {
    let why = error.inner().to_string();
    let why = why.split(" at line ").next().unwrap_or_default().to_owned();
    // What is missing is named by the message, what is wrong by the path.
    match why.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        Some(field) => Error::param(field.to_owned(), "is missing"),
        None => Error::param(error.path().to_string(), why),
    }
}

/// A fleeting word of the server: an answer, or something that only the present concerns.
#[derive(Debug, Clone, Serialize, JsonSchema, EnumDiscriminants)]
#[strum_discriminants(
    name(ReplyKind),
    derive(EnumIter),
    doc = "Which fleeting word it is, without its data."
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
        Self::Error { code: error.code(), message: error.to_string() }
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
            Self::VideoCallSignal => "S2C_VIDEOCALL_SIGNAL",
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

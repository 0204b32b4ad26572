//! The catalogue of what a client says on its connection: every `C2S_…` with its data.
//!
//! The envelope around it is in `envelope`, the server's answers are in `reply`.

use crate::error::{Error, Result};
use crate::model::{CallId, DeviceId, Malformed, MessageId, Platform, Role, RoomId, Uid};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
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
    pub platform: Option<Platform>,
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
    Item(MessageId),
}

impl Read {
    /// What has been read; `FA_PARAM` where that is not clear.
    pub fn target(&self) -> Result<ReadTarget> {
        match (self.roomid.clone(), self.roomseq, self.messageid.clone()) {
            (Some(roomid), Some(roomseq), None) => Ok(ReadTarget::Room(roomid, roomseq)),
            (None, None, Some(messageid)) => Ok(ReadTarget::Item(messageid)),
            (Some(_), None, None) => Err(Error::param("roomseq", Malformed::Missing)),
            (None, Some(_), None) | (None, None, None) => Err(Error::param("roomid", Malformed::Missing)),
            (Some(_), _, Some(_)) | (None, Some(_), Some(_)) => {
                Err(Error::param("messageid", "must not come with roomid and roomseq"))
            }
        }
    }
}

impl Command {
    /// Parses the data of the command of that name.
    pub(super) fn parse(name: &str, data: Value) -> Result<Self> {
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
    /// The command of that name on the wire.
    pub(super) fn named(name: &str) -> Option<Self> {
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
        Some(field) => Error::param(field.to_owned(), Malformed::Missing),
        None => Error::param(error.path().to_string(), why),
    }
}

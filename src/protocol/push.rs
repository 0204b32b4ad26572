//! The catalogue of what the server pushes: every `S2C_…`, its audience and its data.
//!
//! A durable `Push` is queued in a transaction and nowhere else; a `Fleeting` one goes to
//! whoever is connected and is never kept. Who is in an audience is decided by `store`.

use super::shape::{Contract, Line, Place};
use crate::model::{RoomId, Sid, Uid};
use serde::Serialize;

/// A durable push with everybody who is to hear it.
#[derive(Debug, Clone)]
pub enum Push {
    /// Something new in a room of a resident and a doctor.
    AloneChat(Vec<Place>, Line),
    /// A contract was applied for, accepted or refused.
    Signed(Vec<Uid>, Contract),
    /// A contract was ended.
    Unsigned(Vec<Uid>, Unsigned),
    /// Somebody has read a room up to a message.
    Read(Vec<Uid>, ReadMark),
}

/// What a resident is told of a contract that was ended.
#[derive(Debug, Clone, Serialize)]
pub struct Unsigned {
    /// A fixed heading.
    pub title: &'static str,
    /// What the team is called.
    pub team: String,
    /// The heading's explanation, with the reason.
    pub content: String,
    /// The contract.
    pub sid: Sid,
}

impl Unsigned {
    /// What is said when `team` ends the contract `sid` for `reason`.
    pub fn new(sid: Sid, team: String, reason: &str) -> Self {
        Self {
            title: "解除签约通知", team, content: format!("您的签约已被解除: {reason}"), sid
        }
    }
}

/// How far somebody has read a room.
#[derive(Debug, Clone, Serialize)]
pub struct ReadMark {
    /// The room.
    pub roomid: RoomId,
    /// Who has read.
    pub uid: Uid,
    /// The newest message read.
    pub roomseq: i64,
}

impl Push {
    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::AloneChat(..) => "S2C_ALONECHAT_PUSH",
            Self::Signed(..) => "S2C_SIGNED_PUSH",
            Self::Unsigned(..) => "S2C_UNSIGNED_PUSH",
            Self::Read(..) => "S2C_READ_PUSH",
        }
    }

    /// The parts of its data as JSON objects: what all share, and for each recipient what is
    /// their own.
    pub fn encode(&self) -> serde_json::Result<Encoded> {
        match self {
            Self::AloneChat(places, line) => Encoded::lines(places, line),
            Self::Signed(people, contract) => Encoded::alike(people, contract),
            Self::Unsigned(people, unsigned) => Encoded::alike(people, unsigned),
            Self::Read(people, mark) => Encoded::alike(people, mark),
        }
    }
}

/// A push's data in JSON, in the two parts that are kept and sent.
#[derive(Debug)]
pub struct Encoded {
    /// The object that all recipients share.
    pub shared: String,
    /// Each recipient, with the object of what is theirs alone where there is one.
    pub own: Vec<(Uid, Option<String>)>,
}

impl Encoded {
    fn lines(places: &[Place], line: &Line) -> serde_json::Result<Self> {
        let own = |place: &Place| Ok((place.uid.clone(), Some(serde_json::to_string(place)?)));
        Ok(Self {
            shared: serde_json::to_string(line)?,
            own: places.iter().map(own).collect::<serde_json::Result<_>>()?,
        })
    }

    fn alike(people: &[Uid], data: &impl Serialize) -> serde_json::Result<Self> {
        Ok(Self {
            shared: serde_json::to_string(data)?,
            own: people.iter().map(|uid| (uid.clone(), None)).collect(),
        })
    }
}

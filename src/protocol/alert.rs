//! An alert: what a phone shows of one push, and what makes it obsolete. Which push shows what is decided
//! in `mobile_preview`.

use crate::model::{AlertKind, CallId, RingEnd, RoomId, Uid};
use serde_json::Value;

/// What a phone shows of a push.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// How urgent it is.
    pub kind: AlertKind,
    /// Who wrote, or what it is about.
    pub title: String,
    /// What kind of thing, or the text where the settings allow it.
    pub content: String,
    /// Data for the app: ids, and no text.
    pub extras: Value,
    /// The id by which it is withdrawn: of the room, the call, or the line of the message list.
    pub topic: Option<String>,
    /// The message's number in the room.
    pub topicseq: Option<i64>,
    /// The author of the message, who is told when it was notified.
    pub author: Option<Uid>,
}

/// The alerts that a push makes obsolete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// Those of a call, which rings no more.
    Call {
        /// The call.
        callid: CallId,
        /// How that came.
        end: RingEnd,
    },
    /// Those of the messages in a room that somebody has read.
    Read {
        /// The room.
        roomid: RoomId,
        /// The reader.
        uid: Uid,
        /// The number of the newest message that they have read.
        roomseq: i64,
    },
    /// Those of a message that its author recalled.
    Message {
        /// The room.
        roomid: RoomId,
        /// The message's number in it.
        roomseq: i64,
    },
}

//! Every message of a connection with its description: which, when, to whom, with what data.
//!
//! A variant that is added to `Push`, `Reply` or `Command` does not compile until it is described here.

use crate::protocol::commands::{Ack, CommandKind, Read, Register, Signal, Sync, Typing};
use crate::protocol::objects::{Contract, InboxItem};
use crate::protocol::pushes::{
    FriendAccept, FriendApply, Membership, PushKind, ReadMark, Recall, Unsigned, VideoCallAccept,
    VideoCallEnd, VideoCallInvite,
};
use crate::protocol::replies::{Reply, ReplyKind};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;
use strum::IntoEnumIterator;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A client sends it.
    Command,
    /// The server sends it, keeps it, and sends it again after a reconnect.
    Durable,
    /// The server sends it to whoever is connected, and does not keep it.
    Ephemeral,
}

impl Way {
    /// The name of the way, as the descriptions have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Durable => "durable",
            Self::Ephemeral => "fleeting",
        }
    }
}

/// Makes the schema of a message's data.
pub type Data = Box<dyn Fn(&mut SchemaGenerator) -> Schema>;

/// The description of one message of a connection.
pub struct MessageSpec {
    /// The `S2C_…` or `C2S_…` name.
    pub name: &'static str,
    /// How it travels.
    pub way: Way,
    /// When it is sent.
    pub when: &'static str,
    /// Who receives it; for a command, what answers it.
    pub to: &'static str,
    /// The schema of its data.
    pub data: Data,
}

/// Every message that a client may send.
pub fn commands() -> Vec<MessageSpec> {
    CommandKind::iter().map(CommandKind::spec).collect()
}

/// Every message that the server may send.
pub fn pushes() -> Vec<MessageSpec> {
    PushKind::iter().map(PushKind::spec).chain(ReplyKind::iter().map(ReplyKind::spec)).collect()
}

fn of<T: JsonSchema>() -> Data {
    Box::new(|schemas| schemas.subschema_for::<T>())
}

impl CommandKind {
    fn spec(self) -> MessageSpec {
        let (when, to, data): (_, _, _) = match self {
            Self::Register => (
                "the first word of a connection: who this is",
                "S2C_REGISTER_RES, the durable pushes after `since`, then live ones",
                of::<Register>(),
            ),
            Self::Sync => {
                ("asks for the durable pushes after `since`", "the pushes, then S2C_SYNC_RES", of::<Sync>())
            }
            Self::Ack => ("every push up to `seq` has been taken in", "nothing", of::<Ack>()),
            Self::Read => {
                ("a room, or a line of the message list, has been read", "S2C_READ_PUSH", of::<Read>())
            }
            Self::Signal => (
                "something for the other end of a video call",
                "nothing; the other party hears S2C_VIDEOCALL_SIGNAL",
                of::<Signal>(),
            ),
            Self::Typing => ("somebody types in a room", "nothing", of::<Typing>()),
        };
        MessageSpec { name: self.name(), way: Way::Command, when, to, data }
    }
}

impl PushKind {
    fn spec(self) -> MessageSpec {
        let (when, to, data): (_, _, _) = match self {
            Self::AloneChat => (
                "something new in a room of a resident and a doctor: a message, the duty doctor's answer, a contract or an appointment that was processed, a video call",
                "the other party; the resident of what was processed; both at the end of a call; all members of what a duty doctor answered",
                of::<InboxItem>(),
            ),
            Self::TeammateChat => (
                "somebody, or the duty doctor, writes in a room of a team's doctors",
                "the room's other members",
                of::<InboxItem>(),
            ),
            Self::DoctorFriendChat => (
                "somebody, or the duty doctor, writes in a room of two doctors",
                "the other doctor",
                of::<InboxItem>(),
            ),
            Self::TeamChat => {
                ("somebody writes in a discussion group", "the group's other members", of::<InboxItem>())
            }
            Self::Remind => (
                "a question is still unanswered: the duty doctor reminds, or its time has run out",
                "the room's members; by time its doctors only, but not who asked",
                of::<InboxItem>(),
            ),
            Self::System => (
                "an administrator publishes on the platform",
                "every resident and doctor in the audience",
                of::<InboxItem>(),
            ),
            Self::Social => (
                "an administrator publishes to a community",
                "its residents, its doctors or both",
                of::<InboxItem>(),
            ),
            Self::DoctorMsg => ("a doctor sends a notice to residents", "those residents", of::<InboxItem>()),
            Self::Reservation => {
                ("a resident asks for an appointment, or calls it off", "the doctor", of::<InboxItem>())
            }
            Self::Signed => (
                "a contract is applied for, accepted or refused",
                "the resident and the doctor; by `signedprocess2` the team's other doctors too",
                of::<Contract>(),
            ),
            Self::Unsigned => ("a contract in force is ended", "the resident", of::<Unsigned>()),
            Self::FriendApply => ("a doctor asks another to be friends", "that doctor", of::<FriendApply>()),
            Self::FriendAccept => ("a doctor accepts", "the doctor who asked", of::<FriendAccept>()),
            Self::TeamMemberEnter => {
                ("members join a discussion group", "all its members, the new ones too", of::<Membership>())
            }
            Self::TeamMemberLeave => (
                "a member leaves, is removed, or takes the contact off the list",
                "the members who stay, and who left",
                of::<Membership>(),
            ),
            Self::VideoCallInvite => {
                ("a video call is started", "the room's other members", of::<VideoCallInvite>())
            }
            Self::VideoCallAccept => (
                "a video call is accepted",
                "the caller, and the callee's devices, which stop ringing",
                of::<VideoCallAccept>(),
            ),
            Self::VideoCallEnd => (
                "a video call is hung up, refused, cancelled, not answered in time, or an end stays offline",
                "the party that did not end it",
                of::<VideoCallEnd>(),
            ),
            Self::Read => (
                "a room was read, or a line of notices",
                "the reader's devices, and the other members of a room",
                of::<ReadMark>(),
            ),
            Self::Recall => {
                ("a message was withdrawn", "the room's members, and who was reminded of it", of::<Recall>())
            }
        };
        MessageSpec { name: self.name(), way: Way::Durable, when, to, data }
    }
}

impl ReplyKind {
    fn spec(self) -> MessageSpec {
        let (when, to): (_, _) = match self {
            Self::Registered => ("a registration was taken", "who registered"),
            Self::Synced => ("a sync has come to its end", "who asked"),
            Self::Error => ("a command was refused", "who gave it"),
            Self::DifferentConnection => {
                ("the account registers from another device", "the connection that it had, which then ends")
            }
            Self::Delivery => {
                ("a device has acknowledged a message, or a mobile notice of it was accepted", "its author")
            }
            Self::Typing => ("somebody types", "the others in the room"),
            Self::Presence => ("somebody comes online or goes", "their contacts"),
            Self::Duty => (
                "a question comes to the duty desk, is claimed, given back, reminded of, answered or gone",
                "who is on duty, and administrators who have the desk open",
            ),
            Self::OnDuty => ("a doctor goes on duty or off, by the roster or by the clock", "that doctor"),
            Self::VideoCallSignal => ("the other end of a call sent it", "the other party"),
        };
        MessageSpec {
            name: self.name(),
            way: Way::Ephemeral,
            when,
            to,
            data: Box::new(move |schemas| variant(schemas, self as usize)),
        }
    }
}

/// The schema of an ephemeral message: the variants of an untagged enum stand in their order.
fn variant(schemas: &mut SchemaGenerator, number: usize) -> Schema {
    let schema = Reply::json_schema(schemas);
    let variant = schema.get("anyOf").and_then(|variants| variants.get(number)).cloned();
    Schema::try_from(variant.unwrap_or(Value::Bool(false))).unwrap_or_default()
}

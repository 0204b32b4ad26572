//! The catalogue of what the server pushes: every `S2C_…`, its audience and its data.
//!
//! A durable `Push` is queued in a transaction and nowhere else; an ephemeral `Reply` goes to
//! whoever is connected and is never kept. Who is in an audience is decided by `store`.

use crate::model::{CallId, DialogId, EndReason, MessageId, NoticeKind, RoomId, RoomKind, Sid, Time, Uid};
use crate::protocol::objects::{Contract, IceServer, ItemContent, Person, RecipientView};
use schemars::JsonSchema;
use serde::Serialize;
use strum::{EnumDiscriminants, EnumIter};

/// A durable push with everybody who is to hear it.
#[derive(Debug, Clone, EnumDiscriminants)]
#[strum_discriminants(name(PushKind), derive(EnumIter), doc = "Which push it is, without its data.")]
pub enum Push {
    /// Something new in a room of a resident and a doctor.
    AloneChat(Vec<RecipientView>, ItemContent),
    /// Something new in a room of a team's doctors.
    TeammateChat(Vec<RecipientView>, ItemContent),
    /// Something new in a room of two doctors.
    DoctorFriendChat(Vec<RecipientView>, ItemContent),
    /// Something new in a discussion group.
    TeamChat(Vec<RecipientView>, ItemContent),
    /// A question is still unanswered.
    Remind(Vec<RecipientView>, ItemContent),
    /// A notice of the platform.
    System(Vec<RecipientView>, ItemContent),
    /// A notice of the community.
    Social(Vec<RecipientView>, ItemContent),
    /// A notice of a doctor.
    DoctorMsg(Vec<RecipientView>, ItemContent),
    /// An appointment was asked for, or called off.
    Reservation(Vec<RecipientView>, ItemContent),
    /// A contract was applied for, accepted or refused.
    Signed(Vec<Uid>, Contract),
    /// A contract was ended.
    Unsigned(Vec<Uid>, Unsigned),
    /// A doctor asks to be friends.
    FriendApply(Vec<Uid>, FriendApply),
    /// A doctor has accepted.
    FriendAccept(Vec<Uid>, FriendAccept),
    /// Members have joined a discussion group.
    TeamMemberEnter(Vec<Uid>, Membership),
    /// Members have left a discussion group.
    TeamMemberLeave(Vec<Uid>, Membership),
    /// A video call rings.
    VideoCallInvite(Vec<Uid>, VideoCallInvite),
    /// A video call was accepted.
    VideoCallAccept(Vec<Uid>, VideoCallAccept),
    /// A video call is over.
    VideoCallEnd(Vec<Uid>, VideoCallEnd),
    /// Somebody has read a room up to a message, or a line of notices.
    Read(Vec<Uid>, ReadMark),
    /// A message was withdrawn.
    Recall(Vec<Uid>, Recall),
}

/// What a doctor is told whom another asks to be friends.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FriendApply {
    /// A fixed heading.
    #[schemars(example = &"请求添加好友")]
    pub title: &'static str,
    /// Who asks, in words.
    #[schemars(example = &"王医生用户向你添加好友请求")]
    pub content: String,
    /// When it was asked.
    pub updatetime: Time,
    /// Who asks.
    pub uid: Uid,
}

impl FriendApply {
    /// What is said when the doctor `uid`, called `name`, asks.
    pub fn new(uid: Uid, name: &str, updatetime: Time) -> Self {
        Self {
            title: "请求添加好友", content: format!("{name}用户向你添加好友请求"), updatetime, uid
        }
    }
}

/// What a doctor is told whose request was accepted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FriendAccept {
    /// Who accepted.
    pub uid: Uid,
    /// What they are called.
    #[schemars(example = &"王医生")]
    pub name: String,
    /// The room of the two.
    pub roomid: RoomId,
}

/// Who joined or left a discussion group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Membership {
    /// The group.
    pub roomid: RoomId,
    /// Who joined or left.
    pub members: Vec<Person>,
    /// Who did it.
    pub by: Uid,
}

/// A call that rings.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VideoCallInvite {
    /// The call.
    pub callid: CallId,
    /// The room of the two.
    pub roomid: RoomId,
    /// Who calls.
    pub from: Person,
    /// WebRTC's list of servers for who is called.
    pub iceservers: Vec<IceServer>,
    /// When it stops ringing.
    pub expires: Time,
}

/// A call that was accepted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VideoCallAccept {
    /// The call.
    pub callid: CallId,
    /// The room of the two.
    pub roomid: RoomId,
    /// Who accepted.
    pub by: Uid,
}

/// A call that is over.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VideoCallEnd {
    /// The call.
    pub callid: CallId,
    /// The room of the two.
    pub roomid: RoomId,
    /// Who ended it; null where time did.
    pub by: Option<Uid>,
    /// Why.
    pub reason: EndReason,
    /// Whole seconds since it was accepted.
    pub duration: u64,
}

/// A message that was withdrawn.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Recall {
    /// The room.
    pub roomid: RoomId,
    /// The message.
    pub dialogid: DialogId,
    /// Its number in the room.
    pub roomseq: i64,
    /// Who withdrew it.
    pub by: Uid,
}

/// What a resident is told of a contract that was ended.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unsigned {
    /// A fixed heading.
    #[schemars(example = &"解除签约通知")]
    pub title: &'static str,
    /// What the team is called.
    #[schemars(example = &"签约团队一")]
    pub team: String,
    /// The heading's explanation, with the reason.
    #[schemars(example = &"您的签约已被解除: 迁居")]
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

/// What somebody has read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ReadMark {
    /// A room.
    Room {
        /// The room.
        roomid: RoomId,
        /// Who has read.
        uid: Uid,
        /// The newest message read.
        roomseq: i64,
    },
    /// An inbox item of notices: all that it held when this was pushed.
    Item {
        /// The item.
        messageid: MessageId,
        /// Whose it is.
        uid: Uid,
    },
}

impl Push {
    /// A notice, under the name of its kind.
    pub fn notice(kind: NoticeKind, to: Vec<RecipientView>, line: ItemContent) -> Self {
        match kind {
            NoticeKind::System => Self::System(to, line),
            NoticeKind::Social => Self::Social(to, line),
            NoticeKind::DoctorMsg => Self::DoctorMsg(to, line),
            NoticeKind::Reservation => Self::Reservation(to, line),
        }
    }

    /// Something new in a room, under the name of the room's kind.
    pub fn in_room(kind: RoomKind, to: Vec<RecipientView>, line: ItemContent) -> Self {
        match kind {
            RoomKind::AloneChat => Self::AloneChat(to, line),
            RoomKind::Teammate => Self::TeammateChat(to, line),
            RoomKind::DoctorFriend => Self::DoctorFriendChat(to, line),
            RoomKind::Discussion => Self::TeamChat(to, line),
        }
    }

    /// The message that it carries the words of, if it does.
    pub fn dialogid(&self) -> Option<&DialogId> {
        match self {
            Self::AloneChat(_, line)
            | Self::TeammateChat(_, line)
            | Self::DoctorFriendChat(_, line)
            | Self::TeamChat(_, line)
            | Self::Remind(_, line)
            | Self::System(_, line)
            | Self::Social(_, line)
            | Self::DoctorMsg(_, line)
            | Self::Reservation(_, line) => line.data.dialogid(),
            Self::Signed(..)
            | Self::Unsigned(..)
            | Self::FriendApply(..)
            | Self::FriendAccept(..)
            | Self::TeamMemberEnter(..)
            | Self::TeamMemberLeave(..)
            | Self::VideoCallInvite(..)
            | Self::VideoCallAccept(..)
            | Self::VideoCallEnd(..)
            | Self::Read(..)
            | Self::Recall(..) => None,
        }
    }

    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        PushKind::from(self).name()
    }

    /// The parts of its data as JSON objects: what all share, and for each recipient what is
    /// their own.
    pub fn encode(&self) -> serde_json::Result<Encoded> {
        match self {
            Self::AloneChat(recipients, line)
            | Self::TeammateChat(recipients, line)
            | Self::DoctorFriendChat(recipients, line)
            | Self::TeamChat(recipients, line)
            | Self::Remind(recipients, line)
            | Self::System(recipients, line)
            | Self::Social(recipients, line)
            | Self::DoctorMsg(recipients, line)
            | Self::Reservation(recipients, line) => Encoded::items(recipients, line),
            Self::Signed(people, data) => Encoded::alike(people, data),
            Self::Unsigned(people, data) => Encoded::alike(people, data),
            Self::FriendApply(people, data) => Encoded::alike(people, data),
            Self::FriendAccept(people, data) => Encoded::alike(people, data),
            Self::TeamMemberEnter(people, data) | Self::TeamMemberLeave(people, data) => {
                Encoded::alike(people, data)
            }
            Self::VideoCallInvite(people, data) => Encoded::alike(people, data),
            Self::VideoCallAccept(people, data) => Encoded::alike(people, data),
            Self::VideoCallEnd(people, data) => Encoded::alike(people, data),
            Self::Read(people, data) => Encoded::alike(people, data),
            Self::Recall(people, data) => Encoded::alike(people, data),
        }
    }
}

impl PushKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::AloneChat => "S2C_ALONECHAT_PUSH",
            Self::TeammateChat => "S2C_TEAMMATECHAT_PUSH",
            Self::DoctorFriendChat => "S2C_DOCTORFRIENDCHAT_PUSH",
            Self::TeamChat => "S2C_TEAMCHAT_PUSH",
            Self::Remind => "S2C_REMIND_PUSH",
            Self::System => "S2C_SYSTEM_PUSH",
            Self::Social => "S2C_SOCIAL_PUSH",
            Self::DoctorMsg => "S2C_DOCTORMSG_PUSH",
            Self::Reservation => "S2C_RESERVATION_PUSH",
            Self::Signed => "S2C_SIGNED_PUSH",
            Self::Unsigned => "S2C_UNSIGNED_PUSH",
            Self::FriendApply => "S2C_FRIENDAPPLY_PUSH",
            Self::FriendAccept => "S2C_FRIENDACCEPT_PUSH",
            Self::TeamMemberEnter => "S2C_TEAMMEMBER_ENTER",
            Self::TeamMemberLeave => "S2C_TEAMMEMBER_LEAVE",
            Self::VideoCallInvite => "S2C_VIDEOCALL_INVITE",
            Self::VideoCallAccept => "S2C_VIDEOCALL_ACCEPT",
            Self::VideoCallEnd => "S2C_VIDEOCALL_END",
            Self::Read => "S2C_READ_PUSH",
            Self::Recall => "S2C_RECALL_PUSH",
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
    fn items(recipients: &[RecipientView], line: &ItemContent) -> serde_json::Result<Self> {
        let own = |place: &RecipientView| Ok((place.uid.clone(), Some(serde_json::to_string(place)?)));
        Ok(Self {
            shared: serde_json::to_string(line)?,
            own: recipients.iter().map(own).collect::<serde_json::Result<_>>()?,
        })
    }

    fn alike(people: &[Uid], data: &impl Serialize) -> serde_json::Result<Self> {
        Ok(Self {
            shared: serde_json::to_string(data)?,
            own: people.iter().map(|uid| (uid.clone(), None)).collect(),
        })
    }
}

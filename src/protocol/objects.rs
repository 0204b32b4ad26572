//! The objects of the contract that travel in pushes and in answers alike.

use crate::model::{
    CallId, CallStatus, ContractStatus, DeliveryState, DialogId, DialogKind, EndReason, MessageId, Process,
    ReservationId, ReservationStatus, Role, RoomId, RoomKind, Sid, Stid, Tag, Time, Uid,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Somebody, as others see them.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Person {
    /// Who.
    pub uid: Uid,
    /// What they are called.
    #[schemars(example = &"王芳")]
    pub name: String,
    /// What they are.
    pub role: Role,
}

/// What became of a question that a duty doctor may answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DutyInfo {
    /// The duty doctor who answered, if one did.
    pub dutyuid: Option<Uid>,
    /// 0 waiting, 1 answered by the duty doctor, 2 answered by the doctor.
    pub process: Process,
}

/// How a question stands on the duty desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuestionStatus {
    /// What was asked.
    pub dialogid: DialogId,
    /// Where it was asked.
    pub roomid: RoomId,
    /// 0 waiting, 1 answered by the duty doctor, 2 answered by the doctor; null where it is no question any more:
    /// it was withdrawn, or its room was closed.
    pub process: Option<Process>,
    /// Who has taken it on, while that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// When it was asked.
    pub since: Time,
}

/// That somebody of the duty desk will answer a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "QuestionClaim")]
pub struct Claim {
    /// Who.
    pub uid: Uid,
    /// What they are called.
    #[schemars(example = &"赵医生")]
    pub name: String,
    /// Until when nobody else may.
    pub until: Time,
}

/// One message in a room, as history returns it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Dialog {
    /// The message.
    pub dialogid: DialogId,
    /// Where it was written.
    pub roomid: RoomId,
    /// Its number in the room: 1, 2, 3 …
    pub roomseq: i64,
    /// Who really wrote it, always.
    pub from: Person,
    /// The doctor in whose place a duty doctor answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onbehalfof: Option<Uid>,
    /// What it holds.
    pub kind: DialogKind,
    /// The words, or what names the file. Null once withdrawn.
    #[schemars(example = &"我头疼两天了")]
    pub body: Value,
    /// The sender's own number for it.
    #[schemars(example = &"phone-17")]
    pub clientid: Option<String>,
    /// The number in the room of the earlier message that it quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub quote: Option<i64>,
    /// When it was written.
    pub createtime: Time,
    /// Whether its author has withdrawn it.
    pub recalled: bool,
    /// How it stands on the duty desk, where it is a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dutyinfo: Option<DutyInfo>,
}

/// How far a message has come with one of those it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageState {
    /// Who.
    pub uid: Uid,
    /// How far.
    pub state: DeliveryState,
}

/// A message as history shows it to its author, or without `states` to others.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DialogWithStates {
    /// The message.
    #[serde(flatten)]
    pub dialog: Dialog,
    /// How far it has come with each of the others; for its author alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<Vec<MessageState>>,
}

/// A message that holds what was searched for.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FoundDialog {
    /// The message.
    #[serde(flatten)]
    pub dialog: Dialog,
    /// Where the words stand in its body, from the first place on; at most 20 places.
    pub r#match: Vec<Span>,
}

/// A part of a text, in UTF-16 code units, as strings of JavaScript, Java and Swift's `NSString` count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Span {
    /// How many units stand before it.
    #[schemars(example = 1)]
    pub start: usize,
    /// How many units stand before what follows it.
    #[schemars(example = 3)]
    pub end: usize,
}

/// The newest message of a room, as a line of a message list bears it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MessageData {
    /// The room.
    pub roomid: RoomId,
    /// The message.
    pub dialogid: DialogId,
    /// Its number in the room.
    pub roomseq: i64,
    /// What it holds.
    pub kind: DialogKind,
    /// The words, or what names the file.
    #[schemars(example = &"我头疼两天了")]
    pub body: Value,
    /// The sender's own number for it.
    #[schemars(example = &"phone-17")]
    pub clientid: Option<String>,
    /// The number in the room of the earlier message that it quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub quote: Option<i64>,
    /// Who really wrote it.
    pub from: Person,
    /// The doctor in whose place a duty doctor answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onbehalfof: Option<Uid>,
    /// How it stands on the duty desk, where it is a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dutyinfo: Option<DutyInfo>,
}

/// One entry of WebRTC's `iceServers`, as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IceServer {
    /// `stun:` or `turn:` URLs of the same service.
    #[schemars(example = ["turn:turn.example:3478?transport=udp"])]
    pub urls: Vec<String>,
    /// `<unix expiry>:<uid>`; only for a relay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"1795424400:uid-1")]
    pub username: Option<String>,
    /// Base64 of the signed `username`; only for a relay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"mRCpQyQdC3JSKHsAyCVSh4cRVhU=")]
    pub credential: Option<String>,
}

/// The body of a `videocall` message: how the call stands, and its exit once it is over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallBody {
    /// The call.
    pub callid: CallId,
    /// How it stands.
    pub status: CallStatus,
    /// How it ended.
    #[serde(flatten)]
    pub exit: Option<CallExit>,
}

/// How a video call ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallExit {
    /// Why.
    pub reason: EndReason,
    /// Whose doing it was; null where it was nobody's.
    pub by: Option<Uid>,
    /// Whole seconds since it was accepted.
    pub duration: u64,
    /// When.
    pub endtime: Time,
}

impl CallBody {
    /// The line that a list or a lock screen shows.
    fn summary(body: &Value) -> String {
        let duration = body["duration"].as_u64().unwrap_or_default();
        let reason = body["reason"].as_str().and_then(|word| EndReason::try_from(word.to_owned()).ok());
        let exit = match reason {
            None => String::new(),
            Some(EndReason::HangUp) => format!(" {}:{:02}", duration / 60, duration % 60),
            Some(EndReason::Offline) => " 已中断".to_owned(),
            Some(EndReason::Reject) => " 已拒绝".to_owned(),
            Some(EndReason::Cancel) => " 已取消".to_owned(),
            Some(EndReason::Timeout | EndReason::Busy) => " 未接听".to_owned(),
        };
        format!("[视频通话]{exit}")
    }
}

/// What a line of a message list is about.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ItemSubject {
    /// A room's newest message.
    Room(Box<MessageData>),
    /// A notice; its further facts, such as a link.
    Notice(Value),
}

impl ItemSubject {
    /// The message, where it is one.
    pub fn dialogid(&self) -> Option<&DialogId> {
        match self {
            Self::Room(data) => Some(&data.dialogid),
            Self::Notice(_) => None,
        }
    }
}

/// The part of an inbox item that all who have it share.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ItemContent {
    /// The room's kind, or the notice's tag; one word.
    pub tags: [Tag; 1],
    /// What a list or a lock screen shows.
    #[schemars(example = &"我头疼两天了")]
    pub content: String,
    /// When it last changed.
    pub updatetime: Time,
    /// What it is about.
    pub data: ItemSubject,
}

/// The part of an inbox item that is one person's own.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecipientView {
    /// The line.
    pub messageid: MessageId,
    /// Whose it is.
    pub uid: Uid,
    /// The heading: whom or what it is with.
    #[schemars(example = &"王芳")]
    pub title: String,
    /// Messages not read yet.
    #[schemars(range(min = 0))]
    pub unread: i64,
}

/// One line of one person's message list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct InboxItem {
    /// What is that person's own.
    #[serde(flatten)]
    pub recipient: RecipientView,
    /// What others share.
    #[serde(flatten)]
    pub content: ItemContent,
}

/// A resident's contract with a team, through one doctor of it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Contract {
    /// The contract.
    pub sid: Sid,
    /// The resident.
    pub uid: Uid,
    /// The doctor.
    pub doctoruid: Uid,
    /// The team.
    pub stid: Stid,
    /// What the team is called.
    #[schemars(example = &"签约团队一")]
    pub team: String,
    /// How it stands.
    pub status: ContractStatus,
    /// Why it was refused or ended.
    #[schemars(example = &"迁居")]
    pub reason: Option<String>,
    /// Where it was applied for.
    #[schemars(example = &"wechat")]
    pub source: Option<String>,
    /// When it was applied for.
    pub createtime: Time,
    /// When it last changed.
    pub updatetime: Time,
}

/// A resident's request for an appointment with a doctor.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Reservation {
    /// The request.
    pub reservationid: ReservationId,
    /// The resident.
    pub uid: Uid,
    /// What the resident is called.
    #[schemars(example = &"张三")]
    pub name: String,
    /// The doctor.
    pub doctoruid: Uid,
    /// When the appointment is to be.
    pub time: Time,
    /// What it is for.
    #[schemars(example = &"复查血压")]
    pub reason: String,
    /// How it stands.
    pub status: ReservationStatus,
    /// What the doctor answered.
    #[schemars(example = &"请空腹前来")]
    pub reply: Option<String>,
    /// When it was asked for.
    pub createtime: Time,
    /// When it last changed.
    pub updatetime: Time,
}

/// Something that is known of a resident, as it was last written.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PersonFact")]
pub struct Fact {
    /// What was written.
    #[schemars(example = &"高血压")]
    pub content: String,
    /// Who wrote it: the resident, or a doctor.
    pub by: Person,
    /// When.
    pub updatetime: Time,
}

/// Who a resident is. What nobody has written is null.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PersonCard")]
pub struct PersonCard {
    /// The resident.
    pub uid: Uid,
    /// What they are called.
    #[schemars(example = &"张三")]
    pub name: String,
    /// The day of birth, as `YYYY-MM-DD`.
    pub birthdate: Option<Fact>,
    /// `female` or `male`.
    pub sex: Option<Fact>,
    /// Long-term illnesses.
    pub illnesses: Option<Fact>,
    /// Allergies.
    pub allergies: Option<Fact>,
    /// The contract that is applied for or in force.
    pub contract: Option<Contract>,
    /// The next appointments, the nearest first: one's own; for a doctor those with oneself, at the duty desk none.
    pub reservations: Vec<Reservation>,
}

impl Dialog {
    /// The line that a list or a lock screen shows.
    pub fn summary(&self) -> String {
        const LONGEST: usize = 80;
        match (self.recalled, self.kind) {
            (true, _) => "[消息已撤回]".to_owned(),
            (false, DialogKind::Text | DialogKind::System) => {
                self.body.as_str().unwrap_or_default().chars().take(LONGEST).collect()
            }
            (false, DialogKind::Image) => "[图片]".to_owned(),
            (false, DialogKind::Voice) => "[语音]".to_owned(),
            (false, DialogKind::File) => "[文件]".to_owned(),
            (false, DialogKind::VideoCall) => CallBody::summary(&self.body),
        }
    }

    /// What reminds of this message as a question that still waits.
    pub fn reminder(&self, room: RoomKind) -> ItemContent {
        let line = self.item_content(room);
        ItemContent { content: format!("[待回复] {}", line.content), ..line }
    }

    /// The line of a message list that shows this message as its room's newest.
    pub fn item_content(&self, room: RoomKind) -> ItemContent {
        ItemContent {
            tags: [room.tag()],
            content: self.summary(),
            updatetime: self.createtime,
            data: ItemSubject::Room(Box::new(MessageData {
                roomid: self.roomid.clone(),
                dialogid: self.dialogid.clone(),
                roomseq: self.roomseq,
                kind: self.kind,
                body: self.body.clone(),
                clientid: self.clientid.clone(),
                quote: self.quote,
                from: self.from.clone(),
                onbehalfof: self.onbehalfof.clone(),
                dutyinfo: self.dutyinfo.clone(),
            })),
        }
    }
}

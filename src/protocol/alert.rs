//! How each push looks on the phone of somebody who is not connected: the one place where that is
//! decided. By default a notice says who and what kind, and nothing of what was written.
//!
//! Whether and when it is sent is not decided here.

use super::push::{Push, ReadMark};
use super::shape::{Contract, Line, LineData, LineSubject, Place};
use crate::model::{AlertKind, CallId, ContractStatus, DialogKind, RoomId, Uid};
use serde_json::{Value, json};

/// The heading where a group's own name is not shown.
const GROUP: &str = "讨论组";

/// What a push means to phones.
#[derive(Debug, PartialEq)]
pub enum Outlook {
    /// Nothing.
    Nothing,
    /// A notice, or none, for each of the recipients in their order.
    Notify(Vec<Option<Alert>>),
    /// What is still on its way is of no use any more.
    Withdraw(Withdrawal),
}

/// What a phone shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// How urgent it is.
    pub kind: AlertKind,
    /// Who.
    pub title: String,
    /// What kind of thing; where the settings allow it, the text.
    pub content: String,
    /// For the app: ids, nothing to read.
    pub extras: Value,
    /// What withdraws it: the room, the call, or the line of the message list.
    pub topic: Option<String>,
    /// The message's number in the room.
    pub topicseq: Option<i64>,
    /// Who wrote the message, and learns that it was notified.
    pub author: Option<Uid>,
}

/// What is of no use any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawal {
    /// That a call rings: it is over, or was accepted.
    Call(CallId),
    /// What somebody has read in a room by now.
    Read {
        /// Where.
        roomid: RoomId,
        /// Who.
        uid: Uid,
        /// Up to this message.
        roomseq: i64,
    },
    /// A message that its author took back.
    Message {
        /// Where.
        roomid: RoomId,
        /// Which.
        roomseq: i64,
    },
}

impl Push {
    /// What the push means to phones; with `text` the words are shown, where there are any.
    pub fn outlook(&self, text: bool) -> Outlook {
        let kind = self.name();
        match self {
            Self::AloneChat(places, line)
            | Self::TeammateChat(places, line)
            | Self::DoctorFriendChat(places, line) => {
                lines(places, |place| in_room(kind, place, line, text, what_was_written))
            }
            // A group's name is a text that somebody wrote.
            Self::TeamChat(places, line) => lines(places, |place| {
                let alert = in_room(kind, place, line, text, what_was_written)?;
                Some(if text { alert } else { Alert { title: GROUP.to_owned(), ..alert } })
            }),
            Self::Remind(places, line) => {
                lines(places, |place| in_room(kind, place, line, text, |_| "有一个问题等待回复"))
            }
            Self::System(places, line) => {
                lines(places, |place| Some(announced(kind, "平台通知", place, line, text)))
            }
            Self::Social(places, line) => {
                lines(places, |place| Some(announced(kind, "社区通知", place, line, text)))
            }
            Self::DoctorMsg(places, line) => lines(places, |place| {
                Some(Alert { kind: AlertKind::Message, ..announced(kind, "医生通知", place, line, text) })
            }),
            Self::Reservation(places, line) => lines(places, |place| {
                let alert = announced(kind, "预约", place, line, text);
                Some(Alert {
                    kind: AlertKind::Message, content: "您有一条预约消息".to_owned(), ..alert
                })
            }),
            Self::Signed(people, contract) => each(people, |uid| signed(kind, uid, contract)),
            Self::Unsigned(people, _) => each(people, |_| Some(plain(kind, "签约", "您的签约已被解除"))),
            Self::FriendApply(people, apply) => {
                each(people, |_| Some(plain(kind, apply.title, &apply.content)))
            }
            Self::FriendAccept(people, accept) => {
                each(people, |_| Some(plain(kind, &accept.name, "已接受您的好友请求")))
            }
            Self::TeamMemberEnter(people, entered) => each(people, |uid| {
                let new = entered.members.iter().any(|member| member.uid == *uid) && entered.by != *uid;
                let extras = json!({ "type": kind, "roomid": entered.roomid });
                new.then(|| Alert { extras, ..plain(kind, GROUP, "您已加入讨论组") })
            }),
            Self::VideoCallInvite(people, invite) => each(people, |_| {
                let extras = json!({
                    "type": kind,
                    "callid": invite.callid,
                    "roomid": invite.roomid,
                    "from": invite.from,
                    "expires": invite.expires,
                });
                let call = plain(kind, &invite.from.name, "邀请您视频通话");
                Some(Alert { kind: AlertKind::Call, extras, topic: Some(invite.callid.to_string()), ..call })
            }),
            Self::VideoCallAccept(_, accept) => Outlook::Withdraw(Withdrawal::Call(accept.callid.clone())),
            Self::VideoCallEnd(_, end) => Outlook::Withdraw(Withdrawal::Call(end.callid.clone())),
            Self::Read(_, ReadMark::Room { roomid, uid, roomseq }) => {
                let (roomid, uid, roomseq) = (roomid.clone(), uid.clone(), *roomseq);
                Outlook::Withdraw(Withdrawal::Read { roomid, uid, roomseq })
            }
            // Whoever marks a line withdraws what is on its way (`store::alert::withdraw_line`).
            Self::Read(_, ReadMark::Line { .. }) => Outlook::Nothing,
            Self::Recall(_, recall) => {
                let (roomid, roomseq) = (recall.roomid.clone(), recall.roomseq);
                Outlook::Withdraw(Withdrawal::Message { roomid, roomseq })
            }
            Self::TeamMemberLeave(..) => Outlook::Nothing,
        }
    }
}

fn lines(places: &[Place], alert: impl Fn(&Place) -> Option<Alert>) -> Outlook {
    Outlook::Notify(places.iter().map(alert).collect())
}

fn each(people: &[Uid], alert: impl Fn(&Uid) -> Option<Alert>) -> Outlook {
    Outlook::Notify(people.iter().map(alert).collect())
}

fn plain(push: &str, title: &str, content: &str) -> Alert {
    Alert {
        kind: AlertKind::Message,
        title: title.to_owned(),
        content: content.to_owned(),
        extras: json!({ "type": push }),
        topic: None,
        topicseq: None,
        author: None,
    }
}

/// A message in a room; its author needs no notice of it.
fn in_room(
    push: &str,
    place: &Place,
    line: &Line,
    text: bool,
    what: fn(&LineData) -> &'static str,
) -> Option<Alert> {
    let LineSubject::Room(data) = &line.data else {
        return Some(announced(push, "家医", place, line, text));
    };
    if data.from.uid == place.uid {
        return None;
    }
    let words = if text { line.content.as_str() } else { what(data) };
    // In a room of several the heading names the room, so the line names who wrote.
    let content = match place.title == data.from.name {
        true => words.to_owned(),
        false => format!("{}：{words}", data.from.name),
    };
    Some(Alert {
        extras: json!({ "type": push, "roomid": data.roomid }),
        topic: Some(data.roomid.to_string()),
        topicseq: Some(data.roomseq),
        author: Some(data.from.uid.clone()),
        ..plain(push, &place.title, &content)
    })
}

fn what_was_written(data: &LineData) -> &'static str {
    match data.kind {
        DialogKind::Text => "发来一条消息",
        DialogKind::Image => "发来一张图片",
        DialogKind::Voice => "发来一段语音",
        DialogKind::File => "发来一个文件",
        DialogKind::System => "有一条新通知",
        DialogKind::VideoCall => "视频通话",
    }
}

/// A notice to many: its own heading may say too much.
fn announced(push: &str, heading: &str, place: &Place, line: &Line, text: bool) -> Alert {
    let (title, content) = match text {
        true => (place.title.as_str(), line.content.as_str()),
        false => (heading, "您有一条新通知"),
    };
    let alert = plain(push, title, content);
    Alert { kind: AlertKind::Announcement, topic: Some(place.messageid.to_string()), ..alert }
}

/// Whoever did the step knows of it.
fn signed(push: &str, uid: &Uid, contract: &Contract) -> Option<Alert> {
    let extras = json!({ "type": push, "sid": contract.sid });
    let tell = |content| Some(Alert { extras, ..plain(push, "签约", content) });
    match contract.status {
        ContractStatus::Applied if *uid == contract.doctoruid => tell("您收到一份签约申请"),
        ContractStatus::Signed if *uid == contract.uid => tell("您的签约申请已通过"),
        ContractStatus::Rejected if *uid == contract.uid => tell("您的签约申请未通过"),
        ContractStatus::Ended | ContractStatus::Expired if *uid == contract.uid => tell("您的签约已结束"),
        ContractStatus::Applied
        | ContractStatus::Signed
        | ContractStatus::Rejected
        | ContractStatus::Ended
        | ContractStatus::Expired => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DialogId, MessageId, Role, RoomKind, Time};
    use crate::protocol::shape::{Dialog, Person};

    fn person(name: &str) -> Person {
        Person { uid: Uid::new(), name: name.to_owned(), role: Role::Doctor }
    }

    fn message(from: &Person, body: &str) -> Line {
        let dialog = Dialog {
            dialogid: DialogId::new(),
            roomid: RoomId::new(),
            roomseq: 7,
            from: from.clone(),
            onbehalfof: None,
            kind: DialogKind::Text,
            body: body.into(),
            clientid: None,
            createtime: Time::now(),
            recalled: false,
            dutyinfo: None,
        };
        dialog.line(RoomKind::AloneChat)
    }

    fn place(uid: &Uid, title: &str) -> Place {
        Place { messageid: MessageId::new(), uid: uid.clone(), title: title.to_owned(), unread: 1 }
    }

    fn alerts(push: &Push, text: bool) -> Vec<Option<Alert>> {
        match push.outlook(text) {
            Outlook::Notify(alerts) => alerts,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_notice_says_who_and_what_kind_and_the_text_only_where_allowed() {
        let (doctor, reader) = (person("王医生"), Uid::new());
        let line = message(&doctor, "化验结果阳性");
        let push = Push::AloneChat(vec![place(&reader, "王医生"), place(&doctor.uid, "张三")], line);
        let [Some(silent), None] = &alerts(&push, false)[..] else { panic!("the author is alerted") };
        assert_eq!((&*silent.title, &*silent.content), ("王医生", "发来一条消息"));
        assert!(!format!("{silent:?}").contains("化验"));
        let [Some(open), None] = &alerts(&push, true)[..] else { panic!("the author is alerted") };
        assert_eq!(open.content, "化验结果阳性");
    }

    #[test]
    fn in_a_group_the_line_names_who_wrote_and_its_name_is_a_text() {
        let (doctor, reader) = (person("王医生"), Uid::new());
        let push = Push::TeamChat(vec![place(&reader, "高血压讨论组")], message(&doctor, "请会诊"));
        let alert = alerts(&push, false)[0].clone().unwrap();
        assert_eq!((&*alert.title, &*alert.content), ("讨论组", "王医生：发来一条消息"));
        let alert = alerts(&push, true)[0].clone().unwrap();
        assert_eq!((&*alert.title, &*alert.content), ("高血压讨论组", "王医生：请会诊"));
    }

    #[test]
    fn reading_withdraws() {
        let (roomid, uid, roomseq) = (RoomId::new(), Uid::new(), 3);
        let mark = ReadMark::Room { roomid: roomid.clone(), uid: uid.clone(), roomseq };
        let push = Push::Read(vec![uid.clone()], mark);
        assert_eq!(push.outlook(false), Outlook::Withdraw(Withdrawal::Read { roomid, uid, roomseq }));
    }
}

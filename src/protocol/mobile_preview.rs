//! What each push shows on the phone of somebody who is not connected. By default an alert says who wrote
//! and what kind of thing, and nothing of the text.
//!
//! Whether and when it is sent is decided in `mobile`.

use super::alert::{Alert, Withdrawal};
use crate::model::{AlertKind, ContractStatus, DialogKind, EndReason, RingEnd, Uid};
use crate::protocol::objects::{Contract, ItemContent, ItemSubject, MessageData, RecipientView};
use crate::protocol::pushes::{Push, ReadMark, VideoCallEnd};
use serde_json::json;

/// The title where a group's own name is not shown.
const GROUP_TITLE: &str = "讨论组";

/// What a push does on phones.
#[derive(Debug, PartialEq)]
pub enum MobilePreview {
    /// Nothing.
    Nothing,
    /// It shows an alert, or nothing, to each of its recipients; in their order.
    Notify(Vec<Option<Alert>>),
    /// It makes earlier alerts obsolete.
    Withdraw(Withdrawal),
}

/// Whether an alert contains what somebody wrote. A lock screen is read by others, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewText {
    /// It says only what kind of thing was written.
    Hidden,
    /// It contains the text.
    Shown,
}

impl Push {
    /// What the push does on phones.
    pub fn mobile_preview(&self, text: PreviewText) -> MobilePreview {
        let kind = self.name();
        match self {
            Self::AloneChat(recipients, line)
            | Self::TeammateChat(recipients, line)
            | Self::DoctorFriendChat(recipients, line) => {
                for_recipients(recipients, |place| room_message(kind, place, line, text, kind_of_message))
            }
            // A group's name is a text that somebody wrote.
            Self::TeamChat(recipients, line) => for_recipients(recipients, |place| {
                let alert = room_message(kind, place, line, text, kind_of_message)?;
                Some(match text {
                    PreviewText::Shown => alert,
                    PreviewText::Hidden => Alert { title: GROUP_TITLE.to_owned(), ..alert },
                })
            }),
            Self::Remind(recipients, line) => for_recipients(recipients, |place| {
                room_message(kind, place, line, text, |_| "有一个问题等待回复")
            }),
            Self::System(recipients, line) => {
                for_recipients(recipients, |place| Some(announcement(kind, "平台通知", place, line, text)))
            }
            Self::Social(recipients, line) => {
                for_recipients(recipients, |place| Some(announcement(kind, "社区通知", place, line, text)))
            }
            Self::DoctorMsg(recipients, line) => for_recipients(recipients, |place| {
                Some(Alert {
                    kind: AlertKind::Message, ..announcement(kind, "医生通知", place, line, text)
                })
            }),
            Self::Reservation(recipients, line) => for_recipients(recipients, |place| {
                let alert = announcement(kind, "预约", place, line, text);
                Some(Alert {
                    kind: AlertKind::Message, content: "您有一条预约消息".to_owned(), ..alert
                })
            }),
            Self::Signed(people, contract) => for_people(people, |uid| contract_changed(kind, uid, contract)),
            Self::Unsigned(people, _) => {
                for_people(people, |_| Some(plain(kind, "签约", "您的签约已被解除")))
            }
            Self::FriendApply(people, apply) => {
                for_people(people, |_| Some(plain(kind, apply.title, &apply.content)))
            }
            Self::FriendAccept(people, accept) => {
                for_people(people, |_| Some(plain(kind, &accept.name, "已接受您的好友请求")))
            }
            Self::TeamMemberEnter(people, entered) => for_people(people, |uid| {
                let new = entered.members.iter().any(|member| member.uid == *uid) && entered.by != *uid;
                let extras = json!({ "type": kind, "roomid": entered.roomid });
                new.then(|| Alert { extras, ..plain(kind, GROUP_TITLE, "您已加入讨论组") })
            }),
            Self::VideoCallInvite(people, invite) => for_people(people, |_| {
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
            Self::VideoCallAccept(_, accept) => {
                let (callid, end) = (accept.callid.clone(), RingEnd::Answered);
                MobilePreview::Withdraw(Withdrawal::Call { callid, end })
            }
            Self::VideoCallEnd(_, VideoCallEnd { callid, reason, .. }) => {
                MobilePreview::Withdraw(Withdrawal::Call { callid: callid.clone(), end: ring_end(*reason) })
            }
            Self::Read(_, ReadMark::Room { roomid, uid, roomseq }) => {
                let (roomid, uid, roomseq) = (roomid.clone(), uid.clone(), *roomseq);
                MobilePreview::Withdraw(Withdrawal::Read { roomid, uid, roomseq })
            }
            // The alerts of a line are withdrawn by `store::alert::withdraw_line`.
            Self::Read(_, ReadMark::Item { .. }) => MobilePreview::Nothing,
            Self::Recall(_, recall) => {
                let (roomid, roomseq) = (recall.roomid.clone(), recall.roomseq);
                MobilePreview::Withdraw(Withdrawal::Message { roomid, roomseq })
            }
            Self::TeamMemberLeave(..) => MobilePreview::Nothing,
        }
    }
}

fn for_recipients(
    recipients: &[RecipientView],
    alert: impl Fn(&RecipientView) -> Option<Alert>,
) -> MobilePreview {
    MobilePreview::Notify(recipients.iter().map(alert).collect())
}

fn for_people(people: &[Uid], alert: impl Fn(&Uid) -> Option<Alert>) -> MobilePreview {
    MobilePreview::Notify(people.iter().map(alert).collect())
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

/// The alert of a message in a room; its author gets none.
fn room_message(
    push: &str,
    place: &RecipientView,
    line: &ItemContent,
    text: PreviewText,
    what: fn(&MessageData) -> &'static str,
) -> Option<Alert> {
    let ItemSubject::Room(data) = &line.data else {
        return Some(announcement(push, "家医", place, line, text));
    };
    if data.from.uid == place.uid {
        return None;
    }
    let words = match text {
        PreviewText::Shown => line.content.as_str(),
        PreviewText::Hidden => what(data),
    };
    // In a group the title is the name of the room, so the content names the author.
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

fn kind_of_message(data: &MessageData) -> &'static str {
    match data.kind {
        DialogKind::Text => "发来一条消息",
        DialogKind::Image => "发来一张图片",
        DialogKind::Voice => "发来一段语音",
        DialogKind::File => "发来一个文件",
        DialogKind::System => "有一条新通知",
        DialogKind::VideoCall => "视频通话",
    }
}

/// The alert of a notice to many people. The notice's own title may say too much.
fn announcement(
    push: &str,
    heading: &str,
    place: &RecipientView,
    line: &ItemContent,
    text: PreviewText,
) -> Alert {
    let (title, content) = match text {
        PreviewText::Shown => (place.title.as_str(), line.content.as_str()),
        PreviewText::Hidden => (heading, "您有一条新通知"),
    };
    let alert = plain(push, title, content);
    Alert { kind: AlertKind::Announcement, topic: Some(place.messageid.to_string()), ..alert }
}

/// The alert of a contract's new status; whoever changed it gets none.
fn contract_changed(push: &str, uid: &Uid, contract: &Contract) -> Option<Alert> {
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

/// How the ringing of a call ended that ended so while it rang.
fn ring_end(reason: EndReason) -> RingEnd {
    match reason {
        EndReason::Reject => RingEnd::Answered,
        EndReason::HangUp | EndReason::Busy | EndReason::Timeout | EndReason::Offline | EndReason::Cancel => {
            RingEnd::Missed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DialogId, MessageId, Role, RoomId, RoomKind, Time};
    use crate::protocol::objects::{Dialog, Person};

    fn person(name: &str) -> Person {
        Person { uid: Uid::new(), name: name.to_owned(), role: Role::Doctor }
    }

    fn message(from: &Person, body: &str) -> ItemContent {
        let dialog = Dialog {
            dialogid: DialogId::new(),
            roomid: RoomId::new(),
            roomseq: 7,
            from: from.clone(),
            onbehalfof: None,
            kind: DialogKind::Text,
            body: body.into(),
            clientid: None,
            quote: None,
            createtime: Time::now(),
            recalled: false,
            dutyinfo: None,
        };
        dialog.item_content(RoomKind::AloneChat)
    }

    fn place(uid: &Uid, title: &str) -> RecipientView {
        RecipientView { messageid: MessageId::new(), uid: uid.clone(), title: title.to_owned(), unread: 1 }
    }

    fn alerts(push: &Push, text: PreviewText) -> Vec<Option<Alert>> {
        match push.mobile_preview(text) {
            MobilePreview::Notify(alerts) => alerts,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_notice_says_who_and_what_kind_and_the_text_only_where_allowed() {
        let (doctor, reader) = (person("王医生"), Uid::new());
        let line = message(&doctor, "化验结果阳性");
        let push = Push::AloneChat(vec![place(&reader, "王医生"), place(&doctor.uid, "张三")], line);
        let [Some(silent), None] = &alerts(&push, PreviewText::Hidden)[..] else {
            panic!("the author is alerted")
        };
        assert_eq!((&*silent.title, &*silent.content), ("王医生", "发来一条消息"));
        assert!(!format!("{silent:?}").contains("化验"));
        let [Some(open), None] = &alerts(&push, PreviewText::Shown)[..] else {
            panic!("the author is alerted")
        };
        assert_eq!(open.content, "化验结果阳性");
    }

    #[test]
    fn in_a_group_the_line_names_who_wrote_and_its_name_is_a_text() {
        let (doctor, reader) = (person("王医生"), Uid::new());
        let push = Push::TeamChat(vec![place(&reader, "高血压讨论组")], message(&doctor, "请会诊"));
        let alert = alerts(&push, PreviewText::Hidden)[0].clone().unwrap();
        assert_eq!((&*alert.title, &*alert.content), ("讨论组", "王医生：发来一条消息"));
        let alert = alerts(&push, PreviewText::Shown)[0].clone().unwrap();
        assert_eq!((&*alert.title, &*alert.content), ("高血压讨论组", "王医生：请会诊"));
    }

    #[test]
    fn reading_withdraws() {
        let (roomid, uid, roomseq) = (RoomId::new(), Uid::new(), 3);
        let mark = ReadMark::Room { roomid: roomid.clone(), uid: uid.clone(), roomseq };
        let push = Push::Read(vec![uid.clone()], mark);
        assert_eq!(
            push.mobile_preview(PreviewText::Hidden),
            MobilePreview::Withdraw(Withdrawal::Read { roomid, uid, roomseq })
        );
    }
}

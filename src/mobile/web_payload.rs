//! What a browser is sent, in its language: for the service worker of the pages (`static/worker.js`).
//!
//! Names and words are shown only where both the settings of the server and those of the browser allow it.

use crate::model::{AlertKind, Language, RingEnd};
use crate::protocol::mobile_preview::PreviewText;
use crate::store::web_push::{Address, MOST_ITEMS, Outgoing};
use serde_json::{Value, json};

/// The title of what shows no names: that of the pages.
const SERVICE_NAME: &str = "家医 jiayi";

/// What a browser is told; `None` where there is nothing to tell any more.
pub(super) fn payload(push: &Outgoing, to: &Address, text: PreviewText) -> Option<Value> {
    let newest = push.items.last()?;
    let shows_words = to.words && text == PreviewText::Shown;
    let title = if shows_words { newest.title.clone() } else { SERVICE_NAME.to_owned() };
    let body = match (push.ended, shows_words) {
        (Some(end), _) => over(end, to.language).to_owned(),
        (None, true) => newest.text.clone(),
        (None, false) => silent(push.kind, to.language, push.items.len()),
    };
    Some(json!({
        "role": to.role,
        "tag": format!("{} {}", to.role.as_str(), push.tag),
        "place": push.place,
        "title": title,
        "body": body,
        "urgent": push.rings(),
        "quiet": push.ended.is_some(),
    }))
}

/// What takes the place of a call that rang.
fn over(end: RingEnd, language: Language) -> &'static str {
    match (end, language) {
        (RingEnd::Missed, Language::Chinese) => "您有一个未接视频通话。",
        (RingEnd::Missed, Language::English) => "You missed a video call.",
        (RingEnd::Answered, Language::Chinese) => "视频通话已接听或拒绝。",
        (RingEnd::Answered, Language::English) => "The video call was answered or declined.",
    }
}

/// That there is something, and nothing of what it is.
fn silent(kind: AlertKind, language: Language, count: usize) -> String {
    match (kind, language, count) {
        (AlertKind::Call, Language::Chinese, _) => "有人邀请您视频通话。".to_owned(),
        (AlertKind::Call, Language::English, _) => "Somebody is calling you.".to_owned(),
        (AlertKind::Message | AlertKind::Announcement, Language::Chinese, 1) => "您有一条新消息。".to_owned(),
        (AlertKind::Message | AlertKind::Announcement, Language::Chinese, _) => {
            format!("您有{}条新消息。", number(count))
        }
        (AlertKind::Message | AlertKind::Announcement, Language::English, 1) => {
            "You have a new message.".to_owned()
        }
        (AlertKind::Message | AlertKind::Announcement, Language::English, _) => {
            format!("You have {} new messages.", number(count))
        }
    }
}

/// Of more than are kept it is not known how many there are.
fn number(count: usize) -> String {
    match count < MOST_ITEMS {
        true => count.to_string(),
        false => format!("{}+", MOST_ITEMS - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Role, Time, Uid};
    use crate::store::web_push::Item;

    fn push(kind: AlertKind, count: usize, ended: Option<RingEnd>) -> Outgoing {
        let item = |seq| Item {
            seq,
            roomseq: Some(seq),
            author: None,
            title: "王医生".to_owned(),
            text: format!("化验{seq}"),
        };
        Outgoing {
            pushid: String::new(),
            uid: Uid::new(),
            kind,
            tag: "a".to_owned(),
            place: None,
            items: (1..=count as i64).map(item).collect(),
            expires: Time::from_millis(60_000),
            tries: 0,
            ended,
            address: None,
        }
    }

    fn said(push: &Outgoing, (language, words): (Language, bool), text: PreviewText) -> String {
        let (endpoint, p256dh, auth) = Default::default();
        let to = Address { endpoint, p256dh, auth, role: Role::User, language, words };
        let payload = payload(push, &to, text).unwrap();
        format!("{}: {}", payload["title"].as_str().unwrap(), payload["body"].as_str().unwrap())
    }

    #[test]
    fn each_browser_is_told_in_its_language_and_names_and_words_where_both_allow_it() {
        let (chinese, english) = (Language::Chinese, Language::English);
        let message = |count, to, text| said(&push(AlertKind::Message, count, None), to, text);
        let hidden = PreviewText::Hidden;
        assert_eq!(message(1, (chinese, true), hidden), "家医 jiayi: 您有一条新消息。");
        assert_eq!(message(2, (chinese, true), hidden), "家医 jiayi: 您有2条新消息。");
        assert_eq!(message(1, (english, true), hidden), "家医 jiayi: You have a new message.");
        assert_eq!(message(100, (english, true), hidden), "家医 jiayi: You have 99+ new messages.");
        assert_eq!(message(2, (chinese, false), PreviewText::Shown), "家医 jiayi: 您有2条新消息。");
        assert_eq!(message(2, (english, true), PreviewText::Shown), "王医生: 化验2");
        let call = |ended, to, text| said(&push(AlertKind::Call, 1, ended), to, text);
        assert_eq!(call(None, (chinese, false), hidden), "家医 jiayi: 有人邀请您视频通话。");
        let (missed, answered) = (Some(RingEnd::Missed), Some(RingEnd::Answered));
        assert_eq!(call(missed, (chinese, true), PreviewText::Shown), "王医生: 您有一个未接视频通话。");
        assert_eq!(
            call(answered, (english, true), hidden),
            "家医 jiayi: The video call was answered or declined."
        );
    }
}

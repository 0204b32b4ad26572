//! Makes of alerts what browsers are sent: for each person one push a room, or other thing that is told of, and of
//! that a copy for each of their browsers, in its language. A pure function.
//!
//! Names and words are shown only where both the settings of the server and those of the browser allow it.

use crate::model::{AlertKind, Language, Time, Uid};
use crate::protocol::alert::Alert;
use crate::protocol::mobile_preview::PreviewText;
use crate::store::alert::Pending;
use crate::store::web_push::{Copy, NewWebPush};
use crate::store::web_subscription::Subscriber;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// The title of what shows no names: that of the pages.
const SERVICE_NAME: &str = "家医 jiayi";
/// How many characters of a text are shown; a notification shows no more.
const SHOWN: usize = 200;

/// What is to be sent for these alerts, to these browsers.
pub(super) fn batch(
    alerts: Vec<Pending>,
    subscribers: &HashMap<Uid, Vec<Subscriber>>,
    text: PreviewText,
) -> Vec<NewWebPush> {
    let mut about = BTreeMap::<(Uid, String), Vec<Pending>>::new();
    for alert in alerts {
        about.entry((alert.uid.clone(), tag(&alert.alert))).or_default().push(alert);
    }
    let push = |((uid, tag), alerts): ((Uid, String), Vec<Pending>)| {
        let to = subscribers.get(&uid)?;
        combine(uid, &tag, alerts, to, text)
    };
    about.into_iter().filter_map(push).collect()
}

/// What a notification takes the place of, if it is there: an earlier one about the same.
fn tag(alert: &Alert) -> String {
    let kind = || alert.extras["type"].as_str().unwrap_or_default().to_owned();
    alert.topic.clone().or_else(|| place(alert)).unwrap_or_else(kind)
}

/// Where a tap leads: to a room, or a line of the message list.
fn place(alert: &Alert) -> Option<String> {
    alert.extras["roomid"].as_str().map(str::to_owned).or_else(|| alert.topic.clone())
}

fn combine(
    uid: Uid,
    tag: &str,
    mut alerts: Vec<Pending>,
    to: &[Subscriber],
    text: PreviewText,
) -> Option<NewWebPush> {
    alerts.sort_by_key(|alert| alert.seq);
    let (count, newest) = (alerts.len(), alerts.last()?);
    let copy = |to: &Subscriber| Copy {
        token: to.token.clone(),
        payload: payload(&newest.alert, tag, count, to, text).to_string(),
        silent: payload(&newest.alert, tag, count, to, PreviewText::Hidden).to_string(),
    };
    Some(NewWebPush {
        seq: newest.seq,
        kind: newest.alert.kind,
        topic: newest.alert.topic.clone(),
        topicseq: newest.alert.topicseq,
        createtime: alerts.iter().map(|alert| alert.createtime).min().unwrap_or(Time::now()),
        authors: authors(&alerts),
        copies: to.iter().map(copy).collect(),
        alertids: alerts.iter().map(|alert| alert.alertid).collect(),
        uid,
    })
}

/// Who wrote in a room, each with the number of their newest message: in the order of the numbers.
fn authors(alerts: &[Pending]) -> BTreeMap<String, i64> {
    let written =
        |Pending { alert, .. }: &Pending| Some((alert.author.as_ref()?.to_string(), alert.topicseq?));
    alerts.iter().filter_map(written).collect()
}

/// What the service worker of the pages (`static/worker.js`) is told.
fn payload(newest: &Alert, tag: &str, count: usize, to: &Subscriber, text: PreviewText) -> Value {
    let (title, body) = match (to.words, text) {
        (true, PreviewText::Shown) => (newest.title.clone(), newest.content.chars().take(SHOWN).collect()),
        (true, PreviewText::Hidden) | (false, _) => {
            (SERVICE_NAME.to_owned(), silent(newest.kind, to.language, count))
        }
    };
    json!({
        "role": to.role,
        "tag": format!("{} {tag}", to.role.as_str()),
        "place": place(newest),
        "title": title,
        "body": body,
        "urgent": newest.kind == AlertKind::Call,
    })
}

/// That there is something, and nothing of what it is.
fn silent(kind: AlertKind, language: Language, count: usize) -> String {
    match (kind, language, count) {
        (AlertKind::Call, Language::Chinese, _) => "有人邀请您视频通话。".to_owned(),
        (AlertKind::Call, Language::English, _) => "Somebody is calling you.".to_owned(),
        (AlertKind::Message | AlertKind::Announcement, Language::Chinese, 1) => "您有一条新消息。".to_owned(),
        (AlertKind::Message | AlertKind::Announcement, Language::Chinese, _) => {
            format!("您有{count}条新消息。")
        }
        (AlertKind::Message | AlertKind::Announcement, Language::English, 1) => {
            "You have a new message.".to_owned()
        }
        (AlertKind::Message | AlertKind::Announcement, Language::English, _) => {
            format!("You have {count} new messages.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;

    fn pending(uid: &Uid, seq: i64, topic: &str) -> Pending {
        let alert = Alert {
            kind: AlertKind::Message,
            title: "王医生".to_owned(),
            content: format!("化验{seq}"),
            extras: json!({ "type": "S2C_ALONECHAT", "roomid": topic }),
            topic: Some(topic.to_owned()),
            topicseq: Some(seq),
            author: Some(Uid::try_from("doctor".to_owned()).unwrap()),
        };
        let createtime = Time::from_millis(seq);
        Pending { alertid: seq, uid: uid.clone(), seq, acked: 0, alert, createtime, webpushed: false }
    }

    fn browser(language: Language, words: bool) -> Subscriber {
        Subscriber { token: vec![u8::from(words)], role: Role::User, language, words }
    }

    fn bodies(push: &NewWebPush) -> Vec<String> {
        let said = |Copy { payload, .. }: &Copy| {
            let payload: Value = serde_json::from_str(payload).unwrap();
            format!("{}: {}", payload["title"].as_str().unwrap(), payload["body"].as_str().unwrap())
        };
        push.copies.iter().map(said).collect()
    }

    #[test]
    fn each_room_is_one_push_in_the_language_of_each_browser() {
        let uid = Uid::new();
        let browsers = vec![browser(Language::Chinese, false), browser(Language::English, true)];
        let to = HashMap::from([(uid.clone(), browsers)]);
        let alerts = || vec![pending(&uid, 2, "a"), pending(&uid, 1, "a"), pending(&uid, 3, "b")];
        let pushes = batch(alerts(), &to, PreviewText::Hidden);
        assert_eq!((pushes.len(), &pushes[0].alertids[..]), (2, &[1, 2][..]));
        assert_eq!(
            bodies(&pushes[0]),
            ["家医 jiayi: 您有2条新消息。", "家医 jiayi: You have 2 new messages."]
        );
        assert_eq!(
            bodies(&pushes[1]),
            ["家医 jiayi: 您有一条新消息。", "家医 jiayi: You have a new message."]
        );
        assert_eq!(pushes[0].authors, BTreeMap::from([("doctor".to_owned(), 2)]));
        let shown = batch(alerts(), &to, PreviewText::Shown);
        assert_eq!(
            bodies(&shown[0]),
            ["家医 jiayi: 您有2条新消息。", "王医生: 化验2"],
            "where both allow it"
        );
        assert!(batch(alerts(), &HashMap::new(), PreviewText::Shown).is_empty());
    }
}

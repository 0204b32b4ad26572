//! Makes of alerts what browsers are sent: for each person one push a room, or other thing that is told of, for all of
//! their browsers. A pure function. What it looks like is in `web_payload`.

use super::max_age;
use crate::model::{AlertKind, Time, Uid};
use crate::protocol::alert::Alert;
use crate::store::alert::Pending;
use crate::store::web_push::{Item, NewWebPush};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// How many characters of a title, and of a text, are kept: a notification shows no more, and a push of many has room.
const SHOWN: usize = 200;

/// What is to be sent for these alerts, to the browsers of these tokens.
pub(super) fn batch(alerts: Vec<Pending>, subscribers: &HashMap<Uid, Vec<Vec<u8>>>) -> Vec<NewWebPush> {
    let mut about = BTreeMap::<(Uid, String), Vec<Pending>>::new();
    for alert in alerts {
        about.entry((alert.uid.clone(), tag(&alert.alert))).or_default().push(alert);
    }
    let push = |((uid, tag), alerts): ((Uid, String), Vec<Pending>)| {
        let tokens = subscribers.get(&uid)?.clone();
        combine(uid, tag, alerts, tokens)
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

fn combine(uid: Uid, tag: String, mut alerts: Vec<Pending>, tokens: Vec<Vec<u8>>) -> Option<NewWebPush> {
    alerts.sort_by_key(|alert| alert.seq);
    let newest = alerts.last()?;
    Some(NewWebPush {
        uid,
        kind: newest.alert.kind,
        tag,
        place: place(&newest.alert),
        expires: expires(newest),
        items: alerts.into_iter().map(|alert| (alert.alertid, item(alert))).collect(),
        tokens,
    })
}

/// When it is no news any more: a call, when it rings no more.
fn expires(Pending { alert, createtime, .. }: &Pending) -> Time {
    let oldest = *createtime + max_age(alert.kind);
    match alert.kind {
        AlertKind::Call => {
            Time::deserialize(&alert.extras["expires"]).map_or(oldest, |rings| oldest.min(rings))
        }
        AlertKind::Message | AlertKind::Announcement => oldest,
    }
}

fn item(Pending { seq, alert, .. }: Pending) -> Item {
    let Alert { title, content, topicseq, author, .. } = alert;
    Item { seq, roomseq: topicseq, author, title: shorten(&title), text: shorten(&content) }
}

fn shorten(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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

    #[test]
    fn each_room_is_one_push_for_all_browsers() {
        let uid = Uid::new();
        let browsers = vec![vec![1], vec![2]];
        let to = HashMap::from([(uid.clone(), browsers.clone())]);
        let alerts = || vec![pending(&uid, 2, "a"), pending(&uid, 1, "a"), pending(&uid, 3, "b")];
        let pushes = batch(alerts(), &to);
        let told =
            |push: &NewWebPush| push.items.iter().map(|(_, item)| item.text.clone()).collect::<Vec<_>>();
        assert_eq!((pushes.len(), told(&pushes[0])), (2, vec!["化验1".to_owned(), "化验2".to_owned()]));
        assert_eq!((&pushes[0].tag, &pushes[0].tokens), (&"a".to_owned(), &browsers));
        let mut long = pending(&uid, 1, "a");
        long.alert.content = "长".repeat(5_000);
        assert_eq!(batch(vec![long], &to)[0].items[0].1.text.chars().count(), SHOWN);
        assert_eq!(pushes[0].expires, Time::from_millis(2) + max_age(AlertKind::Message));
        assert!(batch(alerts(), &HashMap::new()).is_empty());
    }

    #[test]
    fn a_call_is_news_as_long_as_it_rings() {
        let mut call = pending(&Uid::new(), 1, "a");
        call.alert.kind = AlertKind::Call;
        assert_eq!(expires(&call).millis(), 60_001);
        call.alert.extras["expires"] = json!(Time::from_millis(30_000));
        assert_eq!(expires(&call).millis(), 30_000);
    }
}

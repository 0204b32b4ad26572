//! One notice of several alerts: those to one person become one, and those that then look alike go
//! out together.

use crate::model::{AlertKind, Time, Uid};
use crate::offline::notice::MOST_TARGETS;
use crate::protocol::alert::Alert;
use crate::store::alert::Pending;
use crate::store::notice::NewNotice;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the service calls itself where several things are meant.
const SERVICE: &str = "家医";

/// What one person is shown.
struct Shown {
    alert: Alert,
    createtime: Time,
    alertids: Vec<i64>,
}

/// The notices to be sent; with `text` they may show what was written.
pub fn gather(alerts: Vec<Pending>, text: bool) -> Vec<NewNotice> {
    let mut people = BTreeMap::<(Uid, Option<String>), Vec<Pending>>::new();
    for alert in alerts {
        // Calls stay apart.
        let call = (alert.alert.kind == AlertKind::Call).then(|| alert.alert.topic.clone()).flatten();
        people.entry((alert.uid.clone(), call)).or_default().push(alert);
    }
    let mut alike = BTreeMap::<(String, String, String), Vec<Shown>>::new();
    for alerts in people.into_values() {
        let Some(shown) = show(alerts, text) else { continue };
        let alert = &shown.alert;
        let look = (alert.title.clone(), alert.content.clone(), alert.extras.to_string());
        alike.entry(look).or_default().push(shown);
    }
    let notices = alike.values().flat_map(|shown| shown.chunks(MOST_TARGETS));
    notices.filter_map(together).collect()
}

/// Several alerts as one: the newest, if it is the only one, or a count.
fn show(mut alerts: Vec<Pending>, text: bool) -> Option<Shown> {
    alerts.sort_by_key(|alert| alert.seq);
    let alertids = alerts.iter().map(|alert| alert.alertid).collect();
    let createtime = alerts.iter().map(|alert| alert.createtime).min()?;
    let (count, newest) = (alerts.len(), alerts.last()?.alert.clone());
    let one_topic = alerts.iter().all(|alert| alert.alert.topic == newest.topic) && newest.topicseq.is_some();
    let alert = match (count, one_topic) {
        (1, _) => newest,
        (_, true) if text => newest,
        (_, true) => Alert { content: format!("发来{count}条新消息"), ..newest },
        (_, false) => several(newest, count),
    };
    Some(Shown { alert, createtime, alertids })
}

fn several(newest: Alert, count: usize) -> Alert {
    let what = match newest.kind {
        AlertKind::Announcement => "通知",
        AlertKind::Message | AlertKind::Call => "消息",
    };
    let content = format!("您有{count}条新{what}");
    Alert { title: SERVICE.to_owned(), content, extras: json!({ "type": Value::Null }), ..newest }
}

/// One notice to people who are shown the same.
fn together(shown: &[Shown]) -> Option<NewNotice> {
    let first = shown.first()?;
    Some(NewNotice {
        kind: first.alert.kind,
        title: first.alert.title.clone(),
        content: first.alert.content.clone(),
        extras: first.alert.extras.clone(),
        createtime: shown.iter().map(|shown| shown.createtime).min()?,
        alertids: shown.iter().flat_map(|shown| shown.alertids.iter().copied()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(uid: &Uid, seq: i64, topic: &str, content: &str) -> Pending {
        let alert = Alert {
            kind: AlertKind::Message,
            title: "王医生".to_owned(),
            content: content.to_owned(),
            extras: json!({ "roomid": topic }),
            topic: Some(topic.to_owned()),
            topicseq: Some(seq),
            author: None,
        };
        Pending { alertid: seq, uid: uid.clone(), seq, acked: 0, alert, createtime: Time::from_millis(seq) }
    }

    #[test]
    fn several_to_one_person_become_one() {
        let uid = Uid::new();
        let alerts = vec![pending(&uid, 2, "a", "发来一条消息"), pending(&uid, 1, "a", "发来一张图片")];
        let notices = gather(alerts.clone(), false);
        let [notice] = &notices[..] else { panic!("{notices:?}") };
        assert_eq!((&*notice.title, &*notice.content), ("王医生", "发来2条新消息"));
        assert_eq!(notice.alertids, [1, 2]);
        assert_eq!(gather(alerts, true)[0].content, "发来一条消息", "with the text, the newest");
        let mixed = gather(vec![pending(&uid, 1, "a", "x"), pending(&uid, 2, "b", "x")], false);
        assert_eq!((&*mixed[0].title, &*mixed[0].content), ("家医", "您有2条新消息"));
    }

    #[test]
    fn those_who_are_shown_the_same_share_a_notice_of_a_thousand() {
        let alerts: Vec<_> = (0..2500).map(|n| pending(&Uid::new(), n, "a", "x")).collect();
        let sizes: Vec<_> = gather(alerts, false).iter().map(|notice| notice.alertids.len()).collect();
        assert_eq!(sizes, [1000, 1000, 500]);
    }
}

//! Makes notices of alerts: those to one person become one, and people who would be shown the same share
//! a notice. A pure function.

use crate::model::{AlertKind, Time, Uid};
use crate::protocol::alert::Alert;
use crate::protocol::mobile_preview::PreviewText;
use crate::store::alert::Pending;
use crate::store::notice::NewNotice;
use jpush_client::MAX_TARGETS;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The title of a notice about several things: the name of the service.
const SERVICE_NAME: &str = "家医";

/// All alerts to one person, as one.
struct Combined {
    alert: Alert,
    /// The time of the oldest.
    createtime: Time,
    alertids: Vec<i64>,
}

/// The notices to be sent; `text` says whether they may show what was written.
pub(super) fn batch(alerts: Vec<Pending>, text: PreviewText) -> Vec<NewNotice> {
    let mut people = BTreeMap::<(Uid, Option<String>), Vec<Pending>>::new();
    for alert in alerts {
        // Each call has a notice of its own.
        let call = (alert.alert.kind == AlertKind::Call).then(|| alert.alert.topic.clone()).flatten();
        people.entry((alert.uid.clone(), call)).or_default().push(alert);
    }
    let mut alike = BTreeMap::<(String, String, String), Vec<Combined>>::new();
    for alerts in people.into_values() {
        let Some(combined) = combine(alerts, text) else { continue };
        let alert = &combined.alert;
        let look = (alert.title.clone(), alert.content.clone(), alert.extras.to_string());
        alike.entry(look).or_default().push(combined);
    }
    let notices = alike.values().flat_map(|people| people.chunks(MAX_TARGETS));
    notices.filter_map(new_notice).collect()
}

/// Combines the alerts to one person: the newest if there is only one, or a count.
fn combine(mut alerts: Vec<Pending>, text: PreviewText) -> Option<Combined> {
    alerts.sort_by_key(|alert| alert.seq);
    let alertids = alerts.iter().map(|alert| alert.alertid).collect();
    let createtime = alerts.iter().map(|alert| alert.createtime).min()?;
    let (count, newest) = (alerts.len(), alerts.last()?.alert.clone());
    let one_topic = alerts.iter().all(|alert| alert.alert.topic == newest.topic) && newest.topicseq.is_some();
    let alert = match (count, one_topic, text) {
        (1, _, _) | (_, true, PreviewText::Shown) => newest,
        (_, true, PreviewText::Hidden) => Alert { content: format!("发来{count}条新消息"), ..newest },
        (_, false, _) => count_only(newest, count),
    };
    Some(Combined { alert, createtime, alertids })
}

/// An alert about several things, which says only how many.
fn count_only(newest: Alert, count: usize) -> Alert {
    let what = match newest.kind {
        AlertKind::Announcement => "通知",
        AlertKind::Message | AlertKind::Call => "消息",
    };
    let content = format!("您有{count}条新{what}");
    Alert { title: SERVICE_NAME.to_owned(), content, extras: json!({ "type": Value::Null }), ..newest }
}

/// One notice to people who are shown the same.
fn new_notice(people: &[Combined]) -> Option<NewNotice> {
    let first = people.first()?;
    Some(NewNotice {
        kind: first.alert.kind,
        title: first.alert.title.clone(),
        content: first.alert.content.clone(),
        extras: first.alert.extras.clone(),
        createtime: people.iter().map(|one| one.createtime).min()?,
        alertids: people.iter().flat_map(|one| one.alertids.iter().copied()).collect(),
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
        Pending {
            alertid: seq,
            uid: uid.clone(),
            seq,
            acked: 0,
            alert,
            createtime: Time::from_millis(seq),
            webpushed: false,
        }
    }

    #[test]
    fn several_to_one_person_become_one() {
        let uid = Uid::new();
        let alerts = vec![pending(&uid, 2, "a", "发来一条消息"), pending(&uid, 1, "a", "发来一张图片")];
        let notices = batch(alerts.clone(), PreviewText::Hidden);
        let [notice] = &notices[..] else { panic!("{notices:?}") };
        assert_eq!((&*notice.title, &*notice.content), ("王医生", "发来2条新消息"));
        assert_eq!(notice.alertids, [1, 2]);
        assert_eq!(batch(alerts, PreviewText::Shown)[0].content, "发来一条消息", "with the text, the newest");
        let mixed = batch(vec![pending(&uid, 1, "a", "x"), pending(&uid, 2, "b", "x")], PreviewText::Hidden);
        assert_eq!((&*mixed[0].title, &*mixed[0].content), ("家医", "您有2条新消息"));
    }

    #[test]
    fn those_who_are_shown_the_same_share_a_notice_of_a_thousand() {
        let alerts: Vec<_> = (0..2500).map(|n| pending(&Uid::new(), n, "a", "x")).collect();
        let sizes: Vec<_> =
            batch(alerts, PreviewText::Hidden).iter().map(|notice| notice.alertids.len()).collect();
        assert_eq!(sizes, [1000, 1000, 500]);
    }
}

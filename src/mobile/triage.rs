//! Decides which alerts become notices: those whose push has not arrived by itself.
//!
//! A push has arrived when it was acknowledged, or when a connection that never acknowledges has lived
//! on for as long as the heartbeat needs to find it dead. People without a connection are notified at
//! once; people with one are given time.

use super::batch::batch;
use super::timing::IDLE_WAIT;
use super::{max_age, web_batch};
use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::error::Result;
use crate::model::{AlertKind, Time, Uid};
use crate::realtime::registry::entry::ConnectionStatus;
use crate::store::alert::{self, Pending};
use crate::store::device_alias::{self, Reach};
use crate::store::web_subscription;
use crate::store::{notice, web_push};
use crate::workers::job::Next;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// How many alerts are read at a time: as many as one notice may have recipients.
const PAGE: i64 = 1000;
/// How long announcements that are due wait at most for a full page.
const MAX_PAGE_WAIT: Duration = Duration::from_secs(30);
/// How long an alert waits until the vendor has been told of a device.
const BIND_WAIT: Duration = Duration::from_secs(1);

/// How long a push has to arrive where its recipient is connected.
#[derive(Debug, Clone, Copy)]
struct Grace {
    /// On a connection that acknowledges.
    ack: Duration,
    /// On a connection that never does: until it would have been found dead.
    heartbeat: Duration,
    /// For an app to acknowledge a call.
    call: Duration,
}

/// What is to be done with an alert.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Delete it: the push has arrived, or neither a phone nor a browser can be reached.
    Drop,
    /// Delete it: it is too old.
    Expire,
    /// Decide later: the push may still arrive.
    Wait(Time),
    /// Tell the browsers of it that have not been told, and do this for the phones.
    Tell(Phones),
}

/// What is to be done for the phones of somebody who is to be told.
#[derive(Debug, PartialEq, Eq)]
enum Phones {
    /// There is none.
    Nothing,
    /// The vendor is still to be told of one.
    Wait(Time),
    /// Make a notice.
    Notify,
}

/// How somebody can be told.
#[derive(Debug, Clone, Copy)]
struct Ways {
    /// By the vendor.
    phones: Reach,
    /// Whether browsers are to be told, and have not been.
    browsers: bool,
}

/// The verdicts on a page of alerts.
#[derive(Default)]
struct Verdicts {
    delete: Vec<i64>,
    /// How many of those have expired.
    expired: u64,
    wait: BTreeMap<Time, Vec<i64>>,
    notify: Vec<Pending>,
    browsers: Vec<Pending>,
    /// Those to be deleted once browsers have been told.
    told: Vec<i64>,
}

impl Verdicts {
    fn add(&mut self, alert: Pending, ways: Ways, verdict: Verdict) {
        if ways.browsers && matches!(verdict, Verdict::Tell(_)) {
            self.browsers.push(alert.clone());
        }
        match verdict {
            Verdict::Drop => self.delete.push(alert.alertid),
            Verdict::Expire => {
                self.expired += 1;
                self.delete.push(alert.alertid);
            }
            Verdict::Wait(until) | Verdict::Tell(Phones::Wait(until)) => {
                self.wait.entry(until).or_default().push(alert.alertid)
            }
            Verdict::Tell(Phones::Nothing) => self.told.push(alert.alertid),
            Verdict::Tell(Phones::Notify) => self.notify.push(alert),
        }
    }
}

/// Decides about the alerts of this kind that are due.
pub(super) async fn run(app: App, kind: AlertKind) -> Result<Next> {
    let (now, settings) = (Time::now(), app.config().push.clone());
    let window = settings.batch_window();
    let Due { alerts, reach, subscribers } = app.read(move |store| load(store, kind, now, window)).await?;
    let (has_vendor, has_web_push) = (app.vendor().is_some(), app.web_push().is_some());
    if alerts.is_empty() {
        return Ok(Next::Wait(IDLE_WAIT));
    }
    let full = alerts.len() as i64 >= PAGE;
    let signs = app.query_connections(alerts.iter().map(|alert| alert.uid.clone()).collect()).await?;
    let heartbeat = app.config().heartbeat();
    let grace = Grace { ack: settings.ack_timeout(), heartbeat, call: settings.call_timeout() };
    let mut verdicts = Verdicts::default();
    for alert in alerts {
        let signs = signs.get(&alert.uid).map_or(&[][..], Vec::as_slice);
        let reach = reach.get(&alert.uid).copied().filter(|_| has_vendor);
        let browsers = has_web_push && !alert.webpushed && subscribers.contains_key(&alert.uid);
        let ways = Ways { phones: reach.unwrap_or(Reach::Nowhere), browsers };
        let verdict = decide(&alert, signs, ways, grace, now);
        verdicts.add(alert, ways, verdict);
    }
    let Verdicts { delete, expired, wait, notify, browsers, told } = verdicts;
    let notices = batch(notify, settings.preview_text());
    let web_pushes = web_batch::batch(browsers, &subscribers);
    let written = app.write(move |tx| {
        web_pushes.iter().try_for_each(|new| web_push::insert(tx, new))?;
        alert::drop_webpushed(tx, &told)?;
        alert::drop_all(tx, &delete)?;
        wait.iter().try_for_each(|(until, alertids)| alert::postpone(tx, alertids, *until))?;
        notices.iter().try_for_each(|new| notice::insert(tx, new))
    });
    written.await?;
    app.metrics().notices.failed.inc_by(expired);
    Ok(if full { Next::Continue } else { Next::Wait(IDLE_WAIT) })
}

/// The alerts that are due, and how their recipients can be told.
struct Due {
    alerts: Vec<Pending>,
    reach: HashMap<Uid, Reach>,
    /// The tokens by which their browsers are subscribed.
    subscribers: HashMap<Uid, Vec<Vec<u8>>>,
}

fn load(store: &mut AnyConnection, kind: AlertKind, now: Time, window: Duration) -> Result<Due> {
    let mut due = alert::list_due(store, kind, now, PAGE)?;
    let uids: Vec<Uid> = due.iter().map(|alert| alert.uid.clone()).collect();
    match kind {
        AlertKind::Call => {}
        AlertKind::Message => due.extend(alert::list_along(store, kind, now, &uids, PAGE)?),
        // An announcement is still being written while some of its alerts are not due. A full page is
        // one request to the vendor; several smaller ones would be several.
        AlertKind::Announcement => {
            let oldest = due.first().map(|alert| alert.createtime);
            let overdue = oldest.is_some_and(|oldest| oldest + window + MAX_PAGE_WAIT < now);
            let full = due.len() as i64 == PAGE;
            if !full && !overdue && alert::any_since(store, kind, now - window)? {
                due.clear();
            }
        }
    }
    let reach = device_alias::reach(store, &uids)?;
    let subscribers = web_subscription::list_of(store, &uids)?;
    Ok(Due { alerts: due, reach, subscribers })
}

fn decide(alert: &Pending, signs: &[ConnectionStatus], ways: Ways, grace: Grace, now: Time) -> Verdict {
    let kind = alert.alert.kind;
    let reaches_nobody = ways.phones == Reach::Nowhere && !ways.browsers;
    if alert.seq <= alert.acked || reaches_nobody {
        return Verdict::Drop;
    }
    if alert.createtime + max_age(kind) <= now {
        return Verdict::Expire;
    }
    // The earliest time at which it turns out whether a connection has delivered the push.
    let mut wait = None;
    for sign in signs {
        let time = match (kind, sign.acks) {
            (AlertKind::Call, _) => grace.call,
            (AlertKind::Message | AlertKind::Announcement, true) => grace.ack,
            (AlertKind::Message | AlertKind::Announcement, false) => grace.heartbeat,
        };
        let until = alert.createtime.max(sign.entered) + time;
        match until > now {
            true => wait = Some(wait.map_or(until, |wait: Time| wait.min(until))),
            // The connection is alive, and never tells more than that.
            false if kind != AlertKind::Call && !sign.acks => return Verdict::Drop,
            false => {}
        }
    }
    match (wait, ways.phones) {
        // The client may acknowledge before that, for the first time.
        (Some(until), _) => Verdict::Wait(until.min(now + grace.ack)),
        (None, Reach::Unsettled) => Verdict::Tell(Phones::Wait(now + BIND_WAIT)),
        (None, Reach::Reached) => Verdict::Tell(Phones::Notify),
        (None, Reach::Nowhere) => Verdict::Tell(Phones::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::alert::Alert;
    use serde_json::json;

    const GRACE: Grace = Grace {
        ack: Duration::from_secs(30),
        heartbeat: Duration::from_secs(70),
        call: Duration::from_secs(3),
    };

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    /// Pushed at 100 s.
    fn pending(kind: AlertKind) -> Pending {
        let text = || "x".to_owned();
        let (topic, topicseq, author) = Default::default();
        let alert =
            Alert { kind, title: text(), content: text(), extras: json!({}), topic, topicseq, author };
        Pending {
            alertid: 1,
            uid: Uid::new(),
            seq: 5,
            acked: 4,
            alert,
            createtime: at(100),
            webpushed: false,
        }
    }

    fn ways(phones: Reach) -> Ways {
        Ways { phones, browsers: false }
    }

    fn decided(kind: AlertKind, signs: &[(i64, bool)], now: i64) -> Verdict {
        let signs: Vec<_> = signs
            .iter()
            .map(|(entered, acks)| ConnectionStatus { entered: at(*entered), acks: *acks })
            .collect();
        decide(&pending(kind), &signs, ways(Reach::Reached), GRACE, at(now))
    }

    #[test]
    fn who_is_not_there_is_notified_and_who_is_there_has_time() {
        let message = |signs: &[_], now| decided(AlertKind::Message, signs, now);
        assert_eq!(message(&[], 103), Verdict::Tell(Phones::Notify));
        assert_eq!(message(&[(0, true)], 103), Verdict::Wait(at(130)));
        assert_eq!(message(&[(0, true)], 130), Verdict::Tell(Phones::Notify), "it acknowledges, and has not");
        assert_eq!(message(&[(120, true)], 130), Verdict::Wait(at(150)), "it came back for it");
        assert_eq!(message(&[(0, false)], 130), Verdict::Wait(at(160)));
        assert_eq!(message(&[(0, false)], 160), Verdict::Wait(at(170)));
        assert_eq!(message(&[(0, false)], 170), Verdict::Drop, "the heartbeat has not found it dead");
        assert_eq!(message(&[(0, true), (0, false)], 150), Verdict::Wait(at(170)));
    }

    #[test]
    fn a_call_waits_for_nobody_long() {
        let call = |signs: &[_], now| decided(AlertKind::Call, signs, now);
        assert_eq!(call(&[], 100), Verdict::Tell(Phones::Notify));
        assert_eq!(call(&[(0, false)], 101), Verdict::Wait(at(103)));
        assert_eq!(call(&[(0, false)], 103), Verdict::Tell(Phones::Notify));
        assert_eq!(call(&[], 160), Verdict::Expire, "nobody rings any more");
        assert_eq!(decided(AlertKind::Message, &[], 100 + 86_400), Verdict::Expire, "a day old");
    }

    #[test]
    fn what_was_acknowledged_or_can_reach_nobody_is_dropped() {
        let verdict = |alert: &Pending, reach| decide(alert, &[], ways(reach), GRACE, at(110));
        let mut alert = pending(AlertKind::Message);
        assert_eq!(verdict(&alert, Reach::Nowhere), Verdict::Drop);
        assert_eq!(verdict(&alert, Reach::Unsettled), Verdict::Tell(Phones::Wait(at(111))));
        let browser = Ways { phones: Reach::Nowhere, browsers: true };
        assert_eq!(decide(&alert, &[], browser, GRACE, at(110)), Verdict::Tell(Phones::Nothing));
        alert.acked = 5;
        assert_eq!(verdict(&alert, Reach::Reached), Verdict::Drop);
    }
}

//! Which alerts become notices: those whose push has not arrived by itself.
//!
//! A push has arrived when it was acknowledged, or when a connection that never acknowledges has
//! lived on for as long as the heartbeat needs to find it dead. Who has no connection is notified
//! at once; who has one is given time.

use super::gather::gather;
use super::{Found, LIFETIME, REST};
use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::error::Result;
use crate::model::{AlertKind, Time, Uid};
use crate::offline::desk::Desk;
use crate::realtime::registry::Sign;
use crate::store::alert::{self, Pending};
use crate::store::device::{self, Reach};
use crate::store::notice;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// How many alerts are judged together: as many as a notice has recipients at the most.
const PAGE: i64 = 1000;
/// How long announcements wait for the rest of the crowd at the most, once they are due.
const CROWD: Duration = Duration::from_secs(30);
/// How long an alert waits for the vendor to be told of a device.
const SETTLE: Duration = Duration::from_secs(1);
/// After this nobody is ringing any more.
pub(super) const RINGING: Duration = Duration::from_secs(60);

/// How long somebody who is connected is given.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For acknowledging.
    ack: Duration,
    /// For being found dead, where they never acknowledge.
    heartbeat: Duration,
    /// For showing a call.
    call: Duration,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It has arrived, or can reach nobody.
    Drop,
    /// It is no news any more.
    Expire,
    /// It may still arrive.
    Wait(Time),
    Notify,
}

/// Judges what is due.
pub async fn round(app: App, desk: Arc<Desk>, kind: AlertKind) -> Result<Found> {
    let (now, settings) = (Time::now(), app.config().push.clone());
    let gathering = settings.gather();
    let (alerts, reach) = app.read(move |store| load(store, kind, now, gathering)).await?;
    if alerts.is_empty() {
        return Ok(Found::Nothing(REST));
    }
    let full = alerts.len() as i64 >= PAGE;
    let signs = app.look_at(alerts.iter().map(|alert| alert.uid.clone()).collect()).await?;
    let patience =
        Patience { ack: settings.ack(), heartbeat: app.config().heartbeat(), call: settings.call() };
    let (mut drop, mut wait, mut notify) = (Vec::new(), BTreeMap::<Time, Vec<i64>>::new(), Vec::new());
    let mut expired = 0;
    for alert in alerts {
        let signs = signs.get(&alert.uid).map_or(&[][..], Vec::as_slice);
        let reach = reach.get(&alert.uid).copied().unwrap_or(Reach::Nowhere);
        match verdict(&alert, signs, reach, patience, now) {
            Verdict::Drop => drop.push(alert.alertid),
            Verdict::Expire => {
                expired += 1;
                drop.push(alert.alertid);
            }
            Verdict::Wait(until) => wait.entry(until).or_default().push(alert.alertid),
            Verdict::Notify => notify.push(alert),
        }
    }
    let notices = gather(notify, settings.show_text);
    let written = app.write(move |tx| {
        alert::drop_all(tx, &drop)?;
        wait.iter().try_for_each(|(until, alertids)| alert::postpone(tx, alertids, *until))?;
        notices.iter().try_for_each(|new| notice::insert(tx, new))
    });
    written.await?;
    desk.tally().notices.failed.inc_by(expired);
    Ok(if full { Found::More } else { Found::Nothing(REST) })
}

fn load(
    store: &mut AnyConnection,
    kind: AlertKind,
    now: Time,
    gathering: Duration,
) -> Result<(Vec<Pending>, HashMap<Uid, Reach>)> {
    let mut due = alert::list_due(store, kind, now, PAGE)?;
    let uids: Vec<Uid> = due.iter().map(|alert| alert.uid.clone()).collect();
    match kind {
        AlertKind::Call => {}
        AlertKind::Message => due.extend(alert::list_along(store, kind, now, &uids, PAGE)?),
        // An announcement is still being written while some of it is not due: a full page is one
        // call to the vendor, many small ones would be many.
        AlertKind::Announcement => {
            let oldest = due.first().map(|alert| alert.createtime);
            let hurry = oldest.is_some_and(|oldest| oldest + gathering + CROWD < now);
            let full = due.len() as i64 == PAGE;
            if !full && !hurry && alert::any_since(store, kind, now - gathering)? {
                due.clear();
            }
        }
    }
    let reach = device::reach(store, &uids)?;
    Ok((due, reach))
}

fn verdict(alert: &Pending, signs: &[Sign], reach: Reach, patience: Patience, now: Time) -> Verdict {
    let kind = alert.alert.kind;
    let lifetime = if kind == AlertKind::Call { RINGING } else { LIFETIME };
    if alert.seq <= alert.acked || reach == Reach::Nowhere {
        return Verdict::Drop;
    }
    if alert.createtime + lifetime <= now {
        return Verdict::Expire;
    }
    let mut hope = None;
    for sign in signs {
        let time = match (kind, sign.acks) {
            (AlertKind::Call, _) => patience.call,
            (AlertKind::Message | AlertKind::Announcement, true) => patience.ack,
            (AlertKind::Message | AlertKind::Announcement, false) => patience.heartbeat,
        };
        let until = alert.createtime.max(sign.entered) + time;
        match until > now {
            true => hope = Some(hope.map_or(until, |hope: Time| hope.min(until))),
            // It lives, and says no more than that.
            false if kind != AlertKind::Call && !sign.acks => return Verdict::Drop,
            false => {}
        }
    }
    match (hope, reach) {
        // An acknowledgement may come before that, and be the first that there is.
        (Some(until), _) => Verdict::Wait(until.min(now + patience.ack)),
        (None, Reach::Unsettled) => Verdict::Wait(now + SETTLE),
        (None, Reach::Reached | Reach::Nowhere) => Verdict::Notify,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::alert::Alert;
    use serde_json::json;

    const PATIENCE: Patience = Patience {
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
        Pending { alertid: 1, uid: Uid::new(), seq: 5, acked: 4, alert, createtime: at(100) }
    }

    fn judged(kind: AlertKind, signs: &[(i64, bool)], now: i64) -> Verdict {
        let signs: Vec<_> =
            signs.iter().map(|(entered, acks)| Sign { entered: at(*entered), acks: *acks }).collect();
        verdict(&pending(kind), &signs, Reach::Reached, PATIENCE, at(now))
    }

    #[test]
    fn who_is_not_there_is_notified_and_who_is_there_has_time() {
        let message = |signs: &[_], now| judged(AlertKind::Message, signs, now);
        assert_eq!(message(&[], 103), Verdict::Notify);
        assert_eq!(message(&[(0, true)], 103), Verdict::Wait(at(130)));
        assert_eq!(message(&[(0, true)], 130), Verdict::Notify, "it acknowledges, and has not");
        assert_eq!(message(&[(120, true)], 130), Verdict::Wait(at(150)), "it came back for it");
        assert_eq!(message(&[(0, false)], 130), Verdict::Wait(at(160)));
        assert_eq!(message(&[(0, false)], 160), Verdict::Wait(at(170)));
        assert_eq!(message(&[(0, false)], 170), Verdict::Drop, "the heartbeat has not found it dead");
        assert_eq!(message(&[(0, true), (0, false)], 150), Verdict::Wait(at(170)));
    }

    #[test]
    fn a_call_waits_for_nobody_long() {
        let call = |signs: &[_], now| judged(AlertKind::Call, signs, now);
        assert_eq!(call(&[], 100), Verdict::Notify);
        assert_eq!(call(&[(0, false)], 101), Verdict::Wait(at(103)));
        assert_eq!(call(&[(0, false)], 103), Verdict::Notify);
        assert_eq!(call(&[], 160), Verdict::Expire, "nobody rings any more");
        assert_eq!(judged(AlertKind::Message, &[], 100 + 86_400), Verdict::Expire, "a day old");
    }

    #[test]
    fn what_was_acknowledged_or_can_reach_nobody_is_dropped() {
        let verdict = |alert: &Pending, reach| verdict(alert, &[], reach, PATIENCE, at(110));
        let mut alert = pending(AlertKind::Message);
        assert_eq!(verdict(&alert, Reach::Nowhere), Verdict::Drop);
        assert_eq!(verdict(&alert, Reach::Unsettled), Verdict::Wait(at(111)));
        alert.acked = 5;
        assert_eq!(verdict(&alert, Reach::Reached), Verdict::Drop);
    }
}

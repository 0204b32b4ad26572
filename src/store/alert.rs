//! Alerts: what becomes a notice unless it arrives by itself. Rows are written in the transaction of their
//! push, only where a vendor or web push is configured, and judged when they are due.
//!
//! What an alert shows is decided in `protocol::mobile_preview`; what is sent is in `store::notice` for phones
//! and in `store::web_push` for browsers.

use super::{notice, web_push};
use crate::db::bulk::insert_many;
use crate::db::connection::AnyConnection;
use crate::db::schema::{alert, mailbox};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{AlertKind, Time, Uid};
use crate::protocol::alert::{Alert, Withdrawal};
use crate::protocol::frame::Delivery;
use crate::protocol::mobile_preview::MobilePreview;
use diesel::prelude::*;
use std::time::Duration;

/// Absent values are written as such, so that many rows make one statement.
#[derive(Insertable)]
#[diesel(table_name = alert, treat_none_as_default_value = false)]
struct New<'a> {
    uid: &'a Uid,
    seq: i64,
    kind: AlertKind,
    title: &'a str,
    content: &'a str,
    extras: String,
    topic: Option<&'a str>,
    topicseq: Option<i64>,
    author: Option<&'a Uid>,
    createtime: Time,
    due: Time,
}

/// Keeps what a transaction's pushes mean to phones, each with its deliveries.
pub(super) fn keep(tx: &mut Tx<'_>, gather: Duration, pushes: &[(MobilePreview, &[Delivery])]) -> Result<()> {
    let mut rows = Vec::new();
    for (preview, own) in pushes {
        match preview {
            MobilePreview::Nothing => {}
            MobilePreview::Notify(alerts) => {
                let some = own.iter().zip(alerts).filter_map(|(to, alert)| Some((to, alert.as_ref()?)));
                rows.extend(some.map(|(to, alert)| new(to, alert, tx.now, gather)));
            }
            MobilePreview::Withdraw(withdrawal) => withdraw(tx, withdrawal)?,
        }
    }
    insert_many!(tx, alert::table, rows);
    Ok(())
}

fn new<'a>(
    Delivery { uid, frame, .. }: &'a Delivery,
    alert: &'a Alert,
    now: Time,
    gather: Duration,
) -> New<'a> {
    New {
        uid,
        seq: frame.seq,
        kind: alert.kind,
        title: &alert.title,
        content: &alert.content,
        extras: alert.extras.to_string(),
        topic: alert.topic.as_deref(),
        topicseq: alert.topicseq,
        author: alert.author.as_ref(),
        createtime: now,
        due: match alert.kind {
            AlertKind::Call => now,
            AlertKind::Message | AlertKind::Announcement => now + gather,
        },
    }
}

/// Deletes alerts, also those that were sent already, and tells their notices.
macro_rules! delete {
    ($tx:expr, $which:expr) => {{
        let gone = diesel::delete(alert::table.filter($which)).returning((alert::noticeid, alert::uid));
        let gone: Vec<(Option<String>, Uid)> = gone.get_results(&mut **$tx)?;
        let noticed = gone.into_iter().filter_map(|(noticeid, uid)| Some((noticeid?, uid)));
        notice::thin_out($tx, noticed.collect())
    }};
}

fn withdraw(tx: &mut Tx<'_>, withdrawal: &Withdrawal) -> Result<()> {
    match withdrawal {
        Withdrawal::Call { callid, end: _ } => delete!(tx, alert::topic.eq(callid.as_str())),
        Withdrawal::Read { roomid, uid, roomseq } => {
            let read = alert::topic.eq(roomid.as_str()).and(alert::uid.eq(uid));
            delete!(tx, read.and(alert::topicseq.le(roomseq)))
        }
        Withdrawal::Message { roomid, roomseq } => {
            delete!(tx, alert::topic.eq(roomid.as_str()).and(alert::topicseq.eq(roomseq)))
        }
    }?;
    // Only now: whoever makes a push of these alerts at the moment has their rows, and is waited for.
    web_push::withdraw(tx, withdrawal)
}

/// Withdraws what is on its way of a line of somebody's message list that is no room's.
pub fn withdraw_line(tx: &mut Tx<'_>, uid: &Uid, messageid: &str) -> Result<()> {
    match tx.alerting() {
        Some(_) => delete!(tx, alert::topic.eq(messageid).and(alert::uid.eq(uid)))?,
        None => return Ok(()),
    }
    web_push::withdraw_line(tx, uid, messageid)
}

/// An alert that is to be judged.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The row.
    pub alertid: i64,
    /// For whom.
    pub uid: Uid,
    /// The push's number.
    pub seq: i64,
    /// The newest push that they have acknowledged.
    pub acked: i64,
    /// What it looks like.
    pub alert: Alert,
    /// When it was pushed.
    pub createtime: Time,
    /// Whether the browsers of its recipient have been told.
    pub webpushed: bool,
}

type Row = (
    i64,
    Uid,
    i64,
    AlertKind,
    (String, String, String),
    (Option<String>, Option<i64>, Option<Uid>),
    (Time, bool),
    i64,
);

fn pending(row: Row) -> Result<Pending> {
    let (alertid, uid, seq, kind, words, about, (createtime, webpushed), acked) = row;
    let ((title, content, extras), (topic, topicseq, author)) = (words, about);
    let extras = serde_json::from_str(&extras).map_err(Error::inside)?;
    let alert = Alert { kind, title, content, extras, topic, topicseq, author };
    Ok(Pending { alertid, uid, seq, acked, alert, createtime, webpushed })
}

macro_rules! unjudged {
    ($kind:expr) => {
        alert::table
            .inner_join(mailbox::table.on(mailbox::uid.eq(alert::uid)))
            .filter(alert::kind.eq($kind).and(alert::noticeid.is_null()))
            .select((
                alert::alertid,
                alert::uid,
                alert::seq,
                alert::kind,
                (alert::title, alert::content, alert::extras),
                (alert::topic, alert::topicseq, alert::author),
                (alert::createtime, alert::webpushed),
                mailbox::acked,
            ))
    };
}

/// Up to `limit` alerts that are due, the oldest first.
pub fn list_due(
    connection: &mut AnyConnection,
    kind: AlertKind,
    now: Time,
    limit: i64,
) -> Result<Vec<Pending>> {
    let due = unjudged!(kind).filter(alert::due.le(now)).order((alert::due, alert::alertid)).limit(limit);
    due.load::<Row>(connection)?.into_iter().map(pending).collect()
}

/// Up to `limit` alerts of these people that are not due yet: they go along with what is.
pub fn list_along(
    connection: &mut AnyConnection,
    kind: AlertKind,
    now: Time,
    uids: &[Uid],
    limit: i64,
) -> Result<Vec<Pending>> {
    let along = unjudged!(kind).filter(alert::due.gt(now).and(alert::uid.eq_any(uids)));
    let along = along.order((alert::due, alert::alertid)).limit(limit);
    along.load::<Row>(connection)?.into_iter().map(pending).collect()
}

/// Whether alerts of this kind have been written since `since`.
pub fn any_since(connection: &mut AnyConnection, kind: AlertKind, since: Time) -> Result<bool> {
    let fresh = alert::kind.eq(kind).and(alert::noticeid.is_null()).and(alert::createtime.gt(since));
    Ok(diesel::select(diesel::dsl::exists(alert::table.filter(fresh))).get_result(connection)?)
}

/// These need no notice.
pub fn drop_all(tx: &mut Tx<'_>, alertids: &[i64]) -> Result<()> {
    diesel::delete(alert::table.filter(alert::alertid.eq_any(alertids))).execute(&mut **tx)?;
    Ok(())
}

/// These need no notice, as browsers have been told; those of which that is not so stay.
pub fn drop_webpushed(tx: &mut Tx<'_>, alertids: &[i64]) -> Result<()> {
    let told = alert::table.filter(alert::alertid.eq_any(alertids).and(alert::webpushed.eq(true)));
    diesel::delete(told).execute(&mut **tx)?;
    Ok(())
}

/// Throws away up to `limit` alerts from before `before` that are in no notice; returns how many.
pub fn prune(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<usize> {
    let old = alert::table.filter(alert::noticeid.is_null().and(alert::createtime.lt(before)));
    let old: Vec<i64> = old.select(alert::alertid).limit(limit).load(&mut **tx)?;
    drop_all(tx, &old)?;
    Ok(old.len())
}

/// These are judged again then.
pub fn postpone(tx: &mut Tx<'_>, alertids: &[i64], due: Time) -> Result<()> {
    let rows = alert::table.filter(alert::alertid.eq_any(alertids));
    diesel::update(rows).set(alert::due.eq(due)).execute(&mut **tx)?;
    Ok(())
}

/// How many wait to be judged, and since when the oldest does.
pub fn count(connection: &mut AnyConnection) -> Result<(i64, Option<Time>)> {
    let waiting = alert::table.filter(alert::noticeid.is_null());
    let columns = (diesel::dsl::count_star(), diesel::dsl::min(alert::createtime));
    Ok(waiting.select(columns).first(connection)?)
}

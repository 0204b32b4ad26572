//! Notices: what is sent to the vendor, to the recipients of the alerts that name it. A row is there
//! before anything is sent, with the vendor's `cid` in it, so that sending again is always safe; it
//! stays for as long as the notice can be withdrawn.

use super::connection::AnyConnection;
use super::ladder::{self, Rung};
use super::schema::{alert, notice};
use super::tx::Tx;
use crate::error::{Error, Result};
use crate::model::{AlertKind, DeliveryState, MessageId, RoomId, Time, Uid};
use crate::protocol::alert::Withdrawal;
use diesel::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// A notice to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNotice {
    /// How urgent it is.
    pub kind: AlertKind,
    /// Who.
    pub title: String,
    /// What kind of thing, or the text.
    pub content: String,
    /// For the app.
    pub extras: Value,
    /// The one recipient, where there is one.
    pub uid: Option<Uid>,
    /// What withdraws it.
    pub topic: Option<String>,
    /// Up to which message.
    pub topicseq: Option<i64>,
    /// When the oldest push in it was pushed.
    pub createtime: Time,
    /// The alerts that it is made of.
    pub alertids: Vec<i64>,
}

/// Queues a notice. An alert that was withdrawn meanwhile is not in it.
pub fn insert(tx: &mut Tx<'_>, new: &NewNotice) -> Result<()> {
    let noticeid = MessageId::new();
    let now = tx.now;
    diesel::insert_into(notice::table)
        .values((
            notice::noticeid.eq(noticeid.as_str()),
            notice::kind.eq(new.kind),
            notice::title.eq(&new.title),
            notice::content.eq(&new.content),
            notice::extras.eq(new.extras.to_string()),
            notice::uid.eq(new.uid.as_ref()),
            notice::topic.eq(new.topic.as_deref()),
            notice::topicseq.eq(new.topicseq),
            notice::createtime.eq(new.createtime),
            notice::due.eq(now),
        ))
        .execute(&mut **tx)?;
    let alerts = alert::table.filter(alert::alertid.eq_any(&new.alertids).and(alert::noticeid.is_null()));
    diesel::update(alerts).set(alert::noticeid.eq(noticeid.as_str())).execute(&mut **tx)?;
    Ok(())
}

/// What is of no use any more is not sent, or taken back.
pub(super) fn withdraw(tx: &mut Tx<'_>, withdrawal: &Withdrawal) -> Result<()> {
    let off = (notice::withdrawn.eq(true), notice::due.eq(tx.now));
    match withdrawal {
        Withdrawal::Call(callid) => diesel::update(notice::table.filter(notice::topic.eq(callid.as_str())))
            .set(off)
            .execute(&mut **tx)?,
        Withdrawal::Read { roomid, uid, roomseq } => {
            let read = notice::topic.eq(roomid.as_str()).and(notice::uid.eq(uid));
            let read = read.and(notice::topicseq.le(roomseq));
            diesel::update(notice::table.filter(read)).set(off).execute(&mut **tx)?
        }
        Withdrawal::Message { roomid, roomseq } => {
            let message = notice::topic.eq(roomid.as_str()).and(notice::topicseq.eq(roomseq));
            diesel::update(notice::table.filter(message)).set(off).execute(&mut **tx)?
        }
    };
    Ok(())
}

/// A notice with which there is something to do.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The row.
    pub noticeid: String,
    /// How urgent it is.
    pub kind: AlertKind,
    /// Who.
    pub title: String,
    /// What kind of thing, or the text.
    pub content: String,
    /// For the app.
    pub extras: Value,
    /// What makes sending it again safe.
    pub cid: Option<String>,
    /// The vendor's id, once it has accepted it.
    pub msgid: Option<i64>,
    /// Whether it is of no use any more.
    pub withdrawn: bool,
    /// When the oldest push in it was pushed.
    pub createtime: Time,
    /// How often it has failed.
    pub tries: i32,
    /// Whom it is for, as long as it has not been accepted.
    pub uids: Vec<Uid>,
}

type Row = ((String, AlertKind), (String, String, String), (Option<String>, Option<i64>, bool), (Time, i32));

/// Up to `limit` notices of these kinds that are due, the longest waiting first.
pub fn list_due(
    connection: &mut AnyConnection,
    kinds: &[AlertKind],
    now: Time,
    limit: i64,
) -> Result<Vec<Outgoing>> {
    let rows = notice::table
        .filter(notice::kind.eq_any(kinds).and(notice::due.le(now)))
        .order((notice::due, notice::noticeid))
        .limit(limit)
        .select((
            (notice::noticeid, notice::kind),
            (notice::title, notice::content, notice::extras),
            (notice::cid, notice::msgid, notice::withdrawn),
            (notice::createtime, notice::tries),
        ))
        .load::<Row>(connection)?;
    let ids: Vec<_> = rows.iter().map(|row| row.0.0.clone()).collect();
    let mut targets = list_targets(connection, &ids)?;
    let outgoing = |row: Row| {
        let ((noticeid, kind), (title, content, extras), (cid, msgid, withdrawn), (createtime, tries)) = row;
        let extras = serde_json::from_str(&extras).map_err(Error::inside)?;
        let uids = targets.remove(&noticeid).unwrap_or_default();
        Ok(Outgoing {
            noticeid,
            kind,
            title,
            content,
            extras,
            cid,
            msgid,
            withdrawn,
            createtime,
            tries,
            uids,
        })
    };
    rows.into_iter().map(outgoing).collect()
}

fn list_targets(connection: &mut AnyConnection, noticeids: &[String]) -> Result<HashMap<String, Vec<Uid>>> {
    let rows: Vec<(Option<String>, Uid)> = alert::table
        .filter(alert::noticeid.eq_any(noticeids))
        .select((alert::noticeid, alert::uid))
        .distinct()
        .load(connection)?;
    let mut targets = HashMap::<_, Vec<_>>::new();
    for (noticeid, uid) in rows {
        targets.entry(noticeid.unwrap_or_default()).or_default().push(uid);
    }
    Ok(targets)
}

/// Writes down the ids that make sending safe to repeat, before anything is sent.
pub fn set_cids(tx: &mut Tx<'_>, cids: &[(String, String)]) -> Result<()> {
    for (noticeid, cid) in cids {
        diesel::update(notice::table.find(noticeid)).set(notice::cid.eq(cid)).execute(&mut **tx)?;
    }
    Ok(())
}

/// The vendor has accepted a notice. Returns the authors of the messages in it, who may be told.
pub fn accepted(tx: &mut Tx<'_>, noticeid: &str, msgid: i64) -> Result<Vec<Rung>> {
    let withdrawn = notice::table.find(noticeid).select(notice::withdrawn).first(&mut **tx).optional()?;
    let due = withdrawn.unwrap_or(false).then_some(tx.now);
    let sent = (notice::msgid.eq(msgid), notice::due.eq(due), notice::tries.eq(0));
    diesel::update(notice::table.find(noticeid)).set(sent).execute(&mut **tx)?;
    let rungs = list_rungs(tx, noticeid)?;
    for Rung { roomid, roomseq, uid, .. } in &rungs {
        ladder::raise(tx, roomid, uid, DeliveryState::Notified, *roomseq)?;
    }
    diesel::delete(alert::table.filter(alert::noticeid.eq(noticeid))).execute(&mut **tx)?;
    Ok(rungs)
}

/// The messages that a notice tells of: of each author and room the newest.
fn list_rungs(tx: &mut Tx<'_>, noticeid: &str) -> Result<Vec<Rung>> {
    type Row = (Uid, Option<String>, Option<i64>, Option<Uid>);
    let of_rooms = alert::noticeid.eq(noticeid).and(alert::topicseq.is_not_null());
    let rows =
        alert::table.filter(of_rooms).select((alert::uid, alert::topic, alert::topicseq, alert::author));
    let mut newest = BTreeMap::<(String, Uid, Uid), i64>::new();
    for (uid, topic, topicseq, author) in rows.load::<Row>(&mut **tx)? {
        if let (Some(roomid), Some(roomseq), Some(author)) = (topic, topicseq, author) {
            let seq = newest.entry((roomid, uid, author)).or_insert(roomseq);
            *seq = roomseq.max(*seq);
        }
    }
    let rung = |((roomid, uid, author), roomseq)| {
        let roomid = RoomId::try_from(roomid).map_err(Error::inside)?;
        Ok(Rung { author, roomid, roomseq, uid })
    };
    newest.into_iter().map(rung).collect()
}

/// What was tried failed in passing: it is due again then.
pub fn postpone(tx: &mut Tx<'_>, noticeid: &str, due: Time) -> Result<()> {
    let again = (notice::due.eq(due), notice::tries.eq(notice::tries + 1));
    diesel::update(notice::table.find(noticeid)).set(again).execute(&mut **tx)?;
    Ok(())
}

/// There is nothing more to do for a notice, nor for the alerts in it.
pub fn delete(tx: &mut Tx<'_>, noticeid: &str) -> Result<()> {
    diesel::delete(alert::table.filter(alert::noticeid.eq(noticeid))).execute(&mut **tx)?;
    diesel::delete(notice::table.find(noticeid)).execute(&mut **tx)?;
    Ok(())
}

/// Takes these people out of a notice; their alerts are judged again then.
pub fn release(tx: &mut Tx<'_>, noticeid: &str, uids: &[Uid], due: Time) -> Result<()> {
    let theirs = alert::noticeid.eq(noticeid).and(alert::uid.eq_any(uids));
    let free = (alert::noticeid.eq(None::<String>), alert::due.eq(due));
    diesel::update(alert::table.filter(theirs)).set(free).execute(&mut **tx)?;
    Ok(())
}

/// Throws away what was sent before `before`.
pub fn prune(tx: &mut Tx<'_>, before: Time) -> Result<usize> {
    let old = notice::createtime.lt(before).and(notice::due.is_null());
    Ok(diesel::delete(notice::table.filter(old)).execute(&mut **tx)?)
}

/// How many wait to be sent, and since when the oldest does.
pub fn count(connection: &mut AnyConnection) -> Result<(i64, Option<Time>)> {
    let waiting = notice::table.filter(notice::msgid.is_null());
    let columns = (diesel::dsl::count_star(), diesel::dsl::min(notice::createtime));
    Ok(waiting.select(columns).first(connection)?)
}

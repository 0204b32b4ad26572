//! Notices: what is sent to the vendor, to the recipients of the alerts that name it. A row is there
//! before anything is sent, with the vendor's `cid` in it, so that sending again is always safe. It
//! and its alerts stay for as long as it can be taken back, which it is when none of them is left.

use crate::db::connection::AnyConnection;
use crate::db::schema::{alert, notice};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{AlertKind, DeliveryState, MessageId, RoomId, Time, Uid};
use crate::store::receipts::{self, DeliveryReceipt};
use diesel::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

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
    /// When the oldest push in it was pushed.
    pub createtime: Time,
    /// The alerts that it is made of.
    pub alertids: Vec<i64>,
}

/// Queues a notice. Where one of its alerts was withdrawn meanwhile, it would say too much: then it
/// is not queued, and the others are judged again.
pub fn insert(tx: &mut Tx<'_>, new: &NewNotice) -> Result<()> {
    let noticeid = MessageId::new();
    let now = tx.now;
    let free = alert::table.filter(alert::alertid.eq_any(&new.alertids).and(alert::noticeid.is_null()));
    let taken = diesel::update(free).set(alert::noticeid.eq(noticeid.as_str())).execute(&mut **tx)?;
    if taken < new.alertids.len() {
        let taken = alert::table.filter(alert::noticeid.eq(noticeid.as_str()));
        diesel::update(taken).set(alert::noticeid.eq(None::<String>)).execute(&mut **tx)?;
        return Ok(());
    }
    diesel::insert_into(notice::table)
        .values((
            notice::noticeid.eq(noticeid.as_str()),
            notice::kind.eq(new.kind),
            notice::title.eq(&new.title),
            notice::content.eq(&new.content),
            notice::extras.eq(new.extras.to_string()),
            notice::createtime.eq(new.createtime),
            notice::due.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Alerts of these people, each with the notice that it was in, are gone: what is not sent yet is made
/// anew of what they have left, and what was sent and has nothing left to tell is taken back.
pub(super) fn thin_out(tx: &mut Tx<'_>, gone: Vec<(String, Uid)>) -> Result<()> {
    let now = tx.now;
    let mut people = BTreeMap::<String, Vec<Uid>>::new();
    for (noticeid, uid) in gone {
        people.entry(noticeid).or_default().push(uid);
    }
    for (noticeid, uids) in people {
        match lock(tx, &noticeid)? {
            Some((None, None)) => release(tx, &noticeid, &uids, now)?,
            Some((_, Some(_))) if is_empty(tx, &noticeid)? => take_back(tx, &noticeid)?,
            // It may have been sent already under its `cid`: it stays as it is.
            Some(_) | None => {}
        }
    }
    Ok(())
}

/// Keeps everybody else from a notice until the end of the transaction; returns its `cid`, and the
/// vendor's id of it.
fn lock(tx: &mut Tx<'_>, noticeid: &str) -> Result<Option<(Option<String>, Option<i64>)>> {
    let same = diesel::update(notice::table.find(noticeid)).set(notice::tries.eq(notice::tries));
    Ok(same.returning((notice::cid, notice::msgid)).get_result(&mut **tx).optional()?)
}

/// Whether a notice has nothing to tell any more.
fn is_empty(tx: &mut Tx<'_>, noticeid: &str) -> Result<bool> {
    let left = alert::table.filter(alert::noticeid.eq(noticeid));
    Ok(!diesel::select(diesel::dsl::exists(left)).get_result::<bool>(&mut **tx)?)
}

fn take_back(tx: &mut Tx<'_>, noticeid: &str) -> Result<()> {
    let due = notice::due.eq(tx.now);
    diesel::update(notice::table.find(noticeid)).set(due).execute(&mut **tx)?;
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
    /// The vendor's id, once it has accepted it: then there is only to take it back.
    pub msgid: Option<i64>,
    /// When the oldest push in it was pushed.
    pub createtime: Time,
    /// How often it has failed.
    pub tries: i32,
    /// Whom it is for, in the order of their ids.
    pub uids: Vec<Uid>,
}

type Row = ((String, AlertKind), (String, String, String), (Option<String>, Option<i64>), (Time, i32));

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
            (notice::cid, notice::msgid),
            (notice::createtime, notice::tries),
        ))
        .load::<Row>(connection)?;
    let ids: Vec<_> = rows.iter().map(|row| row.0.0.clone()).collect();
    let mut targets = list_targets(connection, &ids)?;
    let outgoing = |row: Row| {
        let ((noticeid, kind), (title, content, extras), (cid, msgid), (createtime, tries)) = row;
        let extras = serde_json::from_str(&extras).map_err(Error::inside)?;
        let uids = targets.remove(&noticeid).unwrap_or_default();
        Ok(Outgoing { noticeid, kind, title, content, extras, cid, msgid, createtime, tries, uids })
    };
    rows.into_iter().map(outgoing).collect()
}

fn list_targets(connection: &mut AnyConnection, noticeids: &[String]) -> Result<HashMap<String, Vec<Uid>>> {
    let rows: Vec<(Option<String>, Uid)> = alert::table
        .filter(alert::noticeid.eq_any(noticeids))
        .select((alert::noticeid, alert::uid))
        .distinct()
        .order(alert::uid)
        .load(connection)?;
    let mut targets = HashMap::<_, Vec<_>>::new();
    for (noticeid, uid) in rows {
        targets.entry(noticeid.unwrap_or_default()).or_default().push(uid);
    }
    Ok(targets)
}

/// Writes down the ids that make sending safe to repeat, before anything is sent. Returns the notices
/// that may be sent: not those whose people are others by now than the sender has seen, nor those that
/// another node has begun to send under an id of its own.
pub fn set_cids(tx: &mut Tx<'_>, named: &[(Outgoing, String)]) -> Result<HashSet<String>> {
    let mut ids: Vec<_> = named.iter().map(|(outgoing, _)| outgoing.noticeid.clone()).collect();
    // In the order of the ids, so that two nodes never wait for each other.
    ids.sort_unstable();
    let mut nameless = Vec::new();
    for noticeid in ids {
        if lock(tx, &noticeid)? == Some((None, None)) {
            nameless.push(noticeid);
        }
    }
    let targets = list_targets(tx, &nameless)?;
    let same = named.iter().filter(|(seen, _)| targets.get(&seen.noticeid) == Some(&seen.uids));
    let mut ready = HashSet::new();
    for (Outgoing { noticeid, .. }, cid) in same {
        diesel::update(notice::table.find(noticeid)).set(notice::cid.eq(cid)).execute(&mut **tx)?;
        ready.insert(noticeid.clone());
    }
    Ok(ready)
}

/// The vendor has accepted a notice. Returns the authors of the messages in it, who may be told.
pub fn accepted(tx: &mut Tx<'_>, sent: &Outgoing, msgid: i64) -> Result<Vec<DeliveryReceipt>> {
    let noticeid = &sent.noticeid;
    let done = (notice::msgid.eq(msgid), notice::due.eq(None::<Time>), notice::tries.eq(0));
    diesel::update(notice::table.find(noticeid)).set(done).execute(&mut **tx)?;
    let receipts_due = list_receipts(tx, noticeid)?;
    for DeliveryReceipt { roomid, roomseq, uid, .. } in &receipts_due {
        receipts::advance(tx, roomid, uid, DeliveryState::Notified, *roomseq)?;
    }
    match sent.kind {
        // What was told to so many is not taken back.
        AlertKind::Announcement => {
            diesel::delete(alert::table.filter(alert::noticeid.eq(noticeid))).execute(&mut **tx)?;
        }
        // All of it may have been read while it was sent.
        AlertKind::Message | AlertKind::Call if is_empty(tx, noticeid)? => take_back(tx, noticeid)?,
        AlertKind::Message | AlertKind::Call => {}
    }
    Ok(receipts_due)
}

/// The messages that a notice tells of: of each author and room the newest.
fn list_receipts(tx: &mut Tx<'_>, noticeid: &str) -> Result<Vec<DeliveryReceipt>> {
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
    let receipt = |((roomid, uid, author), roomseq)| {
        let roomid = RoomId::try_from(roomid).map_err(Error::inside)?;
        Ok(DeliveryReceipt { author, roomid, roomseq, uid })
    };
    newest.into_iter().map(receipt).collect()
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

/// Makes a notice of its own for each person whom a notice is for, in the place of it.
pub fn split(tx: &mut Tx<'_>, sent: &Outgoing) -> Result<()> {
    for uid in &sent.uids {
        let noticeid = MessageId::new();
        let theirs = alert::noticeid.eq(&sent.noticeid).and(alert::uid.eq(uid));
        diesel::update(alert::table.filter(theirs))
            .set(alert::noticeid.eq(noticeid.as_str()))
            .execute(&mut **tx)?;
        diesel::insert_into(notice::table)
            .values((
                notice::noticeid.eq(noticeid.as_str()),
                notice::kind.eq(sent.kind),
                notice::title.eq(&sent.title),
                notice::content.eq(&sent.content),
                notice::extras.eq(sent.extras.to_string()),
                notice::createtime.eq(sent.createtime),
                notice::due.eq(tx.now),
            ))
            .execute(&mut **tx)?;
    }
    delete(tx, &sent.noticeid)
}

/// Throws away up to `limit` notices from before `before`; returns how many, and how many of them were
/// never sent.
pub fn prune(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<(usize, usize)> {
    let old = notice::table.filter(notice::createtime.lt(before)).limit(limit);
    let old: Vec<(String, Option<i64>)> = old.select((notice::noticeid, notice::msgid)).load(&mut **tx)?;
    let ids: Vec<_> = old.iter().map(|(noticeid, _)| noticeid).collect();
    diesel::delete(alert::table.filter(alert::noticeid.eq_any(&ids))).execute(&mut **tx)?;
    diesel::delete(notice::table.filter(notice::noticeid.eq_any(&ids))).execute(&mut **tx)?;
    Ok((old.len(), old.iter().filter(|(_, msgid)| msgid.is_none()).count()))
}

/// How many wait to be sent, and since when the oldest does.
pub fn count(connection: &mut AnyConnection) -> Result<(i64, Option<Time>)> {
    let waiting = notice::table.filter(notice::msgid.is_null());
    let columns = (diesel::dsl::count_star(), diesel::dsl::min(notice::createtime));
    Ok(waiting.select(columns).first(connection)?)
}

//! The log of durable pushes: appended in the transaction of what they tell of, read for replay.

use crate::db::bulk::{MANY, insert_many};
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared;
use crate::db::schema::{mailbox, push_body, push_log};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogId, Time, Uid};
use crate::protocol::frame::{Delivery, Frame};
use crate::protocol::push::Encoded;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far somebody's pushes have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = mailbox)]
pub struct Mailbox {
    /// The newest push.
    pub seq: i64,
    /// The newest one acknowledged.
    pub acked: i64,
    /// The newest one no longer held.
    pub pruned: i64,
}

impl Mailbox {
    /// Whether every push after `since` is still held; not so where `since` is of another store.
    pub fn holds_after(&self, since: i64) -> bool {
        (self.pruned..=self.seq).contains(&since)
    }
}

/// Makes the mailbox of a new account.
pub fn create_mailbox(connection: &mut AnyConnection, uid: &Uid) -> Result<()> {
    diesel::insert_into(mailbox::table).values(mailbox::uid.eq(uid)).execute(connection)?;
    Ok(())
}

/// How far the pushes of `uid` have come.
pub fn find_mailbox(connection: &mut AnyConnection, uid: &Uid) -> Result<Mailbox> {
    Ok(mailbox::table.find(uid).select(Mailbox::as_select()).first(connection)?)
}

/// Everything up to `seq` has been taken in; never goes back, never beyond what was pushed.
pub fn acknowledge(connection: &mut AnyConnection, uid: &Uid, seq: i64) -> Result<()> {
    let later = mailbox::acked.lt(seq).and(mailbox::seq.ge(seq));
    diesel::update(mailbox::table.find(uid).filter(later)).set(mailbox::acked.eq(seq)).execute(connection)?;
    Ok(())
}

/// Everything up to `seq` has gone out to a device; never goes back.
pub fn set_sent(tx: &mut Tx<'_>, uid: &Uid, seq: i64) -> Result<()> {
    let later = mailbox::table.find(uid).filter(mailbox::sent.lt(seq));
    diesel::update(later).set(mailbox::sent.eq(seq)).execute(&mut **tx)?;
    Ok(())
}

/// Up to how many recipients are written one by one, by statements that are prepared already.
const FEW: usize = 4;

/// Appends a transaction's pushes, each under its recipients' next numbers.
pub(super) fn append(tx: &mut Tx<'_>, outbox: Vec<(&'static str, Encoded)>) -> Result<Vec<Delivery>> {
    let mut next = take_numbers(tx, &outbox)?;
    let mut deliveries = Vec::new();
    for (name, Encoded { shared, own }) in outbox {
        let shared: Arc<str> = shared.into();
        let bodyid = keep_body(tx, own.len(), &shared)?;
        let first = deliveries.len();
        for (uid, own) in own {
            let Some(seq) = next.get_mut(&uid) else { continue };
            *seq += 1;
            let frame =
                Frame { seq: *seq, name: name.into(), own: own.map(Into::into), shared: shared.clone() };
            deliveries.push(Delivery { uid, frame });
        }
        insert(tx, &deliveries[first..], bodyid.as_ref())?;
    }
    Ok(deliveries)
}

/// Reserves each recipient's numbers; returns the last one used before. The order of the ids is
/// the order of the locks, so that two transactions never wait for each other.
fn take_numbers(tx: &mut Tx<'_>, outbox: &[(&'static str, Encoded)]) -> Result<BTreeMap<Uid, i64>> {
    let mut counts = BTreeMap::<Uid, i64>::new();
    for (uid, _) in outbox.iter().flat_map(|(_, push)| &push.own) {
        *counts.entry(uid.clone()).or_default() += 1;
    }
    if counts.len() > FEW {
        return take_numbers_of_many(tx, &counts);
    }
    for (uid, count) in &mut counts {
        let update = diesel::update(mailbox::table.find(uid))
            .set(mailbox::seq.eq(mailbox::seq + *count))
            .returning(mailbox::seq);
        let last: i64 = prepared(update).get_result(&mut **tx)?;
        *count = last - *count;
    }
    Ok(counts)
}

/// The same in a few statements: one for all who get the same number of pushes.
fn take_numbers_of_many(tx: &mut Tx<'_>, counts: &BTreeMap<Uid, i64>) -> Result<BTreeMap<Uid, i64>> {
    let before = lock(tx, counts.keys())?;
    let mut alike = BTreeMap::<i64, Vec<&Uid>>::new();
    counts.iter().for_each(|(uid, count)| alike.entry(*count).or_default().push(uid));
    for (count, uids) in alike {
        for uids in uids.chunks(MANY) {
            diesel::update(mailbox::table.filter(mailbox::uid.eq_any(uids.iter().copied())))
                .set(mailbox::seq.eq(mailbox::seq + count))
                .execute(&mut **tx)?;
        }
    }
    Ok(before)
}

/// Locks these people's mailboxes, and with them all that is one person's own, in the order of the
/// ids, as an update of many rows has no order; returns the last number that each has used. The
/// embedded database has one writer, and nobody to wait for.
pub(super) fn lock<'u>(tx: &mut Tx<'_>, uids: impl Iterator<Item = &'u Uid>) -> Result<BTreeMap<Uid, i64>> {
    let mut uids: Vec<_> = uids.collect();
    uids.sort_unstable();
    let mut numbers = BTreeMap::new();
    for uids in uids.chunks(MANY) {
        let these = mailbox::table.filter(mailbox::uid.eq_any(uids.iter().copied()));
        let rows: Vec<(Uid, i64)> = match &mut **tx {
            AnyConnection::Sqlite(connection) => {
                these.select((mailbox::uid, mailbox::seq)).load(connection)?
            }
            AnyConnection::Postgres(connection) => {
                let by_bytes = these.order(sql::<Text>("uid COLLATE \"C\"")).for_update();
                by_bytes.select((mailbox::uid, mailbox::seq)).load(connection)?
            }
        };
        numbers.extend(rows);
    }
    match numbers.len() == uids.len() {
        true => Ok(numbers),
        false => Err(diesel::result::Error::NotFound.into()),
    }
}

/// Keeps what several recipients share once, apart from their rows.
fn keep_body(tx: &mut Tx<'_>, recipients: usize, shared: &str) -> Result<Option<DialogId>> {
    if recipients < 2 {
        return Ok(None);
    }
    let bodyid = DialogId::new();
    diesel::insert_into(push_body::table)
        .values((push_body::bodyid.eq(&bodyid), push_body::shared.eq(shared)))
        .execute(&mut **tx)?;
    Ok(Some(bodyid))
}

/// A push in the log of one recipient. An absent value is written as such and not left out, so
/// that many rows make one statement.
#[derive(Insertable)]
#[diesel(table_name = push_log, treat_none_as_default_value = false)]
struct Row<'a> {
    uid: &'a Uid,
    seq: i64,
    name: &'a str,
    own: Option<&'a str>,
    shared: Option<&'a str>,
    bodyid: Option<&'a DialogId>,
    createtime: Time,
}

impl<'a> Row<'a> {
    fn new(Delivery { uid, frame }: &'a Delivery, bodyid: Option<&'a DialogId>, createtime: Time) -> Self {
        let shared = bodyid.is_none().then_some(&*frame.shared);
        let own = frame.own.as_deref();
        Self { uid, seq: frame.seq, name: &frame.name, own, shared, bodyid, createtime }
    }
}

fn insert(tx: &mut Tx<'_>, deliveries: &[Delivery], bodyid: Option<&DialogId>) -> Result<()> {
    let now = tx.now;
    let mut rows = deliveries.iter().map(|delivery| Row::new(delivery, bodyid, now));
    if deliveries.len() <= FEW {
        return Ok(rows.try_for_each(|row| {
            diesel::insert_into(push_log::table).values(row).execute(&mut **tx).map(drop)
        })?);
    }
    let rows: Vec<_> = rows.collect();
    insert_many!(tx, push_log::table, rows);
    Ok(())
}

/// The pushes of `uid` after `since`, in order, at most `limit`.
pub fn list_after(connection: &mut AnyConnection, uid: &Uid, since: i64, limit: i64) -> Result<Vec<Frame>> {
    list_between(connection, uid, since, i64::MAX, limit)
}

/// The pushes of `uid` after `since` and up to `until`, in order, at most `limit`.
pub fn list_between(
    connection: &mut AnyConnection,
    uid: &Uid,
    since: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Frame>> {
    type Row = (i64, String, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = push_log::table
        .left_join(push_body::table)
        .filter(push_log::uid.eq(uid).and(push_log::seq.gt(since)).and(push_log::seq.le(until)))
        .order(push_log::seq)
        .limit(limit)
        .select((
            push_log::seq,
            push_log::name,
            push_log::own,
            push_log::shared,
            push_body::shared.nullable(),
        ))
        .load(connection)?;
    let frame = |(seq, name, own, alone, shared): Row| Frame {
        seq,
        name: name.into(),
        own: own.map(Into::into),
        shared: alone.or(shared).unwrap_or_else(|| "{}".to_owned()).into(),
    };
    Ok(rows.into_iter().map(frame).collect())
}

/// How many pushes a client that asks for them gets, unless it says otherwise.
pub const SYNC_PAGE: i64 = 50;
/// How many it gets at the most.
pub const SYNC_MOST: i64 = 200;

/// The pushes after `since` that a client asks for, and whether there are more; `FA_PARAM` where
/// they are not all held any more.
pub fn sync(connection: &mut AnyConnection, uid: &Uid, since: i64, limit: i64) -> Result<(Vec<Frame>, bool)> {
    if !(1..=SYNC_MOST).contains(&limit) {
        return Err(Error::param("limit", "must be 1 to 200"));
    }
    if !find_mailbox(connection, uid)?.holds_after(since) {
        return Err(Error::param("since", "is not held: read the lists anew and go on from the newest seq"));
    }
    let mut frames = list_after(connection, uid, since, limit + 1)?;
    let more = frames.len() as i64 > limit;
    frames.truncate(limit as usize);
    Ok((frames, more))
}

/// Puts `shared` in the place of what the recipients of a message's pushes share; it was pushed at `at`.
pub fn replace(tx: &mut Tx<'_>, at: Time, dialogid: &DialogId, shared: &str) -> Result<()> {
    let of_it = format!("%\"dialogid\":\"{dialogid}\"%");
    let alone = push_log::table.filter(push_log::createtime.eq(at).and(push_log::shared.like(&of_it)));
    diesel::update(alone).set(push_log::shared.eq(shared)).execute(&mut **tx)?;
    let bodies = push_log::table
        .filter(push_log::createtime.eq(at).and(push_log::bodyid.is_not_null()))
        .select(push_log::bodyid.assume_not_null());
    let kept_once =
        push_body::table.filter(push_body::bodyid.eq_any(bodies)).filter(push_body::shared.like(&of_it));
    diesel::update(kept_once).set(push_body::shared.eq(shared)).execute(&mut **tx)?;
    Ok(())
}

/// Throws away at most `limit` pushes from before `before`; returns how many. What was shared by
/// several goes with the last of them.
pub fn prune(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<usize> {
    let old: Vec<(Uid, i64, Option<DialogId>)> = push_log::table
        .filter(push_log::createtime.lt(before))
        .order((push_log::uid, push_log::seq))
        .limit(limit)
        .select((push_log::uid, push_log::seq, push_log::bodyid))
        .load(&mut **tx)?;
    for (uid, seq, bodyid) in &old {
        diesel::update(mailbox::table.find(uid)).set(mailbox::pruned.eq(seq)).execute(&mut **tx)?;
        diesel::delete(push_log::table.find((uid, seq))).execute(&mut **tx)?;
        if let Some(bodyid) = bodyid {
            let used = push_log::table.filter(push_log::bodyid.eq(bodyid)).select(push_log::seq);
            let unused = push_body::table.find(bodyid).filter(diesel::dsl::not(diesel::dsl::exists(used)));
            diesel::delete(unused).execute(&mut **tx)?;
        }
    }
    Ok(old.len())
}

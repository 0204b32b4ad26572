//! How SQLite keeps the log of pushes: appended in the order of their commits, each leading to the one before it of the same
//! person. What is read and pruned of it is here; it is written in `outbox`.
//!
//! A log by person would write a page for each recipient: for a message to a group of 500, 500 of them.

use crate::db::prepared::{prepared_on, run_prepared_on};
use crate::db::schema::{mailbox, mailbox_chain, push_chain, push_mark};
use crate::model::{Time, Uid};
use diesel::connection::DefaultLoadingMode;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};
use std::collections::BTreeMap;

/// Every how many pushes of a mailbox one has a mark, from which its chain may be walked.
const MARKED: i64 = 64;

/// Where a push stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its place.
    pub pushid: i64,
    /// How many places before it the last push of the same person stands; 0 where there is none.
    pub back: i64,
}

impl Link {
    /// A push at one place, where the last one of the same person is at the other, or at 0 where there is none.
    pub fn new(pushid: i64, previous: i64) -> Self {
        Self { pushid, back: if previous == 0 { 0 } else { pushid - previous } }
    }
}

/// A push with what it shares with others, where it shares something.
#[derive(QueryableByName)]
pub struct Kept {
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// What its recipient alone is told.
    #[diesel(sql_type = Nullable<Text>)]
    pub own: Option<String>,
    /// What is told, where nobody else hears it.
    #[diesel(sql_type = Nullable<Text>)]
    pub alone: Option<String>,
    /// What all recipients are told.
    #[diesel(sql_type = Nullable<Text>)]
    pub shared: Option<String>,
}

/// Where the newest push of all stands; 0 where there is none.
pub fn newest(connection: &mut SqliteConnection) -> QueryResult<i64> {
    let newest: Option<i64> =
        prepared_on!(connection, push_chain::table.select(max(push_chain::pushid)), get_result)?;
    Ok(newest.unwrap_or(0))
}

/// Marks a push if it is one of those that are to be marked.
pub fn mark(connection: &mut SqliteConnection, uid: &Uid, seq: i64, pushid: i64) -> QueryResult<()> {
    if seq % MARKED != 0 {
        return Ok(());
    }
    let mark = (push_mark::uid.eq(uid), push_mark::seq.eq(seq), push_mark::pushid.eq(pushid));
    run_prepared_on!(connection, diesel::insert_into(push_mark::table).values(mark))
}

/// The pushes of `uid` after `since` and up to `until`, in order, at most `limit`.
pub fn list(
    connection: &mut SqliteConnection,
    uid: &Uid,
    since: i64,
    until: i64,
    limit: i64,
) -> QueryResult<impl Iterator<Item = QueryResult<Kept>>> {
    let places = find(connection, uid, since, until, limit)?;
    let places = serde_json::to_string(&places)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    // A cross join keeps the order of the list.
    let pushes = sql_query(
        "SELECT push_log.seq, push_log.name, push_log.own, push_log.shared AS alone, push_body.shared AS shared \
         FROM json_each(?1) AS place CROSS JOIN push_log ON push_log.pushid = place.value \
         LEFT JOIN push_body ON push_body.bodyid = push_log.bodyid",
    )
    .bind::<Text, _>(places);
    prepared_on!(connection, pushes, load_iter::<Kept, DefaultLoadingMode>)
}

#[derive(QueryableByName)]
struct Stands {
    #[diesel(sql_type = BigInt)]
    pushid: i64,
}

/// Where these pushes stand, in order.
fn find(
    connection: &mut SqliteConnection,
    uid: &Uid,
    since: i64,
    until: i64,
    limit: i64,
) -> QueryResult<Vec<i64>> {
    let until = until.min(since.saturating_add(limit));
    let Some((pushid, seq)) = find_after(connection, uid, until)? else { return Ok(Vec::new()) };
    let walk = sql_query(
        "WITH RECURSIVE chain (pushid, seq, back) AS (\
         SELECT pushid, seq, back FROM push_log WHERE pushid = ?1 AND uid = ?2 AND seq = ?3 \
         UNION ALL SELECT push_log.pushid, push_log.seq, push_log.back \
         FROM chain CROSS JOIN push_log ON push_log.pushid = chain.pushid - chain.back \
         WHERE chain.back > 0 AND chain.seq > ?4 + 1 AND push_log.uid = ?2 AND push_log.seq = chain.seq - 1) \
         SELECT pushid FROM chain WHERE seq > ?4 AND seq <= ?5",
    )
    .bind::<BigInt, _>(pushid)
    .bind::<Text, _>(uid)
    .bind::<BigInt, _>(seq)
    .bind::<BigInt, _>(since)
    .bind::<BigInt, _>(until);
    // The newest comes first.
    let mut places: Vec<i64> =
        prepared_on!(connection, walk, load::<Stands>)?.into_iter().map(|place| place.pushid).collect();
    places.reverse();
    Ok(places)
}

/// Where a push stands from which the chain leads to number `seq`, and its own number: that of the next mark, or the newest.
fn find_after(connection: &mut SqliteConnection, uid: &Uid, seq: i64) -> QueryResult<Option<(i64, i64)>> {
    let marks = push_mark::table.filter(push_mark::uid.eq(uid).and(push_mark::seq.ge(seq)));
    let next = marks.order(push_mark::seq).limit(1).select((push_mark::pushid, push_mark::seq));
    let next = prepared_on!(connection, next, get_result).optional()?;
    if next.is_some() {
        return Ok(next);
    }
    let newest = mailbox_chain::table.find(uid).select((mailbox_chain::pushid, mailbox_chain::seq));
    prepared_on!(connection, newest, get_result).optional()
}

/// Deletes the oldest pushes, as far as they are from before `before`, at most `limit`, and notes in each mailbox how far
/// its own are gone; returns how many.
pub fn prune(connection: &mut SqliteConnection, before: Time, limit: i64) -> QueryResult<usize> {
    let oldest: Vec<(i64, Uid, i64, Time)> = push_chain::table
        .order(push_chain::pushid)
        .limit(limit)
        .select((push_chain::pushid, push_chain::uid, push_chain::seq, push_chain::createtime))
        .load(connection)?;
    let mut gone = BTreeMap::new();
    let old: Vec<_> = oldest.into_iter().take_while(|(.., createtime)| *createtime < before).collect();
    let Some((last, ..)) = old.last() else { return Ok(0) };
    diesel::delete(push_chain::table.filter(push_chain::pushid.le(last))).execute(connection)?;
    for (_, uid, seq, _) in &old {
        gone.entry(uid).and_modify(|last: &mut i64| *last = seq.max(last).to_owned()).or_insert(*seq);
    }
    for (uid, last) in gone {
        let behind = mailbox::table.find(uid).filter(mailbox::pruned.lt(last));
        diesel::update(behind).set(mailbox::pruned.eq(last)).execute(connection)?;
        let marks = push_mark::table.filter(push_mark::uid.eq(uid).and(push_mark::seq.le(last)));
        diesel::delete(marks).execute(connection)?;
    }
    Ok(old.len())
}

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

/// When the newest push of all was made; `None` where there is none.
pub fn newest_time(connection: &mut SqliteConnection) -> QueryResult<Option<Time>> {
    let newest = push_chain::table.find(newest(connection)?).select(push_chain::createtime);
    newest.first(connection).optional()
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
    let newest = mailbox_chain::table.find(uid);
    let newest = newest.select((mailbox_chain::pushid, mailbox_chain::seq, mailbox_chain::pruned));
    let newest: Option<(i64, i64, i64)> = prepared_on!(connection, newest, get_result).optional()?;
    let Some((pushid, seq, pruned)) = newest else { return Ok(Vec::new()) };
    // What is no longer held is not counted.
    let since = since.max(pruned);
    let until = until.min(since.saturating_add(limit)).min(seq);
    let marked = find_mark(connection, uid, until)?;
    let (pushid, seq) = marked.unwrap_or((pushid, seq));
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
    let places = prepared_on!(connection, walk, load::<Stands>)?;
    Ok(places.into_iter().rev().map(|place| place.pushid).collect())
}

/// Where the next marked push from number `seq` on stands, and its own number: the chain leads from it to that one.
fn find_mark(connection: &mut SqliteConnection, uid: &Uid, seq: i64) -> QueryResult<Option<(i64, i64)>> {
    let marks = push_mark::table.filter(push_mark::uid.eq(uid).and(push_mark::seq.ge(seq)));
    let next = marks.order(push_mark::seq).limit(1).select((push_mark::pushid, push_mark::seq));
    prepared_on!(connection, next, get_result).optional()
}

/// Deletes the oldest pushes, as far as they are from before `before`, some `limit` of them, and notes in each mailbox how far
/// its own are gone; returns how many. What a clock that was ahead has dated after now holds nothing up, and goes with what
/// was pushed after it.
pub fn prune(connection: &mut SqliteConnection, before: Time, limit: i64) -> QueryResult<usize> {
    let oldest = push_chain::table.filter(push_chain::createtime.le(Time::now()));
    let oldest = oldest.order(push_chain::pushid).limit(limit);
    let oldest: Vec<(i64, Time)> =
        oldest.select((push_chain::pushid, push_chain::createtime)).load(connection)?;
    let old = oldest.iter().take_while(|(_, createtime)| *createtime < before);
    let Some((last, _)) = old.last() else { return Ok(0) };
    let these = push_chain::table.filter(push_chain::pushid.le(last));
    let gone = these.group_by(push_chain::uid).select((push_chain::uid, max(push_chain::seq)));
    for (uid, seq) in gone.load::<(Uid, Option<i64>)>(connection)? {
        let behind = mailbox::table.find(&uid).filter(mailbox::pruned.nullable().lt(seq));
        diesel::update(behind).set(mailbox::pruned.eq(seq.unwrap_or_default())).execute(connection)?;
        let marks = push_mark::table.filter(push_mark::uid.eq(&uid).and(push_mark::seq.nullable().le(seq)));
        diesel::delete(marks).execute(connection)?;
    }
    diesel::delete(these).execute(connection)
}

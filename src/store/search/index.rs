//! How the index of words is filled, behind the sends.
//!
//! All texts up to the mark have an entry, in the order of their ids, and none after it: a batch of entries and
//! the mark move in one transaction. What is written names no index. Ids grow with time, so that what is new
//! stands after the mark; `settled_before` says up to where nothing can come in between any more.

use super::fold::Folded;
use super::query::text_of;
use super::readers::Readers;
use super::terms::{self, Term};
use crate::db::bulk::column;
use crate::db::connection::AnyConnection;
use crate::db::prepared::run_prepared_on;
use crate::db::schema::{search_entry, search_mark, search_words, social_dialog};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DialogId, DialogKind, RoomId, Time};
use crate::store::settled::settled_before;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use std::collections::BTreeSet;
use std::time::Duration;

/// How many entries leave the index in one transaction.
const LEAVING: i64 = 1000;
/// Two to the power of this many entries are a small block, and a large one. PostgreSQL's index knows no order:
/// words are looked for block by block, in small ones where there are many, in large ones where there are few.
const SMALL: i64 = 13;
const LARGE: i64 = 17;

/// How far the index has come.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Mark {
    /// All texts up to this one are indexed.
    pub dialogid: DialogId,
    /// The number of the last entry.
    pub entryid: i64,
}

/// What is to be indexed next.
#[derive(Debug)]
pub struct Batch {
    from: Mark,
    to: Mark,
    entries: Vec<Entry>,
    /// How many messages it is, those without a text too.
    pub messages: i64,
    /// Whether further ones may wait.
    pub further: bool,
}

impl Batch {
    /// How old the last message of it is.
    pub fn age(&self) -> Duration {
        Time::now().since(self.to.dialogid.made_at())
    }
}

#[derive(Debug)]
struct Entry {
    id: i64,
    dialogid: DialogId,
    /// What its text holds, and who may read it, as the index takes it.
    terms: String,
}

/// The terms of an entry's blocks on PostgreSQL.
fn blocks_of(entryid: i64) -> [Term; 2] {
    [small_block(entryid >> SMALL), large_block(entryid >> LARGE)]
}

fn small_block(number: i64) -> Term {
    Term::of(3, &number.to_be_bytes())
}

fn large_block(number: i64) -> Term {
    Term::of(4, &number.to_be_bytes())
}

/// The terms of blocks that have together all entries up to `newest`, from the newest on: the last one or two
/// large ones as small ones, then large ones.
pub(super) fn blocks_until(newest: i64) -> Vec<i32> {
    let large = (newest >> LARGE) - 1;
    let oldest_small = large.max(0) << (LARGE - SMALL);
    let small = (oldest_small..=newest >> SMALL).rev().map(small_block);
    small.chain((0..large).rev().map(large_block)).map(Term::number).collect()
}

/// How far the index has come.
pub fn mark(connection: &mut AnyConnection) -> Result<Mark> {
    Ok(search_mark::table.select((search_mark::dialogid, search_mark::entryid)).first(connection)?)
}

/// What is read of a message that is to be indexed.
type Row = (DialogId, RoomId, i64, DialogKind, bool, String);

/// So many messages after the mark, as far as no other can still come to stand before them.
pub fn next_batch(connection: &mut AnyConnection, size: i64) -> Result<Option<Batch>> {
    let from = mark(connection)?;
    let rows = list_next(connection, &from, size)?;
    let Some((last, ..)) = rows.last() else { return Ok(None) };
    let (last, messages) = (last.clone(), rows.len() as i64);
    let rooms: BTreeSet<&RoomId> = rows.iter().map(|(_, roomid, ..)| roomid).collect();
    let readers = Readers::find(connection, &Vec::from_iter(rooms))?;
    let write: fn(i64, Vec<Term>) -> String = match connection {
        AnyConnection::Sqlite(_) => |_, terms| terms::words(&terms),
        AnyConnection::Postgres(_) => list_of_terms,
    };
    let terms = |(dialogid, roomid, roomseq, kind, recalled, body): Row| {
        let mut terms = terms::index(&Folded::new(&text_of(kind, recalled, &body)?));
        terms.extend(readers.terms(&roomid, roomseq));
        Some((dialogid, terms))
    };
    let entry = |(id, (dialogid, terms))| Entry { id, dialogid, terms: write(id, terms) };
    let entries: Vec<_> = (from.entryid + 1..).zip(rows.into_iter().filter_map(terms)).map(entry).collect();
    let to = Mark { dialogid: last, entryid: from.entryid + entries.len() as i64 };
    Ok(Some(Batch { from, to, entries, messages, further: messages == size }))
}

fn list_next(connection: &mut AnyConnection, from: &Mark, size: i64) -> Result<Vec<Row>> {
    let settled = DialogId::least_from(settled_before(connection)?);
    let rows = social_dialog::table
        .filter(social_dialog::dialogid.gt(&from.dialogid).and(social_dialog::dialogid.lt(settled)))
        .order(social_dialog::dialogid)
        .limit(size)
        .select((
            social_dialog::dialogid,
            social_dialog::roomid,
            social_dialog::roomseq,
            social_dialog::kind,
            social_dialog::recalled,
            social_dialog::body,
        ));
    Ok(rows.load(connection)?)
}

/// Keeps a batch and moves the mark; false where another node has moved it meanwhile.
pub fn keep(tx: &mut Tx<'_>, batch: &Batch) -> Result<bool> {
    if !move_mark(tx, &batch.from, &batch.to)? {
        return Ok(false);
    }
    match &mut **tx {
        AnyConnection::Sqlite(connection) => insert_sqlite(connection, &batch.entries)?,
        AnyConnection::Postgres(connection) => insert_postgres(connection, &batch.entries)?,
    }
    Ok(true)
}

/// Moves the mark; false where another node has moved it meanwhile.
pub(super) fn move_mark(tx: &mut Tx<'_>, from: &Mark, to: &Mark) -> Result<bool> {
    let still = search_mark::dialogid.eq(&from.dialogid).and(search_mark::entryid.eq(from.entryid));
    let moved = diesel::update(search_mark::table.filter(still))
        .set((search_mark::dialogid.eq(&to.dialogid), search_mark::entryid.eq(to.entryid)))
        .execute(&mut **tx)?;
    Ok(moved == 1)
}

fn insert_sqlite(connection: &mut SqliteConnection, entries: &[Entry]) -> QueryResult<()> {
    for Entry { id, dialogid, terms } in entries {
        let entry = (search_entry::id.eq(id), search_entry::dialogid.eq(dialogid));
        run_prepared_on!(connection, diesel::insert_into(search_entry::table).values(entry))?;
        let words = (search_words::rowid.eq(id), search_words::words.eq(terms));
        run_prepared_on!(connection, diesel::insert_into(search_words::table).values(words))?;
    }
    Ok(())
}

/// What is new does not wait in the list beside PostgreSQL's index, which each search would read to its end: all
/// of it goes into the index at once, sorted, which is cheaper, too.
fn insert_postgres(connection: &mut PgConnection, entries: &[Entry]) -> QueryResult<()> {
    let insert = diesel::sql_query(
        "INSERT INTO search_entry (id, dialogid, terms) SELECT id, dialogid, terms::integer[] \
         FROM unnest($1::bigint[], $2::text[], $3::text[]) AS entry (id, dialogid, terms)",
    )
    .bind::<Array<BigInt>, _>(column(entries, |entry| entry.id))
    .bind::<Array<Text>, _>(column(entries, |entry| &entry.dialogid))
    .bind::<Array<Text>, _>(column(entries, |entry| &entry.terms));
    run_prepared_on!(connection, insert)?;
    connection.batch_execute("SELECT gin_clean_pending_list('search_entry_terms')")
}

/// As a text that PostgreSQL reads as a list of numbers.
fn list_of_terms(entryid: i64, terms: Vec<Term>) -> String {
    let numbers = terms.into_iter().chain(blocks_of(entryid)).map(|term| term.number().to_string());
    format!("{{{}}}", Vec::from_iter(numbers).join(","))
}

/// The entries of messages from `since` on that were withdrawn.
pub fn list_withdrawn(connection: &mut AnyConnection, since: &DialogId) -> Result<Vec<i64>> {
    // As a bound value, what the index of withdrawn messages asks for would not be seen to be so.
    let recalled = diesel::dsl::sql::<diesel::sql_types::Bool>("social_dialog.recalled");
    Ok(search_entry::table
        .inner_join(social_dialog::table.on(social_dialog::dialogid.eq(search_entry::dialogid)))
        .filter(recalled.and(social_dialog::dialogid.ge(since)))
        .select(search_entry::id)
        .limit(LEAVING)
        .load(connection)?)
}

/// Deletes these entries.
pub fn delete(tx: &mut Tx<'_>, entries: &[i64]) -> Result<()> {
    diesel::delete(search_entry::table.filter(search_entry::id.eq_any(entries))).execute(&mut **tx)?;
    if let AnyConnection::Sqlite(connection) = &mut **tx {
        diesel::delete(search_words::table.filter(search_words::rowid.eq_any(entries)))
            .execute(connection)?;
    }
    Ok(())
}

impl Mark {
    pub(super) fn none() -> Self {
        Self { dialogid: DialogId::least_from(Time::from_millis(0)), entryid: 0 }
    }
}

/// How old the oldest message is that the index has not come to; nothing where there is none.
pub fn lag(connection: &mut AnyConnection) -> Result<Duration> {
    let from = mark(connection)?.dialogid;
    let waiting = social_dialog::table.filter(social_dialog::dialogid.gt(from));
    let oldest = waiting.order(social_dialog::dialogid).select(social_dialog::dialogid);
    let oldest: Option<DialogId> = oldest.first(connection).optional()?;
    Ok(oldest.map_or(Duration::ZERO, |oldest| Time::now().since(oldest.made_at())))
}

/// How many messages there are to be indexed, those without a text too.
pub fn count_messages(connection: &mut AnyConnection) -> Result<i64> {
    Ok(social_dialog::table.count().get_result(connection)?)
}

/// Empties the index, so that it is filled from the beginning.
pub fn clear(tx: &mut Tx<'_>) -> Result<()> {
    let none = Mark::none();
    diesel::update(search_mark::table)
        .set((search_mark::dialogid.eq(&none.dialogid), search_mark::entryid.eq(none.entryid)))
        .execute(&mut **tx)?;
    let clear = match &mut **tx {
        AnyConnection::Sqlite(_) => {
            "INSERT INTO search_words (search_words) VALUES ('delete-all'); DELETE FROM search_entry"
        }
        AnyConnection::Postgres(_) => "TRUNCATE search_entry",
    };
    Ok(tx.batch_execute(clear)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_every_entry_once() {
        for newest in [0, 1, 8191, 8192, 131_071, 131_072, 400_000, 4_000_000] {
            let blocks = blocks_until(newest);
            for entry in (0..=newest).step_by(1021).chain([newest]) {
                let of = blocks_of(entry).map(Term::number);
                assert_eq!(of.iter().filter(|block| blocks.contains(block)).count(), 1);
            }
        }
        assert_eq!(blocks_until(3 << LARGE).len(), 16 + 1 + 2);
    }
}

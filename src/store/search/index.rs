//! How the index of words is filled, behind the sends.
//!
//! All texts up to the mark have an entry, in the order of their ids, and none after it: a batch of entries and
//! the mark move in one transaction. What is written names no index. Ids grow with time, so that what is new
//! stands after the mark; `settled_before` says up to where nothing can come in between any more.

use super::fold::Folded;
use super::query::text_of;
use super::terms;
use crate::db::bulk::column;
use crate::db::connection::AnyConnection;
use crate::db::schema::{search_entry, search_mark, search_words, social_dialog};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DialogId, DialogKind, Time};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use std::time::Duration;

/// How many entries leave the index in one transaction.
const LEAVING: i64 = 1000;
/// How far the clocks of several nodes, and of their database, may be apart.
const SKEW: Duration = Duration::from_secs(2);
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

#[derive(Debug)]
struct Entry {
    id: i64,
    dialogid: DialogId,
    words: String,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = search_entry, treat_none_as_default_value = false)]
struct NewEntry<'a> {
    id: i64,
    dialogid: &'a DialogId,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = search_words, treat_none_as_default_value = false)]
struct NewWords<'a> {
    rowid: i64,
    words: &'a str,
}

/// The terms of an entry's blocks on PostgreSQL; no text has them.
fn blocks_of(entryid: i64) -> String {
    format!("n{} m{}", entryid >> SMALL, entryid >> LARGE)
}

/// The terms of blocks that have together all entries up to `newest`, from the newest on: the last one or two
/// large ones as small ones, then large ones.
pub(super) fn blocks_until(newest: i64) -> Vec<String> {
    let large = (newest >> LARGE) - 1;
    let oldest_small = large.max(0) << (LARGE - SMALL);
    let small = (oldest_small..=newest >> SMALL).rev().map(|block| format!("n{block}"));
    small.chain((0..large).rev().map(|block| format!("m{block}"))).collect()
}

/// How far the index has come.
pub fn mark(connection: &mut AnyConnection) -> Result<Mark> {
    Ok(search_mark::table.select((search_mark::dialogid, search_mark::entryid)).first(connection)?)
}

/// So many messages after the mark, as far as no other can still come to stand before them.
pub fn next_batch(connection: &mut AnyConnection, size: i64) -> Result<Option<Batch>> {
    let from = mark(connection)?;
    let mut rows = social_dialog::table
        .filter(social_dialog::dialogid.gt(from.dialogid.clone()))
        .order(social_dialog::dialogid)
        .limit(size)
        .select((social_dialog::dialogid, social_dialog::kind, social_dialog::recalled, social_dialog::body))
        .into_boxed();
    if let Some(settled) = settled_before(connection)? {
        rows = rows.filter(social_dialog::dialogid.lt(settled));
    }
    let rows: Vec<(DialogId, DialogKind, bool, String)> = rows.load(connection)?;
    let Some((last, ..)) = rows.last() else { return Ok(None) };
    let (last, messages) = (last.clone(), rows.len() as i64);
    let text = |(dialogid, kind, recalled, body): (_, _, _, String)| {
        text_of(kind, recalled, &body).map(|text| (dialogid, text))
    };
    let texts = rows.into_iter().filter_map(text);
    let entry = |(id, (dialogid, text)): (_, (_, String))| {
        let words = terms::index(&Folded::new(&text));
        Entry { id, dialogid, words }
    };
    let entries: Vec<_> = (from.entryid + 1..).zip(texts).map(entry).collect();
    let to = Mark { dialogid: last, entryid: from.entryid + entries.len() as i64 };
    Ok(Some(Batch { from, to, entries, messages, further: messages == size }))
}

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = BigInt)]
    millis: i64,
}

/// On PostgreSQL, before which id all is committed that ever will be. A message gets its id in the transaction
/// that writes it, whichever node's that is; so none that is still under way has an id from before it began.
/// SQLite has one writer, which gives ids in the order of its commits: whatever comes stands at the end.
fn settled_before(connection: &mut AnyConnection) -> Result<Option<DialogId>> {
    const OLDEST: &str = "SELECT CAST(floor(extract(epoch FROM \
         coalesce(min(xact_start), clock_timestamp())) * 1000) AS BIGINT) AS millis FROM pg_stat_activity \
         WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()";
    match connection {
        AnyConnection::Sqlite(_) => Ok(None),
        AnyConnection::Postgres(connection) => {
            let oldest: Moment = diesel::sql_query(OLDEST).get_result(connection)?;
            Ok(Some(DialogId::least_from(Time::from_millis(oldest.millis) - SKEW)))
        }
    }
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

fn move_mark(tx: &mut Tx<'_>, from: &Mark, to: &Mark) -> Result<bool> {
    let still = search_mark::dialogid.eq(&from.dialogid).and(search_mark::entryid.eq(from.entryid));
    let moved = diesel::update(search_mark::table.filter(still))
        .set((search_mark::dialogid.eq(&to.dialogid), search_mark::entryid.eq(to.entryid)))
        .execute(&mut **tx)?;
    Ok(moved == 1)
}

fn insert_sqlite(connection: &mut SqliteConnection, entries: &[Entry]) -> QueryResult<()> {
    let rows: Vec<_> =
        entries.iter().map(|entry| NewEntry { id: entry.id, dialogid: &entry.dialogid }).collect();
    diesel::insert_into(search_entry::table).values(&rows).execute(connection)?;
    let words: Vec<_> =
        entries.iter().map(|entry| NewWords { rowid: entry.id, words: &entry.words }).collect();
    diesel::insert_into(search_words::table).values(&words).execute(connection)?;
    Ok(())
}

fn insert_postgres(connection: &mut PgConnection, entries: &[Entry]) -> QueryResult<()> {
    const INSERT: &str = "INSERT INTO search_entry (id, dialogid, words) \
         SELECT id, dialogid, array_to_tsvector(array_remove(string_to_array(words, ' '), '')) \
         FROM unnest($1::bigint[], $2::text[], $3::text[]) AS entry (id, dialogid, words)";
    let words = |entry: &Entry| format!("{} {}", blocks_of(entry.id), entry.words);
    diesel::sql_query(INSERT)
        .bind::<Array<BigInt>, _>(column(entries, |entry| entry.id))
        .bind::<Array<Text>, _>(column(entries, |entry| &entry.dialogid))
        .bind::<Array<Text>, _>(column(entries, words))
        .execute(connection)?;
    Ok(())
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

/// The oldest text from `since` up to the mark that is not indexed: the clock that it got its id by was wrong.
pub fn find_missed(connection: &mut AnyConnection, since: &DialogId) -> Result<Option<DialogId>> {
    let indexed = search_entry::table.filter(search_entry::dialogid.eq(social_dialog::dialogid));
    let to = mark(connection)?.dialogid;
    Ok(social_dialog::table
        .filter(social_dialog::dialogid.ge(since).and(social_dialog::dialogid.le(to)))
        .filter(social_dialog::kind.eq_any([DialogKind::Text, DialogKind::System]))
        .filter(social_dialog::recalled.eq(false))
        .filter(diesel::dsl::not(diesel::dsl::exists(indexed)))
        .order(social_dialog::dialogid)
        .select(social_dialog::dialogid)
        .first(connection)
        .optional()?)
}

/// Moves the mark back before a text that was missed; what was indexed since is indexed anew.
pub fn rewind(tx: &mut Tx<'_>, missed: &DialogId) -> Result<()> {
    let from = mark(tx)?;
    let before = search_entry::table
        .filter(search_entry::dialogid.lt(missed))
        .order(search_entry::dialogid.desc())
        .select((search_entry::dialogid, search_entry::id))
        .first::<Mark>(&mut **tx)
        .optional()?;
    let to = before.unwrap_or_else(Mark::none);
    if !move_mark(tx, &from, &to)? {
        return Ok(());
    }
    diesel::delete(search_entry::table.filter(search_entry::id.gt(to.entryid))).execute(&mut **tx)?;
    if let AnyConnection::Sqlite(connection) = &mut **tx {
        diesel::delete(search_words::table.filter(search_words::rowid.gt(to.entryid))).execute(connection)?;
    }
    Ok(())
}

impl Mark {
    fn none() -> Self {
        Self { dialogid: DialogId::least_from(Time::from_millis(0)), entryid: 0 }
    }
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
                let of = blocks_of(entry);
                assert_eq!(of.split(' ').filter(|block| blocks.iter().any(|one| one == block)).count(), 1);
            }
        }
        assert_eq!(blocks_until(3 << LARGE).len(), 16 + 1 + 2);
    }
}

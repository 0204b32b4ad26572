//! Searching by the index: it gives candidates, newest first, of which each is looked at. What is not indexed
//! yet are candidates, too.

use super::index::{self, Mark, blocks_until};
use super::query::{Findings, KEPT, Kept, MOST_LOOKED_AT, Search};
use super::terms;
use crate::db::connection::AnyConnection;
use crate::db::schema::{room_member, search_entry, social_dialog};
use crate::error::Result;
use crate::model::{DialogId, RoomId};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use std::collections::{BTreeMap, BTreeSet};

/// How many candidates are looked at together, and how many at first.
const CHUNK: usize = 500;
const FIRST_CHUNK: usize = 100;

/// A page of what is found in all rooms of who searches.
pub(super) fn walk(
    connection: &mut AnyConnection,
    search: &Search,
    before: Option<&DialogId>,
    limit: usize,
) -> Result<Findings> {
    let mark = index::mark(connection)?;
    let terms = terms::seek(&search.words);
    let (mut before, mut found, mut looked_at) = (before.cloned(), Vec::new(), 0);
    let mut size = FIRST_CHUNK.max(limit + 1);
    loop {
        let candidates = list(connection, &mark, &terms, before.as_ref(), size)?;
        found.extend(list_holding(connection, search, &candidates)?);
        looked_at += candidates.len();
        if found.len() > limit || candidates.len() < size {
            return Ok(Findings::of(found, limit));
        }
        before = candidates.last().cloned();
        if looked_at >= MOST_LOOKED_AT {
            return Ok(Findings { found, next: before });
        }
        size = CHUNK;
    }
}

/// So many candidates, newest first: fewer only at the end.
fn list(
    connection: &mut AnyConnection,
    mark: &Mark,
    terms: &str,
    before: Option<&DialogId>,
    size: usize,
) -> Result<Vec<DialogId>> {
    let mut fresh = social_dialog::table
        .filter(social_dialog::dialogid.gt(&mark.dialogid))
        .order(social_dialog::dialogid.desc())
        .limit(size as i64)
        .select(social_dialog::dialogid)
        .into_boxed();
    if let Some(before) = before {
        fresh = fresh.filter(social_dialog::dialogid.lt(before));
    }
    let mut candidates: Vec<DialogId> = fresh.load(connection)?;
    if candidates.len() < size
        && let Some(newest) = find_newest(connection, mark, before)?
    {
        candidates.extend(list_indexed(connection, terms, newest, (size - candidates.len()) as i64)?);
    }
    Ok(candidates)
}

/// The number of the newest entry up to the mark and before a message.
fn find_newest(
    connection: &mut AnyConnection,
    mark: &Mark,
    before: Option<&DialogId>,
) -> Result<Option<i64>> {
    let Some(before) = before.filter(|before| **before <= mark.dialogid) else {
        return Ok(Some(mark.entryid));
    };
    let entries = search_entry::table.filter(search_entry::dialogid.lt(before));
    let newest = entries.order(search_entry::dialogid.desc()).select(search_entry::id);
    Ok(newest.first(connection).optional()?)
}

#[derive(QueryableByName)]
struct Indexed {
    #[diesel(sql_type = Text)]
    dialogid: DialogId,
}

/// The messages of the entries that have all of these terms, from the entry `newest` back.
fn list_indexed(
    connection: &mut AnyConnection,
    terms: &str,
    newest: i64,
    limit: i64,
) -> Result<Vec<DialogId>> {
    /// Rows come in the order of their numbers, from the end, as they are found.
    const SQLITE: &str = "SELECT dialogid FROM search_words CROSS JOIN search_entry ON id = search_words.rowid \
         WHERE search_words MATCH ? AND search_words.rowid <= ? AND in_time(search_words.rowid) \
         ORDER BY search_words.rowid DESC LIMIT ?";
    /// Block by block from the newest, until there are enough: all that a block has are sorted. The `+ 0` keeps
    /// the planner from walking back along the numbers instead, which for a rare word are all there are.
    const POSTGRES: &str = "SELECT dialogid FROM unnest($1::text[]) AS block CROSS JOIN LATERAL ( \
         SELECT dialogid FROM search_entry \
         WHERE words @@ CAST(block || $2 AS TSQUERY) AND id + 0 <= $3 ORDER BY id + 0 DESC LIMIT $4 \
         ) AS found LIMIT $4";
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Indexed> = match connection {
        AnyConnection::Sqlite(connection) => diesel::sql_query(SQLITE)
            .bind::<Text, _>(terms)
            .bind::<BigInt, _>(newest)
            .bind::<BigInt, _>(limit)
            .load(connection)?,
        AnyConnection::Postgres(connection) => {
            let all: String = terms.split(' ').map(|term| format!(" & {term}")).collect();
            diesel::sql_query(POSTGRES)
                .bind::<Array<Text>, _>(blocks_until(newest))
                .bind::<Text, _>(all)
                .bind::<BigInt, _>(newest)
                .bind::<BigInt, _>(limit)
                .load(connection)?
        }
    };
    Ok(rows.into_iter().map(|row| row.dialogid).collect())
}

/// Those of these messages that who searches may see and that hold the words, newest first. It is three
/// statements, so that no planner begins with all rooms of somebody who is in many.
fn list_holding(
    connection: &mut AnyConnection,
    search: &Search,
    candidates: &[DialogId],
) -> Result<Vec<DialogId>> {
    let seen = list_seen(connection, search, candidates)?;
    let rows: Vec<Kept> =
        social_dialog::table.filter(social_dialog::dialogid.eq_any(&seen)).select(KEPT).load(connection)?;
    let mut found: Vec<_> = rows.into_iter().filter_map(|row| search.find_in(row)).collect();
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found)
}

fn list_seen(
    connection: &mut AnyConnection,
    search: &Search,
    candidates: &[DialogId],
) -> Result<Vec<DialogId>> {
    let places: Vec<(DialogId, RoomId, i64)> = social_dialog::table
        .filter(social_dialog::dialogid.eq_any(candidates))
        .select((social_dialog::dialogid, social_dialog::roomid, social_dialog::roomseq))
        .load(connection)?;
    let rooms: BTreeSet<&RoomId> = places.iter().map(|(_, roomid, _)| roomid).collect();
    let memberships: Vec<(RoomId, i64, Option<i64>)> = room_member::table
        .filter(room_member::uid.eq(&search.uid).and(room_member::roomid.eq_any(rooms)))
        .select((room_member::roomid, room_member::joined_seq, room_member::left_seq))
        .load(connection)?;
    let of: BTreeMap<RoomId, (i64, Option<i64>)> =
        memberships.into_iter().map(|(roomid, joined, left)| (roomid, (joined, left))).collect();
    let sees = |(_, roomid, number): &(DialogId, RoomId, i64)| {
        of.get(roomid)
            .is_some_and(|(joined, left)| number > joined && left.is_none_or(|left| *number <= left))
    };
    Ok(places.into_iter().filter(sees).map(|(dialogid, ..)| dialogid).collect())
}

//! Searching by the index: it gives candidates, newest first, of which each is looked at. What is not indexed
//! yet are candidates, too.

use super::index::{self, Mark, blocks_until};
use super::query::{Findings, MOST_LOOKED_AT, Search};
use super::readers;
use super::terms::{self, Term};
use crate::db::connection::AnyConnection;
use crate::db::schema::{room_member, search_entry, social_dialog};
use crate::error::Result;
use crate::model::{DialogId, DialogKind, RoomId};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Text};
use std::collections::{BTreeMap, BTreeSet};

/// How many candidates are looked at together, and how many at first.
const CHUNK: usize = 500;
const FIRST_CHUNK: usize = 100;

/// What the entries of candidates have: all terms of the words, and one that says that who searches may read them.
struct Sought {
    words: Vec<Term>,
    readers: [Term; 2],
}

impl Sought {
    /// As SQLite's index is asked for it.
    fn matching(&self) -> String {
        let [reader, anybody] = self.readers;
        let words: String = self.words.iter().map(|term| format!("{term} AND ")).collect();
        format!("{words}({reader} OR {anybody})")
    }
}

/// A page of what is found in all rooms of who searches.
pub(super) fn walk(
    connection: &mut AnyConnection,
    search: &Search,
    before: Option<&DialogId>,
    limit: usize,
) -> Result<Findings> {
    let terms = Sought { words: terms::seek(&search.words), readers: readers::terms_of(&search.uid) };
    let (mut before, mut found, mut looked_at) = (before.cloned(), Vec::new(), 0);
    let mut size = FIRST_CHUNK.max(limit + 1);
    loop {
        let candidates = list(connection, &terms, before.as_ref(), size)?;
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

/// So many candidates, newest first: fewer only at the end. Where the index was taken back meanwhile, what it had is looked
/// for anew, as it has none of it any more.
fn list(
    connection: &mut AnyConnection,
    terms: &Sought,
    before: Option<&DialogId>,
    size: usize,
) -> Result<Vec<DialogId>> {
    loop {
        let mark = index::mark(connection)?;
        let candidates = list_by(connection, &mark, terms, before, size)?;
        if index::mark(connection)?.entryid >= mark.entryid {
            return Ok(candidates);
        }
    }
}

fn list_by(
    connection: &mut AnyConnection,
    mark: &Mark,
    terms: &Sought,
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
    terms: &Sought,
    newest: i64,
    limit: i64,
) -> Result<Vec<DialogId>> {
    /// Rows come in the order of their numbers, from the end, as they are found.
    const SQLITE: &str = "SELECT dialogid FROM search_words CROSS JOIN search_entry ON id = search_words.rowid \
         WHERE search_words MATCH ? AND search_words.rowid <= ? AND in_time(search_words.rowid) \
         ORDER BY search_words.rowid DESC LIMIT ?";
    /// Block by block from the newest, until there are enough: all that a block has are sorted. The `+ 0` keeps
    /// the planner from walking back along the numbers instead, which for a rare word are all there are.
    const POSTGRES: &str = "SELECT dialogid FROM unnest($1::integer[]) AS block CROSS JOIN LATERAL ( \
         SELECT dialogid FROM search_entry \
         WHERE terms @> ($2::integer[] || block) AND terms && $3::integer[] AND id + 0 <= $4 \
         ORDER BY id + 0 DESC LIMIT $5) AS found LIMIT $5";
    let rows: Vec<Indexed> = match connection {
        AnyConnection::Sqlite(connection) => diesel::sql_query(SQLITE)
            .bind::<Text, _>(terms.matching())
            .bind::<BigInt, _>(newest)
            .bind::<BigInt, _>(limit)
            .load(connection)?,
        AnyConnection::Postgres(connection) => diesel::sql_query(POSTGRES)
            .bind::<Array<Integer>, _>(blocks_until(newest))
            .bind::<Array<Integer>, _>(numbers(&terms.words))
            .bind::<Array<Integer>, _>(numbers(&terms.readers))
            .bind::<BigInt, _>(newest)
            .bind::<BigInt, _>(limit)
            .load(connection)?,
    };
    Ok(rows.into_iter().map(|row| row.dialogid).collect())
}

fn numbers(terms: &[Term]) -> Vec<i32> {
    terms.iter().map(|term| term.number()).collect()
}

/// A candidate: its id, its place, and what it is looked at by.
type Candidate = (DialogId, (RoomId, i64), DialogKind, bool, String);

/// Those of these messages that who searches may see and that hold the words, newest first. It is two statements,
/// so that no planner begins with all rooms of somebody who is in many.
fn list_holding(
    connection: &mut AnyConnection,
    search: &Search,
    candidates: &[DialogId],
) -> Result<Vec<DialogId>> {
    let rows: Vec<Candidate> = social_dialog::table
        .filter(social_dialog::dialogid.eq_any(candidates))
        .select((
            social_dialog::dialogid,
            (social_dialog::roomid, social_dialog::roomseq),
            social_dialog::kind,
            social_dialog::recalled,
            social_dialog::body,
        ))
        .load(connection)?;
    let sees = list_sees(connection, search, rows.iter().map(|(_, (roomid, _), ..)| roomid).collect())?;
    let holding = |(dialogid, (roomid, roomseq), kind, recalled, body): Candidate| {
        let (joined, left) = sees.get(&roomid)?;
        let sees = roomseq > *joined && left.is_none_or(|left| roomseq <= left);
        sees.then(|| search.find_in((dialogid, kind, recalled, body))).flatten()
    };
    let mut found: Vec<_> = rows.into_iter().filter_map(holding).collect();
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found)
}

/// After which number who searches sees what is in a room, and up to which.
#[derive(Queryable, QueryableByName)]
#[diesel(table_name = room_member)]
struct Place {
    roomid: RoomId,
    joined_seq: i64,
    left_seq: Option<i64>,
}

/// Where who searches is in these rooms.
fn list_sees(
    connection: &mut AnyConnection,
    search: &Search,
    rooms: BTreeSet<&RoomId>,
) -> Result<BTreeMap<RoomId, (i64, Option<i64>)>> {
    /// Room by room: the planner would rather read all rooms of somebody, of whom it believes that they are in a few.
    const POSTGRES: &str = "SELECT place.* FROM unnest($1::text[]) AS sought (roomid) CROSS JOIN LATERAL ( \
         SELECT roomid, joined_seq, left_seq FROM room_member \
         WHERE room_member.roomid = sought.roomid AND uid = $2 OFFSET 0) AS place";
    let places: Vec<Place> = match connection {
        AnyConnection::Sqlite(connection) => room_member::table
            .filter(room_member::uid.eq(&search.uid).and(room_member::roomid.eq_any(rooms)))
            .select((room_member::roomid, room_member::joined_seq, room_member::left_seq))
            .load(connection)?,
        AnyConnection::Postgres(connection) => diesel::sql_query(POSTGRES)
            .bind::<Array<Text>, _>(Vec::from_iter(rooms))
            .bind::<Text, _>(&search.uid)
            .load(connection)?,
    };
    Ok(places.into_iter().map(|place| (place.roomid, (place.joined_seq, place.left_seq))).collect())
}

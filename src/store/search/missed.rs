//! What the index of words has passed by, as a clock was wrong: how it is found, a piece of the messages at a time, and how
//! the mark goes back before it, in steps.
//!
//! A clock that was behind gives ids before the mark. Under one that was ahead the mark itself gets ahead, so that whatever
//! is written once the clock is right stands before it.

use super::index::{Mark, mark, move_mark};
use super::query::is_searched;
use crate::db::connection::AnyConnection;
use crate::db::schema::{search_entry, search_words, social_dialog};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DialogId, DialogKind};
use crate::store::clock;
use diesel::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

/// How many messages are looked at for a piece.
const PIECE: i64 = 5000;
/// How many entries are taken back in one transaction, more or less.
const STEP: i64 = 1000;
/// How long before the mark it is looked.
const BACK: Duration = Duration::from_secs(3600);

/// What is found in a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The mark is to go back before this one.
    Missed(DialogId),
    /// Nothing up to this one, after which the next piece begins.
    NothingUntil(DialogId),
    /// Nothing, up to the mark.
    Nothing,
}

/// Where to begin: at the first message that may have been missed. An hour before the mark, or, where that is ahead of now,
/// at what is to be taken back.
pub fn begin(connection: &mut AnyConnection) -> Result<Found> {
    let (mark, now) = (mark(connection)?.dialogid, DialogId::least_from(clock::now(connection)?));
    Ok(match mark > now {
        true => Found::Missed(now),
        false => Found::NothingUntil(DialogId::least_from(mark.made_at() - BACK)),
    })
}

/// Looks at the messages after `after`.
pub fn look(connection: &mut AnyConnection, after: &DialogId) -> Result<Found> {
    let to = mark(connection)?.dialogid;
    // Before the messages: whatever leaves the index meanwhile is a withdrawn one then. An entry has its message, so
    // that the first so many have all those of the first so many messages.
    let indexed = search_entry::table.filter(search_entry::dialogid.gt(after)).order(search_entry::dialogid);
    let indexed: Vec<DialogId> = indexed.limit(PIECE).select(search_entry::dialogid).load(connection)?;
    let indexed = BTreeSet::from_iter(indexed);
    let messages: Vec<(DialogId, DialogKind, bool)> = social_dialog::table
        .filter(social_dialog::dialogid.gt(after).and(social_dialog::dialogid.le(to)))
        .order(social_dialog::dialogid)
        .limit(PIECE)
        .select((social_dialog::dialogid, social_dialog::kind, social_dialog::recalled))
        .load(connection)?;
    let full = messages.len() as i64 == PIECE;
    let last = messages.last().filter(|_| full).map(|(last, ..)| last.clone());
    let is_missed = |(dialogid, kind, recalled): &(DialogId, DialogKind, bool)| {
        is_searched(*kind, *recalled) && !indexed.contains(dialogid)
    };
    Ok(match (messages.into_iter().find(is_missed), last) {
        (Some((missed, ..)), _) => Found::Missed(missed),
        (None, Some(last)) => Found::NothingUntil(last),
        (None, None) => Found::Nothing,
    })
}

/// Moves the mark a step back towards the last entry before `missed`, and deletes the entries after it, which are made
/// anew; whether it is to go further back.
pub fn rewind(tx: &mut Tx<'_>, missed: &DialogId) -> Result<bool> {
    let from = mark(tx)?;
    if from.dialogid < *missed {
        return Ok(false);
    }
    let entries = || search_entry::table.select((search_entry::dialogid, search_entry::id));
    let before = entries().filter(search_entry::dialogid.lt(missed)).order(search_entry::dialogid.desc());
    let before = before.first::<Mark>(&mut **tx).optional()?;
    let near = entries().filter(search_entry::id.le(from.entryid - STEP)).order(search_entry::id.desc());
    let near = near.first::<Mark>(&mut **tx).optional()?;
    let to = [before, near].into_iter().flatten().max_by_key(|mark| mark.entryid).unwrap_or_else(Mark::none);
    if !move_mark(tx, &from, &to)? {
        return Ok(true);
    }
    diesel::delete(search_entry::table.filter(search_entry::id.gt(to.entryid))).execute(&mut **tx)?;
    if let AnyConnection::Sqlite(connection) = &mut **tx {
        diesel::delete(search_words::table.filter(search_words::rowid.gt(to.entryid))).execute(connection)?;
    }
    Ok(to.dialogid >= *missed)
}

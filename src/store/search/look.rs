//! Looking through rooms, without the index: their messages lie together.

use super::query::{Findings, KEPT, Kept, MOST_LOOKED_AT, Search};
use crate::db::connection::AnyConnection;
use crate::db::schema::{room, room_member, social_dialog};
use crate::db::time_limit::in_time;
use crate::error::{Error, Result};
use crate::model::{DialogId, RoomId, Uid};
use diesel::prelude::*;

/// Who is or was in more rooms than this is searched by the index.
const FEW_ROOMS: i64 = 50;
/// How many messages are read at a time: each may have 10,000 characters.
const WINDOW: i64 = 400;

/// The messages of a room that somebody may read: those after `after` and up to `until`.
#[derive(Debug)]
pub(super) struct Readable {
    roomid: RoomId,
    after: i64,
    until: i64,
}

/// All that somebody may read, where it is little enough to be looked through.
pub(super) fn find_little(connection: &mut AnyConnection, uid: &Uid) -> Result<Option<Vec<Readable>>> {
    let rooms = list_readable(connection, uid, None)?;
    let messages: i64 = rooms.iter().map(|room| room.until - room.after).sum();
    let is_little = rooms.len() as i64 <= FEW_ROOMS && messages <= MOST_LOOKED_AT as i64;
    Ok(is_little.then_some(rooms))
}

/// Some more rooms than few at the most; or the one.
fn list_readable(
    connection: &mut AnyConnection,
    uid: &Uid,
    roomid: Option<&RoomId>,
) -> Result<Vec<Readable>> {
    let mut rooms = room_member::table
        .inner_join(room::table)
        .filter(room_member::uid.eq(uid))
        .select((room_member::roomid, room_member::joined_seq, room_member::left_seq, room::seq))
        .limit(FEW_ROOMS + 1)
        .into_boxed();
    if let Some(roomid) = roomid {
        rooms = rooms.filter(room_member::roomid.eq(roomid));
    }
    let rooms: Vec<(RoomId, i64, Option<i64>, i64)> = rooms.load(connection)?;
    let readable = |(roomid, after, left, newest): (_, _, Option<i64>, _)| {
        let until = left.unwrap_or(newest);
        Readable { roomid, after, until }
    };
    Ok(rooms.into_iter().map(readable).collect())
}

/// A page of what these rooms hold.
pub(super) fn through_rooms(
    connection: &mut AnyConnection,
    search: &Search,
    rooms: &[Readable],
    before: Option<&DialogId>,
    limit: usize,
) -> Result<Findings> {
    let mut found = Vec::new();
    for room in rooms {
        let mut until = room.until;
        while until > room.after {
            let after = room.after.max(until - WINDOW);
            found.extend(look(connection, search, &room.roomid, after, until)?.holding);
            until = after;
        }
    }
    found.retain(|dialogid| before.is_none_or(|before| dialogid < before));
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(Findings::of(found, limit))
}

/// A page of what one room holds, in the order of the room's numbers.
pub(super) fn through_room(
    connection: &mut AnyConnection,
    search: &Search,
    roomid: &RoomId,
    before: Option<&DialogId>,
    limit: usize,
) -> Result<Findings> {
    let Some(room) = list_readable(connection, &search.uid, Some(roomid))?.pop() else {
        return Ok(Findings::default());
    };
    let mut until = match before {
        Some(before) => room.until.min(find_number(connection, roomid, before)? - 1),
        None => room.until,
    };
    let (mut found, mut looked_at) = (Vec::new(), 0);
    while until > room.after {
        let after = room.after.max(until - WINDOW);
        let seen = look(connection, search, roomid, after, until)?;
        found.extend(seen.holding);
        looked_at += (until - after) as usize;
        until = after;
        if found.len() > limit {
            break;
        }
        if looked_at >= MOST_LOOKED_AT && until > room.after {
            return Ok(Findings { found, next: seen.oldest });
        }
    }
    Ok(Findings::of(found, limit))
}

/// The number in the room of the message after which a page begins.
fn find_number(connection: &mut AnyConnection, roomid: &RoomId, dialogid: &DialogId) -> Result<i64> {
    let message = social_dialog::dialogid.eq(dialogid).and(social_dialog::roomid.eq(roomid));
    let number = social_dialog::table.filter(message).select(social_dialog::roomseq).first(connection);
    number.optional()?.ok_or(Error::Param {
        field: "before".into(),
        why: "must be the next of an earlier page of this room".into(),
    })
}

/// Some messages of a room.
struct Seen {
    /// Those that hold the words, newest first.
    holding: Vec<DialogId>,
    oldest: Option<DialogId>,
}

fn look(
    connection: &mut AnyConnection,
    search: &Search,
    roomid: &RoomId,
    after: i64,
    until: i64,
) -> Result<Seen> {
    let window = social_dialog::roomseq.gt(after).and(social_dialog::roomseq.le(until));
    let mut rows = social_dialog::table
        .filter(social_dialog::roomid.eq(roomid).and(window))
        .order(social_dialog::roomseq.desc())
        .select(KEPT)
        .into_boxed();
    if let AnyConnection::Sqlite(_) = connection {
        rows = rows.filter(in_time(social_dialog::roomseq));
    }
    let rows: Vec<Kept> = rows.load(connection)?;
    let oldest = rows.last().map(|(dialogid, ..)| dialogid.clone());
    Ok(Seen { holding: rows.into_iter().filter_map(|row| search.find_in(row)).collect(), oldest })
}

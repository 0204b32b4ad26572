//! Message lists: the lines of one person, of the rooms they are in and of notices, and read marks.
//!
//! A room's line is not kept: it is the room's newest message, seen from the member's place.
//! Lines of notices are kept in `line`.

use super::dialog::{self, DIALOG};
use super::{line, member, room};
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, room as rooms, room_member, social_dialog};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{MessageId, RoomId, RoomKind, Tag, Time, Uid};
use crate::protocol::command::ReadTarget;
use crate::protocol::push::{Push, ReadMark};
use crate::protocol::shape::{InboxItem, Line, Place};
use diesel::prelude::*;
use std::cmp::Reverse;

/// Where a page of a message list begins: after the line that changed then.
#[derive(Debug, Clone)]
pub struct Cursor {
    /// When the last line of the previous page changed.
    pub updatetime: Time,
    /// That line.
    pub messageid: MessageId,
}

type Row = (MessageId, (RoomKind, Option<String>, i64, Time), (i64, i64, i64), dialog::Row);

/// The lines of somebody's list, the one that changed last first.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<Tag>,
    before: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<InboxItem>> {
    let mut items = list_rooms(connection, uid, tag, before, limit)?;
    items.extend(line::list(connection, uid, tag, before, limit)?);
    let place = |item: &InboxItem| (item.line.updatetime, item.place.messageid.clone());
    items.sort_by_cached_key(|item| Reverse(place(item)));
    items.truncate(limit as usize);
    Ok(items)
}

/// The lines of the rooms that somebody is in.
fn list_rooms(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<Tag>,
    before: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<InboxItem>> {
    let newest = social_dialog::roomid.eq(rooms::roomid).and(social_dialog::roomseq.eq(rooms::seq));
    let mut lines = room_member::table
        .inner_join(rooms::table)
        .inner_join(social_dialog::table.on(newest))
        .inner_join(account::table.on(account::uid.eq(social_dialog::fromuid)))
        .filter(room_member::uid.eq(uid.clone()).and(room_member::left_seq.is_null()))
        .filter(rooms::seq.gt(room_member::joined_seq))
        .select((
            room_member::messageid,
            (rooms::kind, rooms::name, rooms::seq, rooms::updatetime),
            (room_member::read_seq, room_member::written, room_member::written_read),
            DIALOG,
        ))
        .into_boxed();
    if let Some(tag) = tag {
        lines = lines.filter(rooms::kind.eq(tag.as_str()));
    }
    if let Some(Cursor { updatetime, messageid }) = before {
        let same_time = rooms::updatetime.eq(*updatetime).and(room_member::messageid.lt(messageid.clone()));
        lines = lines.filter(rooms::updatetime.lt(*updatetime).or(same_time));
    }
    let order = (rooms::updatetime.desc(), room_member::messageid.desc());
    let rows = lines.order(order).limit(limit).load::<Row>(connection)?;
    rows.into_iter().map(|row| item(connection, uid, row)).collect()
}

fn item(connection: &mut AnyConnection, uid: &Uid, row: Row) -> Result<InboxItem> {
    let (messageid, (kind, name, seq, updatetime), (read_seq, written, written_read), row) = row;
    let dialog = dialog::dialog(row);
    let title = match name {
        Some(name) => name,
        None => name_of_other(connection, &dialog.roomid, uid)?,
    };
    let unread = (seq - read_seq) - (written - written_read);
    let place = Place { messageid, uid: uid.clone(), title, unread };
    Ok(InboxItem { place, line: Line { updatetime, ..dialog.line(kind) } })
}

/// What the other one in a room of two is called.
fn name_of_other(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<String> {
    let other = room_member::table.filter(room_member::roomid.eq(roomid).and(room_member::uid.ne(uid)));
    let name = other.inner_join(account::table).select(account::name).first(connection).optional()?;
    Ok(name.unwrap_or_default())
}

/// Marks a room as read, up to a message or altogether, or a line of notices.
pub fn read(tx: &mut Tx<'_>, uid: &Uid, target: &ReadTarget) -> Result<()> {
    match target {
        ReadTarget::Room(roomid, roomseq) => read_room(tx, uid, roomid, Some(*roomseq)),
        ReadTarget::Line(messageid) => match member::find_room_by_line(tx, uid, messageid)? {
            Some(roomid) => read_room(tx, uid, &roomid, None),
            None => line::read(tx, uid, messageid),
        },
    }
}

/// Moves the read mark on, and tells the members; it never goes back.
fn read_room(tx: &mut Tx<'_>, uid: &Uid, roomid: &RoomId, roomseq: Option<i64>) -> Result<()> {
    // The lock comes before the look, so that two marks at once leave the later one.
    let newest = room::lock(tx, roomid)?.ok_or(Error::NotFound("room"))?.seq;
    let member = member::require(tx, roomid, uid)?;
    let roomseq = roomseq.unwrap_or(newest);
    if !(0..=newest).contains(&roomseq) {
        return Err(Error::param("roomseq", "is not the number of a message in the room"));
    }
    if roomseq <= member.read_seq {
        return Ok(());
    }
    let own = dialog::count_written(tx, roomid, uid, member.read_seq, roomseq)?;
    member::set_read(tx, roomid, uid, roomseq, own)?;
    let members = member::list(tx, roomid)?.into_iter().map(|member| member.person.uid);
    tx.push(Push::Read(
        members.collect(),
        ReadMark::Room { roomid: roomid.clone(), uid: uid.clone(), roomseq },
    ));
    Ok(())
}

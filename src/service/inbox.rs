//! Message lists: the lines of somebody's rooms and notices, and read marks.

use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{MessageId, RoomId, Tag, Uid};
use crate::protocol::commands::ReadTarget;
use crate::protocol::objects::InboxItem;
use crate::protocol::pushes::{Push, ReadMark};
use crate::service::notices;
use crate::service::rooms::members;
use crate::store::{dialog, inbox, member, notice_inbox, room};
use std::cmp::Reverse;

/// The lines of somebody's message list, the one that changed last first.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<Tag>,
    before: Option<&Cursor<MessageId>>,
    limit: i64,
) -> Result<Vec<InboxItem>> {
    let mut items = inbox::list_rooms(connection, uid, tag, before, limit)?;
    items.extend(notice_inbox::list(connection, uid, tag, before, limit)?);
    let order = |item: &InboxItem| (item.content.updatetime, item.recipient.messageid.clone());
    items.sort_by_cached_key(|item| Reverse(order(item)));
    items.truncate(limit as usize);
    Ok(items)
}

/// Marks a room as read, up to a message or altogether, or a line of notices.
pub fn read(tx: &mut Tx<'_>, uid: &Uid, target: &ReadTarget) -> Result<()> {
    match target {
        ReadTarget::Room(roomid, roomseq) => read_room(tx, uid, roomid, Some(*roomseq)),
        ReadTarget::Item(messageid) => match member::find_room_by_line(tx, uid, messageid)? {
            Some(roomid) => read_room(tx, uid, &roomid, None),
            None => notices::mark_read(tx, uid, messageid),
        },
    }
}

/// Moves the read mark forward, never back, and tells the members.
fn read_room(tx: &mut Tx<'_>, uid: &Uid, roomid: &RoomId, roomseq: Option<i64>) -> Result<()> {
    // The lock comes before the look, so that of two marks at once the later one stays.
    let newest = room::lock(tx, roomid)?.ok_or(Error::NotFound("room"))?.seq;
    let member = members::require(tx, roomid, uid)?;
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
    let mark = ReadMark::Room { roomid: roomid.clone(), uid: uid.clone(), roomseq };
    tx.push(Push::Read(members.collect(), mark));
    Ok(())
}

//! The lines of rooms in somebody's message list.
//!
//! A room's line is not kept: it is the room's newest message as the member sees it. Lines of notices
//! are in `notice_inbox`.

use super::dialog;
use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::schema::{account, room as rooms, room_member, social_dialog};
use crate::error::Result;
use crate::model::{MessageId, RoomId, RoomKind, Tag, Time, Uid};
use crate::protocol::objects::{InboxItem, ItemContent, RecipientView};
use diesel::dsl::Desc;
use diesel::prelude::*;
use std::collections::HashMap;

type Row = (MessageId, (RoomKind, Option<String>, i64, Time), (i64, i64, i64), dialog::Row);

/// The lines of the rooms that somebody is in, the one that changed last first.
pub fn list_rooms(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<Tag>,
    before: Option<&Cursor<MessageId>>,
    limit: i64,
) -> Result<Vec<InboxItem>> {
    let page = list_changed(connection, uid, tag, before, limit)?;
    let newest = social_dialog::roomid.eq(rooms::roomid).and(social_dialog::roomseq.eq(rooms::seq));
    let lines = room_member::table
        .inner_join(rooms::table)
        .inner_join(social_dialog::table.on(newest))
        .inner_join(account::table.on(account::uid.eq(social_dialog::fromuid)))
        .filter(room_member::messageid.eq_any(page))
        .select((
            room_member::messageid,
            (rooms::kind, rooms::name, rooms::seq, rooms::updatetime),
            (room_member::read_seq, room_member::written, room_member::written_read),
            dialog::COLUMNS,
        ));
    let rows = lines.order(newest_first()).load::<Row>(connection)?;
    let unnamed = rows.iter().filter(|(_, (_, name, ..), ..)| name.is_none());
    let names = names_of_others(connection, unnamed.map(|row| &row.3.0.1).collect(), uid)?;
    Ok(rows.into_iter().map(|row| item(uid, &names, row)).collect())
}

/// The lines of a page, by their ids: by their rooms PostgreSQL would rather read all rooms of somebody, of whom it believes
/// that they are in a few. What changed before the hour of the last line is not looked at, unless the page is not
/// full with what did since, as where lines of one tag are few.
fn list_changed(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<Tag>,
    before: Option<&Cursor<MessageId>>,
    limit: i64,
) -> Result<Vec<MessageId>> {
    if let Some(hour) = find_hour(connection, uid, before, limit)? {
        let page = list_since(connection, uid, tag, before, hour, limit)?;
        if page.len() as i64 == limit {
            return Ok(page);
        }
    }
    list_since(connection, uid, tag, before, 0, limit)
}

/// The hour in which the last of twice as many lines as are asked for changed; `None` where there are fewer.
fn find_hour(
    connection: &mut AnyConnection,
    uid: &Uid,
    before: Option<&Cursor<MessageId>>,
    limit: i64,
) -> Result<Option<i64>> {
    let hour = before.map_or(i64::MAX, |Cursor(updatetime, _)| hour_of(*updatetime));
    let lines = room_member::table
        .filter(room_member::uid.eq(uid).and(room_member::left_seq.is_null()))
        .filter(room_member::active.le(hour))
        .order(room_member::active.desc())
        .offset(2 * limit)
        .limit(1);
    Ok(lines.select(room_member::active).first(connection).optional()?)
}

/// The lines of a page among those that changed since `hour`. No more is read of them than when they did.
fn list_since(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<Tag>,
    before: Option<&Cursor<MessageId>>,
    hour: i64,
    limit: i64,
) -> Result<Vec<MessageId>> {
    let mut lines = room_member::table
        .inner_join(rooms::table)
        .filter(room_member::uid.eq(uid).and(room_member::left_seq.is_null()))
        .filter(room_member::active.ge(hour).and(rooms::seq.gt(room_member::joined_seq)))
        .select(room_member::messageid)
        .into_boxed();
    if let Some(tag) = tag {
        lines = lines.filter(rooms::kind.eq(tag.as_str()));
    }
    if let Some(Cursor(updatetime, messageid)) = before {
        lines = lines.filter(room_member::active.le(hour_of(*updatetime)));
        let same_time = rooms::updatetime.eq(*updatetime).and(room_member::messageid.lt(messageid.clone()));
        lines = lines.filter(rooms::updatetime.lt(*updatetime).or(same_time));
    }
    Ok(lines.order(newest_first()).limit(limit).load(connection)?)
}

/// The hour, since 1970, as `room_member.active` has it.
fn hour_of(time: Time) -> i64 {
    time.millis().div_euclid(3_600_000)
}

fn newest_first() -> (Desc<rooms::updatetime>, Desc<room_member::messageid>) {
    (rooms::updatetime.desc(), room_member::messageid.desc())
}

fn item(uid: &Uid, names: &HashMap<RoomId, String>, row: Row) -> InboxItem {
    let (messageid, (kind, name, seq, updatetime), (read_seq, written, written_read), row) = row;
    let dialog = dialog::from_row(row);
    let title = name.or_else(|| names.get(&dialog.roomid).cloned()).unwrap_or_default();
    let unread = (seq - read_seq) - (written - written_read);
    let recipient = RecipientView { messageid, uid: uid.clone(), title, unread };
    InboxItem { recipient, content: ItemContent { updatetime, ..dialog.item_content(kind) } }
}

/// The name of the other one in each of these rooms of two.
fn names_of_others(
    connection: &mut AnyConnection,
    rooms: Vec<&RoomId>,
    uid: &Uid,
) -> Result<HashMap<RoomId, String>> {
    let others = room_member::table.filter(room_member::roomid.eq_any(rooms).and(room_member::uid.ne(uid)));
    let names = others.inner_join(account::table).select((room_member::roomid, account::name));
    Ok(names.load::<(RoomId, String)>(connection)?.into_iter().collect())
}

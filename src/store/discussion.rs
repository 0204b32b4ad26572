//! Discussion groups in somebody's list.

use crate::db::connection::AnyConnection;
use crate::db::schema::{room as rooms, room_member};
use crate::error::Result;
use crate::model::{RoomId, RoomKind, Uid};
use diesel::prelude::*;
use std::collections::HashMap;

/// A group, as a member's list shows it.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its room.
    pub roomid: RoomId,
    /// Its name.
    pub name: String,
    /// Who may remove others; `None` once all have left.
    pub owner: Option<Uid>,
    /// How many are in it.
    pub members: i64,
}

/// The groups that somebody is in, newest first, those before the cursor `before`.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    before: Option<&RoomId>,
    limit: i64,
) -> Result<Vec<Group>> {
    let mut mine = room_member::table
        .inner_join(rooms::table)
        .filter(room_member::uid.eq(uid.clone()).and(room_member::left_seq.is_null()))
        .filter(rooms::kind.eq(RoomKind::Discussion))
        .select((rooms::roomid, rooms::name, rooms::owner))
        .into_boxed();
    if let Some(before) = before {
        mine = mine.filter(rooms::roomid.lt(before.clone()));
    }
    let rows: Vec<(RoomId, Option<String>, Option<Uid>)> =
        mine.order(rooms::roomid.desc()).limit(limit).load(connection)?;
    let mut counts = count_members(connection, rows.iter().map(|(roomid, ..)| roomid))?;
    let group = |(roomid, name, owner): (RoomId, Option<String>, Option<Uid>)| {
        let members = counts.remove(&roomid).unwrap_or_default();
        Group { roomid, name: name.unwrap_or_default(), owner, members }
    };
    Ok(rows.into_iter().map(group).collect())
}

fn count_members<'a>(
    connection: &mut AnyConnection,
    rooms: impl Iterator<Item = &'a RoomId>,
) -> Result<HashMap<RoomId, i64>> {
    let counted = room_member::table
        .filter(room_member::roomid.eq_any(rooms).and(room_member::left_seq.is_null()))
        .group_by(room_member::roomid)
        .select((room_member::roomid, diesel::dsl::count_star()));
    Ok(counted.load::<(RoomId, i64)>(connection)?.into_iter().collect())
}

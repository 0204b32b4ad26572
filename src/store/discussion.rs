//! Discussion groups: making one, who owns it, and listing. Their members are in `room`.

use super::member::{self, Member};
use super::room::{self, NewRoom, Room};
use crate::db::connection::AnyConnection;
use crate::db::schema::{room as rooms, room_member};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Name, Role, RoomId, RoomKind, Uid};
use diesel::prelude::*;
use std::collections::HashMap;

/// How many members a group has at the most.
pub const LARGEST: usize = 500;

/// A group, as a member's list shows it.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its room.
    pub roomid: RoomId,
    /// What it is called.
    pub name: String,
    /// Who may remove others; nobody once all have left.
    pub owner: Option<Uid>,
    /// How many are in it.
    pub members: i64,
}

/// Makes a group without members, and locks it.
pub fn insert(tx: &mut Tx<'_>, name: &Name, owner: &Uid) -> Result<Room> {
    let new = NewRoom {
        kind: RoomKind::Discussion,
        pair: None,
        name: Some(name.as_str()),
        owner: Some(owner),
        open: true,
    };
    room::insert(tx, &new, &[])
}

/// A group that somebody is in; to others it does not exist.
pub fn find(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Room> {
    let room = room::find(connection, roomid)?.ok_or(Error::NotFound("room"))?;
    require(connection, &room, uid)?;
    Ok(room)
}

/// Locks a group that somebody is in; to others it does not exist.
pub fn lock(tx: &mut Tx<'_>, roomid: &RoomId, uid: &Uid) -> Result<Room> {
    let room = room::lock(tx, roomid)?.ok_or(Error::NotFound("room"))?;
    require(tx, &room, uid)?;
    Ok(room)
}

/// Locks a group that somebody is in, with the number of its next message taken.
pub fn advance(tx: &mut Tx<'_>, roomid: &RoomId, uid: &Uid) -> Result<Room> {
    let room = room::advance(tx, roomid)?.ok_or(Error::NotFound("room"))?;
    require(tx, &room, uid)?;
    Ok(room)
}

fn require(connection: &mut AnyConnection, room: &Room, uid: &Uid) -> Result<()> {
    member::require(connection, &room.roomid, uid)?;
    match room.kind {
        RoomKind::Discussion => Ok(()),
        RoomKind::AloneChat | RoomKind::Teammate | RoomKind::DoctorFriend => {
            Err(Error::param("roomid", "is not a discussion group"))
        }
    }
}

/// Gives a locked group another owner when its owner leaves: of those who stay the doctor who has
/// been in it longest, or the resident where there is no doctor.
pub fn hand_over(tx: &mut Tx<'_>, room: &Room, staying: &[&Member]) -> Result<()> {
    let rank =
        |member: &&&Member| (member.person.role != Role::Doctor, member.joined_seq, member.messageid.clone());
    let heir = staying.iter().min_by_key(rank).map(|member| &member.person.uid);
    diesel::update(rooms::table.find(&room.roomid)).set(rooms::owner.eq(heir)).execute(&mut **tx)?;
    Ok(())
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

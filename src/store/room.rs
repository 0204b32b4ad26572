//! Rooms; who is in them is in `member`.
//!
//! A room's row is the lock of all that concerns it: whoever writes in it, or changes who is in it
//! or whether it is open, updates that row first.

use super::member::{self, Member};
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared;
use crate::db::schema::room;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{RoomId, RoomKind, Uid};
use crate::protocol::shape::Place;
use diesel::prelude::*;

/// A room.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = room)]
pub struct Room {
    /// The room.
    pub roomid: RoomId,
    /// Who meets in it.
    pub kind: RoomKind,
    /// What it is called, where it has a name of its own.
    pub name: Option<String>,
    /// Who may remove others from it, where somebody may.
    pub owner: Option<Uid>,
    /// Whether one may write in it.
    pub open: bool,
    /// The number of its newest message.
    pub seq: i64,
}

/// The columns of a `Room`, for what an update returns.
const ROOM: (room::roomid, room::kind, room::name, room::owner, room::open, room::seq) =
    (room::roomid, room::kind, room::name, room::owner, room::open, room::seq);

/// A room to be made.
#[derive(Debug)]
pub(super) struct NewRoom<'a> {
    /// Who will meet in it.
    pub kind: RoomKind,
    /// What names the one room of two people, or of a team.
    pub pair: Option<&'a str>,
    /// What it is called, where it has a name of its own.
    pub name: Option<&'a str>,
    /// Who may remove others from it.
    pub owner: Option<&'a Uid>,
    /// Whether one may write in it.
    pub open: bool,
}

impl Room {
    /// Each member's own part of the room's line; `members` are all of them.
    pub fn places<'m>(&self, members: &'m [Member], to: impl Fn(&Member) -> bool) -> Vec<Place> {
        let place = |member: &'m Member| Place {
            messageid: member.messageid.clone(),
            uid: member.person.uid.clone(),
            title: self.title_for(member, members),
            unread: member.unread(self.seq),
        };
        members.iter().filter(|member| to(member)).map(place).collect()
    }

    /// What the room is called in somebody's list: its own name, or the other one's.
    fn title_for(&self, member: &Member, members: &[Member]) -> String {
        let other = members.iter().find(|other| other.person.uid != member.person.uid);
        match (&self.name, other) {
            (Some(name), _) => name.clone(),
            (None, Some(other)) => other.person.name.clone(),
            (None, None) => String::new(),
        }
    }
}

/// The room that was asked for, with the next message's number taken; `None` where it is closed
/// or there is none. From here on it is locked.
pub(super) fn advance_pair(tx: &mut Tx<'_>, pair: &str) -> Result<Option<Room>> {
    let now = tx.now;
    let update = diesel::update(room::table.filter(room::pair.eq(pair).and(room::open.eq(true))))
        .set((room::seq.eq(room::seq + 1), room::updatetime.eq(now)))
        .returning(ROOM);
    Ok(prepared(update).get_result(&mut **tx).optional()?)
}

/// Takes the next message's number in a room, open or closed, and locks it.
pub fn advance(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<Option<Room>> {
    let now = tx.now;
    let update = diesel::update(room::table.find(roomid))
        .set((room::seq.eq(room::seq + 1), room::updatetime.eq(now)))
        .returning(ROOM);
    Ok(prepared(update).get_result(&mut **tx).optional()?)
}

/// The room, if there is one.
pub fn find(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Option<Room>> {
    Ok(room::table.find(roomid).select(Room::as_select()).first(connection).optional()?)
}

/// Locks a room, which something in it has changed: it moves up in the lists of its members.
pub fn touch(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<Option<Room>> {
    let now = tx.now;
    Ok(diesel::update(room::table.find(roomid))
        .set(room::updatetime.eq(now))
        .returning(ROOM)
        .get_result(&mut **tx)
        .optional()?)
}

/// Locks a room and returns it as it is.
pub fn lock(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<Option<Room>> {
    let update = diesel::update(room::table.find(roomid)).set(room::seq.eq(room::seq)).returning(ROOM);
    Ok(prepared(update).get_result(&mut **tx).optional()?)
}

/// Locks the room of two people, or of a team, and returns it as it is.
pub(super) fn lock_pair(tx: &mut Tx<'_>, pair: &str) -> Result<Option<Room>> {
    Ok(diesel::update(room::table.filter(room::pair.eq(pair)))
        .set(room::seq.eq(room::seq))
        .returning(ROOM)
        .get_result(&mut **tx)
        .optional()?)
}

/// Makes a room with its first members.
pub(super) fn insert(tx: &mut Tx<'_>, new: &NewRoom<'_>, members: &[&Uid]) -> Result<Room> {
    let now = tx.now;
    let room = diesel::insert_into(room::table)
        .values((
            room::roomid.eq(RoomId::new()),
            room::kind.eq(new.kind),
            room::pair.eq(new.pair),
            room::name.eq(new.name),
            room::owner.eq(new.owner),
            room::open.eq(new.open),
            room::updatetime.eq(now),
            room::createtime.eq(now),
        ))
        .returning(ROOM)
        .get_result(&mut **tx)?;
    member::insert(tx, &room, members)?;
    Ok(room)
}

/// Opens a locked room for writing, or closes it.
pub fn set_open(tx: &mut Tx<'_>, roomid: &RoomId, open: bool) -> Result<()> {
    diesel::update(room::table.find(roomid)).set(room::open.eq(open)).execute(&mut **tx)?;
    Ok(())
}

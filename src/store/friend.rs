//! Friends among doctors. Two doctors are friends while their room is open; before that one of
//! them has asked, and after it the closed room keeps its record.

use super::room::{self, NewRoom, Room};
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, friend_request, room as rooms, room_member};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{RoomId, RoomKind, Uid};
use diesel::prelude::*;

/// How another doctor stands to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// They are friends.
    Friends,
    /// The other has asked, and waits.
    Received,
    /// One has asked oneself, and waits.
    Sent,
}

/// Another doctor in a list.
#[derive(Debug, Clone)]
pub struct Friend {
    /// The room of the two.
    pub roomid: RoomId,
    /// The other.
    pub uid: Uid,
    /// What the other is called.
    pub name: String,
    /// The other's title.
    pub title: Option<String>,
}

fn pair(one: &Uid, other: &Uid) -> String {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    format!("doctorfriend:{first}:{second}")
}

/// Locks the room of two doctors, if they ever had one.
pub fn lock(tx: &mut Tx<'_>, one: &Uid, other: &Uid) -> Result<Option<Room>> {
    room::lock_pair(tx, &pair(one, other))
}

/// Locks the room of two doctors; made, closed, where there is none.
pub fn ensure(tx: &mut Tx<'_>, one: &Uid, other: &Uid) -> Result<Room> {
    let pair = pair(one, other);
    if let Some(room) = room::lock_pair(tx, &pair)? {
        return Ok(room);
    }
    let new =
        NewRoom { kind: RoomKind::DoctorFriend, pair: Some(&pair), name: None, owner: None, open: false };
    room::insert(tx, &new, &[one, other])
}

/// The room of two doctors who are friends, its next number taken; `None` where they are not.
pub fn advance(tx: &mut Tx<'_>, one: &Uid, other: &Uid) -> Result<Option<Room>> {
    room::advance_pair(tx, &pair(one, other))
}

/// Who of the two in a locked room has asked and waits.
pub fn find_asking(tx: &mut Tx<'_>, room: &Room) -> Result<Option<Uid>> {
    let asking = friend_request::table.find(&room.roomid).select(friend_request::fromuid);
    Ok(asking.first(&mut **tx).optional()?)
}

/// Records that one asks the other; nobody has asked yet.
pub fn ask(tx: &mut Tx<'_>, room: &Room, from: &Uid, to: &Uid) -> Result<()> {
    let now = tx.now;
    diesel::insert_into(friend_request::table)
        .values((
            friend_request::roomid.eq(&room.roomid),
            friend_request::fromuid.eq(from),
            friend_request::touid.eq(to),
            friend_request::createtime.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Makes the two of a locked room friends, or no longer; nobody asks any more.
pub fn set_friends(tx: &mut Tx<'_>, room: &Room, friends: bool) -> Result<()> {
    diesel::delete(friend_request::table.find(&room.roomid)).execute(&mut **tx)?;
    diesel::update(rooms::table.find(&room.roomid)).set(rooms::open.eq(friends)).execute(&mut **tx)?;
    Ok(())
}

/// The doctors who stand so to one, newest room first, those before the cursor `before`.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    stand: Stand,
    before: Option<&RoomId>,
    limit: i64,
) -> Result<Vec<Friend>> {
    let mine = diesel::alias!(room_member as mine);
    let own = mine.filter(mine.field(room_member::uid).eq(uid)).select(mine.field(room_member::roomid));
    let mut others = room_member::table
        .inner_join(rooms::table.left_join(friend_request::table))
        .inner_join(account::table)
        .filter(rooms::kind.eq(RoomKind::DoctorFriend).and(rooms::roomid.eq_any(own)))
        .filter(room_member::uid.ne(uid).and(account::disabled.eq(false)))
        .select((rooms::roomid, account::uid, account::name, account::title))
        .into_boxed();
    others = match stand {
        Stand::Friends => others.filter(rooms::open.eq(true)),
        Stand::Received => others.filter(friend_request::touid.eq(uid)),
        Stand::Sent => others.filter(friend_request::fromuid.eq(uid)),
    };
    if let Some(before) = before {
        others = others.filter(rooms::roomid.lt(before));
    }
    let rows = others.order(rooms::roomid.desc()).limit(limit).load(connection)?;
    let friend = |(roomid, uid, name, title)| Friend { roomid, uid, name, title };
    Ok(rows.into_iter().map(friend).collect())
}

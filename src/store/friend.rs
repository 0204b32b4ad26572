//! Friends among doctors, and requests to be friends. Two doctors are friends while their room is
//! open; before that one of them has asked, and afterwards the closed room keeps its messages.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, friend_request, room as rooms, room_member};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{RoomId, RoomKind, Uid};
use diesel::prelude::*;

/// What another doctor is to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
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

/// The `pair` of the one room of two doctors.
pub fn pair(one: &Uid, other: &Uid) -> String {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    format!("doctorfriend:{first}:{second}")
}

/// Who of the two doctors of a room has asked and waits.
pub fn find_asking(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Option<Uid>> {
    let asking = friend_request::table.find(roomid).select(friend_request::fromuid);
    Ok(asking.first(connection).optional()?)
}

/// Records that one asks the other; nobody has asked yet.
pub fn insert_request(tx: &mut Tx<'_>, roomid: &RoomId, from: &Uid, to: &Uid) -> Result<()> {
    let now = tx.now;
    diesel::insert_into(friend_request::table)
        .values((
            friend_request::roomid.eq(roomid),
            friend_request::fromuid.eq(from),
            friend_request::touid.eq(to),
            friend_request::createtime.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Deletes the request that waits in a room, if there is one.
pub fn delete_request(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<()> {
    diesel::delete(friend_request::table.find(roomid)).execute(&mut **tx)?;
    Ok(())
}

/// The doctors in this relation to one, newest room first, those before the cursor `before`.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    relation: Relation,
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
    others = match relation {
        Relation::Friends => others.filter(rooms::open.eq(true)),
        Relation::Received => others.filter(friend_request::touid.eq(uid)),
        Relation::Sent => others.filter(friend_request::fromuid.eq(uid)),
    };
    if let Some(before) = before {
        others = others.filter(rooms::roomid.lt(before));
    }
    let rows = others.order(rooms::roomid.desc()).limit(limit).load(connection)?;
    let friend = |(roomid, uid, name, title)| Friend { roomid, uid, name, title };
    Ok(rows.into_iter().map(friend).collect())
}

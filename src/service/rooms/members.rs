//! Who is in a room: refusing those who are not, and leaving.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Role, RoomId, Uid};
use crate::protocol::pushes::{Membership, Push};
use crate::store::member::{self, Member};
use crate::store::room::{self, Room};

/// A room does not exist for those who are not in it.
const NO_ROOM: Error = Error::NotFound("room");

/// Somebody's place in a room that they are in; `FA_NOTFOUND` where they are not.
pub fn require(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Member> {
    let member = member::find(connection, roomid, uid)?;
    member.filter(|member| member.left_seq.is_none()).ok_or(NO_ROOM)
}

/// Somebody's place in a room that they are in or have left; `FA_NOTFOUND` where they never were.
pub fn require_ever(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Member> {
    member::find(connection, roomid, uid)?.ok_or(NO_ROOM)
}

/// Takes somebody out of a locked room; they and those who stay are told. An owner who leaves is
/// succeeded by another.
pub fn leave(tx: &mut Tx<'_>, room: &Room, uid: &Uid, by: &Uid) -> Result<()> {
    let members = member::list(tx, &room.roomid)?;
    let (leaving, staying): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.person.uid == *uid);
    if leaving.is_empty() {
        return Err(Error::NotFound("member"));
    }
    member::set_left(tx, room, uid)?;
    if room.owner.as_ref() == Some(uid) {
        room::set_owner(tx, &room.roomid, find_successor(&staying))?;
    }
    let everybody = members.iter().map(|member| member.person.uid.clone()).collect();
    let left = leaving.into_iter().map(|member| member.person.clone()).collect();
    let change = Membership { roomid: room.roomid.clone(), members: left, by: by.clone() };
    tx.push(Push::TeamMemberLeave(everybody, change));
    Ok(())
}

/// Who owns a group next: the doctor who has been in it longest, or the resident where there is no
/// doctor.
fn find_successor<'m>(staying: &[&'m Member]) -> Option<&'m Uid> {
    let rank =
        |member: &&&Member| (member.person.role != Role::Doctor, member.joined_seq, member.messageid.clone());
    staying.iter().min_by_key(rank).map(|member| &member.person.uid)
}

//! Discussion groups: making one, who may write in it, joining and leaving.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Name, RoomId, RoomKind, Uid};
use crate::protocol::pushes::{Membership, Push};
use crate::service::contacts;
use crate::service::rooms::members;
use crate::store::member;
use crate::store::room::{self, NewRoom, Room};
use std::collections::BTreeSet;

/// How many members a group may have.
pub const MOST_MEMBERS: usize = 500;

/// A group does not exist for those who are not in it.
const NO_ROOM: Error = Error::NotFound("room");

/// Makes a group of the caller and contacts of theirs; all of them are told.
pub fn create(tx: &mut Tx<'_>, caller: &Uid, name: &Name, people: &BTreeSet<Uid>) -> Result<RoomId> {
    let room = insert(tx, caller, name)?;
    let mut people = people.clone();
    people.remove(caller);
    contacts::require_known(tx, caller, &people)?;
    people.insert(caller.clone());
    admit(tx, &room, &people, caller)?;
    Ok(room.roomid)
}

fn insert(tx: &mut Tx<'_>, owner: &Uid, name: &Name) -> Result<Room> {
    let (kind, name, owner) = (RoomKind::Discussion, Some(name.as_str()), Some(owner));
    room::insert(tx, &NewRoom { kind, pair: None, name, owner, open: true })
}

/// Adds people to a locked group who are not in it; everybody in it is told.
fn admit(tx: &mut Tx<'_>, room: &Room, newcomers: &BTreeSet<Uid>, by: &Uid) -> Result<()> {
    member::enter(tx, room, &newcomers.iter().collect::<Vec<_>>())?;
    let members = member::list(tx, &room.roomid)?;
    if members.len() > MOST_MEMBERS {
        return Err(Error::State("a discussion group has at most 500 members"));
    }
    let everybody = members.iter().map(|member| member.person.uid.clone()).collect();
    let entered = members.into_iter().map(|member| member.person);
    let entered = entered.filter(|person| newcomers.contains(&person.uid)).collect();
    let change = Membership { roomid: room.roomid.clone(), members: entered, by: by.clone() };
    tx.push(Push::TeamMemberEnter(everybody, change));
    Ok(())
}

/// Adds contacts of the caller to a group that the caller is in; whoever is in it stays so.
pub fn add_members(tx: &mut Tx<'_>, caller: &Uid, roomid: &RoomId, people: &BTreeSet<Uid>) -> Result<()> {
    let room = room::lock(tx, roomid)?.ok_or(NO_ROOM)?;
    require(tx, &room, caller)?;
    let mut newcomers = people.clone();
    for member in member::list(tx, &room.roomid)? {
        newcomers.remove(&member.person.uid);
    }
    contacts::require_known(tx, caller, &newcomers)?;
    match newcomers.is_empty() {
        true => Ok(()),
        false => admit(tx, &room, &newcomers, caller),
    }
}

/// Takes the caller out of a group, or as its owner another.
pub fn remove_member(tx: &mut Tx<'_>, caller: &Uid, roomid: &RoomId, uid: &Uid) -> Result<()> {
    let room = room::lock(tx, roomid)?.ok_or(NO_ROOM)?;
    require(tx, &room, caller)?;
    if uid != caller && room.owner.as_ref() != Some(caller) {
        return Err(Error::Permission("only the owner of the group may remove others"));
    }
    members::leave(tx, &room, uid, caller)
}

/// The group that somebody is in; `FA_NOTFOUND` for others.
pub fn find(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Room> {
    let room = room::find(connection, roomid)?.ok_or(NO_ROOM)?;
    require(connection, &room, uid)?;
    Ok(room)
}

fn require(connection: &mut AnyConnection, room: &Room, uid: &Uid) -> Result<()> {
    members::require(connection, &room.roomid, uid)?;
    require_group(room)
}

/// `FA_PARAM` where a room is no group.
pub fn require_group(room: &Room) -> Result<()> {
    match room.kind {
        RoomKind::Discussion => Ok(()),
        RoomKind::AloneChat | RoomKind::Teammate | RoomKind::DoctorFriend => {
            Err(Error::param("roomid", "is not a discussion group"))
        }
    }
}

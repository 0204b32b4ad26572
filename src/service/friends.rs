//! Friends among doctors: asking, accepting, parting. Two doctors are friends while their room is
//! open.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Caller, Role, RoomKind, Uid};
use crate::protocol::pushes::{FriendAccept, FriendApply, Push};
use crate::service::rooms::bond;
use crate::store::friend::{self, pair};
use crate::store::room::{self, NewRoom, Room};
use crate::store::{account, member};

const FRIENDS: Error = Error::State("you are friends already");

/// Asks a doctor to be friends; where that doctor has asked already, the two are friends now.
pub fn ask(tx: &mut Tx<'_>, caller: &Caller, friend: &Uid) -> Result<()> {
    require_other_doctor(tx, friend, &caller.uid)?;
    let room = ensure_room(tx, &caller.uid, friend)?;
    match friend::find_asking(tx, &room.roomid)? {
        _ if room.open => Err(FRIENDS),
        Some(asking) if asking == caller.uid => Ok(()),
        Some(asking) => befriend(tx, &room, asking, caller),
        None => {
            friend::insert_request(tx, &room.roomid, &caller.uid, friend)?;
            let request = FriendApply::new(caller.uid.clone(), &caller.name, tx.now);
            tx.push(Push::FriendApply(vec![friend.clone()], request));
            Ok(())
        }
    }
}

fn require_other_doctor(tx: &mut Tx<'_>, friend: &Uid, caller: &Uid) -> Result<()> {
    match account::find_active(tx, friend, "doctor")?.role {
        Role::Doctor if friend == caller => Err(Error::param("friendid", "must be another doctor")),
        Role::Doctor => Ok(()),
        Role::User | Role::Admin => Err(Error::NotFound("doctor")),
    }
}

/// Makes friends of two doctors; the one who asked is told.
fn befriend(tx: &mut Tx<'_>, room: &Room, asking: Uid, accepting: &Caller) -> Result<()> {
    friend::delete_request(tx, &room.roomid)?;
    bond::open(tx, std::slice::from_ref(&room.roomid))?;
    let (uid, name) = (accepting.uid.clone(), accepting.name.clone());
    tx.push(Push::FriendAccept(vec![asking], FriendAccept { uid, name, roomid: room.roomid.clone() }));
    Ok(())
}

/// Accepts the doctor who has asked.
pub fn accept(tx: &mut Tx<'_>, caller: &Caller, asking: &Uid) -> Result<()> {
    const NONE: Error = Error::NotFound("request");
    let room = room::lock_pair(tx, &pair(&caller.uid, asking))?.ok_or(NONE)?;
    match friend::find_asking(tx, &room.roomid)? {
        _ if room.open => Err(FRIENDS),
        Some(uid) if uid == *asking => befriend(tx, &room, uid, caller),
        Some(_) | None => Err(NONE),
    }
}

/// Ends a friendship, or takes back or refuses a request. Nobody is told; the messages stay.
pub fn remove(tx: &mut Tx<'_>, caller: &Uid, friend: &Uid) -> Result<()> {
    const NONE: Error = Error::NotFound("friend");
    let room = room::lock_pair(tx, &pair(caller, friend))?.ok_or(NONE)?;
    if !room.open && friend::find_asking(tx, &room.roomid)?.is_none() {
        return Err(NONE);
    }
    friend::delete_request(tx, &room.roomid)?;
    bond::close(tx, &[room.roomid])
}

/// Makes friends of two doctors without asking; nobody is told.
pub fn introduce(tx: &mut Tx<'_>, one: &Uid, other: &Uid) -> Result<()> {
    let room = ensure_room(tx, one, other)?;
    bond::open(tx, &[room.roomid])
}

/// The room of two doctors, locked; made, closed, where there is none.
fn ensure_room(tx: &mut Tx<'_>, one: &Uid, other: &Uid) -> Result<Room> {
    let pair = pair(one, other);
    if let Some(room) = room::lock_pair(tx, &pair)? {
        return Ok(room);
    }
    let new =
        NewRoom { kind: RoomKind::DoctorFriend, pair: Some(&pair), name: None, owner: None, open: false };
    let room = room::insert(tx, &new)?;
    member::insert(tx, &room, &[one, other])?;
    Ok(room)
}

/// Locks the room of two doctors who are friends and takes its next message's number; `None` where
/// they are not.
pub fn reserve_next_seq(tx: &mut Tx<'_>, one: &Uid, other: &Uid) -> Result<Option<Room>> {
    room::reserve_next_seq_of_open(tx, &pair(one, other))
}

//! Contacts: whom somebody knows, and taking a past contact off the list.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{RoomId, RoomKind, Uid};
use crate::service::rooms::members;
use crate::store::room::{self, Room};
use crate::store::{alonechat, contact, contract, member, team};
use std::collections::BTreeSet;

/// Which contact is meant.
#[derive(Debug, Clone)]
pub enum ContactRef {
    /// The one whom this room is shared with.
    Room(RoomId),
    /// This doctor.
    Doctor(Uid),
}

/// Refuses people whom the caller does not know, whether they exist or not.
pub fn require_known(tx: &mut Tx<'_>, caller: &Uid, people: &BTreeSet<Uid>) -> Result<()> {
    let named: Vec<Uid> = people.iter().cloned().collect();
    match contact::list_known(tx, caller, &named)?.len() == named.len() {
        true => Ok(()),
        false => Err(Error::Permission("members: one may add only one's own contacts")),
    }
}

/// Takes a past contact off a resident's list: the resident leaves the room of the two, or a group.
pub fn remove(tx: &mut Tx<'_>, resident: &Uid, contact: &ContactRef) -> Result<()> {
    let room = lock_room(tx, resident, contact)?;
    members::require(tx, &room.roomid, resident)?;
    match room.kind {
        RoomKind::AloneChat => require_past(tx, &room, resident)?,
        RoomKind::Teammate | RoomKind::DoctorFriend | RoomKind::Discussion => {}
    }
    members::leave(tx, &room, resident, resident)
}

fn lock_room(tx: &mut Tx<'_>, resident: &Uid, contact: &ContactRef) -> Result<Room> {
    const NONE: Error = Error::NotFound("contact");
    let room = match contact {
        ContactRef::Room(roomid) => room::lock(tx, roomid)?,
        ContactRef::Doctor(doctor) => room::lock_pair(tx, &alonechat::pair(resident, doctor))?,
    };
    room.ok_or(NONE)
}

/// `FA_STATE` for a room that a contract, or an application for one, is about.
fn require_past(tx: &mut Tx<'_>, room: &Room, resident: &Uid) -> Result<()> {
    const PRESENT: Error = Error::State("a contract, or an application for one, keeps you in this room");
    let Some(contract) = contract::find_open(tx, resident)? else { return Ok(()) };
    for member in member::list(tx, &room.roomid)? {
        if team::has_doctor(tx, &contract.stid, &member.person.uid)? {
            return Err(PRESENT);
        }
    }
    Ok(())
}

//! The rooms of two: a resident and a doctor, who may write while a contract in force binds them.
//!
//! Contracts and who is in a team change under the team's lock (`team::lock`); the functions here
//! rely on it.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Access, Role, RoomKind, Uid};
use crate::service::rooms::bond;
use crate::store::alonechat::{self, pair};
use crate::store::room::{self, NewRoom, Room};
use crate::store::{account, contract, member, team};
use std::collections::HashSet;

/// Opens the rooms of `uid`, a resident or a doctor, that a contract in force binds, and puts back
/// residents who had left them; closes the others. Call it when a contract has come into force or
/// has ended, and when a doctor has joined or left a team; the team is locked.
pub fn sync_members(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    let bound = alonechat::list_bound(tx, uid)?;
    let is_bound: HashSet<_> = bound.iter().collect();
    let mut unbound = alonechat::list_of(tx, uid)?;
    unbound.retain(|roomid| !is_bound.contains(roomid));
    bond::close(tx, &unbound)?;
    bond::open(tx, &bound)?;
    for (roomid, absent) in member::list_absent(tx, &bound)? {
        let room = room::lock(tx, &roomid)?.ok_or(Error::NotFound("room"))?;
        member::return_to(tx, &room, &[&absent])?;
    }
    Ok(())
}

/// Locks the room of a resident and a doctor and returns it, open or closed as the contract has it;
/// makes it where there is none. A resident who had left it is back in it.
pub fn ensure(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<Room> {
    let open = lock_bond(tx, resident, doctor)?;
    let pair = pair(resident, doctor);
    let Some(room) = room::lock_pair(tx, &pair)? else {
        let new = NewRoom { kind: RoomKind::AloneChat, pair: Some(&pair), name: None, owner: None, open };
        let room = room::insert(tx, &new)?;
        member::insert(tx, &room, &[resident, doctor])?;
        return Ok(room);
    };
    if room.open != open {
        bond::set_access(tx, &room.roomid, Access::open_if(open))?;
    }
    member::return_to(tx, &room, &[resident])?;
    Ok(Room { open, ..room })
}

/// Whether a contract in force binds the two; it stays so until the transaction has ended.
fn lock_bond(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<bool> {
    for stid in team::list_under_contract(tx, resident)? {
        team::lock(tx, &stid)?;
    }
    contract::binds(tx, resident, doctor)
}

/// Locks the open room of a resident and a doctor and takes its next message's number; `None` where
/// no contract in force binds the two. A colleague of the contract's doctor gets the room on first use.
pub fn reserve_next_seq(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<Option<Room>> {
    let pair = pair(resident, doctor);
    if let Some(room) = room::reserve_next_seq_of_open(tx, &pair)? {
        return Ok(Some(room));
    }
    match open(tx, resident, doctor)? {
        true => room::reserve_next_seq_of_open(tx, &pair),
        false => Ok(None),
    }
}

/// Opens the room of a resident and a doctor if a contract in force binds the two; false where none does.
pub fn open(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<bool> {
    let is_bound = contract::binds(tx, resident, doctor)?;
    if is_bound {
        ensure(tx, resident, doctor)?;
    }
    Ok(is_bound)
}

/// Why `from`, one of the two, is refused where no contract in force binds them. Doctors are known to
/// everybody; whether a resident exists is private, so that a doctor reads the same of a resident
/// without a contract as of one who does not exist.
pub fn refusal(connection: &mut AnyConnection, resident: &Uid, doctor: &Uid, from: &Uid) -> Result<Error> {
    let there = account::find(connection, doctor)?.is_some_and(|account| account.role == Role::Doctor);
    Ok(match from == resident && !there {
        true => Error::NotFound("doctor"),
        false => Error::Permission("there is no contract in force that lets you write to each other"),
    })
}

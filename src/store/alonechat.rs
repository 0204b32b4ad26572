//! The rooms of residents and doctors: one for each two, open for writing while a contract binds them.

use super::contract;
use super::member;
use super::room::{self, NewRoom, Room};
use crate::db::connection::AnyConnection;
use crate::db::schema::{room as rooms, room_member, social_signed, team_doctor};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{ContractStatus, RoomId, RoomKind, Stid, Uid};
use diesel::prelude::*;

/// What names the one room of a resident and a doctor.
fn pair(resident: &Uid, doctor: &Uid) -> String {
    format!("alonechat:{resident}:{doctor}")
}

/// The room in which a resident and a doctor may write, its next number taken; `None` where no
/// contract in force lets them. A colleague of the contract's doctor gets the room on first use.
pub fn advance(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<Option<Room>> {
    let pair = pair(resident, doctor);
    if let Some(room) = room::advance_pair(tx, &pair)? {
        return Ok(Some(room));
    }
    if !contract::binds(tx, resident, doctor)? {
        return Ok(None);
    }
    let roomid = ensure(tx, resident, doctor)?;
    diesel::update(rooms::table.find(&roomid)).set(rooms::open.eq(true)).execute(&mut **tx)?;
    room::advance_pair(tx, &pair)
}

/// The room of a resident and a doctor; made, closed for writing, where there is none. Who had
/// taken the other off the list is back in it.
pub fn ensure(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<RoomId> {
    let pair = pair(resident, doctor);
    match room::lock_pair(tx, &pair)? {
        Some(room) => {
            member::return_to(tx, &room, &[resident])?;
            Ok(room.roomid)
        }
        None => {
            let new = NewRoom {
                kind: RoomKind::AloneChat,
                pair: Some(&pair),
                name: None,
                owner: None,
                open: false,
            };
            Ok(room::insert(tx, &new, &[resident, doctor])?.roomid)
        }
    }
}

/// The room of a resident and a doctor, if there is one.
pub fn find(connection: &mut AnyConnection, resident: &Uid, doctor: &Uid) -> Result<Option<RoomId>> {
    let there = rooms::table.filter(rooms::pair.eq(pair(resident, doctor)));
    Ok(there.select(rooms::roomid).first(connection).optional()?)
}

/// Opens the rooms that a resident has with doctors of a team: a contract has come into force.
pub fn open_with_team(tx: &mut Tx<'_>, resident: &Uid, stid: &Stid) -> Result<()> {
    let doctors = team_doctor::table.filter(team_doctor::stid.eq(stid)).select(team_doctor::uid);
    let with_them = room_member::table.filter(room_member::uid.eq_any(doctors)).select(room_member::roomid);
    let theirs = rooms::kind.eq(RoomKind::AloneChat).and(rooms::roomid.eq_any(rooms_of(resident)));
    let rooms = rooms::table.filter(theirs.and(rooms::roomid.eq_any(with_them)));
    diesel::update(rooms).set(rooms::open.eq(true)).execute(&mut **tx)?;
    Ok(())
}

/// Opens, or closes, a doctor's rooms with the residents who are under contract in force with a
/// team: the doctor has joined it, or left it.
pub fn set_open_with_residents(tx: &mut Tx<'_>, doctor: &Uid, stid: &Stid, open: bool) -> Result<()> {
    let signed = social_signed::stid.eq(stid).and(social_signed::status.eq(ContractStatus::Signed));
    let residents = social_signed::table.filter(signed).select(social_signed::uid);
    let with_them = room_member::table.filter(room_member::uid.eq_any(residents)).select(room_member::roomid);
    let theirs = rooms::kind.eq(RoomKind::AloneChat).and(rooms::roomid.eq_any(rooms_of(doctor)));
    let rooms = rooms::table.filter(theirs.and(rooms::roomid.eq_any(with_them)));
    diesel::update(rooms).set(rooms::open.eq(open)).execute(&mut **tx)?;
    Ok(())
}

/// Closes a resident's rooms with doctors for writing: no contract is in force any more.
pub fn close_all(tx: &mut Tx<'_>, resident: &Uid) -> Result<()> {
    let theirs = rooms::kind.eq(RoomKind::AloneChat).and(rooms::roomid.eq_any(rooms_of(resident)));
    diesel::update(rooms::table.filter(theirs)).set(rooms::open.eq(false)).execute(&mut **tx)?;
    Ok(())
}

/// The rooms that somebody is in.
#[diesel::dsl::auto_type]
fn rooms_of<'a>(uid: &'a Uid) -> _ {
    room_member::table
        .filter(room_member::uid.eq(uid).and(room_member::left_seq.is_null()))
        .select(room_member::roomid)
}

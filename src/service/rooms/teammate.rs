//! The room of a team: its members are the team's doctors, and it is open while the team is.

use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Access, RoomKind, Uid};
use crate::service::rooms::bond;
use crate::store::member;
use crate::store::room::{self, NewRoom, Room};
use crate::store::team::{self, Team};
use crate::store::teammate::pair;

/// Gives a team's room the team's name and exactly its doctors, and opens or closes it with the team;
/// makes it where there is none. Returns it locked. Call it when a team, locked or just made, or the
/// account of one of its doctors has changed.
pub fn sync_members(tx: &mut Tx<'_>, team: &Team) -> Result<Room> {
    let room = ensure(tx, team)?;
    let doctors = team::list_doctor_ids(tx, &team.stid)?;
    let members = member::list(tx, &room.roomid)?;
    for member in members.iter().filter(|member| !doctors.contains(&member.person.uid)) {
        member::set_left(tx, &room, &member.person.uid)?;
    }
    let is_missing = |doctor: &&Uid| members.iter().all(|member| member.person.uid != **doctor);
    member::enter(tx, &room, &doctors.iter().filter(is_missing).collect::<Vec<_>>())?;
    Ok(room)
}

/// The team's room, locked, under the team's name, open as the team is.
fn ensure(tx: &mut Tx<'_>, team: &Team) -> Result<Room> {
    let (pair, open) = (pair(&team.stid), !team.disabled);
    let Some(room) = room::lock_pair(tx, &pair)? else {
        let (kind, name) = (RoomKind::Teammate, Some(team.name.as_str()));
        return room::insert(tx, &NewRoom { kind, pair: Some(&pair), name, owner: None, open });
    };
    if room.name.as_deref() != Some(&team.name) {
        room::set_name(tx, &room.roomid, &team.name)?;
    }
    if room.open != open {
        bond::set_access(tx, &room.roomid, Access::open_if(open))?;
    }
    Ok(Room { name: Some(team.name.clone()), open, ..room })
}

/// Opens the team's room to a doctor of it; false for others.
pub fn open(tx: &mut Tx<'_>, team: &Team, doctor: &Uid) -> Result<bool> {
    sync_members(tx, team)?;
    team::has_doctor(tx, &team.stid, doctor)
}

//! The room of a team: it is there as long as the team, and its members are the team's doctors.

use super::member;
use super::room::{self, NewRoom, Room};
use super::team::{self, Team};
use crate::db::connection::AnyConnection;
use crate::db::schema::{room as rooms, team as teams};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{RoomId, RoomKind, Uid};
use diesel::prelude::*;

/// What begins the `pair` of a team's room; the team's id follows.
const TEAMMATE: &str = "teammate:";

/// Who leads the team whose room it is.
pub fn find_leader(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Option<Uid>> {
    let pair: Option<Option<String>> =
        rooms::table.find(roomid).select(rooms::pair).first(connection).optional()?;
    let stid = pair.flatten().and_then(|pair| Some(pair.strip_prefix(TEAMMATE)?.to_owned()));
    let Some(stid) = stid else { return Ok(None) };
    Ok(teams::table.find(stid).select(teams::leader).first(connection).optional()?)
}

/// The team's room, locked, with the team's name and exactly its doctors in it; made where there
/// is none. Whoever changes a team calls it in the same transaction.
pub fn follow(tx: &mut Tx<'_>, team: &Team) -> Result<Room> {
    let pair = format!("{TEAMMATE}{}", team.stid);
    let room = match room::lock_pair(tx, &pair)? {
        Some(room) => rename(tx, room, &team.name)?,
        None => {
            let new = NewRoom {
                kind: RoomKind::Teammate,
                pair: Some(&pair),
                name: Some(&team.name),
                owner: None,
                open: true,
            };
            room::insert(tx, &new, &[])?
        }
    };
    let doctors = team::list_doctor_ids(tx, &team.stid)?;
    let members = member::list(tx, &room.roomid)?;
    for member in members.iter().filter(|member| !doctors.contains(&member.person.uid)) {
        member::leave(tx, &room, &member.person.uid)?;
    }
    let is_new = |doctor: &&Uid| members.iter().all(|member| member.person.uid != **doctor);
    member::enter(tx, &room, &doctors.iter().filter(is_new).collect::<Vec<_>>())?;
    Ok(room)
}

/// The team's room with the number of its next message taken; `None` for who is not of the team.
pub fn advance(tx: &mut Tx<'_>, team: &Team, doctor: &Uid) -> Result<Option<Room>> {
    let room = follow(tx, team)?;
    match team::has_doctor(tx, &team.stid, doctor)? {
        true => room::advance(tx, &room.roomid),
        false => Ok(None),
    }
}

fn rename(tx: &mut Tx<'_>, mut room: Room, name: &str) -> Result<Room> {
    if room.name.as_deref() != Some(name) {
        diesel::update(rooms::table.find(&room.roomid)).set(rooms::name.eq(name)).execute(&mut **tx)?;
        room.name = Some(name.to_owned());
    }
    Ok(room)
}

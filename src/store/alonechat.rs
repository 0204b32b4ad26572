//! The rooms of residents and doctors: one for each two, found by both or by one of them.

use crate::db::connection::AnyConnection;
use crate::db::schema::{room as rooms, room_member, social_signed, team_doctor};
use crate::error::Result;
use crate::model::{ContractStatus, RoomId, RoomKind, Uid};
use diesel::prelude::*;

/// The `pair` of the one room of a resident and a doctor.
pub fn pair(resident: &Uid, doctor: &Uid) -> String {
    format!("alonechat:{resident}:{doctor}")
}

/// The rooms that a resident or a doctor is in or has left.
pub fn list_of(connection: &mut AnyConnection, uid: &Uid) -> Result<Vec<RoomId>> {
    let own = room_member::table.inner_join(rooms::table).filter(room_member::uid.eq(uid));
    let own = own.filter(rooms::kind.eq(RoomKind::AloneChat)).order(rooms::roomid);
    Ok(own.select(rooms::roomid).load(connection)?)
}

/// Those of these rooms whose two a contract in force binds: the resident has it with a team of the
/// doctor.
pub fn list_bound(connection: &mut AnyConnection, uid: &Uid) -> Result<Vec<RoomId>> {
    let (mine, doctors) = diesel::alias!(room_member as mine, room_member as doctors);
    let own = mine.filter(mine.field(room_member::uid).eq(uid)).select(mine.field(room_member::roomid));
    let same_room = doctors.field(room_member::roomid).eq(room_member::roomid);
    let of_team = doctors.field(room_member::uid).eq(team_doctor::uid);
    Ok(room_member::table
        .inner_join(rooms::table)
        .inner_join(social_signed::table.on(social_signed::uid.eq(room_member::uid)))
        .inner_join(team_doctor::table.on(team_doctor::stid.eq(social_signed::stid)))
        .inner_join(doctors.on(same_room.and(of_team)))
        .filter(rooms::kind.eq(RoomKind::AloneChat).and(rooms::roomid.eq_any(own)))
        .filter(social_signed::status.eq(ContractStatus::Signed))
        .order(rooms::roomid)
        .select(rooms::roomid)
        .distinct()
        .load(connection)?)
}

//! Where residents were told that their doctor is out of hours, and when.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, auto_answer, office_hours, room, room_member};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{RoomId, RoomKind, Time};
use diesel::dsl::not;
use diesel::prelude::*;

/// Of these rooms, those that are open, of a resident and a doctor who has residents told and whose account is open, and
/// where nobody was told since a time. What is said to have been told later than now was told by a clock that was wrong.
pub fn list_due(
    connection: &mut AnyConnection,
    rooms: &[RoomId],
    since: Time,
    now: Time,
) -> Result<Vec<RoomId>> {
    let hours = office_hours::uid.eq(room_member::uid).and(office_hours::autoanswer.eq(true));
    let is_due = auto_answer::answered.is_null().or(not(auto_answer::answered.between(since, now)));
    let works = account::uid.eq(room_member::uid).and(account::disabled.eq(false));
    Ok(room_member::table
        .inner_join(room::table)
        .inner_join(office_hours::table.on(hours))
        .inner_join(account::table.on(works))
        .left_join(auto_answer::table.on(auto_answer::roomid.eq(room_member::roomid)))
        .filter(room_member::roomid.eq_any(rooms))
        .filter(room::kind.eq(RoomKind::AloneChat).and(room::open.eq(true)).and(is_due))
        .select(room_member::roomid)
        .distinct()
        .load(connection)?)
}

/// Finds when somebody was last told in a room.
pub fn find(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Option<Time>> {
    Ok(auto_answer::table.find(roomid).select(auto_answer::answered).first(connection).optional()?)
}

/// Sets that somebody is told in a room now. The room is locked.
pub fn set(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<()> {
    let now = tx.now;
    diesel::delete(auto_answer::table.find(roomid)).execute(&mut **tx)?;
    diesel::insert_into(auto_answer::table)
        .values((auto_answer::roomid.eq(roomid), auto_answer::answered.eq(now)))
        .execute(&mut **tx)?;
    Ok(())
}

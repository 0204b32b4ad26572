//! Opening rooms for writing, and closing them: what follows when a bond between people begins or ends.

use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Access, RoomId};
use crate::service::questions;
use crate::store::{question, room};

/// Opens rooms whose members something binds. What waits in those that were closed waits no longer: it was
/// asked under an earlier bond.
pub fn open(tx: &mut Tx<'_>, rooms: &[RoomId]) -> Result<()> {
    let opened = room::set_access(tx, rooms, Access::Open)?;
    question::drop_waiting(tx, &opened)
}

/// Closes rooms whose members nothing binds any more. What waits there leaves the duty desk.
pub fn close(tx: &mut Tx<'_>, rooms: &[RoomId]) -> Result<()> {
    let closed = room::set_access(tx, rooms, Access::Closed)?;
    let gone = question::list_waiting_in(tx, &closed)?;
    questions::announce_gone(tx, gone);
    Ok(())
}

/// Opens a room, or closes it, as the bond between its members has it.
pub fn set_access(tx: &mut Tx<'_>, roomid: &RoomId, access: Access) -> Result<()> {
    let rooms = std::slice::from_ref(roomid);
    match access {
        Access::Open => open(tx, rooms),
        Access::Closed => close(tx, rooms),
    }
}

//! Quoting: a message may name an earlier one of its room, which its author may read and nobody has withdrawn. Only
//! the number of that one is kept with it, none of its words: withdrawing it takes them from everywhere.

use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::model::{Malformed, RoomId};
use crate::store::dialog;

/// Fails with `FA_PARAM` where a message of this room quotes what is not there for its author: what they may not
/// read, as `sees` says, what is withdrawn, and what has not been written.
pub fn require_shown(
    connection: &mut AnyConnection,
    roomid: &RoomId,
    quote: Option<i64>,
    sees: impl FnOnce(i64) -> bool,
) -> Result<()> {
    let Some(roomseq) = quote else { return Ok(()) };
    let quoted = if sees(roomseq) { dialog::find_in_room(connection, roomid, roomseq)? } else { None };
    match quoted.is_some_and(|dialog| !dialog.recalled) {
        true => Ok(()),
        false => Err(Error::param("quote", Malformed::Unknown("message"))),
    }
}

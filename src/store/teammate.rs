//! The rooms of teams: one for each team.

use crate::db::connection::AnyConnection;
use crate::db::schema::{room as rooms, team as teams};
use crate::error::Result;
use crate::model::{RoomId, Stid, Uid};
use diesel::prelude::*;

/// What begins the `pair` of a team's room; the team's id follows.
const TEAMMATE: &str = "teammate:";

/// The `pair` of the one room of a team.
pub fn pair(stid: &Stid) -> String {
    format!("{TEAMMATE}{stid}")
}

/// Who leads the team whose room it is.
pub fn find_leader(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Option<Uid>> {
    let pair: Option<Option<String>> =
        rooms::table.find(roomid).select(rooms::pair).first(connection).optional()?;
    let stid = pair.flatten().and_then(|pair| Some(pair.strip_prefix(TEAMMATE)?.to_owned()));
    let Some(stid) = stid else { return Ok(None) };
    Ok(teams::table.find(stid).select(teams::leader).first(connection).optional()?)
}

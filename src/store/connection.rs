//! Who is connected to which of several nodes, on PostgreSQL. One process alone keeps none of it: its registry knows.

use super::token::from_bytes;
use crate::db::connection::AnyConnection;
use crate::db::schema::connection;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::{DeviceId, Incarnation, Node, SessionId, Slot, TokenHash, Uid};
use crate::store::node;
use diesel::prelude::*;

/// A connection of somebody, on whichever node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// The connection.
    pub connection: Connection,
    /// The node that has it.
    pub node: Node,
    /// The hash of the token that it registered with.
    pub token: TokenHash,
}

type Row = (String, i32, i64, i64, Vec<u8>);

/// Somebody's connections to nodes that live.
pub fn list_of(store: &mut AnyConnection, uid: &Uid) -> Result<Vec<Connected>> {
    let AnyConnection::Postgres(store) = store else { return Ok(Vec::new()) };
    let theirs = connection::table
        .filter(connection::uid.eq(uid).and(connection::incarnation.eq_any(node::living())))
        .order(connection::epoch);
    let columns = (
        connection::deviceid,
        connection::slot,
        connection::incarnation,
        connection::session,
        connection::token,
    );
    theirs.select(columns).load::<Row>(store)?.into_iter().map(connected).collect()
}

fn connected((device, slot, incarnation, session, token): Row) -> Result<Connected> {
    let device = DeviceId::try_from(device).map_err(Error::inside)?;
    let slot = u8::try_from(slot).map_err(Error::inside)?;
    let slot = Slot::try_from(slot).map_err(Error::inside)?;
    Ok(Connected {
        connection: Connection { device, session: SessionId::of_number(session) },
        node: Node { slot, incarnation: Incarnation(incarnation) },
        token: from_bytes(token)?,
    })
}

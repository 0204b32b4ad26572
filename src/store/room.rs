//! Rooms: making, finding and locking them, and reserving the numbers of their messages. Who is in them
//! is in `member`.
//!
//! A room's row is its lock: whoever writes in a room, or changes who is in it or whether it is open,
//! updates that row first.

use crate::db::bulk::{MANY, column};
use crate::db::connection::AnyConnection;
use crate::db::prepared::{prepared, prepared_on, run_prepared_on};
use crate::db::schema::room;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Access, RoomId, RoomKind, Uid};
use crate::protocol::effect::Effect;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};

/// A room.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = room)]
pub struct Room {
    /// The room.
    pub roomid: RoomId,
    /// Whom it is for.
    pub kind: RoomKind,
    /// What names the one room of two people, or of a team.
    pub pair: Option<String>,
    /// What it is called, where it has a name of its own.
    pub name: Option<String>,
    /// Who may remove others from it, where somebody may.
    pub owner: Option<Uid>,
    /// Whether one may write in it.
    pub open: bool,
    /// The number of its newest message.
    pub seq: i64,
}

/// The columns of a `Room`, for what an update returns.
const ROOM: (room::roomid, room::kind, room::pair, room::name, room::owner, room::open, room::seq) =
    (room::roomid, room::kind, room::pair, room::name, room::owner, room::open, room::seq);

/// A room to be made.
#[derive(Debug)]
pub struct NewRoom<'a> {
    /// Whom it is for.
    pub kind: RoomKind,
    /// What names the one room of two people, or of a team.
    pub pair: Option<&'a str>,
    /// What it is called, where it has a name of its own.
    pub name: Option<&'a str>,
    /// Who may remove others from it.
    pub owner: Option<&'a Uid>,
    /// Whether one may write in it.
    pub open: bool,
}

/// What a room is found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// What names the one room of two people, or of a team.
    Pair(String),
    /// Its id.
    Id(RoomId),
}

impl Room {
    /// By what it is found.
    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        let pair = self.pair.clone().map(Address::Pair);
        std::iter::once(Address::Id(self.roomid.clone())).chain(pair)
    }
}

/// Locks these rooms, as far as there are any; on PostgreSQL in the order of their ids, so that no two who
/// do so wait for each other. The embedded database has one writer, and nobody to wait for.
pub fn lock_all(tx: &mut Tx<'_>, addresses: &[&Address]) -> Result<Vec<Room>> {
    match &mut **tx {
        AnyConnection::Postgres(connection) => Ok(lock_in_order(connection, addresses)?),
        connection @ AnyConnection::Sqlite(_) => {
            let found = addresses.iter().map(|address| find_at(connection, address));
            found.filter_map(Result::transpose).collect()
        }
    }
}

fn lock_in_order(connection: &mut PgConnection, addresses: &[&Address]) -> QueryResult<Vec<Room>> {
    let (mut pairs, mut ids) = (Vec::new(), Vec::new());
    for address in addresses {
        match address {
            Address::Pair(pair) => pairs.push(pair),
            Address::Id(roomid) => ids.push(roomid),
        }
    }
    let these = room::table.filter(room::pair.eq_any(pairs).or(room::roomid.eq_any(ids)));
    let by_bytes = these.order(sql::<Text>("roomid COLLATE \"C\"")).for_no_key_update();
    prepared_on!(connection, by_bytes.select(ROOM), load)
}

/// The room at an address, if there is one.
pub fn find_at(connection: &mut AnyConnection, address: &Address) -> Result<Option<Room>> {
    let room = match address {
        Address::Pair(pair) => {
            prepared!(connection, room::table.filter(room::pair.eq(pair)).select(ROOM), get_result)
        }
        Address::Id(roomid) => prepared!(connection, room::table.find(roomid).select(ROOM), get_result),
    };
    Ok(room.optional()?)
}

/// Says which is the newest message of locked rooms, each of which has a new one.
pub fn set_seqs(tx: &mut Tx<'_>, rooms: &[&Room]) -> Result<()> {
    let now = tx.now;
    match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            for Room { roomid, seq, .. } in rooms {
                let update = diesel::update(room::table.find(roomid));
                let update = update.set((room::seq.eq(seq), room::updatetime.eq(now)));
                run_prepared_on!(connection, update)?;
            }
        }
        AnyConnection::Postgres(connection) => {
            let update = sql_query(
                "UPDATE room SET seq = new.seq, updatetime = $1 \
                 FROM unnest($2::text[], $3::bigint[]) AS new (roomid, seq) WHERE room.roomid = new.roomid",
            )
            .bind::<BigInt, _>(now)
            .bind::<Array<Text>, _>(column(rooms, |room| &room.roomid))
            .bind::<Array<BigInt>, _>(column(rooms, |room| room.seq));
            run_prepared_on!(connection, update)?;
        }
    }
    Ok(())
}

/// Locks the room that `pair` names and takes its next message's number; `None` where it is closed
/// or there is none.
pub fn reserve_next_seq_of_open(tx: &mut Tx<'_>, pair: &str) -> Result<Option<Room>> {
    let now = tx.now;
    let update = diesel::update(room::table.filter(room::pair.eq(pair).and(room::open.eq(true))))
        .set((room::seq.eq(room::seq + 1), room::updatetime.eq(now)))
        .returning(ROOM);
    Ok(prepared!(&mut **tx, update, get_result).optional()?)
}

/// Locks a room, open or closed, and takes its next message's number.
pub fn reserve_next_seq(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<Option<Room>> {
    let now = tx.now;
    let update = diesel::update(room::table.find(roomid))
        .set((room::seq.eq(room::seq + 1), room::updatetime.eq(now)))
        .returning(ROOM);
    Ok(prepared!(&mut **tx, update, get_result).optional()?)
}

/// The room, if there is one.
pub fn find(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Option<Room>> {
    Ok(room::table.find(roomid).select(Room::as_select()).first(connection).optional()?)
}

/// Locks a room in which something has changed: it moves up in the message lists of its members.
pub fn touch(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<Option<Room>> {
    let now = tx.now;
    Ok(diesel::update(room::table.find(roomid))
        .set(room::updatetime.eq(now))
        .returning(ROOM)
        .get_result(&mut **tx)
        .optional()?)
}

/// Locks a room and returns it as it is.
pub fn lock(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<Option<Room>> {
    let update = diesel::update(room::table.find(roomid)).set(room::seq.eq(room::seq)).returning(ROOM);
    Ok(prepared!(&mut **tx, update, get_result).optional()?)
}

/// Locks the room of two people, or of a team, and returns it as it is.
pub fn lock_pair(tx: &mut Tx<'_>, pair: &str) -> Result<Option<Room>> {
    Ok(diesel::update(room::table.filter(room::pair.eq(pair)))
        .set(room::seq.eq(room::seq))
        .returning(ROOM)
        .get_result(&mut **tx)
        .optional()?)
}

/// Makes a room without members, and locks it.
pub fn insert(tx: &mut Tx<'_>, new: &NewRoom<'_>) -> Result<Room> {
    let now = tx.now;
    Ok(diesel::insert_into(room::table)
        .values((
            room::roomid.eq(RoomId::new()),
            room::kind.eq(new.kind),
            room::pair.eq(new.pair),
            room::name.eq(new.name),
            room::owner.eq(new.owner),
            room::open.eq(new.open),
            room::updatetime.eq(now),
            room::createtime.eq(now),
        ))
        .returning(ROOM)
        .get_result(&mut **tx)?)
}

/// Opens rooms for writing, or closes them; that locks them. Returns those that were not so already.
pub fn set_access(tx: &mut Tx<'_>, rooms: &[RoomId], access: Access) -> Result<Vec<RoomId>> {
    let (open, mut changed) = (access.is_open(), Vec::new());
    for rooms in rooms.chunks(MANY) {
        let others = room::table.filter(room::roomid.eq_any(rooms).and(room::open.ne(open)));
        let update = diesel::update(others).set(room::open.eq(open)).returning(room::roomid);
        changed.extend(update.get_results::<RoomId>(&mut **tx)?);
    }
    changed.iter().for_each(|roomid| tx.effect(Effect::RoomChanged(roomid.clone())));
    Ok(changed)
}

/// Gives a locked room another owner, or none.
pub fn set_owner(tx: &mut Tx<'_>, roomid: &RoomId, owner: Option<&Uid>) -> Result<()> {
    diesel::update(room::table.find(roomid)).set(room::owner.eq(owner)).execute(&mut **tx)?;
    Ok(())
}

/// Gives a locked room another name.
pub fn set_name(tx: &mut Tx<'_>, roomid: &RoomId, name: &str) -> Result<()> {
    diesel::update(room::table.find(roomid)).set(room::name.eq(name)).execute(&mut **tx)?;
    Ok(())
}

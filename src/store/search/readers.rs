//! Who may read a text, as terms of its entry: so that of the entries with some words those are found at once
//! that are of somebody's rooms, in however few of all rooms they are.
//!
//! Whoever joins a room later does not see what was written before, so that nobody is missing. Whoever is found
//! may have left since: what is found is looked at once more.

use super::terms::Term;
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared_on;
use crate::error::Result;
use crate::model::{RoomId, Uid};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use std::collections::BTreeMap;

/// The readers of rooms with more members than this are not told apart.
const MOST: i64 = 20;

/// Of these two terms an entry that somebody may read has one.
pub(super) fn terms_of(uid: &Uid) -> [Term; 2] {
    [term(uid), anybody()]
}

fn term(uid: &Uid) -> Term {
    Term::of(1, uid.as_str().as_bytes())
}

/// What the entries of large rooms have, whoever is in them.
fn anybody() -> Term {
    Term::of(2, &[])
}

/// Somebody who is in a room or has left it: they see what is after a number, and up to one.
#[derive(QueryableByName)]
struct Reader {
    #[diesel(sql_type = Text)]
    roomid: RoomId,
    #[diesel(sql_type = Text)]
    uid: Uid,
    #[diesel(sql_type = BigInt)]
    joined_seq: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    left_seq: Option<i64>,
}

impl Reader {
    fn sees(&self, roomseq: i64) -> bool {
        roomseq > self.joined_seq && self.left_seq.is_none_or(|left| roomseq <= left)
    }
}

/// The readers of some rooms: one more than are told apart, at the most.
pub(super) struct Readers(BTreeMap<RoomId, Vec<Reader>>);

impl Readers {
    /// Of these rooms, each listed once.
    pub fn find(connection: &mut AnyConnection, rooms: &[&RoomId]) -> Result<Self> {
        let found = match connection {
            AnyConnection::Sqlite(connection) => list_sqlite(connection, rooms)?,
            AnyConnection::Postgres(connection) => list_postgres(connection, rooms)?,
        };
        let mut readers = BTreeMap::<RoomId, Vec<Reader>>::new();
        for reader in found {
            readers.entry(reader.roomid.clone()).or_default().push(reader);
        }
        Ok(Self(readers))
    }

    /// The terms of a message in one of these rooms.
    pub fn terms(&self, roomid: &RoomId, roomseq: i64) -> Vec<Term> {
        let readers = self.0.get(roomid).map_or(&[][..], Vec::as_slice);
        match readers.len() as i64 > MOST {
            true => vec![anybody()],
            false => readers.iter().filter(|one| one.sees(roomseq)).map(|one| term(&one.uid)).collect(),
        }
    }
}

/// The limit stands in the text: where it is bound, SQLite prepares the statement anew each time.
fn list_sqlite(connection: &mut SqliteConnection, rooms: &[&RoomId]) -> QueryResult<Vec<Reader>> {
    let of_room = format!(
        "SELECT roomid, uid, joined_seq, left_seq FROM room_member WHERE roomid = ? LIMIT {}",
        MOST + 1
    );
    let mut readers = Vec::new();
    for roomid in rooms {
        let of_room = diesel::sql_query(&*of_room).bind::<Text, _>(roomid);
        readers.extend(prepared_on!(connection, of_room, load::<Reader>)?);
    }
    Ok(readers)
}

fn list_postgres(connection: &mut PgConnection, rooms: &[&RoomId]) -> QueryResult<Vec<Reader>> {
    let of_rooms = diesel::sql_query(
        "SELECT room.roomid, uid, joined_seq, left_seq FROM unnest($1::text[]) AS room (roomid) CROSS JOIN LATERAL \
         (SELECT uid, joined_seq, left_seq FROM room_member WHERE roomid = room.roomid LIMIT $2) AS reader",
    )
    .bind::<Array<Text>, _>(rooms)
    .bind::<BigInt, _>(MOST + 1);
    prepared_on!(connection, of_rooms, load::<Reader>)
}

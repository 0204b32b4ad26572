//! Who is in a room, since and until which message, and how far they have read and answered.
//!
//! The room's row is the lock of all this; see `room`.

use super::room::Room;
use crate::db::bulk::{MANY, column, insert_many};
use crate::db::connection::AnyConnection;
use crate::db::prepared::{prepared, prepared_on, run_prepared_on};
use crate::db::schema::{account, mailbox, room_member};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{MessageId, Role, RoomId, Slots, Uid};
use crate::protocol::effect::Effect;
use crate::protocol::objects::Person;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};
use std::collections::HashMap;

/// Somebody in a room.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// Their line for the room.
    pub messageid: MessageId,
    /// They see what is after this message.
    pub joined_seq: i64,
    /// They see what is up to this message, having left then.
    pub left_seq: Option<i64>,
    /// They have read up to this message.
    pub read_seq: i64,
    /// How many messages they wrote.
    pub written: i64,
    /// How many of those are up to `read_seq`.
    pub written_read: i64,
    /// No question of others up to this message waits for them.
    pub answered_seq: i64,
}

impl Member {
    /// How many messages they have not read when `seq` is the room's newest one.
    pub fn unread(&self, seq: i64) -> i64 {
        (seq - self.read_seq) - (self.written - self.written_read)
    }

    /// Whether they may see the message.
    pub fn sees(&self, roomseq: i64) -> bool {
        roomseq > self.joined_seq && self.left_seq.is_none_or(|left| roomseq <= left)
    }
}

type Row = (Uid, String, Role, MessageId, i64, Option<i64>, i64, i64, i64, i64);

fn from_row(row: Row) -> Member {
    let (uid, name, role, messageid, joined_seq, left_seq, read_seq, written, written_read, answered_seq) =
        row;
    let person = Person { uid, name, role };
    Member { person, messageid, joined_seq, left_seq, read_seq, written, written_read, answered_seq }
}

/// The columns of a `Row`.
const COLUMNS: (
    account::uid,
    account::name,
    account::role,
    room_member::messageid,
    room_member::joined_seq,
    room_member::left_seq,
    room_member::read_seq,
    room_member::written,
    room_member::written_read,
    room_member::answered_seq,
) = (
    account::uid,
    account::name,
    account::role,
    room_member::messageid,
    room_member::joined_seq,
    room_member::left_seq,
    room_member::read_seq,
    room_member::written,
    room_member::written_read,
    room_member::answered_seq,
);

/// Who is in a room now.
pub fn list(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Vec<Member>> {
    let rows = room_member::table
        .inner_join(account::table)
        .filter(room_member::roomid.eq(roomid).and(room_member::left_seq.is_null()))
        .select(COLUMNS);
    let rows = prepared!(connection, rows, load)?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Who is in these rooms now, room by room.
pub fn list_all(connection: &mut AnyConnection, rooms: &[&RoomId]) -> Result<HashMap<RoomId, Vec<Member>>> {
    let mut members = HashMap::<RoomId, Vec<Member>>::new();
    if let AnyConnection::Postgres(connection) = connection {
        let present = room_member::roomid.eq_any(rooms.iter().copied()).and(room_member::left_seq.is_null());
        let rows = room_member::table.inner_join(account::table).filter(present);
        let rows = rows.select((room_member::roomid, COLUMNS));
        for (roomid, row) in prepared_on!(connection, rows, load::<(RoomId, Row)>)? {
            members.entry(roomid).or_default().push(from_row(row));
        }
        return Ok(members);
    }
    for roomid in rooms {
        members.insert((*roomid).clone(), list(connection, roomid)?);
    }
    Ok(members)
}

/// Who is in a room, as far as their accounts are open, and the nodes that each is connected to.
pub fn list_places(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Vec<(Uid, Slots)>> {
    let present = room_member::roomid.eq(roomid).and(room_member::left_seq.is_null());
    let open = account::table.inner_join(mailbox::table.on(mailbox::uid.eq(account::uid)));
    let places = room_member::table.inner_join(open.on(account::uid.eq(room_member::uid)));
    let places = places.filter(present.and(account::disabled.eq(false)));
    let places = places.select((room_member::uid, mailbox::slots)).load::<(Uid, i64)>(connection)?;
    Ok(places.into_iter().map(|(uid, slots)| (uid, Slots::of_bits(slots))).collect())
}

/// Somebody's place in a room, also after they have left it.
pub fn find(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Option<Member>> {
    let row = room_member::table.find((roomid, uid)).inner_join(account::table).select(COLUMNS);
    Ok(row.first(connection).optional()?.map(from_row))
}

/// The room whose line in somebody's list it is.
pub fn find_room_by_line(
    connection: &mut AnyConnection,
    uid: &Uid,
    messageid: &MessageId,
) -> Result<Option<RoomId>> {
    let line = room_member::table.filter(room_member::messageid.eq(messageid).and(room_member::uid.eq(uid)));
    Ok(line.select(room_member::roomid).first(connection).optional()?)
}

/// Records how many messages these members of locked rooms have written, and what they have answered.
pub fn set_written(tx: &mut Tx<'_>, members: &[(&RoomId, &Member)]) -> Result<()> {
    match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            for (roomid, Member { person, written, answered_seq, .. }) in members {
                let update = diesel::update(room_member::table.find((roomid, &person.uid)))
                    .set((room_member::written.eq(written), room_member::answered_seq.eq(answered_seq)));
                run_prepared_on!(connection, update)?;
            }
        }
        AnyConnection::Postgres(connection) => {
            let update = sql_query(
                "UPDATE room_member SET written = new.written, answered_seq = new.answered \
                 FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS new (roomid, uid, written, answered) \
                 WHERE room_member.roomid = new.roomid AND room_member.uid = new.uid",
            )
            .bind::<Array<Text>, _>(column(members, |(roomid, _)| *roomid))
            .bind::<Array<Text>, _>(column(members, |(_, member)| &member.person.uid))
            .bind::<Array<BigInt>, _>(column(members, |(_, member)| member.written))
            .bind::<Array<BigInt>, _>(column(members, |(_, member)| member.answered_seq));
            run_prepared_on!(connection, update)?;
        }
    }
    Ok(())
}

/// Moves a read mark forward to `read_seq`; `written` of the messages since the last mark are the
/// member's own.
pub fn set_read(tx: &mut Tx<'_>, roomid: &RoomId, uid: &Uid, read_seq: i64, written: i64) -> Result<()> {
    diesel::update(room_member::table.find((roomid, uid)))
        .set((
            room_member::read_seq.eq(read_seq),
            room_member::written_read.eq(room_member::written_read + written),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// A question up to `answered` waits again: none of the members has answered what comes after.
pub fn lower_answered(tx: &mut Tx<'_>, roomid: &RoomId, answered: i64) -> Result<()> {
    let beyond = room_member::roomid.eq(roomid).and(room_member::answered_seq.gt(answered));
    diesel::update(room_member::table.filter(beyond))
        .set(room_member::answered_seq.eq(answered))
        .execute(&mut **tx)?;
    Ok(())
}

/// What somebody sees of a room.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct View {
    joined_seq: i64,
    left_seq: Option<i64>,
    /// They have read up to this message.
    pub read_seq: i64,
}

impl View {
    /// Whether they are in the room and see the message.
    pub fn is_of(&self, roomseq: i64) -> bool {
        self.left_seq.is_none() && roomseq > self.joined_seq
    }
}

/// What somebody sees of a room that they are in or have left.
pub fn find_view(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Option<View>> {
    let columns = (room_member::joined_seq, room_member::left_seq, room_member::read_seq);
    Ok(room_member::table.find((roomid, uid)).select(columns).first(connection).optional()?)
}

/// Adds people to a locked room who are not in it; they see what is written from now on.
pub fn enter(tx: &mut Tx<'_>, room: &Room, people: &[&Uid]) -> Result<()> {
    let back = return_to(tx, room, people)?;
    let new: Vec<_> = people.iter().copied().filter(|uid| !back.contains(uid)).collect();
    tx.effect(Effect::RoomChanged(room.roomid.clone()));
    insert(tx, room, &new)
}

/// Puts those of these people who had left a locked room back into it; returns them.
pub fn return_to(tx: &mut Tx<'_>, room: &Room, people: &[&Uid]) -> Result<Vec<Uid>> {
    let gone = room_member::uid.eq_any(people.iter().copied()).and(room_member::left_seq.is_not_null());
    let back = diesel::update(room_member::table.filter(room_member::roomid.eq(&room.roomid).and(gone)))
        .set((
            room_member::joined_seq.eq(room.seq),
            room_member::left_seq.eq(None::<i64>),
            room_member::read_seq.eq(room.seq),
            room_member::written_read.eq(room_member::written),
        ))
        .returning(room_member::uid)
        .get_results::<Uid>(&mut **tx)?;
    if !back.is_empty() {
        tx.effect(Effect::RoomChanged(room.roomid.clone()));
    }
    Ok(back)
}

/// Who has left these rooms, each with the room.
pub fn list_absent(connection: &mut AnyConnection, rooms: &[RoomId]) -> Result<Vec<(RoomId, Uid)>> {
    let mut absent = Vec::new();
    for rooms in rooms.chunks(MANY) {
        let left = room_member::roomid.eq_any(rooms).and(room_member::left_seq.is_not_null());
        let left = room_member::table.filter(left).order(room_member::roomid);
        absent
            .extend(left.select((room_member::roomid, room_member::uid)).load::<(RoomId, Uid)>(connection)?);
    }
    Ok(absent)
}

/// A first place in a room.
#[derive(Insertable)]
#[diesel(table_name = room_member, treat_none_as_default_value = false)]
struct NewMember<'a> {
    roomid: &'a RoomId,
    uid: &'a Uid,
    messageid: MessageId,
    joined_seq: i64,
    read_seq: i64,
}

/// Adds people to a locked room who have never been in it.
pub fn insert(tx: &mut Tx<'_>, room: &Room, people: &[&Uid]) -> Result<()> {
    let (roomid, seq) = (&room.roomid, room.seq);
    let place = |uid| NewMember { roomid, uid, messageid: MessageId::new(), joined_seq: seq, read_seq: seq };
    let recipients: Vec<_> = people.iter().copied().map(place).collect();
    insert_many!(tx, room_member::table, recipients);
    Ok(())
}

/// Records that somebody has left a locked room; they see nothing that is written from now on.
pub fn set_left(tx: &mut Tx<'_>, room: &Room, uid: &Uid) -> Result<()> {
    diesel::update(room_member::table.find((&room.roomid, uid)))
        .set(room_member::left_seq.eq(room.seq))
        .execute(&mut **tx)?;
    tx.effect(Effect::RoomChanged(room.roomid.clone()));
    Ok(())
}

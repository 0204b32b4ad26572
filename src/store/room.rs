//! Rooms and who is in them.
//!
//! A room's row is the lock of all that concerns it: whoever writes in it, or changes who is in it
//! or whether it is open, updates that row first.

use super::connection::AnyConnection;
use super::contract;
use super::many::insert_many;
use super::prepared::prepared;
use super::schema::{account, room, room_member, social_signed, team_doctor};
use super::tx::Tx;
use crate::error::{Error, Result};
use crate::model::{ContractStatus, MessageId, Role, RoomId, RoomKind, Stid, Uid};
use crate::protocol::shape::{Person, Place};
use diesel::prelude::*;

/// A room.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = room)]
pub struct Room {
    /// The room.
    pub roomid: RoomId,
    /// Who meets in it.
    pub kind: RoomKind,
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
const ROOM: (room::roomid, room::kind, room::name, room::owner, room::open, room::seq) =
    (room::roomid, room::kind, room::name, room::owner, room::open, room::seq);

/// A room to be made.
#[derive(Debug)]
pub(super) struct NewRoom<'a> {
    /// Who will meet in it.
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
    /// What they have read up to.
    pub read_seq: i64,
    /// How many messages they wrote.
    pub written: i64,
    /// How many of those are up to `read_seq`.
    pub written_read: i64,
    /// No question of others up to this message waits for them.
    pub answered_seq: i64,
}

impl Member {
    /// What they have not read when `seq` is the room's newest message.
    pub fn unread(&self, seq: i64) -> i64 {
        (seq - self.read_seq) - (self.written - self.written_read)
    }

    /// Whether they may see the message.
    pub fn sees(&self, roomseq: i64) -> bool {
        roomseq > self.joined_seq && self.left_seq.is_none_or(|left| roomseq <= left)
    }
}

impl Room {
    /// Each member's own part of the room's line; `members` are all of them.
    pub fn places<'m>(&self, members: &'m [Member], to: impl Fn(&Member) -> bool) -> Vec<Place> {
        let place = |member: &'m Member| Place {
            messageid: member.messageid.clone(),
            uid: member.person.uid.clone(),
            title: self.title_for(member, members),
            unread: member.unread(self.seq),
        };
        members.iter().filter(|member| to(member)).map(place).collect()
    }

    /// What the room is called in somebody's list: its own name, or the other one's.
    fn title_for(&self, member: &Member, members: &[Member]) -> String {
        let other = members.iter().find(|other| other.person.uid != member.person.uid);
        match (&self.name, other) {
            (Some(name), _) => name.clone(),
            (None, Some(other)) => other.person.name.clone(),
            (None, None) => String::new(),
        }
    }
}

/// What names the one room of a resident and a doctor.
fn pair(resident: &Uid, doctor: &Uid) -> String {
    format!("alonechat:{resident}:{doctor}")
}

/// The room that was asked for, with the next message's number taken; `None` where it is closed
/// or there is none. From here on it is locked.
pub(super) fn advance_pair(tx: &mut Tx<'_>, pair: &str) -> Result<Option<Room>> {
    let now = tx.now;
    let update = diesel::update(room::table.filter(room::pair.eq(pair).and(room::open.eq(true))))
        .set((room::seq.eq(room::seq + 1), room::updatetime.eq(now)))
        .returning(ROOM);
    Ok(prepared(update).get_result(&mut **tx).optional()?)
}

/// Takes the next message's number in a room, open or closed, and locks it.
pub fn advance(tx: &mut Tx<'_>, roomid: &RoomId) -> Result<Option<Room>> {
    let now = tx.now;
    let update = diesel::update(room::table.find(roomid))
        .set((room::seq.eq(room::seq + 1), room::updatetime.eq(now)))
        .returning(ROOM);
    Ok(prepared(update).get_result(&mut **tx).optional()?)
}

/// The room, if there is one.
pub fn find(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Option<Room>> {
    Ok(room::table.find(roomid).select(Room::as_select()).first(connection).optional()?)
}

/// Locks a room, which something in it has changed: it moves up in the lists of its members.
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
    Ok(prepared(update).get_result(&mut **tx).optional()?)
}

/// The room in which a resident and a doctor may write, its next number taken; `None` where no
/// contract in force lets them. A colleague of the contract's doctor gets the room on first use.
pub fn advance_alonechat(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<Option<Room>> {
    let pair = pair(resident, doctor);
    if let Some(room) = advance_pair(tx, &pair)? {
        return Ok(Some(room));
    }
    if !contract::binds(tx, resident, doctor)? {
        return Ok(None);
    }
    let roomid = ensure_alonechat(tx, resident, doctor)?;
    diesel::update(room::table.find(&roomid)).set(room::open.eq(true)).execute(&mut **tx)?;
    advance_pair(tx, &pair)
}

/// The room of a resident and a doctor; made, closed for writing, where there is none. Who had
/// taken the other off the list is back in it.
pub fn ensure_alonechat(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<RoomId> {
    let pair = pair(resident, doctor);
    match lock_pair(tx, &pair)? {
        Some(room) => {
            return_to(tx, &room, &[resident])?;
            Ok(room.roomid)
        }
        None => {
            let new = NewRoom {
                kind: RoomKind::AloneChat,
                pair: Some(&pair),
                name: None,
                owner: None,
                open: false,
            };
            Ok(insert(tx, &new, &[resident, doctor])?.roomid)
        }
    }
}

/// The room of a resident and a doctor, if there is one.
pub fn find_alonechat(
    connection: &mut AnyConnection,
    resident: &Uid,
    doctor: &Uid,
) -> Result<Option<RoomId>> {
    let there = room::table.filter(room::pair.eq(pair(resident, doctor)));
    Ok(there.select(room::roomid).first(connection).optional()?)
}

/// Locks the room of two people, or of a team, and returns it as it is.
pub(super) fn lock_pair(tx: &mut Tx<'_>, pair: &str) -> Result<Option<Room>> {
    Ok(diesel::update(room::table.filter(room::pair.eq(pair)))
        .set(room::seq.eq(room::seq))
        .returning(ROOM)
        .get_result(&mut **tx)
        .optional()?)
}

/// Makes a room with its first members.
pub(super) fn insert(tx: &mut Tx<'_>, new: &NewRoom<'_>, members: &[&Uid]) -> Result<Room> {
    let now = tx.now;
    let room = diesel::insert_into(room::table)
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
        .get_result(&mut **tx)?;
    insert_members(tx, &room, members)?;
    Ok(room)
}

/// Lets people who are not in a locked room into it; they see what is written from now on.
pub fn enter(tx: &mut Tx<'_>, room: &Room, people: &[&Uid]) -> Result<()> {
    let back = return_to(tx, room, people)?;
    let new: Vec<_> = people.iter().copied().filter(|uid| !back.contains(uid)).collect();
    insert_members(tx, room, &new)
}

/// Lets who had left a locked room back into it; returns who that was.
fn return_to(tx: &mut Tx<'_>, room: &Room, people: &[&Uid]) -> Result<Vec<Uid>> {
    let gone = room_member::uid.eq_any(people.iter().copied()).and(room_member::left_seq.is_not_null());
    Ok(diesel::update(room_member::table.filter(room_member::roomid.eq(&room.roomid).and(gone)))
        .set((
            room_member::joined_seq.eq(room.seq),
            room_member::left_seq.eq(None::<i64>),
            room_member::read_seq.eq(room.seq),
            room_member::written_read.eq(room_member::written),
        ))
        .returning(room_member::uid)
        .get_results(&mut **tx)?)
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

fn insert_members(tx: &mut Tx<'_>, room: &Room, people: &[&Uid]) -> Result<()> {
    let (roomid, seq) = (&room.roomid, room.seq);
    let place = |uid| NewMember { roomid, uid, messageid: MessageId::new(), joined_seq: seq, read_seq: seq };
    let places: Vec<_> = people.iter().copied().map(place).collect();
    insert_many!(tx, room_member::table, places);
    Ok(())
}

/// Lets somebody out of a locked room; they see nothing that is written from now on.
pub fn leave(tx: &mut Tx<'_>, room: &Room, uid: &Uid) -> Result<()> {
    diesel::update(room_member::table.find((&room.roomid, uid)))
        .set(room_member::left_seq.eq(room.seq))
        .execute(&mut **tx)?;
    Ok(())
}

/// Opens the rooms that a resident has with doctors of a team: a contract has come into force.
pub fn open_alonechats(tx: &mut Tx<'_>, resident: &Uid, stid: &Stid) -> Result<()> {
    let doctors = team_doctor::table.filter(team_doctor::stid.eq(stid)).select(team_doctor::uid);
    let with_them = room_member::table.filter(room_member::uid.eq_any(doctors)).select(room_member::roomid);
    let rooms = room::table
        .filter(room::kind.eq(RoomKind::AloneChat))
        .filter(room::roomid.eq_any(rooms_of(resident)));
    let rooms = rooms.filter(room::roomid.eq_any(with_them));
    diesel::update(rooms).set(room::open.eq(true)).execute(&mut **tx)?;
    Ok(())
}

/// Opens a locked room for writing, or closes it.
pub fn set_open(tx: &mut Tx<'_>, roomid: &RoomId, open: bool) -> Result<()> {
    diesel::update(room::table.find(roomid)).set(room::open.eq(open)).execute(&mut **tx)?;
    Ok(())
}

/// Opens, or closes, a doctor's rooms with the residents who are under contract in force with a
/// team: the doctor has joined it, or left it.
pub fn set_alonechats_open(tx: &mut Tx<'_>, doctor: &Uid, stid: &Stid, open: bool) -> Result<()> {
    let signed = social_signed::stid.eq(stid).and(social_signed::status.eq(ContractStatus::Signed));
    let residents = social_signed::table.filter(signed).select(social_signed::uid);
    let with_them = room_member::table.filter(room_member::uid.eq_any(residents)).select(room_member::roomid);
    let rooms =
        room::table.filter(room::kind.eq(RoomKind::AloneChat)).filter(room::roomid.eq_any(rooms_of(doctor)));
    let rooms = rooms.filter(room::roomid.eq_any(with_them));
    diesel::update(rooms).set(room::open.eq(open)).execute(&mut **tx)?;
    Ok(())
}

/// Closes a resident's rooms with doctors for writing: no contract is in force any more.
pub fn close_alonechats(tx: &mut Tx<'_>, resident: &Uid) -> Result<()> {
    let rooms = room::table
        .filter(room::kind.eq(RoomKind::AloneChat))
        .filter(room::roomid.eq_any(rooms_of(resident)));
    diesel::update(rooms).set(room::open.eq(false)).execute(&mut **tx)?;
    Ok(())
}

/// The rooms that somebody is in.
#[diesel::dsl::auto_type]
fn rooms_of<'a>(uid: &'a Uid) -> _ {
    room_member::table
        .filter(room_member::uid.eq(uid).and(room_member::left_seq.is_null()))
        .select(room_member::roomid)
}

type MemberRow = (Uid, String, Role, MessageId, i64, Option<i64>, i64, i64, i64, i64);

fn member(row: MemberRow) -> Member {
    let (uid, name, role, messageid, joined_seq, left_seq, read_seq, written, written_read, answered_seq) =
        row;
    let person = Person { uid, name, role };
    Member { person, messageid, joined_seq, left_seq, read_seq, written, written_read, answered_seq }
}

const MEMBER: (
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
pub fn list_members(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Vec<Member>> {
    let rows = room_member::table
        .inner_join(account::table)
        .filter(room_member::roomid.eq(roomid).and(room_member::left_seq.is_null()))
        .select(MEMBER)
        .load(connection)?;
    Ok(rows.into_iter().map(member).collect())
}

/// The others in an open room that somebody is in; to who is not in it, it does not exist.
pub fn list_others(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Vec<Uid>> {
    require_member(connection, roomid, uid)?;
    match find(connection, roomid)?.is_some_and(|room| room.open) {
        true => {
            let present = room_member::roomid.eq(roomid).and(room_member::left_seq.is_null());
            let others = room_member::table.filter(present.and(room_member::uid.ne(uid)));
            Ok(others.select(room_member::uid).load(connection)?)
        }
        false => Err(Error::Permission("this room is closed for writing")),
    }
}

/// Somebody's place in a room, also after they have left it.
pub fn find_member(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Option<Member>> {
    let row = room_member::table.find((roomid, uid)).inner_join(account::table).select(MEMBER);
    Ok(row.first(connection).optional()?.map(member))
}

/// Refuses who is not in a room now: to them it does not exist.
pub fn require_member(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<Member> {
    let member = find_member(connection, roomid, uid)?.filter(|member| member.left_seq.is_none());
    member.ok_or(Error::NotFound("room"))
}

/// The room whose line in somebody's list it is.
pub fn find_by_line(
    connection: &mut AnyConnection,
    uid: &Uid,
    messageid: &MessageId,
) -> Result<Option<RoomId>> {
    let line = room_member::table.filter(room_member::messageid.eq(messageid).and(room_member::uid.eq(uid)));
    Ok(line.select(room_member::roomid).first(connection).optional()?)
}

/// Keeps that a member wrote one more message, and what they have answered; returns how many they
/// have written.
pub fn count_written(tx: &mut Tx<'_>, roomid: &RoomId, member: &Member) -> Result<i64> {
    let update = diesel::update(room_member::table.find((roomid, &member.person.uid)))
        .set((
            room_member::written.eq(room_member::written + 1),
            room_member::answered_seq.eq(member.answered_seq),
        ))
        .returning(room_member::written);
    Ok(prepared(update).get_result(&mut **tx)?)
}

/// Moves a read mark on to `read_seq`; `written` of the messages since the last mark are their own.
pub fn set_read(tx: &mut Tx<'_>, roomid: &RoomId, uid: &Uid, read_seq: i64, written: i64) -> Result<()> {
    diesel::update(room_member::table.find((roomid, uid)))
        .set((
            room_member::read_seq.eq(read_seq),
            room_member::written_read.eq(room_member::written_read + written),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

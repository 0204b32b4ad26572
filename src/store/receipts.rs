//! How far messages have come with those they are for: stored, notified, delivered, read.
//!
//! An acknowledgement moves one mark, `acked`. Which messages that concerns is found by reading the
//! pushes between `told`, the mark up to which their authors have been told, and `acked`; nothing
//! older is looked at. Who is told is decided by the caller.

use crate::db::connection::AnyConnection;
use crate::db::schema::{mailbox, room_delivery};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DeliveryState, RoomId, Uid};
use crate::protocol::frame::Frame;
use crate::protocol::shape::Standing;
use crate::store::member::{self, Member};
use crate::store::push_log;
use diesel::prelude::*;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// How many of one person's pushes are looked through at a time.
const PAGE: i64 = 500;

/// What somebody wrote has come further: everything up to `roomseq`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// Who wrote it.
    pub author: Uid,
    /// Where.
    pub roomid: RoomId,
    /// Up to this message.
    pub roomseq: i64,
    /// With whom it has come so far.
    pub uid: Uid,
}

/// The message that a push tells of, where it tells of one.
#[derive(Deserialize)]
struct Line {
    data: Message,
}

#[derive(Deserialize)]
struct Message {
    roomid: RoomId,
    roomseq: i64,
    from: Author,
}

#[derive(Deserialize)]
struct Author {
    uid: Uid,
}

/// The messages among these pushes: for each room and author the newest.
fn newest(frames: &[Frame]) -> BTreeMap<(RoomId, Uid), i64> {
    let mut newest = BTreeMap::new();
    let lines = frames.iter().filter_map(|frame| serde_json::from_str::<Line>(&frame.shared).ok());
    for Line { data: Message { roomid, roomseq, from } } in lines {
        let seq = newest.entry((roomid, from.uid)).or_insert(roomseq);
        *seq = roomseq.max(*seq);
    }
    newest
}

/// What was acknowledged by `uid` and not told yet, at most a page of it; then it counts as told.
/// Returns the authors to tell, and whether there is more.
pub fn climb(tx: &mut Tx<'_>, uid: &Uid) -> Result<(Vec<Rung>, bool)> {
    let (acked, told) = mailbox::table.find(uid).select((mailbox::acked, mailbox::told)).first(&mut **tx)?;
    let frames = push_log::list_between(tx, uid, told, acked, PAGE)?;
    let full = frames.len() as i64 == PAGE;
    let told = frames.last().filter(|_| full).map_or(acked, |last| last.seq);
    let newest = newest(&frames);
    let mut rooms = BTreeMap::<&RoomId, i64>::new();
    for ((roomid, _), roomseq) in &newest {
        let seq = rooms.entry(roomid).or_insert(*roomseq);
        *seq = (*roomseq).max(*seq);
    }
    for (roomid, roomseq) in rooms {
        raise(tx, roomid, uid, DeliveryState::Delivered, roomseq)?;
    }
    diesel::update(mailbox::table.find(uid)).set(mailbox::told.eq(told)).execute(&mut **tx)?;
    let others = newest.into_iter().filter(|((_, author), _)| author != uid);
    let rung = |((roomid, author), roomseq)| Rung { author, roomid, roomseq, uid: uid.clone() };
    Ok((others.map(rung).collect(), told < acked))
}

/// Everything up to `roomseq` has come as far as `state` with `uid`; never goes back.
pub fn raise(tx: &mut Tx<'_>, roomid: &RoomId, uid: &Uid, state: DeliveryState, roomseq: i64) -> Result<()> {
    let (mut delivered, mut notified) = (0, 0);
    match state {
        DeliveryState::Delivered => delivered = roomseq,
        DeliveryState::Notified => notified = roomseq,
        // What is stored is the message itself, what is read the member's own mark.
        DeliveryState::Stored | DeliveryState::Read => return Ok(()),
    }
    let row = room_delivery::table.find((roomid, uid));
    let before = row.select((room_delivery::delivered, room_delivery::notified));
    let values = |delivered: i64, notified: i64| {
        (room_delivery::delivered.eq(delivered), room_delivery::notified.eq(notified))
    };
    match before.first::<(i64, i64)>(&mut **tx).optional()? {
        Some((before, _)) if state == DeliveryState::Delivered && before >= delivered => {}
        Some((_, before)) if state == DeliveryState::Notified && before >= notified => {}
        Some((delivered_before, notified_before)) => {
            let values = values(delivered.max(delivered_before), notified.max(notified_before));
            diesel::update(row).set(values).execute(&mut **tx)?;
        }
        None => {
            let key = (room_delivery::roomid.eq(roomid), room_delivery::uid.eq(uid));
            let row = (key, values(delivered, notified));
            diesel::insert_into(room_delivery::table).values(row).execute(&mut **tx)?;
        }
    }
    Ok(())
}

/// Who has acknowledged what their authors have not been told of yet.
pub fn list_untold(connection: &mut AnyConnection) -> Result<Vec<Uid>> {
    Ok(mailbox::table.filter(mailbox::told.lt(mailbox::acked)).select(mailbox::uid).load(connection)?)
}

/// How far a room has come with each of its members.
#[derive(Debug)]
pub struct Standings(Vec<(Member, i64, i64)>);

impl Standings {
    /// How they are now, down to the last acknowledgement.
    pub fn read(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Self> {
        let members = member::list(connection, roomid)?;
        type Marks = (Uid, i64, i64);
        let columns = (room_delivery::uid, room_delivery::delivered, room_delivery::notified);
        let marks = room_delivery::table.filter(room_delivery::roomid.eq(roomid)).select(columns);
        let marks: HashMap<_, _> = marks
            .load::<Marks>(connection)?
            .into_iter()
            .map(|(uid, delivered, notified)| (uid, (delivered, notified)))
            .collect();
        let mut standings = Vec::with_capacity(members.len());
        let fresh = fresh(connection, roomid, &members)?;
        for member in members {
            let uid = &member.person.uid;
            let (delivered, notified) = marks.get(uid).copied().unwrap_or_default();
            let delivered = fresh.get(uid).copied().unwrap_or_default().max(delivered);
            standings.push((member, delivered, notified));
        }
        Ok(Self(standings))
    }

    /// How far the message `roomseq` of `author` has come with each of the others.
    pub fn of(&self, author: &Uid, roomseq: i64) -> Vec<Standing> {
        let others =
            self.0.iter().filter(|(member, ..)| member.person.uid != *author && member.sees(roomseq));
        let standing = |(member, delivered, notified): &(Member, i64, i64)| Standing {
            uid: member.person.uid.clone(),
            state: match roomseq {
                seq if seq <= member.read_seq => DeliveryState::Read,
                seq if seq <= *delivered => DeliveryState::Delivered,
                seq if seq <= *notified => DeliveryState::Notified,
                _ => DeliveryState::Stored,
            },
        };
        others.map(standing).collect()
    }
}

/// What members have acknowledged so lately that it is not in the room's marks yet.
fn fresh(connection: &mut AnyConnection, roomid: &RoomId, members: &[Member]) -> Result<HashMap<Uid, i64>> {
    let uids = members.iter().map(|member| &member.person.uid);
    let behind: Vec<(Uid, i64, i64)> = mailbox::table
        .filter(mailbox::uid.eq_any(uids).and(mailbox::told.lt(mailbox::acked)))
        .select((mailbox::uid, mailbox::told, mailbox::acked))
        .load(connection)?;
    let mut fresh = HashMap::new();
    for (uid, told, acked) in behind {
        let frames = push_log::list_between(connection, &uid, told, acked, PAGE)?;
        let here = newest(&frames).into_iter().filter(|((room, _), _)| room == roomid);
        if let Some(roomseq) = here.map(|(_, roomseq)| roomseq).max() {
            fresh.insert(uid, roomseq);
        }
    }
    Ok(fresh)
}

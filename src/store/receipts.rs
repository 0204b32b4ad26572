//! Delivery receipts: the marks that say how far a room's messages have come with each recipient.
//!
//! A recipient's devices acknowledge pushes, which moves one mark of the mailbox, `acked`. Which rooms
//! that concerns is found later, from the pushes between `told`, the mark up to which their authors
//! know, and `acked` (`service::receipts`).

use crate::db::connection::AnyConnection;
use crate::db::schema::{mailbox, room_delivery};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DeliveryState, RoomId, Uid};
use diesel::prelude::*;

/// That messages have come further with a recipient: those of `author` in a room up to `roomseq`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReceipt {
    /// Who wrote them.
    pub author: Uid,
    /// The room.
    pub roomid: RoomId,
    /// The newest of them.
    pub roomseq: i64,
    /// The recipient.
    pub uid: Uid,
}

/// The marks of a mailbox between which its owner has acknowledged pushes, but their authors do not
/// know yet.
#[derive(Debug, Clone, Queryable)]
pub struct Unreported {
    /// Whose mailbox it is.
    pub uid: Uid,
    /// The last push that their authors know to be acknowledged.
    pub told: i64,
    /// The last push acknowledged.
    pub acked: i64,
}

/// Lists the people of whom something is unreported.
pub fn list_unreported_uids(connection: &mut AnyConnection) -> Result<Vec<Uid>> {
    Ok(mailbox::table.filter(mailbox::told.lt(mailbox::acked)).select(mailbox::uid).load(connection)?)
}

/// Lists what is unreported of these people.
pub fn list_unreported(connection: &mut AnyConnection, uids: &[&Uid]) -> Result<Vec<Unreported>> {
    Ok(mailbox::table
        .filter(mailbox::uid.eq_any(uids.iter().copied()).and(mailbox::told.lt(mailbox::acked)))
        .select((mailbox::uid, mailbox::told, mailbox::acked))
        .load(connection)?)
}

/// Stores that the authors know of what `uid` has acknowledged from `since` up to `told`; false where another
/// node has told of some of it meanwhile.
pub fn set_told(tx: &mut Tx<'_>, uid: &Uid, since: i64, told: i64) -> Result<bool> {
    let untold = mailbox::table.find(uid).filter(mailbox::told.eq(since));
    Ok(diesel::update(untold).set(mailbox::told.eq(told)).execute(&mut **tx)? > 0)
}

/// Stores that everything up to `roomseq` has come as far as `state` with `uid`; a mark never goes back.
pub fn advance(
    tx: &mut Tx<'_>,
    roomid: &RoomId,
    uid: &Uid,
    state: DeliveryState,
    roomseq: i64,
) -> Result<()> {
    let (mut delivered, mut notified) = (0, 0);
    match state {
        DeliveryState::Delivered => delivered = roomseq,
        DeliveryState::Notified => notified = roomseq,
        // A message is stored as such, and what is read is the member's own mark.
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

/// Finds the newest message of a room that has arrived with a member; 0 where none has.
pub fn find_delivered(connection: &mut AnyConnection, roomid: &RoomId, uid: &Uid) -> Result<i64> {
    let mark = room_delivery::table.find((roomid, uid)).select(room_delivery::delivered);
    Ok(mark.first(connection).optional()?.unwrap_or_default())
}

/// How far a room has come with one of its members, as numbers of messages.
#[derive(Debug, Clone, Queryable)]
pub struct Marks {
    /// The member.
    pub uid: Uid,
    /// The newest message that has arrived.
    pub delivered: i64,
    /// The newest message of which a mobile notice was accepted.
    pub notified: i64,
}

/// Lists the marks of a room.
pub fn list_marks(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Vec<Marks>> {
    let marks = room_delivery::table.filter(room_delivery::roomid.eq(roomid));
    let columns = (room_delivery::uid, room_delivery::delivered, room_delivery::notified);
    Ok(marks.select(columns).load(connection)?)
}

//! Chat: who may write to whom, and answering a repeated message with its first receipt.
//!
//! Functions that send look at the caller's token themselves: the look rides in the update that counts the
//! message for its author, so that a send costs no statement more.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Caller, DialogId, MessageId, Role, RoomId, Stid, Uid};
use crate::service::posting::{self, Author, NewDialog};
use crate::service::rooms::{alonechat, members, teammate};
use crate::service::{discussions, friends};
use crate::store::dialog::Sent;
use crate::store::room::{self, Room};
use crate::store::{self, account, team};
use schemars::JsonSchema;
use serde::Serialize;

/// What the sender of a message is answered.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "MessageReceipt")]
pub struct Receipt {
    /// The sender's own line for the room.
    pub messageid: MessageId,
    /// The message.
    pub dialogid: DialogId,
    /// The room.
    pub roomid: RoomId,
    /// The message's number in the room.
    pub roomseq: i64,
}

/// Writes to the doctor, or to the resident, whom a contract in force binds to the caller.
pub fn send_alonechat(tx: &mut Tx<'_>, caller: &Caller, touid: &Uid, new: &NewDialog) -> Result<Receipt> {
    let (resident, doctor) = match caller.role {
        Role::User => (&caller.uid, touid),
        Role::Doctor | Role::Admin => (touid, &caller.uid),
    };
    if let Some(first) = find_first(tx, caller, new, |tx| store::alonechat::find(tx, resident, doctor))? {
        return Ok(first);
    }
    match alonechat::reserve_next_seq(tx, resident, doctor)? {
        Some(room) => send(tx, room, caller, new),
        None => Err(alonechat::refusal(tx, resident, doctor, &caller.uid)?),
    }
}

/// Writes to the other doctors of a team that the caller is in.
pub fn send_teammatechat(tx: &mut Tx<'_>, caller: &Caller, stid: &Stid, new: &NewDialog) -> Result<Receipt> {
    let find_room = |tx: &mut Tx<'_>| room::find_pair(tx, &store::teammate::pair(stid));
    if let Some(first) = find_first(tx, caller, new, find_room)? {
        return Ok(first);
    }
    let team = team::find(tx, stid)?;
    let room = teammate::reserve_next_seq(tx, &team, &caller.uid)?;
    send(tx, room.ok_or(Error::Permission("you are not a doctor of this team"))?, caller, new)
}

/// Writes to a friend among the doctors.
pub fn send_doctorfriendchat(
    tx: &mut Tx<'_>,
    caller: &Caller,
    friend: &Uid,
    new: &NewDialog,
) -> Result<Receipt> {
    let find_room = |tx: &mut Tx<'_>| room::find_pair(tx, &store::friend::pair(&caller.uid, friend));
    if let Some(first) = find_first(tx, caller, new, find_room)? {
        return Ok(first);
    }
    match friends::reserve_next_seq(tx, &caller.uid, friend)? {
        Some(room) => send(tx, room, caller, new),
        None => Err(not_friends(tx, friend)?),
    }
}

/// Doctors are known to each other; whether a resident exists is not.
fn not_friends(connection: &mut AnyConnection, uid: &Uid) -> Result<Error> {
    let there = account::find(connection, uid)?.is_some_and(|account| account.role == Role::Doctor);
    Ok(match there {
        true => Error::Permission("you are not friends"),
        false => Error::NotFound("doctor"),
    })
}

/// Writes in a discussion group that the caller is in.
pub fn send_teamchat(tx: &mut Tx<'_>, caller: &Caller, roomid: &RoomId, new: &NewDialog) -> Result<Receipt> {
    if let Some(first) = find_first(tx, caller, new, |_| Ok(Some(roomid.clone())))? {
        return Ok(first);
    }
    let room = discussions::reserve_next_seq(tx, roomid, &caller.uid)?;
    send(tx, room, caller, new)
}

/// Posts a caller's message in a room whose number `room.seq` was reserved for it; the other members
/// are told.
fn send(tx: &mut Tx<'_>, room: Room, from: &Caller, new: &NewDialog) -> Result<Receipt> {
    let posted = posting::post(tx, room, Author::Caller(from), new)?;
    posted.tell(tx);
    let own = posted.members.into_iter().find(|member| member.person.uid == from.uid);
    let messageid = own.ok_or(Error::NotFound("room"))?.messageid;
    let (dialog, room) = (posted.dialog, posted.room);
    Ok(Receipt { messageid, dialogid: dialog.dialogid, roomid: room.roomid, roomseq: room.seq })
}

/// The receipt of the same message, sent before under the same `clientid`; see [`posting::find_sent`].
fn find_first(
    tx: &mut Tx<'_>,
    from: &Caller,
    new: &NewDialog,
    find_room: impl FnOnce(&mut Tx<'_>) -> Result<Option<RoomId>>,
) -> Result<Option<Receipt>> {
    let Some(Sent { dialogid, roomid, roomseq, .. }) = posting::find_sent(tx, from, new, find_room)? else {
        return Ok(None);
    };
    let messageid = members::require_ever(tx, &roomid, &from.uid)?.messageid;
    Ok(Some(Receipt { messageid, dialogid, roomid, roomseq }))
}

/// Posts a notice of what a doctor has decided in the room of the two, open or closed; the resident is
/// told.
pub fn post_notice(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid, words: String) -> Result<()> {
    let roomid = alonechat::ensure(tx, resident, doctor)?.roomid;
    let room = room::reserve_next_seq(tx, &roomid)?.ok_or(Error::NotFound("room"))?;
    posting::post(tx, room, Author::Service(doctor), &NewDialog::notice(words))?.tell(tx);
    Ok(())
}

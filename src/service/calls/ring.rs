//! How a call begins: it rings, or the callee is in another and finds a missed call.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::call::{CallEnding, CallTarget, NewCall, RingingCall};
use crate::model::{CallStatus, DialogKind, Role, RoomKind, Uid};
use crate::protocol::objects::{CallBody, CallExit, Person};
use crate::protocol::pushes::{Push, VideoCallInvite};
use crate::service::friends;
use crate::service::posting::{self, NewDialog, Posted};
use crate::service::rooms::{alonechat, members};
use crate::service::turn::IceServers;
use crate::store::account::{self, Account};
use crate::store::call::{self, Call};
use crate::store::member;
use crate::store::room::{self, Room};

const NO_ROOM: Error = Error::NotFound("room");

/// Lets a call ring; `None` where the callee is in another, which leaves a missed call.
pub fn ring(tx: &mut Tx<'_>, new: &NewCall, ice: &IceServers) -> Result<Option<RingingCall>> {
    let room = reserve_in_room(tx, new)?;
    let (roomid, roomseq) = (room.roomid.clone(), room.seq);
    let members = member::list(tx, &roomid)?;
    let other = members.iter().find(|member| member.person.uid != new.caller);
    let callee = other.ok_or(NO_ROOM)?.person.uid.clone();
    let busy = find_busy(tx, &new.caller, &callee, &room)?;
    let status = if busy { CallStatus::Ended } else { CallStatus::Ringing };
    let call = Call {
        callid: new.callid.clone(),
        roomid: roomid.clone(),
        roomseq,
        caller: new.caller.clone(),
        callee: callee.clone(),
        status,
        createtime: new.at,
        expires: new.expires,
        accepttime: None,
    };
    if busy {
        miss(tx, room, &call)?;
        return Ok(None);
    }
    let posted = post(tx, room, &call, None)?;
    call::insert(tx, &call)?;
    tx.push(invite(&call, posted.dialog.from, ice));
    Ok(Some(RingingCall { callid: call.callid, roomid, callee }))
}

fn invite(call: &Call, from: Person, ice: &IceServers) -> Push {
    let seconds = u64::try_from(call.createtime.millis() / 1000).unwrap_or(0);
    let invite = VideoCallInvite {
        callid: call.callid.clone(),
        roomid: call.roomid.clone(),
        from,
        iceservers: ice.list_for(call.callee.as_str(), seconds),
        expires: call.expires,
    };
    Push::VideoCallInvite(vec![call.callee.clone()], invite)
}

/// The room of the two, locked, with the number for the call's message taken.
fn reserve_in_room(tx: &mut Tx<'_>, new: &NewCall) -> Result<Room> {
    const CLOSED: Error = Error::Permission("you may not call each other: there is no contract in force");
    let room = match &new.target {
        CallTarget::Room(roomid) => room::reserve_next_seq(tx, roomid)?.ok_or(NO_ROOM)?,
        CallTarget::Person(uid) if *uid == new.caller => {
            return Err(Error::param("touid", "must be somebody else"));
        }
        CallTarget::Person(uid) => reserve_with(tx, &new.caller, uid)?.ok_or(CLOSED)?,
    };
    members::require(tx, &room.roomid, &new.caller)?;
    match (room.kind, room.open) {
        (RoomKind::Teammate | RoomKind::Discussion, _) => {
            Err(Error::param("roomid", "must be a room of two: a call has two ends"))
        }
        (RoomKind::AloneChat | RoomKind::DoctorFriend, false) => Err(CLOSED),
        (RoomKind::AloneChat | RoomKind::DoctorFriend, true) => Ok(room),
    }
}

/// The open room of two people. Doctors are known to everybody; whether a resident exists is not.
fn reserve_with(tx: &mut Tx<'_>, caller: &Uid, other: &Uid) -> Result<Option<Room>> {
    let role = |account: Option<Account>| account.map(|account| account.role);
    let (own, others) = (role(account::find(tx, caller)?), role(account::find(tx, other)?));
    match (own, others) {
        (Some(Role::User), Some(Role::Doctor)) => alonechat::reserve_next_seq(tx, caller, other),
        (Some(Role::User), _) => Err(Error::NotFound("doctor")),
        (Some(Role::Doctor), Some(Role::Doctor)) => friends::reserve_next_seq(tx, caller, other),
        (Some(Role::Doctor), Some(Role::User)) => alonechat::reserve_next_seq(tx, other, caller),
        (Some(Role::Doctor), Some(Role::Admin) | None) | (Some(Role::Admin) | None, _) => Ok(None),
    }
}

/// Whether the callee is in a call elsewhere; `FA_BUSY`, with nothing to be kept, where the two are
/// in one with each other already or the caller is in one.
fn find_busy(tx: &mut Tx<'_>, caller: &Uid, callee: &Uid, room: &Room) -> Result<bool> {
    if call::find_room_of(tx, caller)?.is_some() {
        return Err(Error::Busy("you are in a call already"));
    }
    match call::find_room_of(tx, callee)? {
        Some(roomid) if roomid == room.roomid => Err(Error::Busy("the room is in a call")),
        Some(_) => Ok(true),
        None => Ok(false),
    }
}

/// Keeps a call that never rang, for the callee to find.
fn miss(tx: &mut Tx<'_>, room: Room, missed: &Call) -> Result<()> {
    let CallEnding { reason, duration, by, audience: _ } = CallEnding::never_rang(missed.callee.clone());
    let exit = CallExit { reason, by, duration, endtime: tx.now };
    call::insert_missed(tx, missed, &exit)?;
    post(tx, room, missed, Some(exit))?.tell(tx);
    Ok(())
}

/// Writes the message of the call into the room.
fn post(tx: &mut Tx<'_>, room: Room, call: &Call, exit: Option<CallExit>) -> Result<Posted> {
    let body = CallBody { callid: call.callid.clone(), status: call.status, exit };
    let body = serde_json::to_value(body).map_err(Error::inside)?;
    let new = NewDialog { kind: DialogKind::VideoCall, body, clientid: None, quote: None };
    posting::post(tx, room, &call.caller, &new)
}

//! What a video call leaves in the store and who hears of it: a transaction for each step.
//!
//! The message in the room is one for the whole call; its body says how the call stands and how it
//! ended. When a step may be taken is decided in `realtime::call`; here the store is asked once more.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{CallId, RoomKind};
use crate::model::{CallStatus, DialogKind, EndReason, Role, Time, Uid};
use crate::protocol::push::{Push, VideoCallAccept, VideoCallEnd, VideoCallInvite};
use crate::protocol::shape::{CallBody, CallExit, Person};
use crate::realtime::call::{Ending, Hearer};
use crate::realtime::registry::Connections;
use crate::realtime::switchboard::{Accepted, Ledger, Ring, Rung, Whom, Written};
use crate::realtime::turn::IceServers;
use crate::store::account::{self, Account};
use crate::store::call::{self, Call};
use crate::store::dialog::{self, NewDialog, Posted};
use crate::store::friend;
use crate::store::room::{self, Room};
use crate::store::{alonechat, member};

const NOT_THERE: Error = Error::NotFound("room");

impl Ledger for App {
    fn ring(&self, call: Ring) -> Written<Rung> {
        let app = self.clone();
        Box::pin(async move {
            let ice = app.ice().clone();
            let rung = app.write(move |tx| ring(tx, &call, &ice)).await?;
            rung.ok_or(Error::Busy("the other end is in a call"))
        })
    }

    fn accept(&self, callid: CallId, accepted: Accepted) -> Written<()> {
        let app = self.clone();
        let tell = audience(&accepted.tell, app.config().connections);
        Box::pin(async move { app.write(move |tx| accept(tx, &callid, &accepted, &tell)).await })
    }

    fn end(&self, callid: CallId, ending: Ending, at: Time) -> Written<()> {
        let app = self.clone();
        let tell = audience(&ending.tell, app.config().connections);
        let Ending { reason, duration, by, tell: _ } = ending;
        let exit = CallExit { reason, by, duration, endtime: at };
        Box::pin(async move { app.write(move |tx| end(tx, &callid, &exit, &tell)).await })
    }

    fn end_all(&self) -> Written<()> {
        let app = self.clone();
        Box::pin(async move {
            for open in app.read(call::list_open).await? {
                app.write(move |tx| end_abandoned(tx, &open)).await?;
            }
            Ok(())
        })
    }
}

/// Who is told: where an account has one connection at a time, nobody is left to be told elsewhere.
fn audience(tell: &[Hearer], connections: Connections) -> Vec<Uid> {
    let told = tell.iter().filter_map(|hearer| match (hearer, connections) {
        (Hearer::Everywhere(uid), _) | (Hearer::Elsewhere { uid, .. }, Connections::PerDevice) => Some(uid),
        (Hearer::Elsewhere { .. }, Connections::One) => None,
    });
    told.cloned().collect()
}

/// Lets a call ring; `None` where the callee is in another, which leaves a missed call.
fn ring(tx: &mut Tx<'_>, ring: &Ring, ice: &IceServers) -> Result<Option<Rung>> {
    let room = advance(tx, ring)?;
    let (roomid, roomseq) = (room.roomid.clone(), room.seq);
    let members = member::list(tx, &roomid)?;
    let other = members.iter().find(|member| member.person.uid != ring.caller);
    let callee = other.ok_or(NOT_THERE)?.person.uid.clone();
    let busy = find_busy(tx, &ring.caller, &callee, &room)?;
    let status = if busy { CallStatus::Ended } else { CallStatus::Ringing };
    let call = Call {
        callid: ring.callid.clone(),
        roomid: roomid.clone(),
        roomseq,
        caller: ring.caller.clone(),
        callee: callee.clone(),
        status,
        createtime: ring.at,
        expires: ring.expires,
        accepttime: None,
    };
    if busy {
        miss(tx, room, &call)?;
        return Ok(None);
    }
    let posted = post(tx, room, &call, None)?;
    call::insert(tx, &call)?;
    tx.push(invite(&call, posted.dialog.from, ice));
    Ok(Some(Rung { callid: call.callid, roomid, callee }))
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
fn advance(tx: &mut Tx<'_>, ring: &Ring) -> Result<Room> {
    const CLOSED: Error = Error::Permission("you may not call each other: there is no contract in force");
    let room = match &ring.whom {
        Whom::Room(roomid) => room::advance(tx, roomid)?.ok_or(NOT_THERE)?,
        Whom::Person(uid) if *uid == ring.caller => {
            return Err(Error::param("touid", "must be somebody else"));
        }
        Whom::Person(uid) => advance_with(tx, &ring.caller, uid)?.ok_or(CLOSED)?,
    };
    let member = member::find(tx, &room.roomid, &ring.caller)?;
    member.filter(|member| member.left_seq.is_none()).ok_or(NOT_THERE)?;
    match (room.kind, room.open) {
        (RoomKind::Teammate | RoomKind::Discussion, _) => {
            Err(Error::param("roomid", "must be a room of two: a call has two ends"))
        }
        (RoomKind::AloneChat | RoomKind::DoctorFriend, false) => Err(CLOSED),
        (RoomKind::AloneChat | RoomKind::DoctorFriend, true) => Ok(room),
    }
}

/// The open room of two people. Doctors are known to everybody; whether a resident exists is not.
fn advance_with(tx: &mut Tx<'_>, caller: &Uid, other: &Uid) -> Result<Option<Room>> {
    let role = |account: Option<Account>| account.map(|account| account.role);
    let (own, others) = (role(account::find(tx, caller)?), role(account::find(tx, other)?));
    match (own, others) {
        (Some(Role::User), Some(Role::Doctor)) => alonechat::advance(tx, caller, other),
        (Some(Role::User), _) => Err(Error::NotFound("doctor")),
        (Some(Role::Doctor), Some(Role::Doctor)) => friend::advance(tx, caller, other),
        (Some(Role::Doctor), Some(Role::User)) => alonechat::advance(tx, other, caller),
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

/// Keeps a call that never rang; who was busy finds it.
fn miss(tx: &mut Tx<'_>, room: Room, missed: &Call) -> Result<()> {
    let Ending { reason, duration, by, tell: _ } = Ending::never_rang(missed.callee.clone());
    let exit = CallExit { reason, by, duration, endtime: tx.now };
    call::insert_missed(tx, missed, &exit)?;
    let posted = post(tx, room, missed, Some(exit))?;
    tx.push(posted.push(|member| member.person.uid == missed.callee));
    Ok(())
}

fn post(tx: &mut Tx<'_>, room: Room, call: &Call, exit: Option<CallExit>) -> Result<Posted> {
    let body = CallBody { callid: call.callid.clone(), status: call.status, exit };
    let body = serde_json::to_value(body).map_err(Error::inside)?;
    dialog::post(tx, room, &call.caller, &NewDialog { kind: DialogKind::VideoCall, body, clientid: None })
}

fn accept(tx: &mut Tx<'_>, callid: &CallId, accepted: &Accepted, tell: &[Uid]) -> Result<()> {
    let call = call::find(tx, callid)?.ok_or(Error::NotFound("call"))?;
    let room = room::lock(tx, &call.roomid)?.ok_or(NOT_THERE)?;
    if !call::accept(tx, callid, accepted.at)? {
        return Err(Error::State("the call does not ring any more"));
    }
    let body = CallBody { callid: callid.clone(), status: CallStatus::Active, exit: None };
    dialog::rewrite(tx, room, call.roomseq, &body)?;
    let told = VideoCallAccept { callid: callid.clone(), roomid: call.roomid, by: accepted.by.clone() };
    tx.push(Push::VideoCallAccept(tell.to_vec(), told));
    Ok(())
}

/// Ends a call, once: its message gets the exit, both get the notice.
fn end(tx: &mut Tx<'_>, callid: &CallId, exit: &CallExit, tell: &[Uid]) -> Result<()> {
    let call = call::find(tx, callid)?.ok_or(Error::NotFound("call"))?;
    let room = room::touch(tx, &call.roomid)?.ok_or(NOT_THERE)?;
    if !call::end(tx, callid, exit)? {
        return Ok(());
    }
    let CallExit { reason, by, duration, endtime: _ } = exit.clone();
    let told = VideoCallEnd { callid: callid.clone(), roomid: call.roomid.clone(), by, reason, duration };
    tx.push(Push::VideoCallEnd(tell.to_vec(), told));
    let body = CallBody { callid: callid.clone(), status: CallStatus::Ended, exit: Some(exit.clone()) };
    let posted = dialog::rewrite(tx, room, call.roomseq, &body)?;
    tx.push(posted.push(|member| call.is_of(&member.person.uid)));
    Ok(())
}

/// Ends a call whose server ended before it did. What the two said to each other did not go
/// through the server: they may have talked until now.
fn end_abandoned(tx: &mut Tx<'_>, call: &Call) -> Result<()> {
    let millis = call.accepttime.map_or(0, |since| tx.now.millis().saturating_sub(since.millis()));
    let duration = u64::try_from(millis).unwrap_or(0) / 1000;
    let exit = CallExit { reason: EndReason::Offline, by: None, duration, endtime: tx.now };
    end(tx, &call.callid, &exit, &[call.caller.clone(), call.callee.clone()])
}

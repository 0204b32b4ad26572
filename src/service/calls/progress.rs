//! How a call goes on and ends: what is kept of it, and who hears of it.
//!
//! When a step may be taken is decided in `realtime::call`; here the store is asked once more.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::call::{CallAcceptance, CallEnding, CallListener};
use crate::model::connection::ConnectionPolicy;
use crate::model::{CallId, CallStatus, EndReason, Time, Uid};
use crate::protocol::objects::{CallBody, CallExit};
use crate::protocol::pushes::{Push, VideoCallAccept, VideoCallEnd};
use crate::service::posting;
use crate::store::call::{self, Call};
use crate::store::room;

const NO_CALL: Error = Error::NotFound("call");
const NO_ROOM: Error = Error::NotFound("room");

/// Keeps that a call is accepted; `FA_STATE` where it does not ring any more.
pub fn accept(tx: &mut Tx<'_>, callid: &CallId, acceptance: &CallAcceptance) -> Result<()> {
    let call = call::find(tx, callid)?.ok_or(NO_CALL)?;
    let room = room::lock(tx, &call.roomid)?.ok_or(NO_ROOM)?;
    if !call::set_accepted(tx, callid, acceptance.at)? {
        return Err(Error::State("the call does not ring any more"));
    }
    let body = CallBody { callid: callid.clone(), status: CallStatus::Active, exit: None };
    posting::rewrite(tx, room, call.roomseq, &body)?;
    let accepted = VideoCallAccept { callid: callid.clone(), roomid: call.roomid, by: acceptance.by.clone() };
    tx.push(Push::VideoCallAccept(audience(&acceptance.audience, tx.connections()), accepted));
    Ok(())
}

/// Ends a call at `at`; nothing where it has ended already.
pub fn end(tx: &mut Tx<'_>, callid: &CallId, ending: &CallEnding, at: Time) -> Result<()> {
    let CallEnding { reason, duration, by, audience: listeners } = ending.clone();
    let exit = CallExit { reason, by, duration, endtime: at };
    let told = audience(&listeners, tx.connections());
    end_for(tx, callid, &exit, told)
}

/// Ends a call whose server ended before it did. What the two said to each other did not go through the
/// server: they may have talked until now.
pub fn end_abandoned(tx: &mut Tx<'_>, call: &Call) -> Result<()> {
    let exit = exit_now(tx, call, EndReason::Offline, None);
    end_for(tx, &call.callid, &exit, vec![call.caller.clone(), call.callee.clone()])
}

/// Ends a call for one of the two who hangs up, cancels or refuses, as whoever leads it does not answer; nothing
/// where it has ended meanwhile.
pub fn end_unled(tx: &mut Tx<'_>, callid: &CallId, by: &Uid) -> Result<()> {
    let call = call::find(tx, callid)?.filter(|call| call.is_of(by)).ok_or(NO_CALL)?;
    let is_caller = call.caller == *by;
    let other = if is_caller { &call.callee } else { &call.caller };
    let other = CallListener::Everywhere(other.clone());
    let own = CallListener::Elsewhere { uid: by.clone(), except: None };
    let (reason, listeners) = match (call.status, is_caller) {
        (CallStatus::Ringing, true) => (EndReason::Cancel, vec![other]),
        (CallStatus::Ringing, false) => (EndReason::Reject, vec![other, own]),
        (CallStatus::Active, _) => (EndReason::HangUp, vec![other]),
        (CallStatus::Ended, _) => return Ok(()),
    };
    let exit = exit_now(tx, &call, reason, Some(by.clone()));
    let told = audience(&listeners, tx.connections());
    end_for(tx, callid, &exit, told)
}

/// The exit of a call that nobody has measured: it ends now.
fn exit_now(tx: &Tx<'_>, call: &Call, reason: EndReason, by: Option<Uid>) -> CallExit {
    let millis = call.accepttime.map_or(0, |since| tx.now.millis().saturating_sub(since.millis()));
    let duration = u64::try_from(millis).unwrap_or(0) / 1000;
    CallExit { reason, by, duration, endtime: tx.now }
}

/// Ends a call once: its message gets the exit, which both hear of as a message, and `audience` hears
/// that the call is over.
fn end_for(tx: &mut Tx<'_>, callid: &CallId, exit: &CallExit, audience: Vec<Uid>) -> Result<()> {
    let call = call::find(tx, callid)?.ok_or(NO_CALL)?;
    let room = room::touch(tx, &call.roomid)?.ok_or(NO_ROOM)?;
    if !call::set_ended(tx, callid, exit)? {
        return Ok(());
    }
    let CallExit { reason, by, duration, endtime: _ } = exit.clone();
    let ended = VideoCallEnd { callid: callid.clone(), roomid: call.roomid.clone(), by, reason, duration };
    tx.push(Push::VideoCallEnd(audience, ended));
    let body = CallBody { callid: callid.clone(), status: CallStatus::Ended, exit: Some(exit.clone()) };
    let posted = posting::rewrite(tx, room, call.roomseq, &body)?;
    tx.push(posted.push(|member| call.is_of(&member.person.uid)));
    Ok(())
}

/// Who is told: where an account has one connection at a time, nobody is left to be told elsewhere.
fn audience(listeners: &[CallListener], policy: ConnectionPolicy) -> Vec<Uid> {
    let told = listeners.iter().filter_map(|listener| match (listener, policy) {
        (CallListener::Everywhere(uid), _) => Some(uid),
        (CallListener::Elsewhere { uid, except: _ }, ConnectionPolicy::PerDevice) => Some(uid),
        (CallListener::Elsewhere { .. }, ConnectionPolicy::One) => None,
    });
    told.cloned().collect()
}

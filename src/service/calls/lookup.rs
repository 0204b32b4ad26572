//! Which call somebody means who accepts one or hangs up.

use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::model::{CallId, CallStatus, RoomId, Uid};
use crate::store::{call, member};

/// How somebody names a call.
#[derive(Debug, Clone)]
pub enum CallReference {
    /// By its id.
    Call(CallId),
    /// By its room.
    Room(RoomId),
}

/// Finds the call that `uid` means; `FA_NOTFOUND` where it is not one of theirs, `FA_STATE` where it is
/// over.
pub fn find_open(store: &mut AnyConnection, uid: &Uid, reference: &CallReference) -> Result<CallId> {
    const NO_ROOM: Error = Error::NotFound("room");
    let call = match reference {
        CallReference::Call(callid) => call::find(store, callid)?,
        CallReference::Room(roomid) => {
            let member = member::find(store, roomid, uid)?;
            member.filter(|member| member.left_seq.is_none()).ok_or(NO_ROOM)?;
            Some(call::find_open_in(store, roomid)?.ok_or(Error::State("there is no call in the room"))?)
        }
    };
    let call = call.filter(|call| call.is_of(uid)).ok_or(Error::NotFound("call"))?;
    match call.status {
        CallStatus::Ringing | CallStatus::Active => Ok(call.callid),
        CallStatus::Ended => Err(Error::State("the call is over")),
    }
}

//! Video calls: calling, accepting, hanging up. What is said between the two ends comes on their
//! connections.

use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::http::extract::body::{Body, Done};
use crate::http::extract::caller::Member;
use crate::model::{CallId, CallStatus, RoomId, Time, Uid};
use crate::protocol::shape::IceServer;
use crate::realtime::callroom::Word;
use crate::realtime::switchboard::{Invitation, Whom};
use crate::store::{call, member};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The body of `…/videoCall/invite`: a room of two, or the other one.
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({ "touid": "uid-1" }))]
pub struct Invite {
    roomid: Option<RoomId>,
    touid: Option<Uid>,
}

/// A call that rings.
#[derive(Serialize, JsonSchema)]
pub struct Calling {
    /// The call.
    pub callid: CallId,
    /// The room of the two.
    pub roomid: RoomId,
    /// WebRTC's list of servers for who calls.
    pub iceservers: Vec<IceServer>,
}

/// Calls the other one in a room of two.
pub async fn invite(
    app: Data<App>,
    Member(caller): Member,
    Body(body): Body<Invite>,
) -> Result<Json<Calling>> {
    let whom = match (body.roomid, body.touid) {
        (Some(roomid), None) => Whom::Room(roomid),
        (None, Some(touid)) => Whom::Person(touid),
        (None, None) => return Err(Error::param("roomid", "is missing, and so is touid")),
        (Some(_), Some(_)) => return Err(Error::param("touid", "must not come with roomid")),
    };
    let token = caller.token;
    let rung = app.invite(Invitation { caller: caller.uid.clone(), token, whom }).await?;
    let seconds = u64::try_from(Time::now().millis() / 1000).unwrap_or(0);
    let iceservers = app.ice().list_for(caller.uid.as_str(), seconds);
    Ok(Json(Calling { callid: rung.callid, roomid: rung.roomid, iceservers }))
}

/// The body of `…/videoCall/accept`.
#[derive(Deserialize, JsonSchema)]
pub struct Accept {
    callid: CallId,
}

/// Accepts a call that rings.
pub async fn accept(app: Data<App>, Member(caller): Member, Body(body): Body<Accept>) -> Result<Json<Done>> {
    let (uid, wanted) = (caller.uid.clone(), Wanted::Call(body.callid));
    let callid = app.read(move |store| find(store, &uid, &wanted)).await?;
    app.tell_call(callid, Word::Accept(caller.uid, caller.token)).await?;
    Ok(Json(Done {}))
}

/// The body of `…/videoCall/disconnect`: the call, or its room.
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({ "callid": "callid-1" }))]
pub struct Disconnect {
    callid: Option<CallId>,
    roomid: Option<RoomId>,
}

/// Hangs up, cancels or refuses a call.
pub async fn disconnect(
    app: Data<App>,
    Member(caller): Member,
    Body(body): Body<Disconnect>,
) -> Result<Json<Done>> {
    let wanted = match (body.callid, body.roomid) {
        (Some(callid), None) => Wanted::Call(callid),
        (None, Some(roomid)) => Wanted::In(roomid),
        (None, None) => return Err(Error::param("callid", "is missing, and so is roomid")),
        (Some(_), Some(_)) => return Err(Error::param("roomid", "must not come with callid")),
    };
    let uid = caller.uid.clone();
    let callid = app.read(move |store| find(store, &uid, &wanted)).await?;
    app.tell_call(callid, Word::HangUp(caller.uid, caller.token)).await?;
    Ok(Json(Done {}))
}

enum Wanted {
    Call(CallId),
    In(RoomId),
}

/// The call that is meant, if it is one of `uid` and not over.
fn find(store: &mut AnyConnection, uid: &Uid, wanted: &Wanted) -> Result<CallId> {
    const OVER: Error = Error::State("the call is over");
    let call = match wanted {
        Wanted::Call(callid) => call::find(store, callid)?,
        Wanted::In(roomid) => {
            let member = member::find(store, roomid, uid)?.ok_or(Error::NotFound("room"))?;
            member.left_seq.is_none().then_some(()).ok_or(Error::NotFound("room"))?;
            Some(call::find_open_in(store, roomid)?.ok_or(Error::State("there is no call in the room"))?)
        }
    };
    let call = call.filter(|call| call.is_of(uid)).ok_or(Error::NotFound("call"))?;
    match call.status {
        CallStatus::Ringing | CallStatus::Active => Ok(call.callid),
        CallStatus::Ended => Err(OVER),
    }
}

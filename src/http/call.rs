//! Video calls: calling, accepting, hanging up. What the two ends say to each other comes on their
//! connections.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::body::Body;
use crate::http::extract::caller::Member;
use crate::http::extract::response::Done;
use crate::limits::account::Spending;
use crate::model::call::CallTarget;
use crate::model::{CallId, Caller, Malformed, RoomId, Time, TokenHash, Uid};
use crate::protocol::objects::IceServer;
use crate::realtime::call::message::{CallMessage, Invitation};
use crate::service::calls::lookup::{self, CallReference};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The body of `…/videoCall/invite`: a room of two, or the other one.
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({ "touid": "uid-1" }))]
#[schemars(rename = "StartCallRequest")]
pub struct Invite {
    roomid: Option<RoomId>,
    touid: Option<Uid>,
}

/// A call that rings.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OutgoingCall")]
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
    app.spend(&caller, Spending::Call)?;
    let target = match (body.roomid, body.touid) {
        (Some(roomid), None) => CallTarget::Room(roomid),
        (None, Some(touid)) => CallTarget::Person(touid),
        (None, None) => return Err(Error::param("roomid", Malformed::MissingBoth("touid"))),
        (Some(_), Some(_)) => return Err(Error::param("touid", "must not come with roomid")),
    };
    app.require_valid(&caller).await?;
    let invitation = Invitation { caller: caller.uid.clone(), token: caller.token, target };
    let ringing = app.start_call(invitation).await?;
    let seconds = u64::try_from(Time::now().millis() / 1000).unwrap_or(0);
    let iceservers = app.ice_servers().list_for(caller.uid.as_str(), seconds);
    Ok(Json(Calling { callid: ringing.callid, roomid: ringing.roomid, iceservers }))
}

/// The body of `…/videoCall/accept`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "AcceptCallRequest")]
pub struct Accept {
    callid: CallId,
}

/// Accepts a call that rings.
pub async fn accept(app: Data<App>, Member(caller): Member, Body(body): Body<Accept>) -> Result<Json<Done>> {
    tell(&app, caller, CallReference::Call(body.callid), CallMessage::Accept).await
}

/// The body of `…/videoCall/disconnect`: the call, or its room.
#[derive(Deserialize, JsonSchema)]
#[schemars(example = json!({ "callid": "callid-1" }))]
#[schemars(rename = "EndCallRequest")]
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
        (Some(callid), None) => CallReference::Call(callid),
        (None, Some(roomid)) => CallReference::Room(roomid),
        (None, None) => return Err(Error::param("callid", Malformed::MissingBoth("roomid"))),
        (Some(_), Some(_)) => return Err(Error::param("roomid", "must not come with callid")),
    };
    tell(&app, caller, wanted, CallMessage::HangUp).await
}

/// Tells a call of the caller's what they want of it.
async fn tell(
    app: &App,
    caller: Caller,
    wanted: CallReference,
    message: fn(Uid, TokenHash) -> CallMessage,
) -> Result<Json<Done>> {
    app.require_valid(&caller).await?;
    let uid = caller.uid.clone();
    let callid = app.read(move |store| lookup::find_open(store, &uid, &wanted)).await?;
    app.tell_call(callid, message(caller.uid, caller.token)).await?;
    Ok(Json(Done {}))
}

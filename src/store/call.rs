//! Video calls: the record of each, and who is in one now.

use crate::db::connection::AnyConnection;
use crate::db::schema::{video_call, video_call_party};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{CallId, CallStatus, Incarnation, RoomId, Time, Uid};
use crate::protocol::objects::CallExit;
use crate::store::node;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// A video call.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = video_call)]
pub struct Call {
    /// The call.
    pub callid: CallId,
    /// The room of the two.
    pub roomid: RoomId,
    /// The number of its message in the room.
    pub roomseq: i64,
    /// Who called.
    pub caller: Uid,
    /// Who was called.
    pub callee: Uid,
    /// How it stands.
    pub status: CallStatus,
    /// When it began to ring.
    pub createtime: Time,
    /// When it stops ringing.
    pub expires: Time,
    /// When it was accepted.
    pub accepttime: Option<Time>,
}

impl Call {
    /// Whether it is one of the two.
    pub fn is_of(&self, uid: &Uid) -> bool {
        self.caller == *uid || self.callee == *uid
    }
}

/// Finds a call by its id.
pub fn find(connection: &mut AnyConnection, callid: &CallId) -> Result<Option<Call>> {
    Ok(video_call::table.find(callid).select(Call::as_select()).first(connection).optional()?)
}

/// Finds the call in a room that has not ended.
pub fn find_open_in(connection: &mut AnyConnection, roomid: &RoomId) -> Result<Option<Call>> {
    let open = video_call::table.filter(video_call::roomid.eq(roomid).and(is_open()));
    Ok(open.select(Call::as_select()).first(connection).optional()?)
}

/// Lists the calls that have not ended.
pub fn list_open(connection: &mut AnyConnection) -> Result<Vec<Call>> {
    Ok(video_call::table.filter(is_open()).select(Call::as_select()).load(connection)?)
}

/// Lists the calls that have not ended although nobody leads them any more: their process has ended, which was
/// alone or one of the nodes.
pub fn list_abandoned(connection: &mut AnyConnection) -> Result<Vec<Call>> {
    let AnyConnection::Postgres(connection) = connection else { return list_open(connection) };
    let of_dead = video_call::owner.assume_not_null().ne_all(node::living());
    let abandoned = video_call::table.filter(is_open()).filter(video_call::owner.is_null().or(of_dead));
    Ok(abandoned.select(Call::as_select()).load(connection)?)
}

/// Lists the calls that have not ended although the nodes that led them are dead.
pub fn list_of_dead(connection: &mut AnyConnection) -> Result<Vec<Call>> {
    let AnyConnection::Postgres(connection) = connection else { return Ok(Vec::new()) };
    let of_dead = video_call::owner.assume_not_null().ne_all(node::living());
    let left = video_call::table.filter(is_open()).filter(video_call::owner.is_not_null().and(of_dead));
    Ok(left.select(Call::as_select()).load(connection)?)
}

/// Finds the life of the node that leads a call; `None` where it has ended or is led by none of several.
pub fn find_owner(connection: &mut AnyConnection, callid: &CallId) -> Result<Option<Incarnation>> {
    let open = video_call::table.find(callid).filter(is_open()).select(video_call::owner);
    Ok(open.first::<Option<i64>>(connection).optional()?.flatten().map(Incarnation))
}

/// Lists those of these calls that have not ended, each with the life of the node that leads it.
pub fn list_led(
    connection: &mut AnyConnection,
    callids: &[CallId],
) -> Result<Vec<(Call, Option<Incarnation>)>> {
    let AnyConnection::Postgres(connection) = connection else { return Ok(Vec::new()) };
    let open = video_call::table.filter(video_call::callid.eq_any(callids).and(is_open()));
    let rows: Vec<(Call, Option<i64>)> =
        open.select((Call::as_select(), video_call::owner)).load(connection)?;
    Ok(rows.into_iter().map(|(call, owner)| (call, owner.map(Incarnation))).collect())
}

/// That a call has not ended, as the condition of the partial index says it.
fn is_open() -> SqlLiteral<Bool> {
    sql("video_call.status IN ('ringing', 'active')")
}

/// Finds the room of the call that somebody is in.
pub fn find_room_of(connection: &mut AnyConnection, uid: &Uid) -> Result<Option<RoomId>> {
    let party = video_call_party::table.find(uid).inner_join(video_call::table);
    Ok(party.select(video_call::roomid).first(connection).optional()?)
}

/// Inserts a call that rings; from now on both are in it.
pub fn insert(tx: &mut Tx<'_>, call: &Call) -> Result<()> {
    diesel::insert_into(video_call::table).values(call).execute(&mut **tx)?;
    // In the order of the ids, so that two transactions never wait for each other.
    let (first, second) =
        if call.caller < call.callee { (&call.caller, &call.callee) } else { (&call.callee, &call.caller) };
    for uid in [first, second] {
        diesel::insert_into(video_call_party::table)
            .values((video_call_party::uid.eq(uid), video_call_party::callid.eq(&call.callid)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Sets which node's actor leads a call, where there are several.
pub fn set_owner(tx: &mut Tx<'_>, callid: &CallId, Incarnation(owner): Incarnation) -> Result<()> {
    diesel::update(video_call::table.find(callid)).set(video_call::owner.eq(owner)).execute(&mut **tx)?;
    Ok(())
}

/// Inserts a call that was over before it rang.
pub fn insert_missed(tx: &mut Tx<'_>, call: &Call, exit: &CallExit) -> Result<()> {
    diesel::insert_into(video_call::table).values((call, exit_columns(exit))).execute(&mut **tx)?;
    Ok(())
}

/// Sets that a call is accepted; false where it does not ring any more.
pub fn set_accepted(tx: &mut Tx<'_>, callid: &CallId, at: Time) -> Result<bool> {
    let ringing = video_call::table.find(callid).filter(video_call::status.eq(CallStatus::Ringing));
    let changed = (video_call::status.eq(CallStatus::Active), video_call::accepttime.eq(at));
    Ok(diesel::update(ringing).set(changed).execute(&mut **tx)? > 0)
}

/// Sets that a call is over, and that its two are free for another; false where it was over already.
pub fn set_ended(tx: &mut Tx<'_>, callid: &CallId, exit: &CallExit) -> Result<bool> {
    let open = video_call::table.find(callid).filter(is_open());
    let changed = (video_call::status.eq(CallStatus::Ended), exit_columns(exit));
    let ended = diesel::update(open).set(changed).execute(&mut **tx)? > 0;
    let parties = video_call_party::table.filter(video_call_party::callid.eq(callid));
    diesel::delete(parties).execute(&mut **tx)?;
    Ok(ended)
}

/// The columns of an exit.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = video_call)]
struct ExitColumns<'a> {
    reason: &'static str,
    endedby: Option<&'a Uid>,
    endtime: Time,
}

fn exit_columns(exit: &CallExit) -> ExitColumns<'_> {
    ExitColumns { reason: exit.reason.as_str(), endedby: exit.by.as_ref(), endtime: exit.endtime }
}

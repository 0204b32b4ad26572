//! Appointments: a resident requests one or cancels the request, the doctor answers it.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{
    Content, Malformed, NoticeKind, Reason, ReservationId, ReservationStatus, Time, Title, Uid,
};
use crate::protocol::objects::Reservation;
use crate::service::rooms::alonechat;
use crate::service::{chat, hours, notices};
use crate::store::topic::{Facts, NewTopic};
use crate::store::{contract, reservation};
use serde_json::{Value, json};

const NO_RESERVATION: Error = Error::NotFound("reservation");

/// A request for an appointment.
#[derive(Debug, Clone)]
pub struct Request {
    /// The doctor.
    pub doctoruid: Uid,
    /// When the appointment would be.
    pub time: Time,
    /// Why.
    pub reason: Reason,
}

/// Requests an appointment under a contract in force with a team of the doctor, at a time that the doctor offers.
pub fn request(tx: &mut Tx<'_>, resident: &Uid, request: &Request) -> Result<ReservationId> {
    let Request { doctoruid: doctor, time, reason } = request;
    if *time <= tx.now {
        return Err(Error::param("time", Malformed::Past));
    }
    if !is_bound(tx, resident, doctor)? {
        return Err(alonechat::refusal(tx, resident, doctor, resident)?);
    }
    hours::require_offered(tx, doctor, *time)?;
    let id = reservation::insert(tx, resident, doctor, *time, reason.as_str())?;
    let requested = reservation::find(tx, &id)?.ok_or(NO_RESERVATION)?;
    notify_doctor(tx, &requested, "预约申请", "申请预约")?;
    Ok(id)
}

/// Returns whether a contract in force binds the two; if so, it stays in force until the transaction
/// ends.
fn is_bound(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<bool> {
    if !contract::binds(tx, resident, doctor)? {
        return Ok(false);
    }
    alonechat::ensure(tx, resident, doctor)?;
    contract::binds(tx, resident, doctor)
}

/// A doctor's answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request.
    pub reservationid: ReservationId,
    /// Whether it is accepted.
    pub accept: bool,
    /// What the doctor says to it.
    pub reply: Option<Reason>,
}

/// Answers a request made to `doctor`, with a notice in the room of the two.
pub fn answer(tx: &mut Tx<'_>, doctor: &Uid, answer: &Answer) -> Result<()> {
    let Answer { reservationid, accept, reply } = answer;
    let request = reservation::find(tx, reservationid)?.filter(|request| request.doctoruid == *doctor);
    let request = request.ok_or(NO_RESERVATION)?;
    // The contract stays as it is until the transaction ends.
    alonechat::ensure(tx, &request.uid, doctor)?;
    if *accept && !contract::binds(tx, &request.uid, doctor)? {
        return Err(Error::State("there is no contract in force any more"));
    }
    let (to, verdict) = match accept {
        true => (ReservationStatus::Accepted, "您的预约申请已通过"),
        false => (ReservationStatus::Rejected, "您的预约申请未通过"),
    };
    let answered = settle(tx, reservationid, to, reply.as_ref())?;
    let notice = match &answered.reply {
        Some(reply) => format!("{verdict}: {reply}"),
        None => verdict.to_owned(),
    };
    chat::post_notice(tx, &answered.uid, doctor, notice)
}

/// Cancels a request of `resident` that has not been answered yet.
pub fn cancel(tx: &mut Tx<'_>, resident: &Uid, id: &ReservationId) -> Result<()> {
    let request = reservation::find(tx, id)?.filter(|request| request.uid == *resident);
    request.ok_or(NO_RESERVATION)?;
    let cancelled = settle(tx, id, ReservationStatus::Cancelled, None)?;
    notify_doctor(tx, &cancelled, "取消预约", "取消了预约")
}

/// Changes the status of a request that waits; fails with `FA_STATE` if it does not.
fn settle(
    tx: &mut Tx<'_>,
    id: &ReservationId,
    to: ReservationStatus,
    reply: Option<&Reason>,
) -> Result<Reservation> {
    match reservation::set_status(tx, id, to, reply.map(Reason::as_str))? {
        true => reservation::find(tx, id)?.ok_or(NO_RESERVATION),
        false => Err(Error::State("the reservation has been answered or called off already")),
    }
}

/// Sends the doctor a notice of a request and what became of it.
fn notify_doctor(tx: &mut Tx<'_>, about: &Reservation, title: &str, what: &str) -> Result<()> {
    let content = format!("{}{what}: {}", about.name, about.reason);
    let facts = match json!(about) {
        Value::Object(facts) => facts,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Facts::new(),
    };
    let new = NewTopic {
        kind: NoticeKind::Reservation,
        author: about.uid.clone(),
        clientid: None,
        title: Title::try_from(title.to_owned()).map_err(Error::inside)?,
        content: Content::try_from(content).map_err(Error::inside)?,
        facts,
    };
    notices::send(tx, &new, std::slice::from_ref(&about.doctoruid)).map(drop)
}

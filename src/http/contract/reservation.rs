//! Appointments: a resident asks for one or calls it off, the doctor answers.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::chat::message;
use crate::http::extract::body::{Body, Done, Limit, List, Query};
use crate::http::extract::caller::{Doctor, Resident};
use crate::model::{Content, NoticeKind, Reason, ReservationId, ReservationStatus, Time, Title, Uid};
use crate::protocol::shape::{Person, Reservation};
use crate::store::dialog;
use crate::store::reservation::{self, Listed};
use crate::store::topic::{self, Facts, NewTopic};
use crate::store::{alonechat, contract, room};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const NONE: Error = Error::NotFound("reservation");

/// The body of `/user/reservation/create`.
#[derive(Deserialize, JsonSchema)]
pub struct Wish {
    doctoruid: Uid,
    time: Time,
    #[schemars(example = &"复查血压")]
    reason: Reason,
}

/// The request that was made.
#[derive(Serialize, JsonSchema)]
pub struct Made {
    reservationid: ReservationId,
}

/// Asks a doctor for an appointment, under a contract in force with the doctor's team.
pub async fn create(
    app: Data<App>,
    Resident(caller): Resident,
    Body(wish): Body<Wish>,
) -> Result<Json<Made>> {
    let resident = Person { uid: caller.uid, name: caller.name, role: caller.role };
    let reservationid = app.write(move |tx| {
        let Wish { doctoruid, time, reason } = &wish;
        if *time <= tx.now {
            return Err(Error::param("time", "must be in the future"));
        }
        if !is_bound(tx, &resident.uid, doctoruid)? {
            return Err(message::refusal(tx, &resident.uid, doctoruid, &resident.uid)?);
        }
        let made = reservation::insert(tx, &resident, doctoruid, *time, reason.as_str())?;
        tell_doctor(tx, &made, "预约申请", "申请预约")?;
        Ok(made.reservationid)
    });
    Ok(Json(Made { reservationid: reservationid.await? }))
}

/// Whether a contract in force binds the two; it stays so until the transaction has ended.
fn is_bound(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<bool> {
    if !contract::binds(tx, resident, doctor)? {
        return Ok(false);
    }
    lock_room(tx, resident, doctor)?;
    contract::binds(tx, resident, doctor)
}

/// Locks the room of the two, as who ends their contract does.
fn lock_room(tx: &mut Tx<'_>, resident: &Uid, doctor: &Uid) -> Result<()> {
    let roomid = alonechat::ensure(tx, resident, doctor)?;
    room::lock(tx, &roomid).map(drop)
}

/// Puts what became of a request on the doctor's line of appointments.
fn tell_doctor(tx: &mut Tx<'_>, about: &Reservation, title: &str, what: &str) -> Result<()> {
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
    topic::tell(tx, &new, std::slice::from_ref(&about.doctoruid)).map(drop)
}

/// The body of `/doctor/reservation/update`.
#[derive(Deserialize, JsonSchema)]
pub struct Answer {
    reservationid: ReservationId,
    accept: bool,
    #[schemars(example = &"请空腹前来")]
    reply: Option<Reason>,
}

/// Accepts or refuses a request made to oneself; the resident reads it in the chat.
pub async fn update(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(answer): Body<Answer>,
) -> Result<Json<Done>> {
    let done = app.write(move |tx| {
        let Answer { reservationid, accept, reply } = &answer;
        let asked = reservation::find(tx, reservationid)?.filter(|asked| asked.doctoruid == caller.uid);
        let asked = asked.ok_or(NONE)?;
        lock_room(tx, &asked.uid, &asked.doctoruid)?;
        if *accept && !contract::binds(tx, &asked.uid, &asked.doctoruid)? {
            return Err(Error::State("there is no contract in force any more"));
        }
        let to = if *accept { ReservationStatus::Accepted } else { ReservationStatus::Rejected };
        let settled = reservation::settle(tx, reservationid, to, reply.as_ref().map(Reason::as_str))?;
        notify(tx, &settled)?;
        Ok(Done {})
    });
    Ok(Json(done.await?))
}

/// Writes the notice of the doctor's answer into the room of the two.
fn notify(tx: &mut Tx<'_>, settled: &Reservation) -> Result<()> {
    let verdict = match settled.status {
        ReservationStatus::Accepted => "您的预约申请已通过",
        ReservationStatus::Rejected | ReservationStatus::Applied | ReservationStatus::Cancelled => {
            "您的预约申请未通过"
        }
    };
    let words = match &settled.reply {
        Some(reply) => format!("{verdict}: {reply}"),
        None => verdict.to_owned(),
    };
    dialog::notify(tx, &settled.uid, &settled.doctoruid, words)
}

/// The body of `/user/reservation/cancel`.
#[derive(Deserialize, JsonSchema)]
pub struct Which {
    reservationid: ReservationId,
}

/// Calls off a request of one's own that has not been answered yet.
pub async fn cancel(
    app: Data<App>,
    Resident(caller): Resident,
    Body(which): Body<Which>,
) -> Result<Json<Done>> {
    let done = app.write(move |tx| {
        let own = reservation::find(tx, &which.reservationid)?.filter(|own| own.uid == caller.uid);
        own.ok_or(NONE)?;
        let off = reservation::settle(tx, &which.reservationid, ReservationStatus::Cancelled, None)?;
        tell_doctor(tx, &off, "取消预约", "取消了预约")?;
        Ok(Done {})
    });
    Ok(Json(done.await?))
}

/// Which requests are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Wanted {
    status: Option<ReservationStatus>,
    before: Option<ReservationId>,
    #[serde(default)]
    limit: Limit,
}

/// One's own requests.
pub async fn list_of_resident(
    app: Data<App>,
    Resident(caller): Resident,
    Query(wanted): Query<Wanted>,
) -> Result<Json<List<Reservation>>> {
    list(&app, Listed::OfResident(caller.uid), wanted).await
}

/// The requests made to oneself.
pub async fn list_of_doctor(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(wanted): Query<Wanted>,
) -> Result<Json<List<Reservation>>> {
    list(&app, Listed::OfDoctor(caller.uid), wanted).await
}

async fn list(app: &App, listed: Listed, wanted: Wanted) -> Result<Json<List<Reservation>>> {
    let Wanted { status, before, limit } = wanted;
    let items =
        app.read(move |store| reservation::list(store, &listed, status, before.as_ref(), limit.and_one()));
    Ok(Json(List::page(items.await?, limit, |item| item.reservationid.to_string())))
}

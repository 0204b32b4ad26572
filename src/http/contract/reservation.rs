//! Appointments: a resident asks for one or calls it off, the doctor answers.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::{Doctor, Resident};
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::limits::account::Spending;
use crate::model::{Reason, ReservationId, ReservationStatus, Time, Uid};
use crate::protocol::objects::Reservation;
use crate::service::reservations;
use crate::store::reservation::{self, ReservationsOf};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `/user/reservation/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateReservationRequest")]
pub struct NewReservation {
    doctoruid: Uid,
    time: Time,
    #[schemars(example = &"复查血压")]
    reason: Reason,
}

/// The request that was made.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CreatedReservation")]
pub struct MadeReservation {
    reservationid: ReservationId,
}

/// Requests an appointment.
pub async fn create(
    app: Data<App>,
    Resident(caller): Resident,
    Body(body): Body<NewReservation>,
) -> Result<Json<MadeReservation>> {
    app.spend(&caller, Spending::Application)?;
    let NewReservation { doctoruid, time, reason } = body;
    let request = reservations::Request { doctoruid, time, reason };
    let reservationid =
        app.write_as(caller, move |tx, caller| reservations::request(tx, &caller.uid, &request)).await?;
    Ok(Json(MadeReservation { reservationid }))
}

/// The body of `/doctor/reservation/update`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "AnswerReservationRequest")]
pub struct ReservationAnswer {
    reservationid: ReservationId,
    accept: bool,
    #[schemars(example = &"请空腹前来")]
    reply: Option<Reason>,
}

/// Accepts or rejects a request made to oneself.
pub async fn update(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<ReservationAnswer>,
) -> Result<Json<Done>> {
    let ReservationAnswer { reservationid, accept, reply } = body;
    let answer = reservations::Answer { reservationid, accept, reply };
    app.write_as(caller, move |tx, caller| reservations::answer(tx, &caller.uid, &answer)).await?;
    Ok(Json(Done {}))
}

/// The body of `/user/reservation/cancel`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CancelReservationRequest")]
pub struct ReservationChoice {
    reservationid: ReservationId,
}

/// Cancels a request of one's own that waits.
pub async fn cancel(
    app: Data<App>,
    Resident(caller): Resident,
    Body(body): Body<ReservationChoice>,
) -> Result<Json<Done>> {
    app.write_as(caller, move |tx, caller| reservations::cancel(tx, &caller.uid, &body.reservationid))
        .await?;
    Ok(Json(Done {}))
}

/// Which requests are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct ReservationQuery {
    status: Option<ReservationStatus>,
    before: Option<ReservationId>,
    #[serde(default)]
    limit: Limit,
}

/// Lists one's own requests.
pub async fn list_of_resident(
    app: Data<App>,
    Resident(caller): Resident,
    Query(wanted): Query<ReservationQuery>,
) -> Result<Json<List<Reservation>>> {
    list(&app, ReservationsOf::Resident(caller.uid), wanted).await
}

/// Lists the requests made to oneself.
pub async fn list_of_doctor(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(wanted): Query<ReservationQuery>,
) -> Result<Json<List<Reservation>>> {
    list(&app, ReservationsOf::Doctor(caller.uid), wanted).await
}

async fn list(app: &App, whose: ReservationsOf, wanted: ReservationQuery) -> Result<Json<List<Reservation>>> {
    let ReservationQuery { status, before, limit } = wanted;
    let items = app.read(move |connection| {
        reservation::list(connection, &whose, status, before.as_ref(), limit.and_one())
    });
    Ok(Json(List::page(items.await?, limit, |item| item.reservationid.to_string())))
}

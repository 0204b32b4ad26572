//! The hours of a week in which a doctor offers appointments.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::{Doctor, Resident};
use crate::http::extract::query::Query;
use crate::limits::account::Spending;
use crate::model::{ClockOffset, OfferedHours, Uid, WeeklyHours};
use crate::service;
use crate::store::office_hours;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;

/// Shows the hours that one offers.
pub async fn show_own(app: Data<App>, Doctor(caller): Doctor) -> Result<Json<OfferedHours>> {
    Ok(Json(app.read(move |connection| office_hours::find(connection, &caller.uid)).await?))
}

/// The body of `/doctor/hours/update`: all hours.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdateHoursRequest")]
pub struct HoursUpdate {
    hours: WeeklyHours,
    offset: ClockOffset,
    #[serde(default)]
    autoanswer: bool,
}

/// Sets the hours that one offers, all of them.
pub async fn update(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<HoursUpdate>,
) -> Result<Json<OfferedHours>> {
    app.spend(&caller, Spending::Application)?;
    let HoursUpdate { hours, offset, autoanswer } = body;
    let offered = OfferedHours { hours, offset, autoanswer };
    Ok(Json(app.write_as(caller, move |tx, caller| service::hours::set(tx, &caller.uid, &offered)).await?))
}

/// Whose hours are asked for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "HoursQuery")]
pub struct Whose {
    doctoruid: Uid,
}

/// Shows the hours that a doctor of one's contract offers.
pub async fn show(
    app: Data<App>,
    Resident(caller): Resident,
    Query(Whose { doctoruid }): Query<Whose>,
) -> Result<Json<OfferedHours>> {
    let offered = app
        .read(move |connection| service::hours::find_for_resident(connection, &caller.uid, &doctoruid))
        .await?;
    Ok(Json(offered))
}

//! The duty roster: listing and changing who is on duty when.

use crate::app::App;
use crate::db::paging::Cursor;
use crate::error::{Error, Result};
use crate::http::duty::on_duty::OnDuty;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Administrator;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::model::{Malformed, RosterId, Time, Uid};
use crate::service::roster;
use crate::store::duty_roster::{self, Shift};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which turns are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct RosterQuery {
    before: Option<RosterId>,
    #[serde(default)]
    limit: Limit,
}

/// A turn of duty, and whether it is now.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DutyTurn")]
pub struct ShiftView {
    #[serde(flatten)]
    shift: Shift,
    onduty: bool,
}

impl From<Shift> for ShiftView {
    fn from(shift: Shift) -> Self {
        Self { onduty: shift.covers(Time::now()), shift }
    }
}

/// Lists all shifts, past and coming ones included, the one added last first.
pub async fn list(
    app: Data<App>,
    _: OnDuty,
    Query(wanted): Query<RosterQuery>,
) -> Result<Json<List<ShiftView>>> {
    let RosterQuery { before, limit } = wanted;
    let shifts = app.read(move |connection| duty_roster::list(connection, before.as_ref(), limit.and_one()));
    let views = shifts.await?.into_iter().map(ShiftView::from).collect();
    Ok(Json(List::page(views, limit, |item: &ShiftView| item.shift.rosterid.to_string())))
}

/// A span of time, and which of its turns are asked for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DutyTurnsQuery")]
pub struct TurnsQuery {
    from: Time,
    #[schemars(example = &"2026-11-30T00:00:00.000Z")]
    to: Time,
    before: Option<Cursor<RosterId>>,
    #[serde(default)]
    limit: Limit,
}

/// Lists the shifts that cover some of a span of time, such as a week, the one that begins first first.
pub async fn list_between(
    app: Data<App>,
    _: OnDuty,
    Query(wanted): Query<TurnsQuery>,
) -> Result<Json<List<ShiftView>>> {
    let TurnsQuery { from, to, before, limit } = wanted;
    if to <= from {
        return Err(Error::param("to", Malformed::Order("from")));
    }
    let shifts = app.read(move |connection| {
        duty_roster::list_between(connection, (from, to), before.as_ref(), limit.and_one())
    });
    let views = shifts.await?.into_iter().map(ShiftView::from).collect();
    let cursor = |item: &ShiftView| Cursor(item.shift.begins, item.shift.rosterid.clone()).to_string();
    Ok(Json(List::page(views, limit, cursor)))
}

/// The body of `/admin/duty/roster`: a new turn by `uid`, or a change of the one of `rosterid`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ChangeRosterRequest")]
pub struct RosterChange {
    uid: Option<Uid>,
    begins: Option<Time>,
    rosterid: Option<RosterId>,
    ends: Option<Time>,
    #[serde(default)]
    remove: bool,
}

/// Puts a doctor on duty, changes when a shift ends, or removes it.
pub async fn change(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<RosterChange>,
) -> Result<Json<ShiftView>> {
    let shift = match (body.uid, body.rosterid, body.begins, body.remove) {
        (Some(uid), None, begins, _) => {
            app.write_as(caller, move |tx, _| roster::add(tx, &uid, begins.unwrap_or(tx.now), body.ends))
                .await?
        }
        (None, Some(rosterid), None, true) => {
            app.write_as(caller, move |tx, _| roster::remove(tx, &rosterid)).await?
        }
        (None, Some(rosterid), None, false) => {
            app.write_as(caller, move |tx, _| roster::set_end(tx, &rosterid, body.ends)).await?
        }
        (None, Some(_), Some(_), _) => return Err(Error::param("begins", "must not come with rosterid")),
        (None, None, ..) => return Err(Error::param("uid", Malformed::Missing)),
        (Some(_), Some(_), ..) => return Err(Error::param("uid", "must not come with rosterid")),
    };
    Ok(Json(shift.into()))
}

//! The roster: which doctors are on duty when.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::duty::OnDuty;
use crate::http::extract::body::{Body, Limit, List, Query};
use crate::model::{RosterId, Time, Uid};
use crate::store::duty::{self, Turn};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which turns are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Turns {
    before: Option<RosterId>,
    #[serde(default)]
    limit: Limit,
}

/// A turn of duty, and whether it is now.
#[derive(Serialize, JsonSchema)]
pub struct TurnView {
    #[serde(flatten)]
    turn: Turn,
    onduty: bool,
}

impl From<Turn> for TurnView {
    fn from(turn: Turn) -> Self {
        Self { onduty: turn.is_at(Time::now()), turn }
    }
}

/// The turns, past and coming ones too, the one made last first.
pub async fn list(app: Data<App>, _: OnDuty, Query(wanted): Query<Turns>) -> Result<Json<List<TurnView>>> {
    let Turns { before, limit } = wanted;
    let turns = app.read(move |store| duty::list(store, before.as_ref(), limit.and_one())).await?;
    let turns = turns.into_iter().map(TurnView::from).collect();
    Ok(Json(List::page(turns, limit, |item| item.turn.rosterid.to_string())))
}

/// The body of `/admin/duty/roster`: a new turn by `uid`, or a change of the one of `rosterid`.
#[derive(Deserialize, JsonSchema)]
pub struct Change {
    uid: Option<Uid>,
    begins: Option<Time>,
    rosterid: Option<RosterId>,
    ends: Option<Time>,
    #[serde(default)]
    remove: bool,
}

/// Puts a doctor on duty, gives a turn another end, or takes it off the roster.
pub async fn change(app: Data<App>, _: OnDuty, Body(body): Body<Change>) -> Result<Json<TurnView>> {
    let turn = app.write(move |tx| match (&body.uid, &body.rosterid) {
        (Some(uid), None) => duty::insert(tx, uid, body.begins.unwrap_or(tx.now), body.ends),
        (None, Some(rosterid)) => alter(tx, rosterid, &body),
        (None, None) => Err(Error::param("uid", "is missing")),
        (Some(_), Some(_)) => Err(Error::param("uid", "must not come with rosterid")),
    });
    Ok(Json(turn.await?.into()))
}

fn alter(tx: &mut Tx<'_>, rosterid: &RosterId, change: &Change) -> Result<Turn> {
    match (change.begins, change.remove) {
        (Some(_), _) => Err(Error::param("begins", "must not come with rosterid")),
        (None, true) => duty::delete(tx, rosterid),
        (None, false) => duty::set_end(tx, rosterid, change.ends),
    }
}

//! Reports over a period: how soon residents were answered, how much doctors and teams did, what became of contracts.
//! How far announcements have reached is in `notice::announcement`.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::caller::Administrator;
use crate::http::extract::query::Query;
use crate::model::{DialogId, Time};
use crate::service::reports::{self, ContractReport, Work, WorkReport};
use crate::store::report;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::Range;
use std::time::Duration;

/// How long the period is where nothing is said.
const USUAL: Duration = Duration::from_secs(30 * 86_400);

/// Which period is asked for, at most 366 days.
#[derive(Deserialize, JsonSchema)]
pub struct Period {
    /// 30 days before `until`, where it is left out.
    from: Option<Time>,
    /// The end, which is not in it; now, where it is left out.
    #[schemars(example = &"2026-11-24T08:00:00.000Z")]
    until: Option<Time>,
}

impl Period {
    fn range(self) -> Result<Range<Time>> {
        let end = self.until.unwrap_or_else(Time::now);
        let period = self.from.unwrap_or(end - USUAL)..end;
        reports::check_period(&period).map(|()| period)
    }
}

/// How soon residents were answered, and by whom.
pub async fn show_work(
    app: Data<App>,
    Administrator(caller): Administrator,
    Query(period): Query<Period>,
) -> Result<Json<WorkReport>> {
    let Range { start, end } = period.range()?;
    let (mut work, mut next) = (Work::default(), Some(DialogId::least_from(start)));
    // Each page is a reading of its own, between which others have their turn.
    while let Some(after) = next {
        let list = move |store: &mut _| report::list_written(store, &after, end, reports::PAGE);
        next = work.add(&app.read_long(&caller.uid, list).await?)?;
    }
    Ok(Json(app.read(move |store| reports::report_work(store, work)).await?))
}

/// What became of contracts.
pub async fn show_contracts(
    app: Data<App>,
    Administrator(caller): Administrator,
    Query(period): Query<Period>,
) -> Result<Json<ContractReport>> {
    let period = period.range()?;
    Ok(Json(app.read_long(&caller.uid, move |store| reports::report_contracts(store, &period)).await?))
}

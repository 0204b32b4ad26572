//! Numbers for a dashboard: how much there is of what, how it grows, what goes wrong.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::admin::deployment::{self, Deployment};
use crate::http::admin::mobile::{self, PushStats};
use crate::http::extract::caller::Administrator;
use crate::http::extract::query::Query;
use crate::model::Time;
use crate::store::statistics::{self, Counts};
use crate::store::tally;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// Where the asker's days begin.
#[derive(Deserialize, JsonSchema)]
pub struct ClockOffset {
    /// Minutes that the asker's clock is ahead of UTC: 480 in China.
    #[serde(default)]
    #[schemars(example = &480, range(min = -840, max = 840))]
    offset: i64,
}

/// Numbers for a dashboard.
#[derive(Serialize, JsonSchema)]
pub struct Stats {
    /// Connections, to all nodes.
    connections: usize,
    #[serde(flatten)]
    counts: Counts,
    /// Messages of each of the last 14 days, today's so far at the end.
    days: Vec<MessageCount>,
    /// Messages of each of the last 24 hours, this one's so far at the end.
    hours: Vec<MessageCount>,
    /// Requests that this node has answered with a 5xx, since its start.
    errors: u64,
    /// Work that the store of this node refused as too much waited, since its start.
    refused: u64,
    /// Work that waits to be written.
    writes: usize,
    /// How long commits of this node took, since its start.
    commits: CommitDurations,
    /// How mobile notices fare.
    push: PushStats,
    /// What runs here.
    deployment: Deployment,
}

/// How many messages were written in a day or an hour.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MessageCount")]
pub struct MessageCount {
    /// When it began.
    begins: Time,
    /// Messages of all rooms.
    messages: i64,
}

/// Half of the commits, and nearly all, took no more than these milliseconds, about.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CommitLatency")]
pub struct CommitDurations {
    p50: Option<f64>,
    p95: Option<f64>,
}

/// How much there is of what, how it grows, what goes wrong.
pub async fn show(
    app: Data<App>,
    Administrator(caller): Administrator,
    Query(ClockOffset { offset }): Query<ClockOffset>,
) -> Result<Json<Stats>> {
    if !(-840..=840).contains(&offset) {
        return Err(Error::param("offset", "must be -840 to 840 minutes"));
    }
    let (now, connections) = (Time::now(), app.count_all_connections().await?);
    let (days, hours) = (begins(now, offset, DAY, 14), begins(now, offset, HOUR, 24));
    let (first, last) = (days[0], hours[hours.len() - 1]);
    let (counts, by_hour) = app
        .read_long(&caller.uid, move |store| {
            Ok((statistics::count(store, now)?, tally::list_hours(store, first, last)?))
        })
        .await?;
    let (days, hours) = (spans(&days, first, &by_hour), spans(&hours, first, &by_hour));
    let (writes, millis) = (&app.metrics().writes, |took: Duration| took.as_micros() as f64 / 1000.0);
    Ok(Json(Stats {
        connections,
        counts,
        days,
        hours,
        errors: app.metrics().requests.failed(),
        refused: writes.count_refused(),
        writes: app.store_load().waiting,
        commits: CommitDurations {
            p50: writes.duration(0.5).map(millis),
            p95: writes.duration(0.95).map(millis),
        },
        push: mobile::stats(&app).await?,
        deployment: deployment::look(&app).await?,
    }))
}

/// When the last `count` days or hours began by a clock that is `offset` minutes ahead of UTC, and
/// when the last of them ends.
fn begins(now: Time, offset: i64, width: Duration, count: i64) -> Vec<Time> {
    let (offset, width) = (offset * 60_000, width.as_millis() as i64);
    let last = (now.millis() + offset).div_euclid(width) * width - offset;
    (1 - count..=1).map(|back| Time::from_millis(last + back * width)).collect()
}

/// The messages between each of these times and the next one; `by_hour` has those of every hour since `first`.
fn spans(begins: &[Time], first: Time, by_hour: &[i64]) -> Vec<MessageCount> {
    let hour_of = |time: Time| (time.since(first).as_secs() / HOUR.as_secs()) as usize;
    let count = |span: &[Time]| {
        let hours = by_hour.iter().take(hour_of(span[1])).skip(hour_of(span[0]));
        MessageCount { begins: span[0], messages: hours.sum() }
    };
    begins.windows(2).map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_the_askers_midnight() {
        // 2026-11-23T20:30:00Z is the 24th in China.
        let now = Time::from_millis(1_795_465_800_000);
        let texts = |offset| begins(now, offset, DAY, 2).iter().map(Time::to_string).collect::<Vec<_>>();
        let midnights = ["2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z"];
        assert_eq!(texts(0), midnights);
        let midnights = ["2026-11-22T16:00:00.000Z", "2026-11-23T16:00:00.000Z", "2026-11-24T16:00:00.000Z"];
        assert_eq!(texts(480), midnights);
        assert_eq!(texts(-480)[2], "2026-11-24T08:00:00.000Z");
    }
}

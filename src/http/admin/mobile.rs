//! The back office's view of mobile notices: what waits, what failed, how long it takes.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::caller::Administrator;
use crate::mobile::vendor_client::VendorHealth;
use crate::model::Time;
use crate::store::{alert, device_alias, notice};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Serialize;

/// How mobile notices fare; what is counted is counted since the start.
#[derive(Serialize, JsonSchema)]
pub struct PushStats {
    /// The vendor; null where none is configured.
    #[schemars(example = &"jpush")]
    provider: Option<&'static str>,
    /// `unknown` before the first answer, `ok`, or `refused` where the keys are not accepted.
    #[schemars(example = &"ok")]
    state: &'static str,
    /// Pushes that may still arrive by themselves, or become notices.
    alerts: i64,
    /// Notices that wait for the vendor.
    notices: i64,
    /// Devices of which the vendor is still to be told.
    devices: i64,
    /// Seconds that the oldest of the alerts and notices has waited.
    oldest: i64,
    /// Notices accepted by the vendor.
    accepted: u64,
    /// Tries that failed in passing.
    retried: u64,
    /// Notices given up.
    failed: u64,
    /// Notices to accounts of which the vendor knows no device.
    unreachable: u64,
    /// Notices taken back.
    withdrawn: u64,
    /// Milliseconds from the push to the vendor's acceptance, over the last 1,024 notices.
    latency: Latency,
}

/// Half of the notices, and nearly all, were accepted within these milliseconds.
#[derive(Default, Serialize, JsonSchema)]
#[schemars(rename = "NoticeLatency")]
pub struct Latency {
    p50: Option<u64>,
    p99: Option<u64>,
}

/// How mobile notices fare.
pub async fn show(app: Data<App>, _: Administrator) -> Result<Json<PushStats>> {
    Ok(Json(stats(&app).await?))
}

/// The same, for whoever shows more.
pub async fn stats(app: &App) -> Result<PushStats> {
    let queues = app
        .read(|store| Ok((alert::count(store)?, notice::count(store)?, device_alias::count_untold(store)?)));
    let ((alerts, oldest_alert), (notices, oldest_notice), devices) = queues.await?;
    let oldest = [oldest_alert, oldest_notice].into_iter().flatten().min();
    let vendor = app.vendor();
    let counted = &app.metrics().notices;
    let latency = |share| vendor.as_ref().and_then(|vendor| vendor.delay_percentile(share));
    Ok(PushStats {
        provider: vendor.as_ref().map(|vendor| vendor.provider().name()),
        state: match vendor.as_ref().map(|vendor| vendor.health()) {
            None => "off",
            Some(VendorHealth::Unknown) => "unknown",
            Some(VendorHealth::Healthy) => "ok",
            Some(VendorHealth::Unauthorized) => "refused",
        },
        alerts,
        notices,
        devices,
        oldest: oldest.map_or(0, |oldest| (Time::now().millis() - oldest.millis()) / 1000),
        accepted: counted.accepted.get(),
        retried: counted.retried.get(),
        failed: counted.failed.get(),
        unreachable: counted.unreachable.get(),
        withdrawn: counted.withdrawn.get(),
        latency: Latency { p50: latency(0.5), p99: latency(0.99) },
    })
}

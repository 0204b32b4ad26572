//! Runs the workers of mobile notices, if a vendor is configured.

use super::cid_pool::CidPool;
use super::vendor_client::VendorClient;
use super::{devices, send, triage};
use crate::app::App;
use crate::error::Result;
use crate::model::AlertKind;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How long a worker waits when it finds nothing to do.
pub(super) const IDLE_WAIT: Duration = Duration::from_millis(200);
/// How long it waits after an error.
const ERROR_WAIT: Duration = Duration::from_secs(2);

/// What a worker does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It looks for more work at once.
    Continue,
    /// It waits for this long.
    Wait(Duration),
}

/// Starts the workers; they end with the server.
pub fn start(app: App) {
    let Some(vendor) = app.vendor() else { return };
    actix::spawn(check_credentials(vendor.clone()));
    actix::spawn(async move {
        adopt_devices(&app).await;
        for kind in [AlertKind::Call, AlertKind::Message, AlertKind::Announcement] {
            spawn(app.clone(), vendor.clone(), move |app, vendor| triage::run(app, vendor, kind));
        }
        // Calls have a worker of their own, so that they wait for nothing else that is sent.
        const LANES: [&[AlertKind]; 2] = [&[AlertKind::Call], &[AlertKind::Message, AlertKind::Announcement]];
        for kinds in LANES {
            let cids = CidPool::default();
            spawn(app.clone(), vendor.clone(), move |app, vendor| {
                send::run(app, vendor, kinds, cids.clone())
            });
        }
        spawn(app, vendor, devices::run);
    });
}

/// Learns whether the credentials are good before there is anything to send.
async fn check_credentials(vendor: Arc<VendorClient>) {
    vendor.observe(&vendor.provider().cids(1).await);
}

/// Before anything is sent, devices must belong to whoever got them while there was no vendor.
async fn adopt_devices(app: &App) {
    while let Err(error) = devices::adopt(app).await {
        error.log("mobile notices failed");
        tokio::time::sleep(ERROR_WAIT).await;
    }
}

/// Runs `step` again and again.
fn spawn<F, W>(app: App, vendor: Arc<VendorClient>, step: F)
where
    F: Fn(App, Arc<VendorClient>) -> W + 'static,
    W: Future<Output = Result<Next>>,
{
    actix::spawn(async move {
        loop {
            match step(app.clone(), vendor.clone()).await {
                Ok(Next::Continue) => {}
                Ok(Next::Wait(time)) => tokio::time::sleep(time).await,
                Err(error) => {
                    error.log("mobile notices failed");
                    tokio::time::sleep(ERROR_WAIT).await;
                }
            }
        }
    });
}

/// How long to wait before a retry: 2 to the power of `tries` seconds, at most 5 minutes, and at least
/// what the vendor demands.
pub(super) fn backoff(tries: i32, least: Duration) -> Duration {
    const LONGEST: Duration = Duration::from_secs(300);
    let doubled = Duration::from_secs(1 << tries.clamp(0, 9));
    doubled.min(LONGEST).max(least)
}

//! Runs the workers of mobile notices, if a vendor is configured; of several nodes one sends them.

use super::cid_pool::CidPool;
use super::vendor_client::VendorClient;
use super::{devices, send, triage};
use crate::app::App;
use crate::error::Result;
use crate::model::AlertKind;
use crate::workers::job::{self, Next};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait before devices are adopted again, after an error.
const ERROR_WAIT: Duration = Duration::from_secs(2);

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
    let round = {
        let app = app.clone();
        async move || step(app.clone(), vendor.clone()).await
    };
    job::spawn_once(app, "sending mobile notices", round);
}

//! Runs the workers of notices, if a vendor or web push is configured; of several nodes one sends them.

use super::cid_pool::CidPool;
use super::vendor_client::VendorClient;
use super::web_send::Sender;
use super::{devices, send, triage, web_send};
use crate::app::App;
use crate::error::Result;
use crate::model::AlertKind;
use crate::workers::job::{self, Next};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait before devices are adopted again, after an error.
const ERROR_WAIT: Duration = Duration::from_secs(2);

/// Calls have a worker of their own, so that they wait for nothing else that is sent.
const LANES: [&[AlertKind]; 2] = [&[AlertKind::Call], &[AlertKind::Message, AlertKind::Announcement]];

/// Starts the workers; they end with the server.
pub fn start(app: App) {
    let (vendor, web_push) = (app.vendor(), app.web_push());
    if vendor.is_none() && web_push.is_none() {
        return;
    }
    actix::spawn(async move {
        if let Some(vendor) = vendor {
            actix::spawn(check_credentials(vendor.clone()));
            adopt_devices(&app).await;
            start_vendor(&app, &vendor);
        }
        for kind in [AlertKind::Call, AlertKind::Message, AlertKind::Announcement] {
            spawn(app.clone(), move |app| triage::run(app, kind));
        }
        if let Some(client) = web_push {
            let (pauses, text) = (Arc::default(), app.config().push.preview_text());
            start_web(&app, Sender { client, pauses, text });
        }
    });
}

fn start_vendor(app: &App, vendor: &Arc<VendorClient>) {
    for kinds in LANES {
        let (vendor, cids) = (vendor.clone(), CidPool::default());
        spawn(app.clone(), move |app| send::run(app, vendor.clone(), kinds, cids.clone()));
    }
    let vendor = vendor.clone();
    spawn(app.clone(), move |app| devices::run(app, vendor.clone()));
}

/// Each kind has a worker of its own: an announcement is a request for each of many browsers.
fn start_web(app: &App, sender: Sender) {
    for kind in AlertKind::ALL {
        let sender = sender.clone();
        spawn(app.clone(), move |app| web_send::run(app, sender.clone(), *kind));
    }
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
fn spawn<F, W>(app: App, step: F)
where
    F: Fn(App) -> W + 'static,
    W: Future<Output = Result<Next>>,
{
    let round = {
        let app = app.clone();
        async move || step(app.clone()).await
    };
    job::spawn_once(app, "sending mobile notices", round);
}

//! From alerts to notices on phones: the workers. They run only where a vendor is configured.
//!
//! `judge` decides what has not arrived by itself, `gather` makes one notice of several alerts,
//! `send` hands notices to the vendor, `devices` tells it whose device is whose. All that is to be
//! done stands in the store, so that the workers may die at any moment.

mod devices;
mod gather;
mod judge;
mod send;

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::AlertKind;
use crate::offline::desk::Desk;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// After this what was not sent is no news any more, and what was sent is not taken back. The vendor
/// tries a phone that is off for as long.
pub const LIFETIME: Duration = Duration::from_secs(86_400);
/// How long a worker rests when it finds nothing to do.
const REST: Duration = Duration::from_millis(200);
/// How long it rests after its work failed.
const RECOVERY: Duration = Duration::from_secs(2);

/// What a worker has found to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// There may be more.
    More,
    /// Nothing, for this long.
    Nothing(Duration),
}

/// Starts the workers; they end with the server.
pub fn start(app: App) {
    let Some(desk) = app.push() else { return };
    actix::spawn(first_contact(desk.clone()));
    actix::spawn(async move {
        adopt(&app).await;
        for kind in [AlertKind::Call, AlertKind::Message, AlertKind::Announcement] {
            work(app.clone(), desk.clone(), move |app, desk| judge::round(app, desk, kind));
        }
        // A call waits for nothing that is sent to others.
        const LANES: [&[AlertKind]; 2] = [&[AlertKind::Call], &[AlertKind::Message, AlertKind::Announcement]];
        for kinds in LANES {
            let cids = send::Cids::default();
            work(app.clone(), desk.clone(), move |app, desk| send::round(app, desk, kinds, cids.clone()));
        }
        work(app, desk, devices::round);
    });
}

/// Finds out whether the keys are good before there is anything to send.
async fn first_contact(desk: Arc<Desk>) {
    desk.heed(&desk.provider().cids(1).await);
}

/// Before anything is sent, devices belong to whom they came to while there was no vendor.
async fn adopt(app: &App) {
    while let Err(error) = devices::adopt(app).await {
        complain(&error);
        tokio::time::sleep(RECOVERY).await;
    }
}

fn complain(error: &Error) {
    log::error!("notices: {}", error.hidden_cause().unwrap_or_else(|| error.to_string()));
}

fn work<F, W>(app: App, desk: Arc<Desk>, round: F)
where
    F: Fn(App, Arc<Desk>) -> W + 'static,
    W: Future<Output = Result<Found>>,
{
    actix::spawn(async move {
        loop {
            match round(app.clone(), desk.clone()).await {
                Ok(Found::More) => {}
                Ok(Found::Nothing(rest)) => tokio::time::sleep(rest).await,
                Err(error) => {
                    complain(&error);
                    tokio::time::sleep(RECOVERY).await;
                }
            }
        }
    });
}

/// How long to wait before the next try, after so many.
fn backoff(tries: i32, least: Duration) -> Duration {
    const LONGEST: Duration = Duration::from_secs(300);
    let doubled = Duration::from_secs(1 << tries.clamp(0, 9));
    doubled.min(LONGEST).max(least)
}

//! Throws away, once an hour, what nobody can ask for any more: old pushes, tokens that have run
//! out, notices that are no news, files that no message names; and at the start what a crash left of
//! files.

use crate::app::App;
use crate::error::Result;
use crate::mobile;
use crate::model::{Time, Uid};
use crate::store::{alert, file, login, mailbox, notice, push_log};
use std::time::{Duration, SystemTime};

const EVERY: Duration = Duration::from_secs(3600);
/// How long a file may wait for a message that names it.
const ORPHANED: Duration = Duration::from_secs(86_400);
/// How many rows go in one transaction, so that nobody waits for long.
const AT_A_TIME: i64 = 1000;
/// From how many mailboxes old pushes go in one transaction, and how many from each.
const MAILBOXES: usize = 20;
const PUSHES: i64 = 50;

/// Starts the rounds; they end with the server.
pub fn start(app: App) {
    actix::spawn(async move {
        log_failure(sweep(&app).await);
        let mut rounds = tokio::time::interval(EVERY);
        loop {
            rounds.tick().await;
            log_failure(round(&app).await);
        }
    });
}

fn log_failure(done: Result<()>) {
    if let Err(error) = done {
        error.log("cleaning up failed");
    }
}

async fn round(app: &App) -> Result<()> {
    let before = Time::now() - app.config().replay_period();
    prune_pushes(app, before).await?;
    app.write(login::delete_expired).await?;
    drop_notices(app).await?;
    drop_orphans(app).await
}

/// Removes the pushes from before `before`, mailbox by mailbox.
async fn prune_pushes(app: &App, before: Time) -> Result<()> {
    let mut after = None;
    loop {
        let listed = move |store: &mut _| mailbox::list_prunable(store, before, after.as_ref(), AT_A_TIME);
        let people: Vec<Uid> = app.read(listed).await?;
        for some in people.chunks(MAILBOXES) {
            while prune_some(app, some.to_vec(), before).await? > 0 {}
        }
        after = people.last().cloned();
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn prune_some(app: &App, people: Vec<Uid>, before: Time) -> Result<usize> {
    app.write(move |tx| push_log::prune(tx, &people, before, PUSHES)).await
}

/// Removes the notices that can be taken back no more, and what was not sent in time: also where
/// there is no vendor any more.
async fn drop_notices(app: &App) -> Result<()> {
    let before = Time::now() - mobile::MAX_AGE;
    let mut unsent = 0;
    loop {
        let alerts = app.write(move |tx| alert::prune(tx, before, AT_A_TIME)).await?;
        let (notices, waited) = app.write(move |tx| notice::prune(tx, before, AT_A_TIME)).await?;
        unsent += alerts + waited;
        if alerts + notices == 0 {
            break;
        }
    }
    if unsent > 0 {
        log::warn!("{unsent} notices could not be sent in time and were dropped");
        if let Some(vendor) = app.vendor() {
            vendor.counters().failed.inc_by(unsent as u64);
        }
    }
    Ok(())
}

/// Removes the files that nobody has sent within a day. The row goes first: bytes without one are
/// nobody's, a row without bytes would be a broken promise.
async fn drop_orphans(app: &App) -> Result<()> {
    let before = Time::now() - ORPHANED;
    loop {
        let orphans = app.read(move |store| file::list_orphans(store, before, AT_A_TIME)).await?;
        for fileid in &orphans {
            let wanted = fileid.clone();
            if app.write(move |tx| file::delete_orphan(tx, &wanted)).await? {
                app.files().remove(fileid).await?;
            }
        }
        if (orphans.len() as i64) < AT_A_TIME {
            return Ok(());
        }
    }
}

/// Removes bytes that no row came to be for, or whose row is gone.
async fn sweep(app: &App) -> Result<()> {
    let before = SystemTime::now() - ORPHANED;
    for files in app.files().list_before(before).await?.chunks(AT_A_TIME as usize) {
        let asked = files.to_vec();
        let known = app.read(move |store| file::list_known(store, &asked)).await?;
        for fileid in files.iter().filter(|fileid| !known.contains(fileid)) {
            app.files().remove(fileid).await?;
        }
    }
    Ok(())
}

//! Deletes, once an hour, what nobody can ask for any more: old mobile notices, files that no
//! message names, uploads that never ended, log-ins of long ago; and once a day what lies in the folder of files without being
//! known. Old pushes are the business of `old_pushes`.

use super::age_clock::AgeClock;
use super::job;
use crate::app::App;
use crate::error::Result;
use crate::mobile;
use crate::model::{FileId, Time};
use crate::store::{alert, attempt, file, login_history, notice, web_push};
use std::time::{Duration, SystemTime};

/// How often it is done.
const PERIOD: Duration = Duration::from_secs(3600);
/// How often it is looked for bytes that nobody knows.
const STRAY_PERIOD: Duration = Duration::from_secs(86_400);
/// How often those are forgotten who were slowed on whichever node and may go on.
const BRAKES_PERIOD: Duration = Duration::from_secs(60);
/// How long an upload may be under way: longer than it may take.
const UNREADY_AGE: Duration = Duration::from_secs(3600);
/// How long a file may wait for a message that names it.
const ORPHAN_AGE: Duration = Duration::from_secs(86_400);
/// How long it is on record who was connected, and known from where somebody logs in.
const LOGIN_AGE: Duration = Duration::from_secs(365 * 86_400);
/// How many rows are deleted in one transaction, so that nobody waits for long.
const BATCH: i64 = 1000;

/// Starts deleting.
pub fn start(app: App) {
    let files = app.clone();
    let sweep = async move || delete_stray_bytes(&files).await;
    job::spawn_every_once(app.clone(), "sweeping the files", STRAY_PERIOD, sweep);
    let brakes = app.clone();
    let empty = async move || brakes.write(attempt::prune).await;
    job::spawn_every_once(app.clone(), "forgetting who was slowed", BRAKES_PERIOD, empty);
    let mut clock = AgeClock::default();
    job::spawn_every_once(app.clone(), "cleaning up", PERIOD, async move || {
        round(&app, clock.now(&app).await?).await
    });
}

async fn round(app: &App, now: Time) -> Result<()> {
    delete_notices(app, now - mobile::MAX_AGE).await?;
    delete_web_pushes(app).await?;
    delete_orphans(app, now - ORPHAN_AGE).await?;
    delete_unready(app, now - UNREADY_AGE).await?;
    delete_logins(app, now - LOGIN_AGE).await
}

/// Deletes the records of log-ins of long ago.
async fn delete_logins(app: &App, before: Time) -> Result<()> {
    while app.write(move |tx| login_history::prune(tx, before, BATCH)).await? == BATCH as usize {}
    Ok(())
}

/// Deletes the mobile notices that can no longer be taken back, and what was not sent in time; also if
/// there is no vendor any more.
async fn delete_notices(app: &App, before: Time) -> Result<()> {
    let mut unsent = 0;
    loop {
        let alerts = app.write(move |tx| alert::prune(tx, before, BATCH)).await?;
        let (notices, waited) = app.write(move |tx| notice::prune(tx, before, BATCH)).await?;
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

/// Deletes what was not sent to browsers in time; also if web push is off by now.
async fn delete_web_pushes(app: &App) -> Result<()> {
    loop {
        let count = app.write(move |tx| web_push::prune(tx, BATCH)).await?;
        app.metrics().web_pushes.failed.inc_by(count as u64);
        if count < BATCH as usize {
            return Ok(());
        }
    }
}

/// Deletes the files that nobody has sent within a day.
async fn delete_orphans(app: &App, before: Time) -> Result<()> {
    while delete_files(app, app.read(move |store| file::list_orphans(store, before, BATCH)).await?).await? {}
    Ok(())
}

/// Deletes what is left of uploads that never ended, as the server did.
async fn delete_unready(app: &App, before: Time) -> Result<()> {
    while delete_files(app, app.read(move |store| file::list_unready(store, before, BATCH)).await?).await? {}
    Ok(())
}

/// Deletes these files, as far as no message has named them meanwhile; whether there may be more. The row
/// goes first: bytes without a row are nobody's, but a row without bytes would be a broken promise.
async fn delete_files(app: &App, files: Vec<FileId>) -> Result<bool> {
    for fileid in &files {
        let wanted = fileid.clone();
        if app.write(move |tx| file::delete_orphan(tx, &wanted)).await? {
            app.files().remove(fileid).await?;
        }
    }
    Ok(files.len() as i64 == BATCH)
}

/// Deletes bytes that have no row, as after a crash between the two.
async fn delete_stray_bytes(app: &App) -> Result<()> {
    let before = SystemTime::now() - ORPHAN_AGE;
    for folder in app.files().list_folders().await? {
        for files in app.files().list_before(folder, before).await?.chunks(BATCH as usize) {
            let asked = files.to_vec();
            let known = app.read(move |store| file::list_known(store, &asked)).await?;
            for fileid in files.iter().filter(|fileid| !known.contains(fileid)) {
                app.files().remove(fileid).await?;
            }
        }
    }
    Ok(())
}

//! Throws away, once an hour, the pushes that are older than they are kept, and what they shared: on SQLite in
//! small steps; on PostgreSQL a day at a time, whose table goes, and whose tables are made
//! here ahead of their day.
//!
//! Each mailbox is told how far its pushes are gone. Of several nodes one does it; one that does the same finds it done.

use super::age_clock::AgeClock;
use super::job::{self, step};
use crate::app::App;
use crate::db::connection::AnyConnection;
use crate::db::partitions::{self, Partition};
use crate::error::Result;
use crate::model::{Time, Uid};
use crate::store::{mailbox, push_log};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often it is done.
const PERIOD: Duration = Duration::from_secs(3600);
/// How many mailboxes are looked at, or bodies deleted, at a time.
const PAGE: i64 = 500;
/// How many old pushes are deleted in one transaction, more or less.
const PUSHES: i64 = 250;

/// Starts throwing away.
pub fn start(app: App) {
    let mut clock = AgeClock::default();
    job::spawn_every_once(app.clone(), "deleting old pushes", PERIOD, async move || {
        delete(&app, clock.now(&app).await?).await
    });
}

/// Throws away what is old at `now`.
pub async fn delete(app: &App, now: Time) -> Result<()> {
    let before = now - app.config().replay_period();
    let list = move |store: &mut AnyConnection| match store {
        AnyConnection::Postgres(store) => Ok(Some(partitions::list_old(store, before)?)),
        AnyConnection::Sqlite(_) => Ok(None),
    };
    match app.read(list).await? {
        Some((old, end)) => drop_days(app, old, end).await,
        None => delete_in_steps(app, before).await,
    }
}

/// Makes the tables of these days, and drops those of old ones; `end` is when the pushes of those end.
async fn drop_days(app: &App, old: Vec<Partition>, end: Option<Time>) -> Result<()> {
    app.write(|tx| match &mut **tx {
        AnyConnection::Postgres(store) => Ok(partitions::make(store, Time::now())?),
        AnyConnection::Sqlite(_) => Ok(()),
    })
    .await?;
    if let Some(end) = end {
        tell_mailboxes(app, end).await?;
    }
    let mut failed = None;
    for partition in old {
        let drop = app.write(move |tx| match &mut **tx {
            AnyConnection::Postgres(store) => Ok(partitions::drop(store, partition)?),
            AnyConnection::Sqlite(_) => Ok(()),
        });
        match drop.await {
            Err(error) if error.is_held() => log::info!("{partition} is in use: it is dropped in an hour"),
            Err(error) => failed = Some(error),
            Ok(()) => {}
        }
    }
    // One that cannot be dropped keeps no other.
    failed.map_or(Ok(()), Err)
}

/// Says in each mailbox that what is from before `end` is no longer held.
async fn tell_mailboxes(app: &App, end: Time) -> Result<()> {
    let mut after = String::new();
    loop {
        let begin = after.clone();
        let page = app.read(move |store| mailbox::list_last(store, end, &begin, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.uid.as_str().to_owned();
        let gone: BTreeMap<Uid, i64> =
            page.into_iter().filter_map(|last| Some((last.uid, last.seq?))).collect();
        if !gone.is_empty() {
            app.write(move |tx| mailbox::set_pruned(tx, &gone)).await?;
        }
    }
}

/// Deletes the pushes from before `before`, the oldest first, then what they shared.
async fn delete_in_steps(app: &App, before: Time) -> Result<()> {
    while step(app.write(move |tx| push_log::prune(tx, before, PUSHES))).await? >= PUSHES as usize {}
    let mut after = String::new();
    loop {
        let begin = after.clone();
        let deleted = app.write(move |tx| push_log::prune_bodies(tx, before, &begin, PAGE));
        let Some(last) = step(deleted).await? else { return Ok(()) };
        after = last.as_str().to_owned();
    }
}

//! Counts messages and accounts once nothing older can come any more, for the numbers of the back office.
//!
//! Every step reads a bounded number of ids. Who counts at the same time, a second node, finds the tally
//! further than it was and does nothing.

use super::age_clock::AgeClock;
use super::job;
use crate::app::App;
use crate::error::Result;
use crate::model::{Role, Time};
use crate::store::settled::settled_before;
use crate::store::tally;
use std::time::Duration;

/// How often it is done.
const PERIOD: Duration = Duration::from_secs(5);
/// How old an account is when it is counted. Its id is made before its transaction begins; by then, that has ended.
const LATENESS: Duration = Duration::from_secs(60);
/// How old a message is: a server that starts anew may find its clock set back by as much.
const CLOCK: Duration = Duration::from_secs(2);
/// How long the numbers of messages are kept: longer than the back office looks back.
const KEPT: Duration = Duration::from_secs(16 * 86_400);
/// How many ids are read in one step.
const STEP: i64 = 20_000;

/// Starts counting.
pub fn start(app: App) {
    let mut clock = AgeClock::default();
    job::spawn_every_once(app.clone(), "counting", PERIOD, async move || {
        round(&app, clock.now(&app).await? - KEPT).await
    });
}

/// What is older than `oldest` is no longer kept.
async fn round(app: &App, oldest: Time) -> Result<()> {
    let now = Time::now();
    while count_messages(app, now - CLOCK, oldest).await? {}
    let until = now - LATENESS;
    for role in [Role::User, Role::Doctor, Role::Admin] {
        while count_accounts(app, role, until).await? {}
    }
    Ok(())
}

/// Counts a step of messages; whether there may be more.
async fn count_messages(app: &App, until: Time, oldest: Time) -> Result<bool> {
    let first = until - KEPT;
    let list = move |store: &mut _| {
        let until = settled_before(store)?.min(until);
        tally::list_uncounted_messages(store, first, until, STEP)
    };
    let (counted, ids) = app.read(list).await?;
    let listed = ids.len() as i64;
    if listed > 0 {
        app.write(move |tx| {
            tally::add_messages(tx, &counted, &ids)?;
            tally::prune(tx, oldest)
        })
        .await?;
    }
    Ok(listed == STEP)
}

async fn count_accounts(app: &App, role: Role, until: Time) -> Result<bool> {
    let list = move |store: &mut _| tally::list_uncounted_accounts(store, role, until, STEP);
    let (counted, uids) = app.read(list).await?;
    let listed = uids.len() as i64;
    if listed > 0 {
        app.write(move |tx| tally::add_accounts(tx, role, &counted, &uids)).await?;
    }
    Ok(listed == STEP)
}

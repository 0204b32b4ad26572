//! Fills the index of words behind the sends, and takes out of it what was withdrawn.
//!
//! A batch is read and cut into terms beside the writer, which only keeps it. What is not indexed yet is looked
//! through by whoever searches, so that nothing waits for this; while others use the store, it rests. Of several
//! nodes whoever comes first keeps a batch; the others come back later.

use super::job::{self, Next};
use crate::app::App;
use crate::error::Result;
use crate::model::{DialogId, Time};
use crate::store::search::index;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often it is looked for new messages, and how long to stay away where another node is at it.
const PERIOD: Duration = Duration::from_millis(500);
const ELSEWHERE: Duration = Duration::from_secs(5);
/// While others use the store, it rests so many times as long as a round took: a twentieth of the time is the
/// index's. What they write meanwhile is looked through, and indexed when they have done, many times as fast.
const REST: u32 = 19;
/// No rest is longer.
const LONGEST_REST: Duration = Duration::from_secs(5);
/// How long after it was written a withdrawn message is looked for: longer than it can be withdrawn.
const WITHDRAWN: Duration = Duration::from_secs(600);
/// How often it is looked for what was missed, as a clock was wrong, and among the messages of how long.
const MISSED_PERIOD: Duration = Duration::from_secs(600);
const MISSED: Duration = Duration::from_secs(3600);

/// How many messages are indexed in one transaction. The one writer of SQLite does nothing else meanwhile, some
/// milliseconds; the more there are, the less each costs.
const BATCH: i64 = 1000;

/// Starts filling the index.
pub fn start(app: App) {
    // When it was last looked for what was missed.
    let mut looked = None;
    job::spawn("indexing messages", async move || round(&app, &mut looked).await);
}

async fn round(app: &App, looked: &mut Option<Instant>) -> Result<Next> {
    let begun = Instant::now();
    // At the start, what was withdrawn just before the last server ended is found, too.
    let age = if looked.is_some() { WITHDRAWN } else { Duration::MAX };
    remove_withdrawn(app, age).await?;
    if looked.is_none_or(|then| then.elapsed() > MISSED_PERIOD) {
        rewind_to_missed(app).await?;
        *looked = Some(Instant::now());
    }
    let Some(batch) = app.read(|store| index::next_batch(store, BATCH)).await? else {
        return Ok(Next::Wait(PERIOD));
    };
    let further = batch.further;
    let batch = Arc::new(batch);
    Ok(match (app.write(move |tx| index::keep(tx, &batch)).await?, further) {
        (false, _) => Next::Wait(ELSEWHERE),
        (true, true) => rest(app, begun.elapsed()),
        (true, false) => Next::Wait(PERIOD),
    })
}

/// How long others are left alone after a round that took so long.
fn rest(app: &App, took: Duration) -> Next {
    let load = app.store_load();
    match load.waiting + load.busy {
        0 => Next::Continue,
        1.. => Next::Wait((took * REST).min(LONGEST_REST)),
    }
}

async fn remove_withdrawn(app: &App, age: Duration) -> Result<()> {
    loop {
        let since = DialogId::least_from(Time::now() - age);
        let withdrawn = app.read(move |store| index::list_withdrawn(store, &since)).await?;
        if withdrawn.is_empty() {
            return Ok(());
        }
        app.write(move |tx| index::delete(tx, &withdrawn)).await?;
    }
}

async fn rewind_to_missed(app: &App) -> Result<()> {
    let since = |mark: DialogId| DialogId::least_from(mark.made_at() - MISSED);
    let find = move |store: &mut _| {
        let mark = index::mark(store)?.dialogid;
        index::find_missed(store, &since(mark))
    };
    let Some(missed) = app.read(find).await? else { return Ok(()) };
    log::warn!("messages were written under a clock that was behind: they are indexed now");
    app.write(move |tx| index::rewind(tx, &missed)).await
}

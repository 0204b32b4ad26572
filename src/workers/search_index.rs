//! Fills the index of words behind the sends, and takes out of it what was withdrawn.
//!
//! A batch is read and cut into terms beside the writer, which only keeps it. What is not indexed yet is looked
//! through by whoever searches, so that nothing waits for this; while others use the store, it rests, the shorter the
//! further it is behind. Of several nodes whoever comes first keeps a batch; the others come back later. What it has passed
//! by is looked for after a batch, a piece each round.

use super::job::{self, Next, step};
use crate::app::App;
use crate::error::Result;
use crate::model::{DialogId, Time};
use crate::store::search::index;
use crate::store::search::missed::{self, Found};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often it is looked for new messages, and how long to stay away where another node is at it.
const PERIOD: Duration = Duration::from_millis(500);
const ELSEWHERE: Duration = Duration::from_secs(5);
/// While others use the store, it rests so many times as long as a round took: a twentieth of the time is the
/// index's. What they write meanwhile is looked through, and indexed when they have done, many times as fast.
const REST: u32 = 19;
/// The further it is behind, the less it rests: so far behind, half of the time is the index's.
const FAR_BEHIND: Duration = Duration::from_secs(300);
/// No rest is longer.
const LONGEST_REST: Duration = Duration::from_secs(5);
/// How long after it was written a withdrawn message is looked for: longer than it can be withdrawn.
const WITHDRAWN: Duration = Duration::from_secs(600);
/// How often it is looked for what was missed, as a clock was wrong.
const MISSED_PERIOD: Duration = Duration::from_secs(600);

/// How many messages are indexed in one transaction. The one writer of SQLite does nothing else meanwhile, some
/// milliseconds; the more there are, the less each costs.
const BATCH: i64 = 1000;

/// What it remembers from round to round.
#[derive(Debug, Default)]
struct Progress {
    /// Whether what was withdrawn before it began is out of the index.
    clean: bool,
    /// When it last looked for what was missed, to the end.
    looked: Option<Instant>,
    /// How far it has come while it looks for that.
    until: Option<DialogId>,
}

/// Starts filling the index.
pub fn start(app: App) {
    let mut progress = Progress::default();
    job::spawn("indexing messages", async move || round(&app, &mut progress).await);
}

async fn round(app: &App, progress: &mut Progress) -> Result<Next> {
    let begun = Instant::now();
    // At the start, what was withdrawn just before the last server ended is found, too.
    remove_withdrawn(app, if progress.clean { WITHDRAWN } else { Duration::MAX }).await?;
    progress.clean = true;
    let next = index_next(app, begun).await?;
    look_for_missed(app, progress).await?;
    Ok(next)
}

async fn index_next(app: &App, begun: Instant) -> Result<Next> {
    let Some(batch) = app.read(|store| index::next_batch(store, BATCH)).await? else {
        return Ok(Next::Wait(PERIOD));
    };
    let (further, age) = (batch.further, batch.age());
    let batch = Arc::new(batch);
    Ok(match (app.write(move |tx| index::keep(tx, &batch)).await?, further) {
        (false, _) => Next::Wait(ELSEWHERE),
        (true, true) => rest(app, begun.elapsed(), age),
        (true, false) => Next::Wait(PERIOD),
    })
}

/// How long others are left alone after a round that took so long and came to messages so old.
fn rest(app: &App, took: Duration, age: Duration) -> Next {
    let load = app.store_load();
    match load.waiting + load.busy {
        0 => Next::Continue,
        1.. => Next::Wait((took * rests(age)).min(LONGEST_REST)),
    }
}

fn rests(age: Duration) -> u32 {
    let near = FAR_BEHIND.saturating_sub(age).div_duration_f64(FAR_BEHIND);
    ((f64::from(REST) * near) as u32).max(1)
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

/// Looks at the next piece of messages, once it is time to.
async fn look_for_missed(app: &App, progress: &mut Progress) -> Result<()> {
    let after = progress.until.clone();
    let found = match after {
        Some(after) => app.read(move |store| missed::look(store, &after)).await?,
        None if progress.looked.is_some_and(|then| then.elapsed() < MISSED_PERIOD) => return Ok(()),
        None => app.read(missed::begin).await?,
    };
    match found {
        Found::NothingUntil(dialogid) => {
            progress.until = Some(dialogid);
            return Ok(());
        }
        Found::Missed(dialogid) => rewind(app, dialogid).await?,
        Found::Nothing => {}
    }
    (progress.looked, progress.until) = (Some(Instant::now()), None);
    Ok(())
}

async fn rewind(app: &App, missed: DialogId) -> Result<()> {
    log::warn!("messages were written under a clock that was wrong: they are indexed now");
    let missed = Arc::new(missed);
    loop {
        let missed = missed.clone();
        if !step(app.write(move |tx| missed::rewind(tx, &missed))).await? {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_further_it_is_behind_the_less_it_rests() {
        let rests: Vec<u32> =
            [0, 60, 150, 299, 300, 86_400].map(|age| rests(Duration::from_secs(age))).into();
        assert_eq!(rests, [19, 15, 9, 1, 1, 1]);
    }
}

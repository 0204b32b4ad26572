//! Once a minute, over the whole of it, everybody who is connected is compared with the store, on PostgreSQL: what
//! another process has committed, or a commit of which nobody knew how it ended, is heard a minute later at the most.
//! Whose token has become void meanwhile is closed.
//!
//! SQLite has one writer, who knows what became of each commit.

use super::job::{self, Next};
use crate::app::App;
use crate::error::Result;
use crate::realtime::registry::sweep::{Found, Part, Told};
use crate::store::{sweep, token};
use std::time::Duration;

/// How long it takes to come round.
const PERIOD: Duration = Duration::from_secs(60);
/// About how many people are compared by one statement.
const PAGE: usize = 2000;

/// Starts comparing.
pub fn start(app: App) {
    let mut next = Part { number: 0, of: 1 };
    job::spawn("sweeping the store", async move || {
        if next.number == 0 {
            next.of = parts(&app).await?;
        }
        compare(&app, next).await?;
        next.number = (next.number + 1) % next.of;
        Ok(Next::Wait(PERIOD / next.of as u32))
    });
}

/// Compares everybody at once.
pub async fn sweep(app: &App) -> Result<()> {
    let of = parts(app).await?;
    for number in 0..of {
        compare(app, Part { number, of }).await?;
    }
    Ok(())
}

async fn parts(app: &App) -> Result<usize> {
    Ok(app.count_connections().await?.div_ceil(PAGE).max(1))
}

async fn compare(app: &App, part: Part) -> Result<()> {
    close_void(app, part).await?;
    let told: Vec<_> = app.list_told(part).await?.into_iter().map(|told| (told.uid, told.seq)).collect();
    if told.is_empty() {
        return Ok(());
    }
    let differing = app.read(move |store| sweep::list_differing(store, &told)).await?;
    let found = |sweep::Differing { uid, told, seq }| Found { told: Told { uid, seq: told }, newest: seq };
    let closed = app.tell_newest(differing.into_iter().map(found).collect()).await?;
    if closed > 0 {
        log::error!("the database has lost pushes that were heard: {closed} connections begin anew");
    }
    Ok(())
}

async fn close_void(app: &App, part: Part) -> Result<()> {
    let tokens = app.list_tokens(part).await?;
    if tokens.is_empty() {
        return Ok(());
    }
    match app.read(move |store| token::list_void(store, tokens)).await? {
        void if void.is_empty() => Ok(()),
        void => app.close_void(part, void).await,
    }
}

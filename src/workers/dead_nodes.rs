//! Ends what nodes have left that died: their connections, and their calls, as the rooms of those are gone with them. What a process left that
//! was alone, its next start ends.

use super::job;
use crate::app::App;
use crate::error::Result;
use crate::service::calls::progress;
use crate::store::call;
use crate::store::connection::enter;
use std::time::Duration;

/// How often it is looked for what the dead have left.
const PERIOD: Duration = Duration::from_secs(2);

/// How many connections of theirs are taken away in one transaction.
const PAGE: i64 = 500;

/// Starts ending.
pub fn start(app: App) {
    job::spawn_every_once(app.clone(), "clearing up after the dead", PERIOD, async move || round(&app).await);
}

async fn round(app: &App) -> Result<()> {
    loop {
        let dead = app.read(|store| enter::list_dead(store, PAGE)).await?;
        if dead.is_empty() {
            break;
        }
        app.write(move |tx| enter::leave(tx, &dead)).await?;
    }
    for open in app.read(call::list_of_dead).await? {
        app.write(move |tx| progress::end_abandoned(tx, &open)).await?;
    }
    Ok(())
}

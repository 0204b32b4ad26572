//! Ends what nodes have left that died: their calls, as the rooms of those are gone with them. What a process left that
//! was alone, its next start ends.

use super::job;
use crate::app::App;
use crate::error::Result;
use crate::service::calls::progress;
use crate::store::call;
use std::time::Duration;

/// How often it is looked for what the dead have left.
const PERIOD: Duration = Duration::from_secs(2);

/// Starts ending.
pub fn start(app: App) {
    job::spawn_every_once(app.clone(), "clearing up after the dead", PERIOD, async move || round(&app).await);
}

async fn round(app: &App) -> Result<()> {
    for open in app.read(call::list_of_dead).await? {
        app.write(move |tx| progress::end_abandoned(tx, &open)).await?;
    }
    Ok(())
}

//! Throws away, once an hour, what nobody can ask for any more: old pushes and tokens that have run out.

use crate::app::App;
use crate::error::Result;
use crate::model::Time;
use crate::store::{login, notice, push_log};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(3600);
/// For how long notices that were sent can be withdrawn.
const WITHDRAWABLE: Duration = Duration::from_secs(86_400);
/// How many pushes go in one transaction, so that nobody waits for long.
const AT_A_TIME: i64 = 1000;

/// Starts the rounds; they end with the server.
pub fn start(app: App) {
    actix::spawn(async move {
        let mut rounds = tokio::time::interval(EVERY);
        loop {
            rounds.tick().await;
            if let Err(error) = round(&app).await {
                log::error!("cleaning up failed: {}", error.hidden_cause().unwrap_or_default());
            }
        }
    });
}

async fn round(app: &App) -> Result<()> {
    let before = Time::now() - app.config().replay_period();
    while app.write(move |tx| push_log::prune(tx, before, AT_A_TIME)).await? > 0 {}
    app.write(login::delete_expired).await?;
    let withdrawable = Time::now() - WITHDRAWABLE;
    app.write(move |tx| notice::prune(tx, withdrawable)).await?;
    Ok(())
}

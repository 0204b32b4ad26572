//! Takes up announcements that broke off, as where the server ended in the middle of one.
//!
//! Announcements are made by `App::announce`; nobody is told twice, whoever goes on with one.

use crate::app::App;
use crate::error::Result;
use crate::store::topic;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(600);

/// Starts the rounds, the first one now; they end with the server.
pub fn start(app: App) {
    actix::spawn(async move {
        let mut rounds = tokio::time::interval(EVERY);
        loop {
            rounds.tick().await;
            if let Err(error) = round(&app).await {
                error.log("an announcement failed");
            }
        }
    });
}

async fn round(app: &App) -> Result<()> {
    for topicid in app.read(topic::list_unfinished).await? {
        let sent = app.announce(topicid.clone()).await?;
        log::info!("the announcement {topicid} had broken off; now all {sent} have been told");
    }
    Ok(())
}

//! Takes up announcements that broke off, as when the server ended in the middle of one.

use super::job;
use crate::app::{App, announcements};
use crate::error::Result;
use crate::store::topic;
use std::time::Duration;

/// How often announcements that broke off are looked for.
const PERIOD: Duration = Duration::from_secs(600);

/// Starts taking up what broke off.
pub fn start(app: App) {
    job::spawn_every_once(app.clone(), "sending announcements", PERIOD, async move || resume(&app).await);
}

async fn resume(app: &App) -> Result<()> {
    for topicid in app.read(topic::list_unfinished).await? {
        let sent = announcements::send(app, &topicid).await?;
        log::info!("the announcement {topicid} had broken off; now all {sent} have received it");
    }
    Ok(())
}

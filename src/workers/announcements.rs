//! Sends announcements whose time has come, and takes up those that broke off, as when the server ended in the middle of
//! one.

use super::job;
use crate::app::{App, announcements};
use crate::error::Result;
use crate::model::Time;
use crate::service::scheduling;
use crate::store::{scheduled_announcement, topic};
use std::time::Duration;

/// How often announcements that broke off are looked for. One that is being sent may be among them: both send it then, a part of
/// the people each, and nobody is told twice.
const PERIOD: Duration = Duration::from_secs(30);
/// How often it is looked whether one's time has come: it is late by that at the most.
const LATEST: Duration = Duration::from_secs(2);

/// Starts both.
pub fn start(app: App) {
    let (one, other) = (app.clone(), app.clone());
    job::spawn_every_once(app.clone(), "sending announcements", PERIOD, async move || resume(&one).await);
    job::spawn_every_once(app, "sending scheduled announcements", LATEST, async move || {
        send_due(&other).await
    });
}

async fn resume(app: &App) -> Result<()> {
    for topicid in app.read(topic::list_unfinished).await? {
        let sent = announcements::send(app, &topicid).await?;
        log::info!("the announcement {topicid} was taken up; now all {sent} have received it");
    }
    Ok(())
}

/// Where this breaks off before the transaction, it begins anew; behind it, the announcement is taken up like any other.
async fn send_due(app: &App) -> Result<()> {
    while let Some(scheduleid) =
        app.read(|connection| scheduled_announcement::find_due(connection, Time::now())).await?
    {
        if let Some(topicid) = app.write(move |tx| scheduling::begin(tx, &scheduleid)).await? {
            let sent = announcements::send(app, &topicid).await?;
            log::info!("the announcement {topicid} was sent at its time to {sent}");
        }
    }
    Ok(())
}

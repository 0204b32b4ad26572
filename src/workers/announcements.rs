//! Sends announcements, batch by batch between what others write; and takes up those that broke off,
//! as when the server ended in the middle of one. Nobody receives one twice, whoever goes on with it.

use super::job;
use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::TopicId;
use crate::service::notices;
use crate::store::topic;
use std::time::Duration;

/// How often announcements that broke off are looked for.
const PERIOD: Duration = Duration::from_secs(600);
/// How long an announcement waits while the store has more to do than it can queue.
const OVERLOAD_WAIT: Duration = Duration::from_millis(200);

/// Starts taking up what broke off.
pub fn start(app: App) {
    job::spawn_every("sending announcements", PERIOD, async move || resume(&app).await);
}

async fn resume(app: &App) -> Result<()> {
    for topicid in app.read(topic::list_unfinished).await? {
        let sent = send(app, &topicid).await?;
        log::info!("the announcement {topicid} had broken off; now all {sent} have received it");
    }
    Ok(())
}

/// Stores an announcement by `store` and sends it to its audience; returns the number of recipients.
/// Both go on if the caller's future is dropped, as when a client hangs up.
pub async fn announce(
    app: &App,
    store: impl Fn(&mut Tx<'_>) -> Result<TopicId> + Send + Sync + 'static,
) -> Result<(TopicId, i64)> {
    let app = app.clone();
    let announced = actix::spawn(async move {
        let topicid = app.write(store).await?;
        let sent = send(&app, &topicid).await?;
        Ok((topicid, sent))
    });
    announced.await.map_err(Error::inside)?
}

/// Sends an announcement to the rest of its audience; returns the number of all recipients.
async fn send(app: &App, topicid: &TopicId) -> Result<i64> {
    loop {
        let topicid = topicid.clone();
        match app.write(move |tx| notices::send_next_batch(tx, &topicid)).await {
            Ok(Some(sent)) => return Ok(sent),
            Ok(None) => {}
            Err(Error::Overload { .. }) => tokio::time::sleep(OVERLOAD_WAIT).await,
            Err(error) => return Err(error),
        }
    }
}

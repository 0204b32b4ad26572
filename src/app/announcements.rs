//! Sends announcements, batch by batch between what others write. Nobody receives one twice, whoever goes
//! on with it; `workers::announcements` takes up those that broke off.

use super::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Caller, TopicId};
use crate::service::notices;
use std::time::Duration;

/// How long an announcement waits while the store has more to do than it can queue.
const OVERLOAD_WAIT: Duration = Duration::from_millis(200);

/// Stores an announcement by `store` and sends it to its audience; returns the number of recipients.
/// Both go on if the caller's future is dropped, as when a client hangs up.
pub async fn announce(
    app: &App,
    caller: Caller,
    store: impl Fn(&mut Tx<'_>) -> Result<TopicId> + Send + Sync + 'static,
) -> Result<(TopicId, i64)> {
    let app = app.clone();
    let announced = actix::spawn(async move {
        let topicid = app.write_as(caller, move |tx, _| store(tx)).await?;
        let sent = send(&app, &topicid).await?;
        Ok((topicid, sent))
    });
    announced.await.map_err(Error::inside)?
}

/// Sends an announcement to the rest of its audience; returns the number of all recipients.
pub async fn send(app: &App, topicid: &TopicId) -> Result<i64> {
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

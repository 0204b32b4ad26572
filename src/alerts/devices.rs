//! Tells the vendor whose device is whose: the alias of each, or none after a log-out.

use super::{Found, REST, backoff};
use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::offline::desk::Desk;
use crate::offline::failure::Failure;
use crate::offline::notice::RegistrationId;
use crate::store::device::{self, Untold};
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use std::time::Duration;

const PAGE: i64 = 20;
const AT_ONCE: usize = 4;
/// How many devices whose owner changed while there was no vendor are taken over at a time.
const ADOPTED: i64 = 1000;

/// What the vendor said of a device; nothing where it cannot be a name of theirs.
type Answer = Option<Result<(), Failure>>;

/// Tells of the devices of which the vendor is to be told.
pub async fn round(app: App, desk: Arc<Desk>) -> Result<Found> {
    if let Some(pause) = desk.pause() {
        return Ok(Found::Nothing(pause.min(Duration::from_secs(1))));
    }
    let now = crate::model::Time::now();
    let due = app.read(move |store| device::list_untold(store, now, PAGE)).await?;
    if due.is_empty() {
        return Ok(Found::Nothing(REST));
    }
    let asks = stream::iter(due).map(|untold| tell(&desk, untold)).buffer_unordered(AT_ONCE);
    let told: Vec<(Untold, Answer)> = asks.collect().await;
    app.write(move |tx| told.iter().try_for_each(|(untold, answer)| record(tx, untold, answer))).await?;
    Ok(Found::More)
}

/// Takes over what became of devices while there was no vendor: new ones, other owners, log-outs.
pub async fn adopt(app: &App) -> Result<()> {
    while app.write(|tx| device::adopt(tx, ADOPTED)).await? > 0 {}
    Ok(())
}

async fn tell(desk: &Desk, untold: Untold) -> (Untold, Answer) {
    let Some(device) = RegistrationId::parse(&untold.deviceid) else { return (untold, None) };
    let answer = match &untold.uid {
        Some(uid) => desk.provider().bind_alias(&device, uid.as_str()).await,
        None => desk.provider().unbind(&device).await,
    };
    // A device that the vendor does not know says nothing about the vendor.
    if !matches!(answer, Err(Failure::RequestWrong(_))) {
        desk.heed(&answer);
    }
    (untold, Some(answer))
}

fn record(tx: &mut Tx<'_>, untold: &Untold, answer: &Answer) -> Result<()> {
    match answer {
        Some(Ok(())) => device::told(tx, untold),
        None => device::disregard(tx, &untold.deviceid),
        Some(Err(Failure::RequestWrong(_) | Failure::NoSuchTarget)) => device::forget(tx, &untold.deviceid),
        Some(Err(Failure::Retry { after, .. })) => {
            device::postpone(tx, &untold.deviceid, tx.now + backoff(untold.tries, *after))
        }
        // The desk waits; the device is due as before.
        Some(Err(Failure::RateLimited { .. } | Failure::CredentialsWrong { .. })) => Ok(()),
    }
}

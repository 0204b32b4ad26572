//! Tells the vendor whose device is whose: binds a device to its account, or unbinds it after a log-out.

use super::timing::{IDLE_WAIT, backoff};
use super::vendor_client::VendorClient;
use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::Time;
use crate::store::device_alias::{self, Untold};
use crate::workers::job::Next;
use futures_util::{StreamExt, stream};
use jpush_client::{Error as VendorError, RegistrationId};
use std::sync::Arc;
use std::time::Duration;

/// How many devices are read at a time.
const PAGE: i64 = 20;
/// How many requests to the vendor are open at a time.
const CONCURRENCY: usize = 4;
/// How many devices that changed while there was no vendor are adopted in one transaction.
const ADOPTED: i64 = 1000;

/// The vendor's answer about a device; `None` if the device's id cannot be one of theirs.
type BindAnswer = Option<Result<(), VendorError>>;

/// Binds and unbinds the devices that have changed since the vendor was last told.
pub(super) async fn run(app: App, vendor: Arc<VendorClient>) -> Result<Next> {
    if let Some(pause) = vendor.pause() {
        return Ok(Next::Wait(pause.min(Duration::from_secs(1))));
    }
    let now = Time::now();
    let changed = app.read(move |store| device_alias::list_untold(store, now, PAGE)).await?;
    if changed.is_empty() {
        return Ok(Next::Wait(IDLE_WAIT));
    }
    let requests = stream::iter(changed).map(|device| bind(&vendor, device)).buffer_unordered(CONCURRENCY);
    let answers: Vec<(Untold, BindAnswer)> = requests.collect().await;
    app.write(move |tx| answers.iter().try_for_each(|(device, answer)| save(tx, device, answer))).await?;
    Ok(Next::Continue)
}

/// Catches up with what became of devices while there was no vendor: new ones, new owners, log-outs.
pub(super) async fn adopt(app: &App) -> Result<()> {
    while app.write(|tx| device_alias::adopt(tx, ADOPTED)).await? > 0 {}
    Ok(())
}

async fn bind(vendor: &VendorClient, changed: Untold) -> (Untold, BindAnswer) {
    let Some(device) = RegistrationId::parse(&changed.deviceid) else { return (changed, None) };
    let answer = match &changed.uid {
        Some(uid) => vendor.provider().bind(&device, uid.as_str()).await,
        None => vendor.provider().unbind(&device).await,
    };
    // A device that the vendor does not know says nothing about the vendor.
    if !matches!(answer, Err(VendorError::InvalidRequest(_))) {
        vendor.observe(&answer);
    }
    (changed, Some(answer))
}

fn save(tx: &mut Tx<'_>, changed: &Untold, answer: &BindAnswer) -> Result<()> {
    match answer {
        Some(Ok(())) => device_alias::told(tx, changed),
        None => device_alias::disregard(tx, &changed.deviceid),
        Some(Err(VendorError::InvalidRequest(_) | VendorError::NoSuchTarget)) => {
            device_alias::forget(tx, &changed.deviceid)
        }
        Some(Err(VendorError::Transient { retry_after, .. })) => {
            device_alias::postpone(tx, &changed.deviceid, tx.now + backoff(changed.tries, *retry_after))
        }
        // The vendor client pauses; the device stays due.
        Some(Err(VendorError::RateLimited { .. } | VendorError::Unauthorized { .. })) => Ok(()),
    }
}

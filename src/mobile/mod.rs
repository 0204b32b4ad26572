//! How a push becomes a notification on a phone, or in a browser, for somebody whom it does not reach otherwise.
//!
//! `triage` decides which alerts become notices, `batch` makes one notice of several alerts, `send` sends
//! notices (with an id out of `cid_pool`), and `devices` tells the vendor whose device is whose; `web_batch` and
//! `web_send` are the same for browsers (with `web_payload`, what they are told, `web_pauses`, whom to leave alone, and
//! `web_outcome`, what became of it): these are workers, which `worker` runs. All that they have to do is in the
//! store, so they may die at any moment.
//!
//! `provider` is what any vendor can be asked, `jpush` the one that there is, and `vendor_client` keeps
//! the state of the vendor that is configured. These three know nothing of the application.
//!
//! What an alert shows is decided in `protocol::mobile_preview`; its row is written in the transaction of
//! its push (`store::alert`).

mod batch;
mod cid_pool;
mod devices;
mod jpush;
pub mod provider;
mod send;
mod timing;
mod triage;
pub mod vendor_client;
mod web_batch;
mod web_outcome;
mod web_pauses;
mod web_payload;
mod web_send;
pub mod worker;

use crate::model::AlertKind;
use std::time::Duration;

/// The age at which an alert or a notice is dropped, and a sent notice is no longer withdrawn. The vendor
/// tries to reach a phone that is offline for as long.
pub const MAX_AGE: Duration = Duration::from_secs(86_400);
/// How long a call rings at most: the age at which an alert of a call is dropped.
const MAX_CALL_AGE: Duration = Duration::from_secs(60);

/// The age at which an alert, or what was made of it, is no news any more.
fn max_age(kind: AlertKind) -> Duration {
    match kind {
        AlertKind::Call => MAX_CALL_AGE,
        AlertKind::Message | AlertKind::Announcement => MAX_AGE,
    }
}

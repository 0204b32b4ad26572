//! What becomes of what is sent to browsers: written to the store, a page at a time, then counted.

use super::timing::backoff;
use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::metrics::WebPushes;
use crate::model::{DeliveryState, Time};
use crate::service::receipts;
use crate::store::web_push::{self, Outgoing};
use std::collections::BTreeMap;
use std::sync::Arc;
use webpush_client::Error as PushError;

/// What became of it.
pub(super) enum Outcome {
    /// Nobody needs it any more.
    Unneeded,
    /// It is too old.
    Expired,
    /// Its push service is left alone until then.
    Paused(Time),
    /// It was sent.
    Sent(Result<(), PushError>),
}

/// What was to be sent, with what became of it.
pub(super) type Delivered = (Outgoing, Outcome);

/// Writes and counts what became of a page.
pub(super) async fn save(app: &App, delivered: Vec<Delivered>) -> Result<()> {
    let delivered = Arc::new(delivered);
    let written = delivered.clone();
    app.write(move |tx| write(tx, &written)).await?;
    delivered.iter().for_each(|(_, outcome)| count(&app.metrics().web_pushes, outcome));
    Ok(())
}

fn write(tx: &mut Tx<'_>, delivered: &[Delivered]) -> Result<()> {
    let mut held = BTreeMap::<Time, Vec<&str>>::new();
    for (push, outcome) in delivered {
        match outcome {
            Outcome::Paused(until) => held.entry(*until).or_default().push(&push.pushid),
            Outcome::Sent(sent) => note(tx, push, sent)?,
            Outcome::Unneeded | Outcome::Expired => web_push::delete(tx, &push.pushid)?,
        }
    }
    held.into_iter().try_for_each(|(until, pushids)| web_push::hold(tx, &pushids, until))
}

/// Notes how a push service has answered; authors are told that their message was notified.
fn note(tx: &mut Tx<'_>, push: &Outgoing, sent: &Result<(), PushError>) -> Result<()> {
    match sent {
        Ok(()) => {
            let mut notified = web_push::accepted(tx, push)?.into_iter();
            notified.try_for_each(|receipt| receipts::tell(tx, receipt, DeliveryState::Notified))
        }
        // 401 and 403: it was subscribed under another VAPID key. The page subscribes anew when it is opened.
        Err(PushError::Gone | PushError::Refused { status: 401 | 403 }) => web_push::end(tx, push),
        Err(PushError::Transient { retry_after, .. }) => {
            web_push::postpone(tx, &push.pushid, tx.now + backoff(push.tries, *retry_after))
        }
        Err(PushError::Refused { .. } | PushError::TooLong) => web_push::delete(tx, &push.pushid),
    }
}

/// Counts an outcome, and logs what an operator should know.
fn count(counters: &WebPushes, outcome: &Outcome) {
    match outcome {
        Outcome::Unneeded | Outcome::Paused(_) => {}
        Outcome::Expired => counters.failed.inc(),
        Outcome::Sent(Ok(())) => counters.accepted.inc(),
        Outcome::Sent(Err(PushError::Gone)) => counters.gone.inc(),
        Outcome::Sent(Err(PushError::Transient { .. })) => counters.retried.inc(),
        Outcome::Sent(Err(error @ (PushError::Refused { .. } | PushError::TooLong))) => {
            log::error!("web push: {error}");
            counters.failed.inc();
        }
    }
}

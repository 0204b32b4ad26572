//! Sends what browsers are told to their push services. What was acknowledged meanwhile, is too old, or is for a
//! browser that is subscribed no more, is not sent. If the answer is lost it is sent again, which a browser shows in the
//! place of the first.

use super::max_age;
use super::timing::{IDLE_WAIT, backoff};
use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::metrics::WebPushes;
use crate::model::{AlertKind, DeliveryState, Time, Uid};
use crate::service::receipts;
use crate::store::web_push::{self, Outgoing};
use crate::workers::job::Next;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use webpush_client::{BrowserKeys, Client, Error as PushError, Message, Urgency};

/// How many are read at a time; their outcomes are written in one transaction.
const PAGE: i64 = 50;
/// How many requests are open at a time.
const CONCURRENCY: usize = 8;

/// What became of it.
enum Outcome {
    /// Nobody needs it any more.
    Unneeded,
    /// It is too old.
    Expired,
    /// It was sent.
    Sent(Result<(), PushError>),
}

/// Sends what is due of these kinds.
pub(super) async fn run(app: App, client: Arc<Client>, kinds: &'static [AlertKind]) -> Result<Next> {
    let now = Time::now();
    let due = app.read(move |store| web_push::list_due(store, kinds, now, PAGE)).await?;
    if due.is_empty() {
        return Ok(Next::Wait(IDLE_WAIT));
    }
    let sends = stream::iter(due).map(|push| deliver(&client, push, now));
    let outcomes: Arc<Vec<(Outgoing, Outcome)>> =
        Arc::new(sends.buffer_unordered(CONCURRENCY).collect().await);
    let written = outcomes.clone();
    app.write(move |tx| written.iter().try_for_each(|(push, outcome)| save(tx, push, outcome))).await?;
    outcomes.iter().for_each(|(_, outcome)| count(&app.metrics().web_pushes, outcome));
    Ok(Next::Continue)
}

async fn deliver(client: &Client, push: Outgoing, now: Time) -> (Outgoing, Outcome) {
    let (seq, acked) = push.marks;
    let outcome = match &push.address {
        None => Outcome::Unneeded,
        Some(_) if seq <= acked => Outcome::Unneeded,
        Some(_) if push.createtime + max_age(push.kind) <= now => Outcome::Expired,
        Some(address) => Outcome::Sent(send(client, address, &push, now).await),
    };
    (push, outcome)
}

async fn send(client: &Client, to: &web_push::Address, push: &Outgoing, now: Time) -> Result<(), PushError> {
    // A service that the settings name no more is one that is gone.
    let endpoint = client.services().endpoint(&to.endpoint).ok_or(PushError::Gone)?;
    let (public, auth) = (to.p256dh.as_slice().try_into(), to.auth.as_slice().try_into());
    let (Ok(public), Ok(auth)) = (public, auth) else { return Err(PushError::Gone) };
    let topic = push.topic.as_deref().map(|about| topic(&push.uid, about));
    // A push service keeps it no longer than it is kept here.
    let left = (push.createtime + max_age(push.kind)).millis().saturating_sub(now.millis());
    let message = Message {
        body: push.payload.as_bytes(),
        time_to_live: Duration::from_millis(u64::try_from(left).unwrap_or(0)),
        urgency: urgency(push.kind),
        topic: topic.as_deref(),
    };
    client.send(&endpoint, &BrowserKeys { public, auth }, &message).await
}

fn urgency(kind: AlertKind) -> Urgency {
    match kind {
        AlertKind::Call => Urgency::High,
        AlertKind::Message => Urgency::Normal,
        AlertKind::Announcement => Urgency::Low,
    }
}

/// By what a push service replaces a message that waits for a browser; it says nothing of the room.
fn topic(uid: &Uid, about: &str) -> String {
    let mut name = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{uid} {about}")));
    name.truncate(32);
    name
}

/// Writes an outcome to the store; authors are told that their message was notified.
fn save(tx: &mut Tx<'_>, push: &Outgoing, outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Sent(Ok(())) => {
            let mut notified = web_push::accepted(tx, push)?.into_iter();
            notified.try_for_each(|receipt| receipts::tell(tx, receipt, DeliveryState::Notified))
        }
        Outcome::Sent(Err(PushError::Gone)) => web_push::end(tx, push),
        Outcome::Sent(Err(PushError::Transient { retry_after, .. })) => {
            web_push::postpone(tx, &push.pushid, tx.now + backoff(push.tries, *retry_after))
        }
        Outcome::Sent(Err(PushError::Refused { .. } | PushError::TooLong))
        | Outcome::Unneeded
        | Outcome::Expired => web_push::delete(tx, &push.pushid),
    }
}

/// Counts an outcome, and logs what an operator should know.
fn count(counters: &WebPushes, outcome: &Outcome) {
    match outcome {
        Outcome::Unneeded => {}
        Outcome::Expired => counters.failed.inc(),
        Outcome::Sent(Ok(())) => counters.accepted.inc(),
        Outcome::Sent(Err(PushError::Gone)) => counters.gone.inc(),
        Outcome::Sent(Err(error @ PushError::Transient { .. })) => {
            log::warn!("web push: {error}");
            counters.retried.inc();
        }
        Outcome::Sent(Err(error @ (PushError::Refused { .. } | PushError::TooLong))) => {
            log::error!("web push: {error}");
            counters.failed.inc();
        }
    }
}

//! Sends what browsers are told to their push services. What was acknowledged meanwhile, is too old, or is for a
//! browser that is subscribed no more, is not sent. If the answer is lost it is sent again, which a browser shows in the
//! place of the first.

use super::timing::{IDLE_WAIT, backoff};
use super::web_pauses::Pauses;
use super::web_payload::payload;
use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::metrics::WebPushes;
use crate::model::{AlertKind, DeliveryState, Time, Uid};
use crate::protocol::mobile_preview::PreviewText;
use crate::service::receipts;
use crate::store::web_push::{self, Address, Outgoing};
use crate::workers::job::Next;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use webpush_client::{BrowserKeys, Cause, Client, Endpoint, Error as PushError, Message, Urgency};

/// How many are read at a time; their outcomes are written in one transaction.
const PAGE: i64 = 50;
/// How many requests are open at a time.
const CONCURRENCY: usize = 8;

/// What sends.
#[derive(Clone)]
pub(super) struct Sender {
    /// The client of the push services.
    pub(super) client: Arc<Client>,
    /// The services that are left alone.
    pub(super) pauses: Arc<Pauses>,
    /// How much is shown.
    pub(super) text: PreviewText,
}

/// What became of it.
enum Outcome {
    /// Nobody needs it any more.
    Unneeded,
    /// It is too old.
    Expired,
    /// Its push service is left alone until then.
    Paused(Time),
    /// It was sent.
    Sent(Result<(), PushError>),
}

/// Sends what is due of these kinds.
pub(super) async fn run(app: App, sender: Sender, kinds: &'static [AlertKind]) -> Result<Next> {
    let now = Time::now();
    let due = app.read(move |store| web_push::list_due(store, kinds, now, PAGE)).await?;
    if due.is_empty() {
        return Ok(Next::Wait(IDLE_WAIT));
    }
    let sends = stream::iter(due).map(|push| deliver(&sender, push));
    let outcomes: Arc<Vec<(Outgoing, Outcome)>> =
        Arc::new(sends.buffer_unordered(CONCURRENCY).collect().await);
    let written = outcomes.clone();
    app.write(move |tx| written.iter().try_for_each(|(push, outcome)| save(tx, push, outcome))).await?;
    outcomes.iter().for_each(|(_, outcome)| count(&app.metrics().web_pushes, outcome));
    Ok(Next::Continue)
}

async fn deliver(sender: &Sender, push: Outgoing) -> (Outgoing, Outcome) {
    let now = Time::now();
    let body = push.address.as_ref().and_then(|to| Some((to, payload(&push, to, sender.text)?)));
    let outcome = match body {
        None => Outcome::Unneeded,
        Some(_) if push.expires <= now => Outcome::Expired,
        Some((to, body)) => match parse(&sender.client, to) {
            None => Outcome::Sent(Err(PushError::Gone)),
            Some((endpoint, keys)) => send(sender, &endpoint, &keys, &push, &body.to_string(), now).await,
        },
    };
    (push, outcome)
}

/// `None` where it is at a service that the settings name no more, as where it is gone.
fn parse(client: &Client, to: &Address) -> Option<(Endpoint, BrowserKeys)> {
    let endpoint = client.services().endpoint(&to.endpoint)?;
    let (public, auth) = (to.p256dh.as_slice().try_into().ok()?, to.auth.as_slice().try_into().ok()?);
    Some((endpoint, BrowserKeys { public, auth }))
}

async fn send(
    sender: &Sender,
    to: &Endpoint,
    keys: &BrowserKeys,
    push: &Outgoing,
    body: &str,
    now: Time,
) -> Outcome {
    let (service, topic) = (to.service(), topic(&push.uid, &push.tag));
    if let Some(until) = sender.pauses.until(&service, now) {
        return Outcome::Paused(until);
    }
    // A push service keeps it no longer than it is kept here.
    let left = push.expires.millis().saturating_sub(now.millis());
    let message = Message {
        body: body.as_bytes(),
        time_to_live: Duration::from_millis(u64::try_from(left).unwrap_or(0)),
        urgency: urgency(push.kind),
        topic: Some(&topic),
    };
    let sent = sender.client.send(to, keys, &message).await;
    note(&sender.pauses, &service, &sent);
    Outcome::Sent(sent)
}

/// Leaves a service alone that has trouble, which is logged once.
fn note(pauses: &Pauses, service: &str, sent: &Result<(), PushError>) {
    match sent {
        Err(error @ PushError::Transient { retry_after, cause: Cause::NoAnswer | Cause::Status(500..) }) => {
            if let Some(length) = pauses.begin(service, *retry_after, Time::now()) {
                log::warn!("web push to {service}: {error}; a pause of {length:?} begins");
            }
        }
        Err(PushError::Transient { cause: Cause::Status(_) | Cause::Random, .. } | PushError::TooLong) => {}
        Ok(()) | Err(PushError::Gone | PushError::Refused { .. }) => pauses.end(service),
    }
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
        // 401 and 403: it was subscribed under another VAPID key. The page subscribes anew when it is opened.
        Outcome::Sent(Err(PushError::Gone | PushError::Refused { status: 401 | 403 })) => {
            web_push::end(tx, push)
        }
        Outcome::Paused(until) => web_push::hold(tx, &push.pushid, *until),
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

//! Sends what browsers are told to their push services. What was withdrawn or acknowledged meanwhile, is too old, or is for
//! a browser that is subscribed no more, is not sent. If the answer is lost it is sent again, which a browser shows in the
//! place of the first. What becomes of it is noted by `web_outcome`.
//!
//! A page is done with before the next is read: so the end of a call never overtakes its ringing.

use super::max_age;
use super::timing::IDLE_WAIT;
use super::web_outcome::{self, Delivered, Outcome};
use super::web_pauses::Pauses;
use super::web_payload::payload;
use crate::app::App;
use crate::error::Result;
use crate::model::{AlertKind, Time, Uid};
use crate::protocol::mobile_preview::PreviewText;
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

/// Sends what is due of this kind.
pub(super) async fn run(app: App, sender: Sender, kind: AlertKind) -> Result<Next> {
    let now = Time::now();
    let due = app.read(move |store| web_push::list_due(store, &[kind], now, PAGE)).await?;
    if due.is_empty() {
        return Ok(Next::Wait(IDLE_WAIT));
    }
    let sends = stream::iter(due).map(|pushid| deliver(&app, &sender, pushid));
    let delivered: Vec<Result<Option<Delivered>>> = sends.buffer_unordered(CONCURRENCY).collect().await;
    let (mut done, mut next) = (Vec::new(), Ok(Next::Continue));
    for one in delivered {
        match one {
            Ok(one) => done.extend(one),
            Err(error) => next = Err(error),
        }
    }
    web_outcome::save(&app, done).await?;
    next
}

/// Sends one, as it is by now: others of its page may have taken long. `None` where it was withdrawn meanwhile.
async fn deliver(app: &App, sender: &Sender, pushid: String) -> Result<Option<Delivered>> {
    let found = app.read(move |store| web_push::find(store, &pushid)).await?;
    let Some(push) = found else { return Ok(None) };
    let now = Time::now();
    let outcome = match prepare(sender, &push, now) {
        Err(outcome) => outcome,
        Ok(_) if push.rings() && !begin_to_ring(app, &push).await? => return Ok(None),
        Ok(ready) => Outcome::Sent(send(sender, &push, ready, now).await),
    };
    Ok(Some((push, outcome)))
}

async fn begin_to_ring(app: &App, push: &Outgoing) -> Result<bool> {
    let push = push.clone();
    let begun = app.write(move |tx| {
        let expires = tx.now + max_age(AlertKind::Message);
        web_push::begin_to_ring(tx, &push, expires)
    });
    begun.await
}

/// What is sent, and where.
struct Ready {
    to: Endpoint,
    keys: BrowserKeys,
    body: String,
}

/// Makes ready what is to be sent, or says what becomes of it otherwise.
fn prepare(sender: &Sender, push: &Outgoing, now: Time) -> Result<Ready, Outcome> {
    let address = push.address.as_ref().filter(|_| !push.items.is_empty()).ok_or(Outcome::Unneeded)?;
    if push.expires <= now {
        return Err(Outcome::Expired);
    }
    let (to, keys) = parse(&sender.client, address).ok_or(Outcome::Sent(Err(PushError::Gone)))?;
    if let Some(until) = sender.pauses.until(&to.service(), now) {
        return Err(Outcome::Paused(until));
    }
    let body = payload(push, address, sender.text).ok_or(Outcome::Unneeded)?.to_string();
    Ok(Ready { to, keys, body })
}

/// `None` where it is at a service that the settings name no more, as where it is gone.
fn parse(client: &Client, to: &Address) -> Option<(Endpoint, BrowserKeys)> {
    let endpoint = client.services().endpoint(&to.endpoint)?;
    let (public, auth) = (to.p256dh.as_slice().try_into().ok()?, to.auth.as_slice().try_into().ok()?);
    Some((endpoint, BrowserKeys { public, auth }))
}

async fn send(
    sender: &Sender,
    push: &Outgoing,
    Ready { to, keys, body }: Ready,
    now: Time,
) -> Result<(), PushError> {
    let topic = topic(&push.uid, &push.tag);
    // A push service keeps it no longer than it is kept here.
    let left = push.expires.millis().saturating_sub(now.millis());
    let message = Message {
        body: body.as_bytes(),
        time_to_live: Duration::from_millis(u64::try_from(left).unwrap_or(0)),
        urgency: urgency(push.kind),
        topic: Some(&topic),
    };
    let sent = sender.client.send(&to, &keys, &message).await;
    note(&sender.pauses, &to.service(), &sent);
    sent
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

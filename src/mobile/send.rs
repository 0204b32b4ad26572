//! Sends notices to the vendor, and withdraws them. A notice's `cid` is in the store before it is sent: if
//! the answer is lost, because the server or the connection broke down, the notice is sent again under
//! the same `cid` and shown once.

use super::cid_pool::{CidPool, MAX_CID_AGE};
use super::timing::{IDLE_WAIT, backoff};
use super::vendor_client::VendorClient;
use super::{MAX_AGE, max_age};
use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{AlertKind, DeliveryState, Time, Uid};
use crate::service::receipts;
use crate::store::device_alias::{self, Reach};
use crate::store::notice::{self, Outgoing};
use crate::workers::job::Next;
use futures_util::{StreamExt, stream};
use jpush_client::{Audience, Cid, Error as VendorError, MsgId, Notification, NotificationKind};
use std::sync::Arc;
use std::time::Duration;

/// How many notices are read at a time; their outcomes are written in one transaction.
const PAGE: i64 = 20;
/// How many requests to the vendor are open at a time.
const CONCURRENCY: usize = 8;
/// How long sending a notice is retried: the vendor forgets its id a day after giving it out.
const RETRY_PERIOD: Duration = MAX_AGE.saturating_sub(MAX_CID_AGE);
/// How long people wait until the vendor has been told of their devices.
const BIND_WAIT: Duration = Duration::from_secs(1);

/// A request to the vendor about a notice.
enum Request {
    Push(Outgoing, Box<Notification>),
    Withdraw(Outgoing, MsgId),
}

/// The vendor's answer to it.
enum Outcome {
    Pushed(Outgoing, Result<MsgId, VendorError>),
    Withdrawn(Outgoing, Result<(), VendorError>),
}

/// Sends or withdraws the notices of these kinds that are due.
pub(super) async fn run(
    app: App,
    vendor: Arc<VendorClient>,
    kinds: &'static [AlertKind],
    cids: CidPool,
) -> Result<Next> {
    if let Some(pause) = vendor.pause() {
        return Ok(Next::Wait(pause.min(Duration::from_secs(1))));
    }
    let now = Time::now();
    let due = app.read(move |store| notice::list_due(store, kinds, now, PAGE)).await?;
    if due.is_empty() {
        return Ok(Next::Wait(IDLE_WAIT));
    }
    let ready = remove_unready(&app, &vendor, due, now).await?;
    let requests = prepare(&app, &vendor, ready, &cids).await?;
    if requests.is_empty() {
        return Ok(Next::Wait(IDLE_WAIT));
    }
    let answers = stream::iter(requests).map(|request| perform(&vendor, request));
    let outcomes: Vec<Outcome> = answers.buffer_unordered(CONCURRENCY).collect().await;
    let outcomes = Arc::new(outcomes);
    let written = outcomes.clone();
    app.write(move |tx| written.iter().try_for_each(|outcome| save(tx, outcome))).await?;
    outcomes.iter().for_each(|outcome| count(&vendor, outcome));
    Ok(Next::Continue)
}

/// Deletes notices that need not be sent any more, and takes people out whose devices the vendor does not
/// know yet; returns the notices that are left.
async fn remove_unready(
    app: &App,
    vendor: &VendorClient,
    due: Vec<Outgoing>,
    now: Time,
) -> Result<Vec<Outgoing>> {
    let uids: Vec<Uid> =
        due.iter().filter(|one| one.cid.is_none()).flat_map(|one| one.uids.clone()).collect();
    let reach = app.read(move |store| device_alias::reach(store, &uids)).await?;
    let unsettled = |uid: &Uid| reach.get(uid) == Some(&Reach::Unsettled);
    let (mut keep, mut delete, mut release) = (Vec::new(), Vec::new(), Vec::new());
    for mut notice in due {
        let stale = notice.createtime + max_age(notice.kind).min(RETRY_PERIOD) <= now;
        let (wait, reached): (Vec<_>, Vec<_>) =
            std::mem::take(&mut notice.uids).into_iter().partition(|uid| unsettled(uid));
        notice.uids = reached;
        if !wait.is_empty() {
            release.push((notice.noticeid.clone(), wait));
        }
        match notice.msgid {
            Some(_) => keep.push(notice),
            None if stale => {
                vendor.counters().failed.inc();
                delete.push(notice.noticeid);
            }
            None if notice.uids.is_empty() => delete.push(notice.noticeid),
            None => keep.push(notice),
        }
    }
    let written = app.write(move |tx| {
        let again = tx.now + BIND_WAIT;
        release.iter().try_for_each(|(noticeid, uids)| notice::release(tx, noticeid, uids, again))?;
        delete.iter().try_for_each(|noticeid| notice::delete(tx, noticeid))
    });
    written.await?;
    Ok(keep)
}

/// Gives each new notice its `cid`, and writes it to the store before anything is sent.
async fn prepare(
    app: &App,
    vendor: &VendorClient,
    due: Vec<Outgoing>,
    cids: &CidPool,
) -> Result<Vec<Request>> {
    let (new, mut old): (Vec<_>, Vec<_>) =
        due.into_iter().partition(|one| one.msgid.is_none() && one.cid.is_none());
    if !new.is_empty() {
        // If the vendor gave too few, the other notices wait for the next run.
        let fresh = cids.take(vendor, new.len()).await;
        let named: Arc<Vec<_>> =
            Arc::new(new.into_iter().zip(fresh.into_iter().map(|Cid(cid)| cid)).collect());
        let written = named.clone();
        let ready = app.write(move |tx| notice::set_cids(tx, &written)).await?;
        let ready = named.iter().filter(|(one, _)| ready.contains(&one.noticeid));
        old.extend(ready.map(|(one, cid)| Outgoing { cid: Some(cid.clone()), ..one.clone() }));
    }
    old.into_iter().map(request).collect()
}

fn request(notice: Outgoing) -> Result<Request> {
    Ok(match notice.msgid {
        Some(msgid) => Request::Withdraw(notice, MsgId(msgid.cast_unsigned())),
        None => {
            let notification = Box::new(notification(&notice)?);
            Request::Push(notice, notification)
        }
    })
}

/// The notice as the vendor's client takes it.
fn notification(notice: &Outgoing) -> Result<Notification> {
    let uids = notice.uids.iter().map(|uid| uid.as_str().to_owned()).collect();
    let audience = Audience::accounts(uids).map_err(Error::inside)?;
    let kind = match notice.kind {
        AlertKind::Message => NotificationKind::Message,
        AlertKind::Announcement => NotificationKind::Announcement,
        AlertKind::Call => NotificationKind::Call,
    };
    let extras = notice.extras.as_object().cloned().unwrap_or_default();
    Ok(Notification {
        cid: notice.cid.clone().map(Cid),
        thread_id: extras.get("roomid").and_then(|roomid| roomid.as_str()).map(str::to_owned),
        extras,
        time_to_live: max_age(notice.kind),
        ..Notification::new(audience, kind, &notice.title, &notice.content)
    })
}

async fn perform(vendor: &VendorClient, request: Request) -> Outcome {
    match request {
        Request::Push(notice, notification) => {
            let answer = vendor.provider().push(&notification).await;
            vendor.observe(&answer);
            Outcome::Pushed(notice, answer)
        }
        Request::Withdraw(notice, msgid) => {
            let answer = vendor.provider().withdraw(msgid).await;
            vendor.observe(&answer);
            Outcome::Withdrawn(notice, answer)
        }
    }
}

/// Writes an outcome to the store; authors are told that their message was notified.
fn save(tx: &mut Tx<'_>, outcome: &Outcome) -> Result<()> {
    let (notice, error) = match outcome {
        Outcome::Pushed(notice, Ok(MsgId(msgid))) => {
            let mut notified = notice::accepted(tx, notice, msgid.cast_signed())?.into_iter();
            return notified.try_for_each(|receipt| receipts::tell(tx, receipt, DeliveryState::Notified));
        }
        Outcome::Pushed(notice, Err(error)) => (notice, error),
        Outcome::Withdrawn(notice, Ok(())) => return notice::delete(tx, &notice.noticeid),
        Outcome::Withdrawn(notice, Err(error)) => (notice, error),
    };
    match error {
        VendorError::Transient { retry_after, .. } => {
            notice::postpone(tx, &notice.noticeid, tx.now + backoff(notice.tries, *retry_after))
        }
        // The vendor client pauses; the notice stays due.
        VendorError::RateLimited { .. } | VendorError::Unauthorized { .. } => Ok(()),
        VendorError::InvalidRequest(_) => notice::delete(tx, &notice.noticeid),
        // The vendor says no more than that it knows none of them: they are tried one by one, as others
        // of them it may know.
        VendorError::NoSuchTarget if notice.uids.len() > 1 => notice::split(tx, notice),
        VendorError::NoSuchTarget => {
            device_alias::forget_devices_of(tx, &notice.uids)?;
            notice::delete(tx, &notice.noticeid)
        }
    }
}

fn count(vendor: &VendorClient, outcome: &Outcome) {
    let counters = vendor.counters();
    let counter = match outcome {
        Outcome::Pushed(notice, Ok(_)) => {
            let delay = Time::now().millis() - notice.createtime.millis();
            return vendor.record_accepted(Duration::from_millis(delay.try_into().unwrap_or_default()));
        }
        Outcome::Pushed(_, Err(VendorError::InvalidRequest(_))) => &counters.failed,
        Outcome::Pushed(notice, Err(VendorError::NoSuchTarget)) if notice.uids.len() > 1 => return,
        Outcome::Pushed(_, Err(VendorError::NoSuchTarget)) => &counters.unreachable,
        Outcome::Withdrawn(_, Ok(())) => &counters.withdrawn,
        Outcome::Pushed(
            _,
            Err(
                VendorError::Transient { .. }
                | VendorError::RateLimited { .. }
                | VendorError::Unauthorized { .. },
            ),
        )
        | Outcome::Withdrawn(_, Err(_)) => return,
    };
    counter.inc();
}

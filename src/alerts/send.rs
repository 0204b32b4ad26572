//! Hands notices to the vendor. What is about to be sent has its `cid` in the store, so that a
//! notice whose answer was lost, in a fall of the server or of the line, is sent again under the
//! same one and shown once.

use super::judge::RINGING;
use super::{Found, LIFETIME, REST, backoff};
use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{AlertKind, DeliveryState, Time, Uid};
use crate::offline::desk::Desk;
use crate::offline::failure::Failure;
use crate::offline::notice::{Cid, Kind, MsgId, Notice, Targets};
use crate::store::device::{self, Reach};
use crate::store::notice::{self, Outgoing};
use crate::workers::receipts;
use futures_util::{StreamExt, stream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many notices are taken in hand together; their outcomes are written down together.
const PAGE: i64 = 20;
/// How many requests are under way at once.
const AT_ONCE: usize = 8;
/// How long ids are kept for notices to come.
const CID_LIFETIME: Duration = Duration::from_secs(3600);
/// How long a notice is tried: the vendor forgets its id a day after it was got.
const TRIED: Duration = LIFETIME.saturating_sub(CID_LIFETIME);
/// How long people wait of whose devices the vendor is still to be told.
const SETTLE: Duration = Duration::from_secs(1);

/// Ids got from the vendor and not used yet, each with when it was got.
#[derive(Clone, Default)]
pub struct Cids(Arc<Mutex<Vec<(Instant, Cid)>>>);

impl Cids {
    /// As many as are wanted, or as many as the vendor has given.
    async fn take(&self, desk: &Desk, wanted: usize) -> Vec<Cid> {
        while self.count() < wanted {
            let lacking = u16::try_from(wanted - self.count()).unwrap_or(u16::MAX);
            let answer = desk.provider().cids(lacking).await;
            desk.heed(&answer);
            match answer {
                Ok(cids) if !cids.is_empty() => self.add(cids),
                Ok(_) | Err(_) => break,
            }
        }
        let mut held = self.held();
        let left = held.len().saturating_sub(wanted);
        held.drain(left..).map(|(_, cid)| cid).collect()
    }

    fn count(&self) -> usize {
        let mut held = self.held();
        held.retain(|(got, _)| got.elapsed() < CID_LIFETIME);
        held.len()
    }

    fn add(&self, cids: Vec<Cid>) {
        let now = Instant::now();
        self.held().extend(cids.into_iter().map(|cid| (now, cid)));
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Vec<(Instant, Cid)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What there is to do with a notice.
enum Task {
    Send(Outgoing, Box<Notice>),
    TakeBack(Outgoing, MsgId),
}

/// What came of it.
enum Outcome {
    Sent(Outgoing, Result<MsgId, Failure>),
    TakenBack(Outgoing, Result<(), Failure>),
}

/// Does what is due with notices of these kinds.
pub async fn round(app: App, desk: Arc<Desk>, kinds: &'static [AlertKind], cids: Cids) -> Result<Found> {
    if let Some(pause) = desk.pause() {
        return Ok(Found::Nothing(pause.min(Duration::from_secs(1))));
    }
    let now = Time::now();
    let due = app.read(move |store| notice::list_due(store, kinds, now, PAGE)).await?;
    if due.is_empty() {
        return Ok(Found::Nothing(REST));
    }
    let due = settle(&app, &desk, due, now).await?;
    let tasks = prepare(&app, &desk, due, &cids).await?;
    if tasks.is_empty() {
        return Ok(Found::Nothing(REST));
    }
    let acts = stream::iter(tasks).map(|task| act(&desk, task)).buffer_unordered(AT_ONCE);
    let outcomes: Vec<Outcome> = acts.collect().await;
    let outcomes = Arc::new(outcomes);
    let written = outcomes.clone();
    let rungs = app.write(move |tx| {
        let rungs = written.iter().map(|outcome| record(tx, outcome)).collect::<Result<Vec<_>>>()?;
        Ok(rungs.into_iter().flatten().collect::<Vec<_>>())
    });
    receipts::say(&app, rungs.await?, DeliveryState::Notified);
    outcomes.iter().for_each(|outcome| count(&desk, outcome));
    Ok(Found::More)
}

/// Leaves out what needs not be sent any more, and those whose devices are not settled.
async fn settle(app: &App, desk: &Desk, due: Vec<Outgoing>, now: Time) -> Result<Vec<Outgoing>> {
    let uids: Vec<Uid> =
        due.iter().filter(|one| one.cid.is_none()).flat_map(|one| one.uids.clone()).collect();
    let reach = app.read(move |store| device::reach(store, &uids)).await?;
    let unsettled = |uid: &Uid| reach.get(uid) == Some(&Reach::Unsettled);
    let (mut keep, mut delete, mut release) = (Vec::new(), Vec::new(), Vec::new());
    for mut notice in due {
        let stale = notice.createtime + lifetime(notice.kind).min(TRIED) <= now;
        let (wait, reached): (Vec<_>, Vec<_>) =
            std::mem::take(&mut notice.uids).into_iter().partition(|uid| unsettled(uid));
        notice.uids = reached;
        if !wait.is_empty() {
            release.push((notice.noticeid.clone(), wait));
        }
        match notice.msgid {
            Some(_) => keep.push(notice),
            None if stale => {
                desk.tally().notices.failed.inc();
                delete.push(notice.noticeid);
            }
            None if notice.uids.is_empty() => delete.push(notice.noticeid),
            None => keep.push(notice),
        }
    }
    let written = app.write(move |tx| {
        let again = tx.now + SETTLE;
        release.iter().try_for_each(|(noticeid, uids)| notice::release(tx, noticeid, uids, again))?;
        delete.iter().try_for_each(|noticeid| notice::delete(tx, noticeid))
    });
    written.await?;
    Ok(keep)
}

/// Gives each notice that is to be sent its id, and writes that down before anything is sent.
async fn prepare(app: &App, desk: &Desk, due: Vec<Outgoing>, cids: &Cids) -> Result<Vec<Task>> {
    let (new, mut old): (Vec<_>, Vec<_>) =
        due.into_iter().partition(|one| one.msgid.is_none() && one.cid.is_none());
    if !new.is_empty() {
        // Where the vendor gave too few, the rest waits for the next round.
        let fresh = cids.take(desk, new.len()).await;
        let named: Arc<Vec<_>> =
            Arc::new(new.into_iter().zip(fresh.into_iter().map(|Cid(cid)| cid)).collect());
        let written = named.clone();
        let ready = app.write(move |tx| notice::set_cids(tx, &written)).await?;
        let ready = named.iter().filter(|(one, _)| ready.contains(&one.noticeid));
        old.extend(ready.map(|(one, cid)| Outgoing { cid: Some(cid.clone()), ..one.clone() }));
    }
    old.into_iter().map(task).collect()
}

fn task(notice: Outgoing) -> Result<Task> {
    Ok(match notice.msgid {
        Some(msgid) => Task::TakeBack(notice, MsgId(msgid.cast_unsigned())),
        None => {
            let shown = Box::new(shown(&notice)?);
            Task::Send(notice, shown)
        }
    })
}

/// The notice as the vendor's client takes it.
fn shown(notice: &Outgoing) -> Result<Notice> {
    let uids = notice.uids.iter().map(|uid| uid.as_str().to_owned()).collect();
    let extras = notice.extras.as_object().cloned().unwrap_or_default();
    Ok(Notice {
        cid: notice.cid.clone().map(Cid),
        to: Targets::accounts(uids).map_err(Error::inside)?,
        kind: match notice.kind {
            AlertKind::Message => Kind::Message,
            AlertKind::Announcement => Kind::Announcement,
            AlertKind::Call => Kind::Call,
        },
        title: notice.title.clone(),
        content: notice.content.clone(),
        thread: extras.get("roomid").and_then(|roomid| roomid.as_str()).map(str::to_owned),
        collapse: None,
        extras,
        lifetime: lifetime(notice.kind),
        replaces: None,
    })
}

fn lifetime(kind: AlertKind) -> Duration {
    match kind {
        AlertKind::Call => RINGING,
        AlertKind::Message | AlertKind::Announcement => LIFETIME,
    }
}

async fn act(desk: &Desk, task: Task) -> Outcome {
    match task {
        Task::Send(notice, shown) => {
            let answer = desk.provider().push(&shown).await;
            desk.heed(&answer);
            Outcome::Sent(notice, answer)
        }
        Task::TakeBack(notice, msgid) => {
            let answer = desk.provider().withdraw(&msgid).await;
            desk.heed(&answer);
            Outcome::TakenBack(notice, answer)
        }
    }
}

/// Writes an outcome down; returns the authors who may be told.
fn record(tx: &mut Tx<'_>, outcome: &Outcome) -> Result<Vec<receipts::Rung>> {
    let (notice, failure) = match outcome {
        Outcome::Sent(notice, Ok(MsgId(msgid))) => {
            return notice::accepted(tx, notice, msgid.cast_signed());
        }
        Outcome::Sent(notice, Err(failure)) => (notice, failure),
        Outcome::TakenBack(notice, Ok(())) => {
            notice::delete(tx, &notice.noticeid)?;
            return Ok(Vec::new());
        }
        Outcome::TakenBack(notice, Err(failure)) => (notice, failure),
    };
    match failure {
        Failure::Retry { after, .. } => {
            notice::postpone(tx, &notice.noticeid, tx.now + backoff(notice.tries, *after))?;
        }
        // The desk waits; the notice is due as before.
        Failure::RateLimited { .. } | Failure::CredentialsWrong { .. } => {}
        Failure::RequestWrong(_) => notice::delete(tx, &notice.noticeid)?,
        Failure::NoSuchTarget => {
            device::forget_devices_of(tx, &notice.uids)?;
            notice::delete(tx, &notice.noticeid)?;
        }
    }
    Ok(Vec::new())
}

fn count(desk: &Desk, outcome: &Outcome) {
    let (tally, notices) = (desk.tally(), &desk.tally().notices);
    let one_more = match outcome {
        Outcome::Sent(notice, Ok(_)) => {
            let after = Time::now().millis() - notice.createtime.millis();
            return tally.accept(Duration::from_millis(after.try_into().unwrap_or_default()));
        }
        Outcome::Sent(_, Err(Failure::RequestWrong(_))) => &notices.failed,
        Outcome::Sent(_, Err(Failure::NoSuchTarget)) => &notices.unreachable,
        Outcome::TakenBack(_, Ok(())) => &notices.withdrawn,
        Outcome::Sent(
            _,
            Err(Failure::Retry { .. } | Failure::RateLimited { .. } | Failure::CredentialsWrong { .. }),
        )
        | Outcome::TakenBack(_, Err(_)) => return,
    };
    one_more.inc();
}

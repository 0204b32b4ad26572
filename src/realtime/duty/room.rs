//! The duty room: an actor for each question that waits (`dialog`), woken by commits and by sweeps of the
//! store, which find what commits have not said.

use super::desk::Desk;
use super::dialog::{DutyDialog, Remind, Shared, ToDialog};
use super::question::{Waiting, patience_with};
use super::store::{DutyStore, PAGE, Place, Reminding};
use crate::error::Error;
use crate::model::{DialogId, Process, Time};
use crate::protocol::objects::QuestionStatus;
use actix::prelude::*;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// How many questions have an actor, and how many a sweep looks at. Of more, the oldest have; the others' turn
/// comes with a later sweep.
const AWAKE: usize = 20_000;
/// The shortest and the longest time from the end of a sweep to the next.
const REST: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(60));
/// How long it is after one that failed.
const RETRY: Duration = Duration::from_secs(5);
/// What part of the patience does not matter: as late may what another node was asked be found, and what was
/// asked so much later is reminded of together with what is due.
const SLACK: u32 = 20;

/// The actor.
pub struct DutyRoom<S> {
    store: S,
    desk: Arc<Desk>,
    patience: Option<Duration>,
    shared: Option<Arc<Shared>>,
    dialogs: HashMap<DialogId, Awake>,
    /// Which sweep it is, and how many questions it has seen.
    sweep: u64,
    swept: usize,
    reminders: VecDeque<Remind>,
}

/// A question that has an actor.
struct Awake {
    address: Addr<DutyDialog>,
    /// The sweep that has seen it last, or before which a commit told of it.
    seen: u64,
}

/// How these questions stand now.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Changed(pub Vec<QuestionStatus>);

impl<S: DutyStore> DutyRoom<S> {
    /// A duty room that has doctors reminded after `patience`, and leaders after twice that, if anybody. Its first
    /// sweep begins with it.
    pub fn new(store: S, desk: Arc<Desk>, patience: Option<Duration>) -> Self {
        let (dialogs, reminders) = (HashMap::new(), VecDeque::new());
        Self { store, desk, patience, shared: None, dialogs, sweep: 0, swept: 0, reminders }
    }

    /// A commit has changed how a question stands.
    fn change(&mut self, status: QuestionStatus) {
        if status.process != Some(Process::Waiting) {
            return self.end(&status.dialogid);
        }
        match self.dialogs.get_mut(&status.dialogid) {
            Some(awake) => {
                awake.seen = self.sweep + 1;
                tell(awake, ToDialog::Changed(status));
            }
            None => self.awake(Waiting { status, reminded: None }, self.sweep + 1),
        }
    }

    fn end(&mut self, dialogid: &DialogId) {
        if let Some(awake) = self.dialogs.remove(dialogid) {
            tell(&awake, ToDialog::Ended);
        }
    }

    fn awake(&mut self, waiting: Waiting, seen: u64) {
        let Some(shared) = self.shared.clone().filter(|_| self.dialogs.len() < AWAKE) else { return };
        let dialogid = waiting.status.dialogid.clone();
        let address = DutyDialog::new(shared, waiting).start();
        self.dialogs.insert(dialogid, Awake { address, seen });
    }

    /// Sweeps on from a place.
    fn sweep_from(&mut self, after: Option<Place>, ctx: &mut Context<Self>) {
        let page = self.store.list_waiting(after).into_actor(self);
        ctx.spawn(page.map(|page, room, ctx| match page.inspect_err(log) {
            Ok(page) => room.swept(page, ctx),
            Err(_) => room.sweep_after(RETRY, ctx),
        }));
    }

    fn sweep_after(&mut self, rest: Duration, ctx: &mut Context<Self>) {
        ctx.run_later(rest, |room, ctx| {
            room.sweep += 1;
            room.swept = 0;
            room.sweep_from(None, ctx);
        });
    }

    fn swept(&mut self, page: Vec<Waiting>, ctx: &mut Context<Self>) {
        self.swept += page.len();
        let (is_last, is_enough) = (page.len() < PAGE, self.swept >= AWAKE);
        let last = page.last().map(|Waiting { status, .. }| (status.since, status.dialogid.clone()));
        page.into_iter().for_each(|waiting| self.see(waiting));
        if !is_last && !is_enough {
            return self.sweep_from(last, ctx);
        }
        if is_last {
            self.look_for_missing(ctx);
        }
        let rest = self.patience.map_or(REST.1, |patience| (patience / SLACK).clamp(REST.0, REST.1));
        self.sweep_after(rest, ctx);
    }

    fn see(&mut self, waiting: Waiting) {
        match self.dialogs.get_mut(&waiting.status.dialogid) {
            Some(awake) => {
                awake.seen = awake.seen.max(self.sweep);
                tell(awake, ToDialog::Seen(waiting));
            }
            None => self.awake(waiting, self.sweep),
        }
    }

    /// What the sweep has not seen waits no longer, unless it was asked meanwhile.
    fn look_for_missing(&mut self, ctx: &mut Context<Self>) {
        let missing = self.dialogs.iter().filter(|(_, awake)| awake.seen < self.sweep);
        for dialogid in missing.map(|(dialogid, _)| dialogid.clone()).take(PAGE) {
            let found = self.store.find(dialogid.clone()).into_actor(self);
            ctx.spawn(found.map(move |status, room, _| match status.inspect_err(log) {
                Ok(Some(status)) => room.desk.note(status),
                Ok(None) => room.end(&dialogid),
                Err(_) => {}
            }));
        }
    }

    /// Carries out the first of the reminders that are asked for.
    fn remind_next(&mut self, ctx: &mut Context<Self>) {
        let Some(Remind { dialogid, whom, since }) = self.reminders.front().cloned() else { return };
        let patience = self.patience.unwrap_or_default();
        let due = Time::now() - patience_with(whom, patience);
        let asked = due.max(since + patience / SLACK);
        let reminded = self.store.remind(dialogid.clone(), whom, asked).into_actor(self);
        ctx.spawn(reminded.map(move |reminded, room, ctx| {
            let outcome = match reminded.inspect_err(log) {
                Ok(Reminding::Done) => Some(whom),
                Ok(Reminding::Elsewhere) | Err(_) => None,
            };
            room.dialogs
                .get(&dialogid)
                .into_iter()
                .for_each(|awake| tell(awake, ToDialog::Reminded(outcome)));
            room.reminders.pop_front();
            room.remind_next(ctx);
        }));
    }
}

/// Tells the actor of a question; where it does not keep up, the next sweep tells it.
fn tell(Awake { address, .. }: &Awake, message: ToDialog) {
    let _ = address.try_send(message);
}

impl<S: DutyStore> Actor for DutyRoom<S> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(AWAKE);
        let (desk, patience, room) = (self.desk.clone(), self.patience, ctx.address().recipient());
        self.shared = Some(Arc::new(Shared { desk, patience, room }));
        self.sweep_from(None, ctx);
    }
}

impl<S: DutyStore> Handler<Changed> for DutyRoom<S> {
    type Result = ();

    fn handle(&mut self, Changed(statuses): Changed, _: &mut Self::Context) {
        statuses.into_iter().for_each(|status| self.change(status));
    }
}

impl<S: DutyStore> Handler<Remind> for DutyRoom<S> {
    type Result = ();

    fn handle(&mut self, reminder: Remind, ctx: &mut Self::Context) {
        self.reminders.push_back(reminder);
        if self.reminders.len() == 1 {
            self.remind_next(ctx);
        }
    }
}

fn log(error: &Error) {
    error.log("the duty room failed");
}

//! The actor of one question that waits: it owns the timers of its claim and of its reminders.

use super::desk::Desk;
use super::question::{Due, Waiting};
use crate::model::{DialogId, ReminderTarget, Time};
use crate::protocol::objects::QuestionStatus;
use actix::prelude::*;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long what a commit has said of a question stands above what a sweep reads, which may be older.
const FRESH: Duration = Duration::from_secs(5);
/// How long it takes until a reminder that failed is tried again.
const RETRY: Duration = Duration::from_secs(30);

/// What all actors of questions share.
pub(super) struct Shared {
    /// Who hears of changes.
    pub desk: Arc<Desk>,
    /// How long a question waits until its doctor is reminded; `None` where nobody is.
    pub patience: Option<Duration>,
    /// Who carries reminders out, one after the other.
    pub room: Recipient<Remind>,
}

/// The actor.
pub(super) struct DutyDialog {
    shared: Arc<Shared>,
    waiting: Waiting,
    /// When something was last heard of it but by a sweep.
    heard: Instant,
    /// Whether a reminder is under way.
    is_reminding: bool,
    timer: SpawnHandle,
}

/// What the actor of a question is told.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) enum ToDialog {
    /// A commit has changed how it stands.
    Changed(QuestionStatus),
    /// A sweep has seen it.
    Seen(Waiting),
    /// The reminder that it asked for was carried out; `None` where that failed.
    Reminded(Option<ReminderTarget>),
    /// It waits no longer.
    Ended,
}

/// Asks for a reminder.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Remind {
    /// Of what.
    pub dialogid: DialogId,
    /// Whom.
    pub whom: ReminderTarget,
    /// When it was asked.
    pub since: Time,
}

impl DutyDialog {
    /// An actor for a question.
    pub fn new(shared: Arc<Shared>, waiting: Waiting) -> Self {
        Self { shared, waiting, heard: Instant::now(), is_reminding: false, timer: SpawnHandle::default() }
    }

    /// Sleeps until something is due.
    fn sleep(&mut self, ctx: &mut Context<Self>) {
        if let Some((at, _)) = self.waiting.next(self.shared.patience).filter(|_| !self.is_reminding) {
            self.wake_after(at.since(Time::now()), ctx);
        }
    }

    fn wake_after(&mut self, delay: Duration, ctx: &mut Context<Self>) {
        ctx.cancel_future(self.timer);
        self.timer = ctx.run_later(delay, Self::wake);
    }

    /// Sees to what is due by the clock, which may have been set meanwhile.
    fn wake(&mut self, ctx: &mut Context<Self>) {
        match self.waiting.next(self.shared.patience) {
            Some((at, Due::ClaimEnds)) if at <= Time::now() => {
                self.waiting.status.claim = None;
                self.shared.desk.note(self.waiting.status.clone());
                self.sleep(ctx);
            }
            Some((at, Due::Remind(whom))) if at <= Time::now() => {
                let QuestionStatus { dialogid, since, .. } = self.waiting.status.clone();
                match self.shared.room.try_send(Remind { dialogid, whom, since }) {
                    // The answer wakes it again, or a sweep.
                    Ok(()) => self.is_reminding = true,
                    Err(_) => self.wake_after(RETRY, ctx),
                }
            }
            Some(_) => self.sleep(ctx),
            None => {}
        }
    }

    fn see(&mut self, seen: Waiting, ctx: &mut Context<Self>) {
        if self.heard.elapsed() < FRESH {
            return;
        }
        if seen.status != self.waiting.status {
            self.shared.desk.note(seen.status.clone());
        }
        self.waiting = seen;
        self.is_reminding = false;
        self.sleep(ctx);
    }

    fn reminded(&mut self, whom: Option<ReminderTarget>, ctx: &mut Context<Self>) {
        self.is_reminding = false;
        match whom {
            Some(_) => {
                self.waiting.reminded = self.waiting.reminded.max(whom);
                self.sleep(ctx);
            }
            None => self.wake_after(RETRY, ctx),
        }
    }
}

impl Actor for DutyDialog {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.sleep(ctx);
    }
}

impl Handler<ToDialog> for DutyDialog {
    type Result = ();

    fn handle(&mut self, message: ToDialog, ctx: &mut Self::Context) {
        match message {
            ToDialog::Changed(status) => {
                self.waiting.status = status;
                self.heard = Instant::now();
                self.sleep(ctx);
            }
            ToDialog::Seen(waiting) => self.see(waiting, ctx),
            ToDialog::Reminded(whom) => self.reminded(whom, ctx),
            ToDialog::Ended => ctx.stop(),
        }
    }
}

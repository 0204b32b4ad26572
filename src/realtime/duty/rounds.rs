//! The duty room's rounds: who is reminded of questions that have waited too long, as a machine
//! without a clock or a store.
//!
//! A round looks for what is due, first for doctors, then for leaders, page by page, and has each
//! question reminded of, one after the other. What fails is due in the next round again; that
//! nobody is reminded twice is the store's to hold.

use crate::model::{DialogId, ReminderTarget, Time};
use std::collections::VecDeque;
use std::time::Duration;

/// How many questions are looked for at a time.
pub const PAGE: usize = 100;
/// The shortest and the longest time between two rounds.
const REST: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(30));

/// A question that is due: when it was asked, and which it is.
pub type Due = (Time, DialogId);

/// What the machine is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// It is time for a round.
    Beat(Time),
    /// What was looked for: at most `PAGE` questions, oldest first; `None` where looking failed.
    Looked(Option<Vec<Due>>),
    /// A question was reminded of, or could not be.
    Reminded,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Look for what is due, then say `Looked`.
    Look(Search),
    /// Remind of a question, then say `Reminded`.
    Remind(DialogId, Reminder),
    /// Say `Beat` after that time.
    Rest(Duration),
}

/// Whom one reminds, and of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// Whom.
    pub whom: ReminderTarget,
    /// Of what was asked then or before.
    pub asked: Time,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// What has waited for them.
    pub reminder: Reminder,
    /// Only what comes after this one.
    pub after: Option<Due>,
}

#[derive(Debug)]
enum Stage {
    Resting,
    Looking { now: Time, reminder: Reminder },
    Reminding { now: Time, reminder: Reminder, page: Page },
}

/// What is left of a page of what is due.
#[derive(Debug)]
struct Page {
    queue: VecDeque<Due>,
    /// Whether no page follows.
    last: bool,
}

/// The machine. One effect is under way at any time.
#[derive(Debug)]
pub struct Rounds {
    patience: Duration,
    stage: Stage,
}

impl Rounds {
    /// Rounds that remind a question's doctor after `patience`, and the leader after twice that.
    pub fn new(patience: Duration) -> Self {
        Self { patience, stage: Stage::Resting }
    }

    /// How long it is from the end of a round to the next: a twentieth of the patience, within bounds.
    fn rest(&self) -> Effect {
        Effect::Rest((self.patience / 20).clamp(REST.0, REST.1))
    }

    /// What is to be done now that this has happened; nothing where it was not waited for.
    pub fn on(&mut self, event: Event) -> Option<Effect> {
        let (stage, effect) = match (std::mem::replace(&mut self.stage, Stage::Resting), event) {
            (Stage::Resting, Event::Beat(now)) => self.look(now, ReminderTarget::Doctor, None),
            (Stage::Looking { .. }, Event::Looked(None)) => (Stage::Resting, self.rest()),
            (Stage::Looking { now, reminder }, Event::Looked(Some(due))) => {
                let page = Page { last: due.len() < PAGE, queue: due.into() };
                self.remind(now, reminder, page, None)
            }
            (Stage::Reminding { now, reminder, mut page }, Event::Reminded) => {
                let done = page.queue.pop_front();
                self.remind(now, reminder, page, done)
            }
            (unmoved, _) => {
                self.stage = unmoved;
                return None;
            }
        };
        self.stage = stage;
        Some(effect)
    }

    fn look(&self, now: Time, whom: ReminderTarget, after: Option<Due>) -> (Stage, Effect) {
        let waited = match whom {
            ReminderTarget::Doctor => self.patience,
            ReminderTarget::Leader => self.patience * 2,
        };
        let reminder = Reminder { whom, asked: now - waited };
        (Stage::Looking { now, reminder }, Effect::Look(Search { reminder, after }))
    }

    /// Goes on with the first of the queue; behind its end, with the next page or the next people.
    fn remind(&self, now: Time, reminder: Reminder, page: Page, done: Option<Due>) -> (Stage, Effect) {
        match (page.queue.front(), page.last, reminder.whom) {
            (Some((_, dialogid)), _, _) => {
                let effect = Effect::Remind(dialogid.clone(), reminder);
                (Stage::Reminding { now, reminder, page }, effect)
            }
            (None, false, whom) => self.look(now, whom, done),
            (None, true, ReminderTarget::Doctor) => self.look(now, ReminderTarget::Leader, None),
            (None, true, ReminderTarget::Leader) => (Stage::Resting, self.rest()),
        }
    }
}

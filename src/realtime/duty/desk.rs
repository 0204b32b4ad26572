//! What the duty desk is to be told since somebody last looked, where something was asked, whether the roster was
//! changed, and who of the administrators has the desk open. Threads that commit write here, and so do the actors of
//! questions; who reads and tells is not here.

use crate::model::{DialogId, Process, RoomId, Time, Uid};
use crate::protocol::objects::QuestionStatus;
use crate::realtime::gathered::Gathered;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How many questions' changes wait; what is beyond is found by the next sweep of the store.
const QUEUE: usize = 4096;
/// How long an administrator counts as having the desk open who has looked at it.
const OPEN: Duration = Duration::from_secs(5 * 60);
/// How long a question is new.
const NEW: Duration = Duration::from_secs(60);
/// How many administrators may have it open.
const SEATS: usize = 1000;

/// The desk.
#[derive(Debug)]
pub struct Desk {
    changed: Gathered<DialogId, QuestionStatus>,
    /// Where something was asked.
    asked: Gathered<RoomId, ()>,
    /// When each of the administrators looked at it last.
    opened: Mutex<BTreeMap<Uid, Instant>>,
    /// Notified when the roster was changed.
    roster: Notify,
}

impl Default for Desk {
    /// Nothing has changed, and nobody has it open.
    fn default() -> Self {
        Self {
            changed: Gathered::new(QUEUE),
            asked: Gathered::new(QUEUE),
            opened: Mutex::default(),
            roster: Notify::new(),
        }
    }
}

impl Desk {
    /// Notes how a question stands now.
    pub fn note(&self, status: QuestionStatus) {
        if is_new(&status) {
            self.asked.note(status.roomid.clone(), ());
        }
        self.changed.note(status.dialogid.clone(), status);
    }

    /// Waits until something has changed, and a little longer for more; takes it all: how each question stands now.
    pub async fn gather(&self) -> Vec<QuestionStatus> {
        self.changed.gather().await.into_values().collect()
    }

    /// Waits until something was asked somewhere, and a little longer for more; takes it all: the rooms.
    pub async fn gather_asked(&self) -> Vec<RoomId> {
        self.asked.gather().await.into_keys().collect()
    }

    /// Notes that the roster was changed.
    pub fn note_roster(&self) {
        self.roster.notify_one();
    }

    /// Waits until the roster was changed since this was last waited for.
    pub async fn roster_changed(&self) {
        self.roster.notified().await;
    }

    /// An administrator has looked at the desk.
    pub fn open(&self, uid: Uid) {
        let mut opened = self.opened();
        if opened.len() < SEATS || opened.contains_key(&uid) {
            opened.insert(uid, Instant::now());
        }
    }

    /// The administrators who have it open.
    pub fn list_open(&self) -> Vec<Uid> {
        self.opened().keys().cloned().collect()
    }

    /// Those who looked at it a moment ago.
    fn opened(&self) -> MutexGuard<'_, BTreeMap<Uid, Instant>> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|_, since| since.elapsed() < OPEN);
        opened
    }
}

/// Whether a question was asked a moment ago, and nobody has seen to it.
fn is_new(status: &QuestionStatus) -> bool {
    let waits = status.process == Some(Process::Waiting) && status.claim.is_none();
    waits && Time::now().since(status.since) < NEW
}

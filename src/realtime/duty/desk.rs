//! What the duty desk is to be told since somebody last looked, and who of the administrators has it open.
//! Threads that commit write here, and so do the actors of questions; who reads and tells is not here.

use crate::model::{DialogId, SteadyClock, Uid};
use crate::protocol::objects::QuestionStatus;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long changes gather, so that what changes twice is told once.
const GATHER: Duration = Duration::from_millis(100);
/// How many questions' changes wait; what is beyond is found by the next sweep of the store.
const QUEUE: usize = 4096;
/// How long an administrator counts as having the desk open who has looked at it.
const OPEN: Duration = Duration::from_secs(5 * 60);
/// How many administrators may have it open.
const SEATS: usize = 1000;

/// The desk.
#[derive(Debug, Default)]
pub struct Desk {
    state: Mutex<State>,
    some: Notify,
}

#[derive(Debug, Default)]
struct State {
    changed: BTreeMap<DialogId, QuestionStatus>,
    opened: BTreeMap<Uid, SteadyClock>,
}

impl Desk {
    /// Notes how a question stands now.
    pub fn note(&self, status: QuestionStatus) {
        let mut state = self.lock();
        if state.changed.len() < QUEUE || state.changed.contains_key(&status.dialogid) {
            state.changed.insert(status.dialogid.clone(), status);
        }
        drop(state);
        self.some.notify_one();
    }

    /// Waits until something has changed, and a little longer for more; takes it all: how each question stands now.
    pub async fn gather(&self) -> Vec<QuestionStatus> {
        self.some.notified().await;
        tokio::time::sleep(GATHER).await;
        std::mem::take(&mut self.lock().changed).into_values().collect()
    }

    /// An administrator has looked at the desk.
    pub fn open(&self, uid: Uid) {
        let opened = &mut self.lock().opened;
        opened.retain(|_, since| since.age() < OPEN);
        if opened.len() < SEATS || opened.contains_key(&uid) {
            opened.insert(uid, SteadyClock::start());
        }
    }

    /// The administrators who have it open.
    pub fn list_open(&self) -> Vec<Uid> {
        let is_open = |(uid, since): (&Uid, &SteadyClock)| (since.age() < OPEN).then(|| uid.clone());
        self.lock().opened.iter().filter_map(is_open).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

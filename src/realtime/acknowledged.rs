//! Who has acknowledged pushes since somebody last looked. What follows from it is not here.

use crate::model::Uid;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long acknowledgements gather.
const GATHER: Duration = Duration::from_millis(100);

/// Who has acknowledged something since the last look.
#[derive(Debug, Default)]
pub struct Acknowledged {
    who: Mutex<BTreeSet<Uid>>,
    some: Notify,
}

impl Acknowledged {
    /// Notes that somebody has acknowledged something.
    pub fn note(&self, uid: Uid) {
        self.who.lock().unwrap_or_else(PoisonError::into_inner).insert(uid);
        self.some.notify_one();
    }

    /// Waits until there is somebody, and a little longer for more; takes them all, in the order of their
    /// ids.
    pub async fn gather(&self) -> Vec<Uid> {
        self.some.notified().await;
        tokio::time::sleep(GATHER).await;
        let who = std::mem::take(&mut *self.who.lock().unwrap_or_else(PoisonError::into_inner));
        who.into_iter().collect()
    }
}

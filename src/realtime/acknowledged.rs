//! Who has acknowledged pushes since somebody last looked. What follows from it is not here.

use super::gathered::Gathered;
use crate::model::Uid;

/// Who has acknowledged something since the last look.
#[derive(Debug)]
pub struct Acknowledged(Gathered<Uid, ()>);

impl Default for Acknowledged {
    /// Nobody has. There are no more of them than accounts.
    fn default() -> Self {
        Self(Gathered::new(usize::MAX))
    }
}

impl Acknowledged {
    /// Notes that somebody has acknowledged something.
    pub fn note(&self, uid: Uid) {
        self.0.note(uid, ());
    }

    /// Waits until there is somebody, and a little longer for more; takes them all, in the order of their
    /// ids.
    pub async fn gather(&self) -> Vec<Uid> {
        self.0.gather().await.into_keys().collect()
    }
}

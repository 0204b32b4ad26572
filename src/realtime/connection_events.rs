//! Who comes and who goes, for whoever in the server watches: presence, video calls.
//!
//! Bounded, and nobody waits: who does not keep up is told that it has missed something, and asks
//! the registry how things stand. Where nobody watches nothing is kept.

use crate::model::{DeviceId, SessionId, Uid};
use futures_util::stream::{Stream, unfold};
use tokio::sync::broadcast::{self, error::RecvError};

/// How many changes may wait for one watcher before it misses the oldest.
const KEPT: usize = 16_384;

/// A change of where somebody is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// A connection has registered.
    Came {
        /// Whose.
        uid: Uid,
        /// The connection.
        id: SessionId,
        /// The device that it comes from.
        deviceid: DeviceId,
        /// Whether they had none before.
        first: bool,
    },
    /// A connection is gone. One that replaces it is told of before.
    Went {
        /// Whose it was.
        uid: Uid,
        /// The connection.
        id: SessionId,
        /// Whether they still have another.
        others_left: bool,
    },
}

/// A watcher's end: the changes in their order, or `RecvError::Lagged` where it has missed some.
pub type Watch = broadcast::Receiver<Whereabouts>;

/// A watcher's changes as a stream; `None` in it where some were missed.
pub fn changes(watch: Watch) -> impl Stream<Item = Option<Whereabouts>> {
    unfold(watch, |mut watch| async move {
        match watch.recv().await {
            Ok(change) => Some((Some(change), watch)),
            Err(RecvError::Lagged(_)) => Some((None, watch)),
            Err(RecvError::Closed) => None,
        }
    })
}

/// The registry's end.
#[derive(Debug)]
pub(super) struct Watched(broadcast::Sender<Whereabouts>);

impl Watched {
    pub(super) fn new() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }

    pub(super) fn watch(&self) -> Watch {
        self.0.subscribe()
    }

    pub(super) fn came(&self, uid: &Uid, id: SessionId, deviceid: &DeviceId, first: bool) {
        self.tell(|| Whereabouts::Came { uid: uid.clone(), id, deviceid: deviceid.clone(), first });
    }

    /// These are gone, in this order, and `left` others are still there.
    pub(super) fn went(&self, uid: &Uid, gone: &[SessionId], left: usize) {
        for (before, &id) in gone.iter().enumerate() {
            let others_left = left + gone.len() - before > 1;
            self.tell(|| Whereabouts::Went { uid: uid.clone(), id, others_left });
        }
    }

    fn tell(&self, change: impl FnOnce() -> Whereabouts) {
        if self.0.receiver_count() > 0 {
            // It fails only where the last watcher has just gone.
            let _ = self.0.send(change());
        }
    }
}

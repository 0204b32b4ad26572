//! Connections that come and go, for whoever in the server watches them: presence, video calls.
//!
//! Bounded, and nobody waits: a watcher that does not keep up is told that it has missed something, and
//! asks the registry how things stand. Where nobody watches nothing is kept.

use crate::model::{DeviceId, SessionId, Uid};
use futures_util::stream::{Stream, unfold};
use tokio::sync::broadcast::{self, error::RecvError};

/// How many events may wait for one watcher before it misses the oldest.
const KEPT: usize = 16_384;

/// A connection has come, or is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// A connection has registered.
    Connected {
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
    Disconnected {
        /// Whose it was.
        uid: Uid,
        /// The connection.
        id: SessionId,
        /// Whether they still have another.
        others_left: bool,
    },
}

/// A watcher's end: the events in their order, or `RecvError::Lagged` where it has missed some.
pub type Watch = broadcast::Receiver<ConnectionEvent>;

/// A watcher's events as a stream; `None` in it where some were missed.
pub fn stream(watch: Watch) -> impl Stream<Item = Option<ConnectionEvent>> {
    unfold(watch, |mut watch| async move {
        match watch.recv().await {
            Ok(event) => Some((Some(event), watch)),
            Err(RecvError::Lagged(_)) => Some((None, watch)),
            Err(RecvError::Closed) => None,
        }
    })
}

/// The registry's end.
#[derive(Debug)]
pub(super) struct ConnectionEvents(broadcast::Sender<ConnectionEvent>);

impl ConnectionEvents {
    pub(super) fn new() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }

    pub(super) fn watch(&self) -> Watch {
        self.0.subscribe()
    }

    /// This one has come, and `others` were there before.
    pub(super) fn connected(&self, uid: &Uid, id: SessionId, deviceid: &DeviceId, others: usize) {
        let first = others == 0;
        self.tell(|| ConnectionEvent::Connected { uid: uid.clone(), id, deviceid: deviceid.clone(), first });
    }

    /// These are gone, in this order, and `left` others are still there.
    pub(super) fn disconnected(&self, uid: &Uid, gone: &[SessionId], left: usize) {
        for (before, &id) in gone.iter().enumerate() {
            let others_left = left + gone.len() - before > 1;
            self.tell(|| ConnectionEvent::Disconnected { uid: uid.clone(), id, others_left });
        }
    }

    fn tell(&self, event: impl FnOnce() -> ConnectionEvent) {
        if self.0.receiver_count() > 0 {
            // It fails only where the last watcher has just gone.
            let _ = self.0.send(event());
        }
    }
}

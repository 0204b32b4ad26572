//! The way for pushes to the registry: bounded, from threads that may block.

use crate::protocol::frame::Delivery;
use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio::sync::mpsc;

/// How many commits' pushes may wait for the registry before commits wait for it.
const QUEUE: usize = 256;

/// The way for the pushes of a commit to the registry, from threads that may block.
#[derive(Clone)]
pub struct Outlet(mpsc::Sender<Vec<Delivery>>);

impl Outlet {
    /// Hands on a commit's pushes; waits while the registry is behind.
    pub fn hand_on(&self, deliveries: Vec<Delivery>) {
        if !deliveries.is_empty() {
            // The registry is gone only when the server ends; the pushes are in the store.
            let _ = self.0.blocking_send(deliveries);
        }
    }
}

/// The other end of an `Outlet`.
pub struct Inlet(mpsc::Receiver<Vec<Delivery>>);

impl Inlet {
    /// The pushes of one commit after the other.
    pub(super) fn stream(mut self) -> impl Stream<Item = Vec<Delivery>> {
        poll_fn(move |task| self.0.poll_recv(task))
    }
}

/// Makes the way for pushes.
pub fn channel() -> (Outlet, Inlet) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Outlet(sender), Inlet(receiver))
}

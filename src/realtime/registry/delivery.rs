//! The channel from commits to the registry: bounded, and written by threads that may block.

use super::messages::{CloseAll, Displace, SendEphemeral};
use crate::protocol::frame::Delivery;
use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio::sync::mpsc;

/// How many commits may wait for the registry before further commits wait for it.
const QUEUE: usize = 256;

/// What a commit means to connections.
#[derive(Default)]
pub struct Handover {
    /// Pushes, in the order in which they are numbered.
    pub deliveries: Vec<Delivery>,
    /// What is done once the pushes are handed on.
    pub orders: Vec<Order>,
}

/// What the registry does after a commit, besides handing on its pushes.
pub enum Order {
    /// It closes connections.
    Close(CloseAll),
    /// It closes those whose place another one has taken.
    Displace(Displace),
    /// It sends an ephemeral message.
    Tell(SendEphemeral),
}

impl Handover {
    fn is_empty(&self) -> bool {
        self.deliveries.is_empty() && self.orders.is_empty()
    }
}

/// The sending end.
#[derive(Clone)]
pub struct DeliverySender(mpsc::Sender<Handover>);

impl DeliverySender {
    /// Hands on what one commit left, from a thread that may block: it waits while the registry is behind.
    pub fn hand_on(&self, handover: Handover) {
        if !handover.is_empty() {
            // The registry is gone only when the server ends; the pushes are in the store.
            let _ = self.0.blocking_send(handover);
        }
    }

    /// Hands on what another node has committed; waits while the registry is behind.
    pub async fn forward(&self, handover: Handover) {
        // The registry is gone only when the server ends.
        let _ = self.0.send(handover).await;
    }
}

/// The receiving end, for the registry.
pub struct DeliveryReceiver(mpsc::Receiver<Handover>);

impl DeliveryReceiver {
    /// What the commits left, in their order.
    pub(super) fn stream(mut self) -> impl Stream<Item = Handover> {
        poll_fn(move |task| self.0.poll_recv(task))
    }
}

/// Makes the channel.
pub fn channel() -> (DeliverySender, DeliveryReceiver) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (DeliverySender(sender), DeliveryReceiver(receiver))
}

//! The packets that wait for polls, and whether any wait for a client, whatever its transport.

use std::{cell::Cell, mem, rc::Rc};

use tokio::sync::Notify;

use crate::websocket::Backlog;

use super::codec::packet::EncodedPacket;

/// The packets that wait for polls.
#[derive(Debug, Default)]
pub(crate) struct SendQueue {
    packets: Vec<EncodedPacket>,
    bytes: usize,
}

impl SendQueue {
    /// Appends packets, and returns what waited before them.
    pub(crate) fn push(&mut self, packets: Vec<EncodedPacket>) -> Backlog {
        let before = Backlog { frames: self.packets.len(), bytes: self.bytes };
        self.bytes += packets.iter().map(EncodedPacket::size).sum::<usize>();
        if self.packets.is_empty() {
            self.packets = packets;
        } else {
            self.packets.extend(packets);
        }
        before
    }

    /// Takes the first packets that wait, at most so many and so many bytes, but one at least if there is any.
    pub(crate) fn take_up_to(&mut self, packets: usize, bytes: usize) -> Vec<EncodedPacket> {
        let mut taken = 0;
        let fits = |packet: &&EncodedPacket| {
            taken += packet.size();
            taken <= bytes
        };
        let count = self.packets.iter().take(packets).take_while(fits).count().max(1);
        if self.packets.len() <= count {
            self.bytes = 0;
            return mem::take(&mut self.packets);
        }
        let rest = self.packets.split_off(count);
        let first = mem::replace(&mut self.packets, rest);
        self.bytes -= first.iter().map(EncodedPacket::size).sum::<usize>();
        first
    }

    /// All packets that wait.
    pub(crate) fn into_packets(self) -> Vec<EncodedPacket> {
        self.packets
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }
}

/// Whether packets wait for a client. It is shared with those who await that none does.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    some: Cell<bool>,
    none: Notify,
}

impl Waiting {
    pub(crate) fn set(&self, some: bool) {
        if self.some.replace(some) && !some {
            self.none.notify_waiters();
        }
    }

    /// Completes when none waits.
    pub(crate) async fn none(self: Rc<Self>) {
        if self.some.get() {
            self.none.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        future::Future,
        pin::pin,
        task::{Context, Poll, Waker},
    };

    #[test]
    fn up_to_a_limit_are_taken_and_the_rest_waits() {
        let text = EncodedPacket::text;
        let mut queue = SendQueue::default();
        queue.push(vec![text("a"), text("b"), text("c")]);
        assert_eq!(queue.take_up_to(2, 100), [text("a"), text("b")]);
        let each = text("c").size();
        assert_eq!(queue.push(vec![text("d")]), Backlog { frames: 1, bytes: each });
        assert_eq!(queue.take_up_to(2, 1), [text("c")], "one at least");
        queue.push(vec![text("e"), text("f")]);
        assert_eq!(queue.take_up_to(9, 2 * each), [text("d"), text("e")]);
        assert_eq!(queue.take_up_to(9, 100), [text("f")]);
        assert!(queue.is_empty());
        assert_eq!(queue.take_up_to(9, 100), []);
        assert_eq!(queue.push(vec![]), Backlog { frames: 0, bytes: 0 });
    }

    #[test]
    fn who_awaits_that_none_waits_is_told() {
        let waiting = Rc::new(Waiting::default());
        waiting.set(true);
        let mut task = Context::from_waker(Waker::noop());
        let mut none = pin!(waiting.clone().none());
        assert_eq!(none.as_mut().poll(&mut task), Poll::Pending);
        waiting.set(false);
        assert_eq!(none.as_mut().poll(&mut task), Poll::Ready(()));
        assert_eq!(pin!(waiting.clone().none()).poll(&mut task), Poll::Ready(()));
    }
}

//! The packets that wait for a client, between the connection that queues them and the transport
//! that sends them. The two may live in different threads.
//!
//! A transport takes everything that waits at once, so that a burst becomes a single write.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::sync::Notify;

use crate::disconnect::CloseFrame;

use super::codec::packet::EncodedPacket;

/// A queue with one writer and one reader.
#[derive(Debug, Default)]
pub(crate) struct SendQueue {
    state: Mutex<State>,
    drained: Notify,
}

/// How much waits in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backlog {
    pub(crate) packets: usize,
    pub(crate) bytes: usize,
}

/// What the reader of a queue receives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Packets, in order.
    Packets(Vec<EncodedPacket>),
    /// The queue is empty and closed, with the frame that is to end the WebSocket.
    Closed(Option<CloseFrame>),
}

#[derive(Debug, Default)]
struct State {
    packets: Vec<EncodedPacket>,
    bytes: usize,
    closed: Option<Option<CloseFrame>>,
    reader: Option<Waker>,
}

impl SendQueue {
    /// Creates a queue in which `packets` wait.
    pub(crate) fn with(packets: Vec<EncodedPacket>) -> SendQueue {
        let queue = SendQueue::default();
        queue.push(packets);
        queue
    }

    /// Appends packets, and returns what waited before them.
    pub(crate) fn push(&self, packets: Vec<EncodedPacket>) -> Backlog {
        let mut state = self.lock();
        let before = Backlog { packets: state.packets.len(), bytes: state.bytes };
        state.bytes += packets.iter().map(EncodedPacket::size).sum::<usize>();
        if state.packets.is_empty() {
            state.packets = packets;
        } else {
            state.packets.extend(packets);
        }
        wake_reader(state);
        before
    }

    /// Closes the queue after the packets that wait. Only the first call has an effect.
    pub(crate) fn close(&self, frame: Option<CloseFrame>) {
        let mut state = self.lock();
        state.closed.get_or_insert(frame);
        wake_reader(state);
    }

    /// Drops the packets that wait, and closes the queue.
    pub(crate) fn abort(&self, frame: Option<CloseFrame>) {
        self.take_all();
        self.close(frame);
    }

    /// Takes the first packets that wait, at most `limit` of them.
    pub(crate) fn take_up_to(&self, limit: usize) -> Vec<EncodedPacket> {
        let mut state = self.lock();
        if state.packets.len() <= limit {
            return self.empty(&mut state);
        }
        let rest = state.packets.split_off(limit);
        let first = mem::replace(&mut state.packets, rest);
        state.bytes -= first.iter().map(EncodedPacket::size).sum::<usize>();
        first
    }

    /// Takes all packets that wait.
    pub(crate) fn take_all(&self) -> Vec<EncodedPacket> {
        self.empty(&mut self.lock())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().packets.is_empty()
    }

    /// Completes when no packet waits.
    pub(crate) async fn drained(&self) {
        let drained = self.drained.notified();
        if !self.is_empty() {
            drained.await;
        }
    }

    /// Takes all packets that wait, or arranges for the task to be woken when there are some.
    pub(crate) fn poll_take(&self, task: &Context<'_>) -> Poll<Taken> {
        let mut state = self.lock();
        if !state.packets.is_empty() {
            return Poll::Ready(Taken::Packets(self.empty(&mut state)));
        }
        if let Some(frame) = &state.closed {
            return Poll::Ready(Taken::Closed(frame.clone()));
        }
        state.reader = Some(task.waker().clone());
        Poll::Pending
    }

    fn empty(&self, state: &mut State) -> Vec<EncodedPacket> {
        state.bytes = 0;
        self.drained.notify_waiters();
        mem::take(&mut state.packets)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the reader after releasing the lock, because it may run in another thread at once.
fn wake_reader(mut state: MutexGuard<'_, State>) {
    let reader = state.reader.take();
    drop(state);
    if let Some(reader) = reader {
        reader.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::Future, pin::pin};

    fn context() -> Context<'static> {
        Context::from_waker(Waker::noop())
    }

    #[test]
    fn everything_is_taken_at_once_and_in_order() {
        let queue = SendQueue::with(vec![EncodedPacket::text("a")]);
        assert_eq!(queue.push(vec![EncodedPacket::text("bc")]), Backlog { packets: 1, bytes: 2 });
        let taken = Taken::Packets(vec![EncodedPacket::text("a"), EncodedPacket::text("bc")]);
        assert_eq!(queue.poll_take(&context()), Poll::Ready(taken));
        assert_eq!(queue.poll_take(&context()), Poll::Pending);
        assert_eq!(queue.push(vec![EncodedPacket::NOOP]), Backlog { packets: 0, bytes: 0 });
    }

    #[test]
    fn drained_completes_when_the_last_packet_is_taken() {
        let queue = SendQueue::with(vec![EncodedPacket::text("a"), EncodedPacket::text("b")]);
        let mut drained = pin!(queue.drained());
        assert_eq!(drained.as_mut().poll(&mut context()), Poll::Pending);
        queue.take_up_to(1);
        assert_eq!(drained.as_mut().poll(&mut context()), Poll::Pending);
        queue.take_up_to(1);
        assert_eq!(drained.as_mut().poll(&mut context()), Poll::Ready(()));
        assert_eq!(pin!(queue.drained()).poll(&mut context()), Poll::Ready(()));
    }

    #[test]
    fn up_to_a_limit_are_taken_and_the_rest_waits() {
        let queue = SendQueue::with(vec![
            EncodedPacket::text("a"),
            EncodedPacket::text("b"),
            EncodedPacket::text("c"),
        ]);
        assert_eq!(queue.take_up_to(2), [EncodedPacket::text("a"), EncodedPacket::text("b")]);
        assert_eq!(queue.push(vec![]), Backlog { packets: 1, bytes: 2 });
        assert_eq!(queue.take_up_to(2), [EncodedPacket::text("c")]);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_queue_is_closed_after_what_waited() {
        let queue = SendQueue::with(vec![EncodedPacket::NOOP]);
        queue.close(None);
        assert_eq!(queue.poll_take(&context()), Poll::Ready(Taken::Packets(vec![EncodedPacket::NOOP])));
        assert_eq!(queue.poll_take(&context()), Poll::Ready(Taken::Closed(None)));
    }

    #[test]
    fn an_abort_drops_what_waited() {
        let queue = SendQueue::with(vec![EncodedPacket::NOOP]);
        queue.abort(None);
        assert_eq!(queue.poll_take(&context()), Poll::Ready(Taken::Closed(None)));
    }
}

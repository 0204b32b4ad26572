//! The packets that wait for a client, between the connection that queues them and the transport
//! that takes them, which may live in different threads.
//!
//! Taking takes everything, so that a burst is one write.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use tokio::sync::Notify;

use super::{super::error::Farewell, packet::Wire};

/// A queue with one writer and one reader.
#[derive(Debug, Default)]
pub struct Pipe {
    state: Mutex<State>,
    emptied: Notify,
}

/// What waits in a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// How many packets.
    pub packets: usize,
    /// How many bytes they hold.
    pub bytes: usize,
}

/// What the reader gets.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Packets, in order.
    Wires(Vec<Wire>),
    /// All was taken, and no more will come.
    End(Option<Farewell>),
}

#[derive(Debug, Default)]
struct State {
    wires: Vec<Wire>,
    bytes: usize,
    end: Option<Option<Farewell>>,
    reader: Option<Waker>,
}

impl Pipe {
    /// A pipe that holds `wires` from the start.
    pub fn with(wires: Vec<Wire>) -> Pipe {
        let pipe = Pipe::default();
        pipe.push(wires);
        pipe
    }

    /// Appends; returns what waited before.
    pub fn push(&self, wires: Vec<Wire>) -> Backlog {
        let mut state = self.lock();
        let before = Backlog { packets: state.wires.len(), bytes: state.bytes };
        state.bytes += wires.iter().map(Wire::size).sum::<usize>();
        if state.wires.is_empty() {
            state.wires = wires;
        } else {
            state.wires.extend(wires);
        }
        wake(state);
        before
    }

    /// Nothing comes after what already waits.
    pub fn end(&self, farewell: Option<Farewell>) {
        let mut state = self.lock();
        state.end.get_or_insert(farewell);
        wake(state);
    }

    /// Ends it now: what waits is dropped.
    pub fn abort(&self, farewell: Option<Farewell>) {
        self.take();
        self.end(farewell);
    }

    /// Takes the first few that wait.
    pub fn take_some(&self, limit: usize) -> Vec<Wire> {
        let mut state = self.lock();
        if state.wires.len() <= limit {
            return self.empty(&mut state);
        }
        let rest = state.wires.split_off(limit);
        let some = mem::replace(&mut state.wires, rest);
        state.bytes -= some.iter().map(Wire::size).sum::<usize>();
        some
    }

    /// Takes all that waits.
    pub fn take(&self) -> Vec<Wire> {
        self.empty(&mut self.lock())
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.lock().wires.is_empty()
    }

    /// Comes when nothing waits.
    pub async fn emptied(&self) {
        let emptied = self.emptied.notified();
        if !self.is_empty() {
            emptied.await;
        }
    }

    /// Takes all that waits, or sees to it that the task is woken when something does.
    pub fn poll_take(&self, task: &Context<'_>) -> Poll<Taken> {
        let mut state = self.lock();
        if !state.wires.is_empty() {
            return Poll::Ready(Taken::Wires(self.empty(&mut state)));
        }
        if let Some(farewell) = &state.end {
            return Poll::Ready(Taken::End(farewell.clone()));
        }
        state.reader = Some(task.waker().clone());
        Poll::Pending
    }

    fn empty(&self, state: &mut State) -> Vec<Wire> {
        state.bytes = 0;
        self.emptied.notify_waiters();
        mem::take(&mut state.wires)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes the reader, with the lock let go: it may run at once in another thread.
fn wake(mut state: MutexGuard<'_, State>) {
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
        let pipe = Pipe::with(vec![Wire::text("a")]);
        assert_eq!(pipe.push(vec![Wire::text("bc")]), Backlog { packets: 1, bytes: 2 });
        let taken = Taken::Wires(vec![Wire::text("a"), Wire::text("bc")]);
        assert_eq!(pipe.poll_take(&context()), Poll::Ready(taken));
        assert_eq!(pipe.poll_take(&context()), Poll::Pending);
        assert_eq!(pipe.push(vec![Wire::NOOP]), Backlog { packets: 0, bytes: 0 });
    }

    #[test]
    fn who_waits_for_the_end_of_a_backlog_is_told_with_the_last_of_it() {
        let pipe = Pipe::with(vec![Wire::text("a"), Wire::text("b")]);
        let mut emptied = pin!(pipe.emptied());
        assert_eq!(emptied.as_mut().poll(&mut context()), Poll::Pending);
        pipe.take_some(1);
        assert_eq!(emptied.as_mut().poll(&mut context()), Poll::Pending);
        pipe.take_some(1);
        assert_eq!(emptied.as_mut().poll(&mut context()), Poll::Ready(()));
        assert_eq!(pin!(pipe.emptied()).poll(&mut context()), Poll::Ready(()));
    }

    #[test]
    fn some_are_taken_and_the_rest_waits() {
        let pipe = Pipe::with(vec![Wire::text("a"), Wire::text("b"), Wire::text("c")]);
        assert_eq!(pipe.take_some(2), [Wire::text("a"), Wire::text("b")]);
        assert_eq!(pipe.push(vec![]), Backlog { packets: 1, bytes: 2 });
        assert_eq!(pipe.take_some(2), [Wire::text("c")]);
        assert!(pipe.is_empty());
    }

    #[test]
    fn the_end_comes_after_what_waited() {
        let pipe = Pipe::with(vec![Wire::NOOP]);
        pipe.end(None);
        assert_eq!(pipe.poll_take(&context()), Poll::Ready(Taken::Wires(vec![Wire::NOOP])));
        assert_eq!(pipe.poll_take(&context()), Poll::Ready(Taken::End(None)));
    }

    #[test]
    fn an_abort_drops_what_waited() {
        let pipe = Pipe::with(vec![Wire::NOOP]);
        pipe.abort(None);
        assert_eq!(pipe.poll_take(&context()), Poll::Ready(Taken::End(None)));
    }
}

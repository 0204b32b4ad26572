//! The packets that wait for a client, between the connection that queues them and the transport
//! that takes them, which may live in different threads.
//!
//! Taking takes everything, so that a burst is one write.

use std::{
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use super::{super::error::Farewell, packet::Wire};

/// A queue with one writer and one reader.
#[derive(Debug, Default)]
pub struct Pipe(Mutex<State>);

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

    /// Appends; returns the bytes that now wait.
    pub fn push(&self, wires: Vec<Wire>) -> usize {
        let mut state = self.lock();
        state.bytes += wires.iter().map(Wire::size).sum::<usize>();
        if state.wires.is_empty() {
            state.wires = wires;
        } else {
            state.wires.extend(wires);
        }
        let bytes = state.bytes;
        wake(state);
        bytes
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
            state.bytes = 0;
            return mem::take(&mut state.wires);
        }
        let rest = state.wires.split_off(limit);
        let some = mem::replace(&mut state.wires, rest);
        state.bytes -= some.iter().map(Wire::size).sum::<usize>();
        some
    }

    /// Takes all that waits.
    pub fn take(&self) -> Vec<Wire> {
        let mut state = self.lock();
        state.bytes = 0;
        mem::take(&mut state.wires)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.lock().wires.is_empty()
    }

    /// Takes all that waits, or sees to it that the task is woken when something does.
    pub fn poll_take(&self, task: &Context<'_>) -> Poll<Taken> {
        let mut state = self.lock();
        if !state.wires.is_empty() {
            state.bytes = 0;
            return Poll::Ready(Taken::Wires(mem::take(&mut state.wires)));
        }
        if let Some(farewell) = &state.end {
            return Poll::Ready(Taken::End(farewell.clone()));
        }
        state.reader = Some(task.waker().clone());
        Poll::Pending
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn context() -> Context<'static> {
        Context::from_waker(Waker::noop())
    }

    #[test]
    fn everything_is_taken_at_once_and_in_order() {
        let pipe = Pipe::with(vec![Wire::text("a")]);
        assert_eq!(pipe.push(vec![Wire::text("bc")]), 5);
        let taken = Taken::Wires(vec![Wire::text("a"), Wire::text("bc")]);
        assert_eq!(pipe.poll_take(&context()), Poll::Ready(taken));
        assert_eq!(pipe.poll_take(&context()), Poll::Pending);
        assert_eq!(pipe.push(vec![Wire::NOOP]), 1);
    }

    #[test]
    fn some_are_taken_and_the_rest_waits() {
        let pipe = Pipe::with(vec![Wire::text("a"), Wire::text("b"), Wire::text("c")]);
        assert_eq!(pipe.take_some(2), [Wire::text("a"), Wire::text("b")]);
        assert_eq!(pipe.push(vec![]), 2);
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

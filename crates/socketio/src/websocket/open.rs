//! How many WebSockets are open: a bound for them, and a way to await the last one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::sync::Notify;

/// The WebSockets of a server that are open. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct OpenSockets(Arc<Count>);

#[derive(Debug, Default)]
struct Count {
    open: AtomicUsize,
    /// Whether the server ends.
    closing: AtomicBool,
    none: Notify,
}

/// One of them; it is closed when this is dropped.
#[derive(Debug)]
pub(super) struct OpenSocket(Arc<Count>);

impl OpenSockets {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.open.load(Ordering::Acquire)
    }

    /// Admits no more, and lets those there are know that the server ends.
    pub fn close(&self) {
        self.0.closing.store(true, Ordering::Release);
    }

    /// Completes when there is none. A server that ends awaits it before it stops its workers, whose
    /// threads the actors of these sockets live in.
    pub async fn closed(&self) {
        loop {
            let none = self.0.none.notified();
            if self.count() == 0 {
                return;
            }
            none.await;
        }
    }

    /// Counts another one, unless there are `limit`, or the server ends.
    pub(super) fn open(&self, limit: usize) -> Option<OpenSocket> {
        // Gives the place back where it is dropped below.
        let before = self.0.open.fetch_add(1, Ordering::AcqRel);
        let open = OpenSocket(Arc::clone(&self.0));
        (before < limit && !open.is_closing()).then_some(open)
    }
}

impl OpenSocket {
    pub(super) fn is_closing(&self) -> bool {
        self.0.closing.load(Ordering::Acquire)
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.none.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn there_is_a_limit_and_an_end() {
        let sockets = OpenSockets::default();
        let one = sockets.open(1);
        assert!(one.is_some() && sockets.open(1).is_none());
        assert!(sockets.closed().now_or_never().is_none());
        drop(one);
        assert!(sockets.closed().now_or_never().is_some());
    }
}

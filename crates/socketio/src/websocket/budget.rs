//! What a client may send. Who sends more frames is read more slowly.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use tokio::time::{Sleep, sleep_until};

/// What the frames of one client may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLimits {
    /// Bytes of one message.
    pub max_size: usize,
    /// Frames of any kind in a second, on average; four times that in a burst.
    pub per_second: u32,
}

/// How many seconds' worth of frames may come at once.
const BURST_SECONDS: u32 = 4;

/// A bucket of which is kept when it will be full.
#[derive(Debug)]
pub(super) struct Budget {
    interval: Duration,
    full_at: Instant,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Budget {
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        Budget { interval: Duration::from_secs(1) / per_second.max(1), full_at: now, waiting: None }
    }

    /// A frame has come.
    pub(super) fn spend(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + self.interval;
        let burst = Duration::from_secs(BURST_SECONDS.into());
        if self.full_at > now + burst {
            self.waiting = Some(Box::pin(sleep_until((self.full_at - burst).into())));
        }
    }

    /// Is ready when another frame may be read.
    pub(super) fn poll_wait(&mut self, task: &mut Context<'_>) -> Poll<()> {
        if let Some(waiting) = &mut self.waiting {
            ready!(waiting.as_mut().poll(task));
            self.waiting = None;
        }
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::task::Waker;

    #[actix_web::test]
    async fn frames_beyond_the_burst_wait() {
        let mut task = Context::from_waker(Waker::noop());
        let mut budget = Budget::new(100, Instant::now());
        while budget.poll_wait(&mut task).is_ready() {
            budget.spend(Instant::now());
        }
        assert!(budget.full_at > Instant::now() + Duration::from_secs(3), "after a burst");
        poll_fn(|task| budget.poll_wait(task)).await;
    }
}

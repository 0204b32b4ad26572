//! The turns of heavy work: one batch at a time, and a rest after it where light work waits. What is heavy is in `weighed`.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::MutexGuard;
use tokio::time::Instant;

/// How many heavy pieces are done together at the most, and how many where light ones come, which may wait for a lock that
/// they hold.
const ALONE: usize = 64;
const SHARED: usize = 8;
/// So many times as long as a heavy batch took, light work is left alone, where there is some.
const REST: u32 = 3;
/// No rest is longer.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// A rest ends when no light work has come for so long.
const QUIET: Duration = Duration::from_millis(20);

/// The turns of heavy batches: one at a time, with a rest after it.
#[derive(Default)]
pub struct Turns {
    turn: tokio::sync::Mutex<()>,
    /// How many light pieces have come.
    light: AtomicUsize,
    /// Whether some came in the last turn.
    is_shared: AtomicBool,
}

impl Turns {
    /// How many pieces a turn takes.
    pub(super) fn batch(&self) -> usize {
        if self.is_shared.load(Relaxed) { SHARED } else { ALONE }
    }

    /// A light piece has come.
    pub(super) fn count_light(&self) {
        self.light.fetch_add(1, Relaxed);
    }

    fn count(&self) -> usize {
        self.light.load(Relaxed)
    }

    /// Waits until it is one's turn.
    pub(super) async fn take(&self) -> Turn<'_> {
        let guard = self.turn.lock().await;
        Turn { turns: self, _guard: guard, begun: Instant::now(), light: self.count() }
    }
}

/// The turn of a heavy batch.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    _guard: MutexGuard<'a, ()>,
    begun: Instant,
    light: usize,
}

impl Turn<'_> {
    /// Ends it, with a rest where light pieces have come meanwhile, as long as further ones come.
    pub async fn end(self) {
        let is_shared = self.turns.count() != self.light;
        self.turns.is_shared.store(is_shared, Relaxed);
        if !is_shared {
            return;
        }
        let until = Instant::now() + (self.begun.elapsed() * REST).min(LONGEST_REST);
        while Instant::now() < until {
            let before = self.turns.count();
            tokio::time::sleep_until(until.min(Instant::now() + QUIET)).await;
            if self.turns.count() == before {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const WORK: Duration = Duration::from_millis(40);

    #[tokio::test(start_paused = true)]
    async fn one_turn_is_taken_at_a_time() {
        let turns = Turns::default();
        let turn = turns.take().await;
        assert!(turns.take().now_or_never().is_none());
        turn.end().await;
        assert!(turns.take().now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn light_work_gets_its_time_after_each_turn() {
        let turns = Turns::default();
        for (light, rest, batch) in
            [(0, Duration::ZERO, ALONE), (1, QUIET, SHARED), (0, Duration::ZERO, ALONE)]
        {
            assert_eq!(measure_rest(&turns, light, &mut || {}).await, rest);
            assert_eq!(turns.batch(), batch);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_rest_lasts_as_long_as_light_work_comes() {
        let turns = Turns::default();
        assert_eq!(measure_rest(&turns, 1, &mut || turns.count_light()).await, WORK * REST);
        let mut left = 3;
        let mut some = || {
            if left > 0 {
                turns.count_light();
                left -= 1;
            }
        };
        let rest = measure_rest(&turns, 1, &mut some).await;
        assert!(rest > QUIET && rest < WORK * REST, "{rest:?}");
    }

    /// How long the rest is after a turn in which so much light work came; `during` is done every few moments of it.
    async fn measure_rest(turns: &Turns, light: usize, during: &mut impl FnMut()) -> Duration {
        let turn = turns.take().await;
        tokio::time::sleep(WORK).await;
        (0..light).for_each(|_| turns.count_light());
        let done = Instant::now();
        let mut end = std::pin::pin!(turn.end());
        while tokio::time::timeout(QUIET / 4, &mut end).await.is_err() {
            during();
        }
        done.elapsed()
    }
}

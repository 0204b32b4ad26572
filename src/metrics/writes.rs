//! Commits: how long they take, how many pieces of work share one, how many were refused.

use super::set::MetricSet;
use crate::error::Result;
use prometheus::core::Metric;
use prometheus::{Histogram, IntCounter};
use std::time::Duration;

/// Seconds.
const DURATIONS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
/// Pieces of work.
const BATCHES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// A queue in which work for the store waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// The queue of the one writer of SQLite.
    Writer,
    /// The queue for a connection of the pool.
    Pool,
}

/// All commits of this node.
#[derive(Clone)]
pub struct Writes {
    duration: Histogram,
    batch: Histogram,
    writer: IntCounter,
    pool: IntCounter,
}

impl Writes {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let refused = set.counters(
            "jiayi_store_refused_total",
            "Work refused with FA_OVERLOAD as too much waited.",
            &["queue"],
        )?;
        Ok(Self {
            duration: set.histogram(
                "jiayi_store_commit_duration_seconds",
                "Time of a transaction, from its beginning until it is committed.",
                DURATIONS,
            )?,
            batch: set.histogram(
                "jiayi_store_commit_batch_size",
                "Pieces of work that shared a transaction.",
                BATCHES,
            )?,
            writer: refused.with_label_values(&["writer"]),
            pool: refused.with_label_values(&["pool"]),
        })
    }

    /// Counts a commit of that many pieces of work.
    pub fn committed(&self, pieces: usize, after: Duration) {
        self.duration.observe(after.as_secs_f64());
        self.batch.observe(pieces as f64);
    }

    /// Counts a piece of work that was refused, as too much waited.
    pub fn refused(&self, queue: Queue) {
        match queue {
            Queue::Writer => self.writer.inc(),
            Queue::Pool => self.pool.inc(),
        }
    }

    /// The number of pieces of work that were refused.
    pub fn count_refused(&self) -> u64 {
        self.writer.get() + self.pool.get()
    }

    /// The time within which this share of all commits was done, interpolated between the bounds of
    /// the histogram; `None` before the first commit.
    pub fn duration(&self, share: f64) -> Option<Duration> {
        let metric = self.duration.metric();
        let histogram = metric.get_histogram();
        let wanted = histogram.get_sample_count() as f64 * share;
        let (mut below, mut before) = (0.0, 0.0);
        for bucket in histogram.get_bucket() {
            let (bound, count) = (bucket.upper_bound(), bucket.cumulative_count() as f64);
            if count > before && count >= wanted {
                let within = below + (bound - below) * (wanted - before) / (count - before);
                return Some(Duration::from_secs_f64(within));
            }
            (below, before) = (bound, count);
        }
        // Beyond the last bound nothing is known but that it was longer.
        (wanted > 0.0).then(|| Duration::from_secs_f64(below))
    }
}

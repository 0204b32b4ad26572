//! Counters for what happens all the time: each thread has its own, which no other writes, and they are
//! added up when the metrics are read.

use foldhash::fast::RandomState;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{IntCounterVec, Opts, Result};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use thread_local::ThreadLocal;

/// A counter for each value of a label. All are there from the start, at zero.
#[derive(Clone)]
pub(super) struct ThreadCounters(Arc<Counters>);

struct Counters {
    opts: Opts,
    label: &'static str,
    /// What says what the counters are; it stays at zero.
    description: IntCounterVec,
    /// Where the counter of a value stands.
    places: HashMap<&'static str, usize, RandomState>,
    /// They outlive their threads, and are those of a later one then.
    counted: ThreadLocal<Vec<AtomicU64>>,
}

impl ThreadCounters {
    pub(super) fn new(
        opts: Opts,
        label: &'static str,
        values: impl IntoIterator<Item = &'static str>,
    ) -> Result<Self> {
        let description = IntCounterVec::new(opts.clone(), &[label])?;
        let places = values.into_iter().enumerate().map(|(place, value)| (value, place)).collect();
        let counted = ThreadLocal::new();
        Ok(Self(Arc::new(Counters { opts, label, description, places, counted })))
    }

    pub(super) fn count(&self, value: &str) {
        self.count_many(value, 1);
    }

    pub(super) fn count_many(&self, value: &str, number: u64) {
        let Counters { places, counted, .. } = &*self.0;
        let own = counted.get_or(|| places.iter().map(|_| AtomicU64::new(0)).collect());
        if let Some(counter) = places.get(value).and_then(|place| own.get(*place)) {
            // Nobody else writes it, so it need not be locked.
            counter.store(counter.load(Ordering::Relaxed) + number, Ordering::Relaxed);
        }
    }

    fn sum(&self, place: usize) -> u64 {
        let of_thread = |own: &Vec<AtomicU64>| own.get(place).map(|counter| counter.load(Ordering::Relaxed));
        self.0.counted.iter().filter_map(of_thread).sum()
    }
}

impl Collector for ThreadCounters {
    fn desc(&self) -> Vec<&Desc> {
        self.0.description.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let Ok(sums) = IntCounterVec::new(self.0.opts.clone(), &[self.0.label]) else { return Vec::new() };
        for (value, place) in &self.0.places {
            sums.with_label_values(&[value]).inc_by(self.sum(*place));
        }
        sums.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_threads_count_is_added_up_and_outlives_them() {
        let counters = ThreadCounters::new(Opts::new("x", "x"), "type", ["a", "b"]).unwrap();
        for _ in 0..3 {
            let counters = counters.clone();
            std::thread::spawn(move || (0..10).for_each(|_| counters.count("b"))).join().unwrap();
        }
        counters.count("b");
        counters.count("unknown");
        let family = &counters.collect()[0];
        let values = family.get_metric().iter().map(|metric| metric.get_counter().get_value());
        assert_eq!(values.collect::<Vec<_>>(), [0.0, 31.0]);
    }
}

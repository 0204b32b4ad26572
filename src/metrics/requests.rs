//! HTTP requests: how many, with which status, how long they took.

use super::set::MetricSet;
use crate::error::Result;
use prometheus::core::Collector;
use prometheus::{HistogramVec, IntCounterVec};
use std::time::Duration;

/// Seconds.
const DURATIONS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// All HTTP requests.
pub struct Requests {
    answered: IntCounterVec,
    duration: HistogramVec,
}

impl Requests {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let answered = set.counters(
            "jiayi_http_requests_total",
            "Requests answered; route is an address of the table, or none where there is no such address.",
            &["route", "method", "status"],
        )?;
        let duration = set.histograms(
            "jiayi_http_request_duration_seconds",
            "Time from a request's head to that of its answer.",
            DURATIONS,
            &["route", "method"],
        )?;
        Ok(Self { answered, duration })
    }

    /// Counts a request that was answered. Each label must be one of few values.
    pub fn answered(&self, route: &str, method: &str, status: &str, after: Duration) {
        self.answered.with_label_values(&[route, method, status]).inc();
        self.duration.with_label_values(&[route, method]).observe(after.as_secs_f64());
    }

    /// The number of requests that were answered with a 5xx.
    pub fn failed(&self) -> u64 {
        let families = self.answered.collect();
        let answered = families.iter().flat_map(|family| family.get_metric());
        let failed = answered.filter(|metric| {
            let mut labels = metric.get_label().iter();
            labels.any(|label| label.name() == "status" && label.value().starts_with('5'))
        });
        failed.map(|metric| metric.get_counter().get_value() as u64).sum()
    }
}

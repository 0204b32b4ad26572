//! Mobile notices, by how the vendor answers.

use super::set::MetricSet;
use crate::error::Result;
use prometheus::{Histogram, IntCounter};

/// Seconds, from what batching alone takes to what is too late to be of use.
const DELAYS: &[f64] = &[1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0];

/// Notices since the start.
#[derive(Clone)]
pub struct Notices {
    /// Notices that the vendor has accepted.
    pub accepted: IntCounter,
    /// Requests that failed and were tried again.
    pub retried: IntCounter,
    /// Notices given up: refused for good, or expired.
    pub failed: IntCounter,
    /// Notices to accounts without a device that the vendor knows.
    pub unreachable: IntCounter,
    /// Notices withdrawn.
    pub withdrawn: IntCounter,
    /// Seconds from the push to the vendor's acceptance.
    pub delay: Histogram,
}

impl Notices {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let ended = set.counters(
            "jiayi_notices_total",
            "Mobile notices that are done with, by what became of them.",
            &["outcome"],
        )?;
        Ok(Self {
            accepted: ended.with_label_values(&["accepted"]),
            failed: ended.with_label_values(&["failed"]),
            unreachable: ended.with_label_values(&["unreachable"]),
            withdrawn: ended.with_label_values(&["withdrawn"]),
            retried: set.counter(
                "jiayi_notice_retries_total",
                "Requests to the vendor of notices that failed in passing.",
            )?,
            delay: set.histogram(
                "jiayi_notice_delay_seconds",
                "Time from a push to the acceptance of its notice by the vendor.",
                DELAYS,
            )?,
        })
    }
}

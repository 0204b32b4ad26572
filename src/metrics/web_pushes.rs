//! Web pushes, by how the push services answer.

use super::set::MetricSet;
use crate::error::Result;
use prometheus::IntCounter;

/// Web pushes since the start.
#[derive(Clone)]
pub struct WebPushes {
    /// What push services have taken.
    pub accepted: IntCounter,
    /// What was given up: refused, or too old.
    pub failed: IntCounter,
    /// What was for browsers that are subscribed no more.
    pub gone: IntCounter,
    /// Requests that failed and were tried again.
    pub retried: IntCounter,
}

impl WebPushes {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let ended = set.counters(
            "jiayi_web_pushes_total",
            "Web pushes that are done with, by what became of them.",
            &["outcome"],
        )?;
        Ok(Self {
            accepted: ended.with_label_values(&["accepted"]),
            failed: ended.with_label_values(&["failed"]),
            gone: ended.with_label_values(&["gone"]),
            retried: set.counter(
                "jiayi_web_push_retries_total",
                "Requests to push services of browsers that failed in passing.",
            )?,
        })
    }
}

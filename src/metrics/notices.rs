//! Mobile notices, as the vendor takes them.

use super::Figures;
use crate::error::Result;
use prometheus::{Histogram, IntCounter};

/// Seconds, from what gathering alone takes to what is of no more use.
const DELAYS: &[f64] = &[1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0];

/// What has been counted since the start.
#[derive(Clone)]
pub struct Notices {
    /// Notices accepted.
    pub accepted: IntCounter,
    /// Tries that failed in passing.
    pub retried: IntCounter,
    /// Notices given up: the vendor refused them for good, or their time ran out.
    pub failed: IntCounter,
    /// Notices to accounts of which the vendor knows no device.
    pub unreachable: IntCounter,
    /// Notices taken back.
    pub withdrawn: IntCounter,
    /// Seconds from the push to the vendor's acceptance.
    pub delay: Histogram,
}

impl Notices {
    pub(super) fn new(figures: &Figures) -> Result<Self> {
        let ended = figures.counters(
            "jiayi_notices_total",
            "Mobile notices that are done with, by what became of them.",
            &["outcome"],
        )?;
        Ok(Self {
            accepted: ended.with_label_values(&["accepted"]),
            failed: ended.with_label_values(&["failed"]),
            unreachable: ended.with_label_values(&["unreachable"]),
            withdrawn: ended.with_label_values(&["withdrawn"]),
            retried: figures.counter(
                "jiayi_notice_retries_total",
                "Requests to the vendor of notices that failed in passing.",
            )?,
            delay: figures.histogram(
                "jiayi_notice_delay_seconds",
                "Time from a push to the acceptance of its notice by the vendor.",
                DELAYS,
            )?,
        })
    }
}

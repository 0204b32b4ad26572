//! Several nodes over one database: what was not heard, and what a sweep of the store found. What holds at this moment is
//! read when the metrics are, in `http::ops::metrics`.

use super::set::MetricSet;
use crate::error::Result;
use crate::model::Slot;
use prometheus::{IntCounter, IntCounterVec, IntGaugeVec};
use std::collections::BTreeSet;
use std::time::Duration;

/// Why the store is swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepCause {
    /// Something was not heard, or may not have been.
    Gap,
    /// This node does not hear all others.
    Deaf,
    /// It is time, as once a minute.
    Round,
}

/// What became of a question to another node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// Who was asked is dead.
    Gone,
    /// The answer did not come in time.
    Late,
    /// It was not asked, as too much waits.
    Full,
}

/// What this node hears of others.
pub struct Cluster {
    gaps: IntCounter,
    deaf: IntCounter,
    sweeps: IntCounterVec,
    behind: IntCounter,
    void: IntCounter,
    connections: IntGaugeVec,
    questions: IntCounterVec,
}

impl Cluster {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let gaps = "Times that something another node said was not heard, or may not have been.";
        let found = set.counters(
            "jiayi_sweep_found_total",
            "People whom a sweep of the store found behind, and connections whose token was void.",
            &["what"],
        )?;
        let sweeps =
            set.counters("jiayi_sweeps_total", "Sweeps of the store, by what caused them.", &["cause"])?;
        for cause in [SweepCause::Gap, SweepCause::Deaf, SweepCause::Round] {
            sweeps.with_label_values(&[cause.as_str()]).inc_by(0);
        }
        let questions = set.counters(
            "jiayi_cluster_questions_total",
            "Questions to other nodes, by what became of them.",
            &["outcome"],
        )?;
        for outcome in Outcome::ALL {
            questions.with_label_values(&[outcome.as_str()]).inc_by(0);
        }
        Ok(Self {
            questions,
            gaps: set.counter("jiayi_cluster_gaps_total", gaps)?,
            deaf: set.counter(
                "jiayi_cluster_deaf_seconds_total",
                "Seconds in which this node did not hear all others that live.",
            )?,
            sweeps,
            behind: found.with_label_values(&["behind"]),
            void: found.with_label_values(&["void"]),
            connections: set.gauges(
                "jiayi_cluster_connections",
                "Connections to the other nodes that live, as they tell.",
                &["slot"],
            )?,
        })
    }

    /// Counts a gap.
    pub fn missed(&self) {
        self.gaps.inc();
    }

    /// Counts that this node did not hear all for so long, in whole seconds.
    pub fn was_deaf(&self, time: Duration) {
        self.deaf.inc_by(time.as_secs());
    }

    /// Counts a sweep that begins.
    pub fn sweeps(&self, cause: SweepCause) {
        self.sweeps.with_label_values(&[cause.as_str()]).inc();
    }

    /// Counts what a sweep has found: people who were behind, connections whose token was void.
    pub fn found(&self, behind: usize, void: usize) {
        self.behind.inc_by(behind as u64);
        self.void.inc_by(void as u64);
    }

    /// Counts what became of a question to another node.
    pub fn asked(&self, outcome: Outcome) {
        self.questions.with_label_values(&[outcome.as_str()]).inc();
    }

    /// Another node has told how many connections it has.
    pub fn told(&self, of: Slot, connections: usize) {
        self.connections.with_label_values(&[&of.to_string()]).set(connections as i64);
    }

    /// Forgets what those have told who are not in these slots.
    pub fn keep(&self, living: impl IntoIterator<Item = Slot>) {
        let living: BTreeSet<_> = living.into_iter().map(Slot::number).collect();
        for slot in (0..Slot::COUNT).filter(|slot| !living.contains(slot)) {
            // Few of them have ever told anything.
            let _ = self.connections.remove_label_values(&[&slot.to_string()]);
        }
    }
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Answered, Self::Gone, Self::Late, Self::Full];

    fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Gone => "gone",
            Self::Late => "late",
            Self::Full => "full",
        }
    }
}

impl SweepCause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Deaf => "deaf",
            Self::Round => "round",
        }
    }
}

//! Metrics for Prometheus: what is counted, under which names, and how it is written.
//!
//! Each group has a file and is counted where it happens. What only the store knows is read when the
//! metrics are, in `http::ops::metrics`. Labels are words of the contract and addresses of the table:
//! no metric names anybody, and their number is bounded.

mod cluster;
mod connections;
mod logins;
mod notices;
mod pushes;
mod requests;
mod set;
mod thread_counters;
mod web_pushes;
mod writes;

pub use cluster::{Cluster, Outcome, SweepCause};
pub use connections::{Connections, Counted, Transport};
pub use logins::{LoginOutcome, Logins};
pub use notices::Notices;
pub use pushes::{Envelopes, Pushes};
pub use requests::Requests;
pub use set::{MetricSet, encode};
pub use web_pushes::WebPushes;
pub use writes::{Queue, Writes};

use crate::error::Result;
use std::sync::Arc;

/// All metrics that are counted while the server runs.
pub struct Metrics {
    /// The metrics as Prometheus reads them.
    pub set: MetricSet,
    /// HTTP requests.
    pub requests: Requests,
    /// Connections, open and closed.
    pub connections: Arc<Connections>,
    /// Messages from clients.
    pub envelopes: Envelopes,
    /// Messages to clients.
    pub pushes: Pushes,
    /// Commits.
    pub writes: Writes,
    /// Attempts to log in.
    pub logins: Logins,
    /// Mobile notices.
    pub notices: Notices,
    /// What browsers are told while nobody is connected.
    pub web_pushes: WebPushes,
    /// Other nodes.
    pub cluster: Cluster,
}

impl Metrics {
    /// All metrics at zero.
    pub fn new() -> Result<Self> {
        let set = MetricSet::of_process()?;
        Ok(Self {
            requests: Requests::new(&set)?,
            connections: Arc::new(Connections::new(&set)?),
            envelopes: Envelopes::new(&set)?,
            pushes: Pushes::new(&set)?,
            writes: Writes::new(&set)?,
            logins: Logins::new(&set)?,
            notices: Notices::new(&set)?,
            web_pushes: WebPushes::new(&set)?,
            cluster: Cluster::new(&set)?,
            set,
        })
    }
}

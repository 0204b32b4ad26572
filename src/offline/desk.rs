//! The vendor as the rest of the server deals with it: how it stands with it, how long it wants to
//! be left alone, and what has been counted. What is sent and when is decided elsewhere.

use super::Provider;
use super::failure::Failure;
use crate::metrics::Notices;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing is sent after the keys were refused.
const REFUSED_PAUSE: Duration = Duration::from_secs(60);
/// Over how many of the last notices times are measured.
const MEASURED: usize = 1024;

/// How it stands with the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Nothing has been answered yet.
    Unknown,
    /// It takes what it is sent.
    Well,
    /// It refuses the keys, or this machine's address.
    Refused,
}

/// The one vendor that is configured.
pub struct Desk {
    provider: Box<dyn Provider>,
    health: Mutex<Health>,
    until: Mutex<Option<Instant>>,
    tally: Tally,
}

/// What has been counted since the start.
pub struct Tally {
    /// What became of how many.
    pub notices: Notices,
    /// Milliseconds from the push to the vendor's acceptance, the last ones.
    latencies: Mutex<VecDeque<u64>>,
}

impl Desk {
    /// With whom nothing has been exchanged yet.
    pub fn new(provider: Box<dyn Provider>, notices: Notices) -> Self {
        let (until, latencies) = Default::default();
        Self { provider, health: Mutex::new(Health::Unknown), until, tally: Tally { notices, latencies } }
    }

    /// The vendor.
    pub fn provider(&self) -> &dyn Provider {
        &*self.provider
    }

    /// How it stands.
    pub fn health(&self) -> Health {
        *lock(&self.health)
    }

    /// What has been counted.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// For how long nothing is to be sent, if so.
    pub fn pause(&self) -> Option<Duration> {
        let spent = self.provider.budget().filter(|budget| budget.remaining == 0);
        let until = spent.map(|budget| budget.renewed).max(*lock(&self.until));
        until.map(|until| until.saturating_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }

    /// Takes note of an answer: what it says about the vendor as a whole.
    pub fn heed<T>(&self, answer: &Result<T, Failure>) {
        match answer {
            Ok(_) => *lock(&self.health) = Health::Well,
            Err(Failure::CredentialsWrong { code }) => {
                *lock(&self.health) = Health::Refused;
                self.wait(REFUSED_PAUSE);
                log::error!(
                    "{} refuses the keys or this machine's address (code {code}): NO NOTICE IS SENT; \
                     correct push.app_key and push.master_secret, or the addresses allowed at the vendor",
                    self.provider.name()
                );
            }
            Err(Failure::RateLimited { wait }) => {
                log::warn!("{} takes no more for {} s", self.provider.name(), wait.as_secs());
                self.wait(*wait);
            }
            Err(failure @ Failure::Retry { .. }) => {
                self.tally.notices.retried.inc();
                log::warn!("{}: {failure}", self.provider.name());
            }
            Err(failure @ Failure::RequestWrong(_)) => log::error!("{}: {failure}", self.provider.name()),
            Err(Failure::NoSuchTarget) => {}
        }
    }

    fn wait(&self, time: Duration) {
        let mut until = lock(&self.until);
        *until = (*until).max(Some(Instant::now() + time));
    }
}

impl Tally {
    /// One more accepted, so long after its push.
    pub fn accept(&self, after: Duration) {
        self.notices.accepted.inc();
        self.notices.delay.observe(after.as_secs_f64());
        let mut latencies = lock(&self.latencies);
        latencies.truncate(MEASURED - 1);
        latencies.push_front(u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
    }

    /// The time within which this share of the last notices was accepted, in milliseconds.
    pub fn latency(&self, share: f64) -> Option<u64> {
        let mut sorted: Vec<_> = lock(&self.latencies).iter().copied().collect();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        sorted.get((last as f64 * share) as usize).copied()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

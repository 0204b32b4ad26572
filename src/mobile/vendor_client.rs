//! The vendor that is configured: whether it accepts us, how long it wants to be left alone, and what
//! has been counted. What is sent, and when, is decided by the workers.

use super::provider::Provider;
use crate::metrics::Notices;
use jpush_client::Error as VendorError;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing is sent after the vendor refused the credentials.
const UNAUTHORIZED_PAUSE: Duration = Duration::from_secs(60);
/// How many of the last delays are kept for percentiles.
const DELAY_SAMPLES: usize = 1024;

/// Whether the vendor accepts us, by its last answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VendorHealth {
    /// It has not answered yet.
    Unknown,
    /// It has done what it was asked.
    Healthy,
    /// It refuses the credentials, or this machine's address.
    Unauthorized,
}

/// The client of the one vendor that is configured.
pub struct VendorClient {
    provider: Box<dyn Provider>,
    health: Mutex<VendorHealth>,
    paused_until: Mutex<Option<Instant>>,
    counters: Notices,
    /// Milliseconds from a push to the acceptance of its notice; the newest first.
    delays: Mutex<VecDeque<u64>>,
}

impl VendorClient {
    /// A client that has not been used yet; it counts in `counters`.
    pub fn new(provider: Box<dyn Provider>, counters: Notices) -> Self {
        let (paused_until, delays) = Default::default();
        Self { provider, health: Mutex::new(VendorHealth::Unknown), paused_until, counters, delays }
    }

    /// The vendor itself.
    pub fn provider(&self) -> &dyn Provider {
        &*self.provider
    }

    /// Whether the vendor accepts us.
    pub fn health(&self) -> VendorHealth {
        *lock(&self.health)
    }

    /// What becomes of notices, for Prometheus.
    pub fn counters(&self) -> &Notices {
        &self.counters
    }

    /// How long nothing may be sent from now on; `None` if something may.
    pub fn pause(&self) -> Option<Duration> {
        let exhausted = self.provider.rate_limit().filter(|limit| limit.remaining == 0);
        let until = exhausted.map(|limit| limit.resets_at).max(*lock(&self.paused_until));
        until.map(|until| until.saturating_duration_since(Instant::now())).filter(|pause| !pause.is_zero())
    }

    /// Updates health and pause by an answer, and logs what an operator should know.
    pub fn observe<T>(&self, answer: &Result<T, VendorError>) {
        match answer {
            Ok(_) => *lock(&self.health) = VendorHealth::Healthy,
            Err(VendorError::Unauthorized { code }) => {
                *lock(&self.health) = VendorHealth::Unauthorized;
                self.pause_for(UNAUTHORIZED_PAUSE);
                log::error!(
                    "{} refuses the keys or this machine's address (code {code}): NO NOTICE IS SENT; \
                     correct push.app_key and push.master_secret, or the addresses allowed at the vendor",
                    self.provider.name()
                );
            }
            Err(VendorError::RateLimited { retry_after }) => {
                log::warn!("{} takes no more for {} s", self.provider.name(), retry_after.as_secs());
                self.pause_for(*retry_after);
            }
            Err(error @ VendorError::Transient { .. }) => {
                self.counters.retried.inc();
                log::warn!("{}: {error}", self.provider.name());
            }
            Err(error @ VendorError::InvalidRequest(_)) => log::error!("{}: {error}", self.provider.name()),
            Err(VendorError::NoSuchTarget) => {}
        }
    }

    /// Counts an accepted notice; `delay` is the time since its oldest push.
    pub fn record_accepted(&self, delay: Duration) {
        self.counters.accepted.inc();
        self.counters.delay.observe(delay.as_secs_f64());
        let mut delays = lock(&self.delays);
        delays.truncate(DELAY_SAMPLES - 1);
        delays.push_front(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
    }

    /// The delay, in milliseconds, that `share` (0 to 1) of the last 1,024 accepted notices did not
    /// exceed; `None` if there are none.
    pub fn delay_percentile(&self, share: f64) -> Option<u64> {
        let mut sorted: Vec<_> = lock(&self.delays).iter().copied().collect();
        sorted.sort_unstable();
        let last = sorted.len().checked_sub(1)?;
        sorted.get((last as f64 * share) as usize).copied()
    }

    fn pause_for(&self, time: Duration) {
        let mut until = lock(&self.paused_until);
        *until = (*until).max(Some(Instant::now() + time));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

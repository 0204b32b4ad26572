//! The brake on making accounts, and on finding out by it whose phone has one.

use crate::error::{Error, Result};
use crate::limits::keyed::{BucketKey, KeyedBuckets, SharedBucket};
use crate::limits::network::Network;
use crate::limits::token_bucket::Rate;
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

/// When so many buckets are kept, the full ones are thrown away.
const MOST_BUCKETS: usize = 50_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct From(Network, Rate);

impl BucketKey for From {
    fn rate(&self) -> Rate {
        self.1
    }
}

fn rate(per_hour: u32) -> Rate {
    Rate::per_hour(per_hour, per_hour)
}

/// The registrations of the last hour.
#[derive(Debug)]
pub struct RegistrationLimit {
    rate: RwLock<Rate>,
    buckets: KeyedBuckets<From>,
}

impl RegistrationLimit {
    /// So many an hour from one network, all of them at once if need be.
    pub fn new(per_hour: u32) -> Self {
        Self { rate: RwLock::new(rate(per_hour)), buckets: KeyedBuckets::new(MOST_BUCKETS) }
    }

    /// Another number holds from now on; if it is another than before, nobody has registered yet.
    pub fn set_per_hour(&self, per_hour: u32) {
        *self.rate.write().unwrap_or_else(PoisonError::into_inner) = rate(per_hour);
    }

    fn rate(&self) -> Rate {
        *self.rate.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bucket that it takes from, where several nodes have it together.
    pub fn bucket(&self, network: Network) -> SharedBucket {
        let rate = self.rate();
        SharedBucket { key: format!("Registration({network:?}, {rate:?})"), rate }
    }

    /// Counts a registration, whatever becomes of it; `FA_LIMIT` with the time to wait where there were
    /// too many.
    pub fn admit(&self, network: Network, now: Instant) -> Result<()> {
        self.buckets.take_all(&[From(network, self.rate())], now).map_err(Error::limit)
    }
}

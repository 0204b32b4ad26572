//! Ids that make a send safe to repeat, fetched from the vendor in advance.

use super::vendor_client::VendorClient;
use jpush_client::Cid;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long unused ids are kept.
pub(super) const MAX_CID_AGE: Duration = Duration::from_secs(3600);

/// Unused ids, each with the time at which it was fetched.
#[derive(Clone, Default)]
pub(super) struct CidPool(Arc<Mutex<Vec<(Instant, Cid)>>>);

impl CidPool {
    /// Takes `wanted` ids, or fewer if the vendor gives no more.
    pub(super) async fn take(&self, vendor: &VendorClient, wanted: usize) -> Vec<Cid> {
        while self.count() < wanted {
            let missing = u16::try_from(wanted - self.count()).unwrap_or(u16::MAX);
            let answer = vendor.provider().cids(missing).await;
            vendor.observe(&answer);
            match answer {
                Ok(cids) if !cids.is_empty() => self.add(cids),
                Ok(_) | Err(_) => break,
            }
        }
        let mut pool = self.lock();
        let left = pool.len().saturating_sub(wanted);
        pool.drain(left..).map(|(_, cid)| cid).collect()
    }

    fn count(&self) -> usize {
        let mut pool = self.lock();
        pool.retain(|(fetched, _)| fetched.elapsed() < MAX_CID_AGE);
        pool.len()
    }

    fn add(&self, cids: Vec<Cid>) {
        let now = Instant::now();
        self.lock().extend(cids.into_iter().map(|cid| (now, cid)));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, Cid)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

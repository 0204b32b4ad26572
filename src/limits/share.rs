//! How much of something one network, or one account, may hold at once, so that none of them holds all there
//! is.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What each holder has of one thing.
#[derive(Debug)]
pub struct Shares<K> {
    most: AtomicUsize,
    held: Mutex<HashMap<K, usize>>,
}

impl<K: Clone + Eq + Hash> Shares<K> {
    /// Nobody holds anything yet; each may hold `most`.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most: AtomicUsize::new(most), held: Mutex::new(HashMap::new()) })
    }

    /// Each may hold so many from now on; who holds more already keeps what they hold.
    pub fn set_most(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// Takes one, if the holder may have another.
    pub fn take(self: &Arc<Self>, holder: K) -> Option<Arc<Share<K>>> {
        let mut held = self.lock();
        let count = held.entry(holder.clone()).or_default();
        if *count >= self.most.load(Ordering::Relaxed) {
            return None;
        }
        *count += 1;
        Some(Arc::new(Share { shares: self.clone(), holder, given_back: AtomicBool::new(false) }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that somebody holds, until it is given back or dropped.
#[derive(Debug)]
pub struct Share<K: Clone + Eq + Hash> {
    shares: Arc<Shares<K>>,
    holder: K,
    given_back: AtomicBool,
}

impl<K: Clone + Eq + Hash> Share<K> {
    /// Whether it has not been given back.
    pub fn is_held(&self) -> bool {
        !self.given_back.load(Ordering::Relaxed)
    }

    /// Gives it back; again, does nothing.
    pub fn give_back(&self) {
        if self.given_back.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut held = self.shares.lock();
        if let Some(count) = held.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.holder);
            }
        }
    }
}

impl<K: Clone + Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::network::Network;
    use crate::model::Uid;
    use std::net::IpAddr;

    #[test]
    fn a_network_holds_its_share_and_no_more_and_nothing_is_left_behind() {
        let network = |address: &str| Network::from(address.parse::<IpAddr>().unwrap());
        let shares = Shares::new(2);
        let one = shares.take(network("2001:db8::1")).unwrap();
        let other = shares.take(network("2001:db8::2")).unwrap();
        assert!(shares.take(network("2001:db8::3")).is_none());
        assert!(shares.take(network("192.0.2.7")).is_some(), "another network has its own");
        one.give_back();
        one.give_back();
        let third = shares.take(network("2001:db8::3")).unwrap();
        assert!(shares.take(network("2001:db8::4")).is_none(), "given back once, whatever is said twice");
        shares.set_most(3);
        let fourth = shares.take(network("2001:db8::4")).unwrap();
        shares.set_most(1);
        assert!(shares.take(network("2001:db8::5")).is_none() && fourth.is_held());
        drop(fourth);
        drop((one, other, third));
        assert!(shares.lock().is_empty());
    }

    #[test]
    fn what_ends_makes_way_and_nobody_is_remembered() {
        let (reads, one, other) = (Shares::new(2), Uid::new(), Uid::new());
        let held = [reads.take(one.clone()).unwrap(), reads.take(one.clone()).unwrap()];
        assert!(reads.take(one.clone()).is_none() && reads.take(other).is_some());
        drop(held);
        assert!(reads.take(one).is_some());
        assert!(reads.lock().is_empty());
    }
}

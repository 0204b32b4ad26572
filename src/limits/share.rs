//! How much of something a network may hold at once, so that no one of them holds all there is.

use crate::limits::network::Network;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What each network holds of one thing.
#[derive(Debug)]
pub struct Shares {
    most: usize,
    held: Mutex<HashMap<Network, usize>>,
}

impl Shares {
    /// Nobody holds anything yet; a network may hold `most`.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, held: Mutex::default() })
    }

    /// Takes one, if the network may hold another.
    pub fn take(self: &Arc<Self>, network: Network) -> Option<Arc<Share>> {
        let mut held = self.lock();
        let count = held.entry(network).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Arc::new(Share { shares: self.clone(), network, given_back: AtomicBool::new(false) }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Network, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that a network holds, until it is given back or dropped.
#[derive(Debug)]
pub struct Share {
    shares: Arc<Shares>,
    network: Network,
    given_back: AtomicBool,
}

impl Share {
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
        if let Some(count) = held.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.network);
            }
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        drop((one, other, third));
        assert!(shares.lock().is_empty());
    }
}

//! Many buckets, each found by what it is for, and as few of them in memory as can be.

use crate::limits::token_bucket::{Rate, TokenBucket};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a bucket is for.
pub trait BucketKey: Clone + Eq + Hash {
    /// How its bucket fills.
    fn rate(&self) -> Rate;
}

/// A bucket that several nodes have together, in their store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedBucket {
    /// Which.
    pub key: String,
    /// How it fills.
    pub rate: Rate,
}

/// Buckets by their keys. One that was never taken from is full, and need not be there.
#[derive(Debug)]
pub struct KeyedBuckets<K> {
    buckets: Mutex<HashMap<K, TokenBucket>>,
    most: usize,
}

impl<K: BucketKey> KeyedBuckets<K> {
    /// None yet; when `most` are kept, those that are full again are thrown away, and if there are none, the
    /// half that will be soonest.
    pub fn new(most: usize) -> Self {
        Self { buckets: Mutex::default(), most }
    }

    /// Takes a token of each of these buckets; where one is empty, takes none at all and says how long
    /// it is until that one has a token.
    pub fn take_all(&self, keys: &[K], now: Instant) -> Result<(), Duration> {
        let mut buckets = self.lock();
        for key in keys {
            let wait = buckets.get(key).map(|bucket| bucket.wait(key.rate(), now));
            if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
                return Err(wait);
            }
        }
        if buckets.len() >= self.most {
            make_room(&mut buckets, self.most, now);
        }
        for key in keys {
            let bucket = buckets.entry(key.clone()).or_insert_with(|| TokenBucket::full(now));
            bucket.take(key.rate(), now)?;
        }
        Ok(())
    }

    /// Puts a token back.
    pub fn put_back(&self, key: &K) {
        if let Some(bucket) = self.lock().get_mut(key) {
            bucket.put_back(key.rate());
        }
    }

    /// Fills the bucket.
    pub fn fill(&self, key: &K) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, TokenBucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leaves fewer than `most` buckets.
fn make_room<K: BucketKey>(buckets: &mut HashMap<K, TokenBucket>, most: usize, now: Instant) {
    buckets.retain(|_, bucket| !bucket.is_full(now));
    if buckets.len() >= most {
        let mut full_at: Vec<_> = buckets.values().map(TokenBucket::full_at).collect();
        let middle = full_at.len() / 2;
        let median = *full_at.select_nth_unstable(middle).1;
        buckets.retain(|_, bucket| bucket.full_at() > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq, Hash)]
    struct Burst(u32, &'static str);

    impl BucketKey for Burst {
        fn rate(&self) -> Rate {
            Rate { burst: self.0, refill: Duration::from_secs(1) }
        }
    }

    #[test]
    fn where_one_is_empty_none_is_taken_from() {
        let (buckets, now) = (KeyedBuckets::new(10), Instant::now());
        let keys = [Burst(5, "wide"), Burst(1, "narrow")];
        assert_eq!(buckets.take_all(&keys, now), Ok(()));
        for _ in 0..10 {
            assert_eq!(buckets.take_all(&keys, now), Err(Duration::from_secs(1)));
        }
        buckets.fill(&keys[1]);
        assert_eq!(buckets.take_all(&keys, now), Ok(()), "the wide one has lost two tokens, not twelve");
    }

    #[test]
    fn there_are_never_more_than_so_many_and_those_that_miss_most_are_kept() {
        const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let (buckets, now) = (KeyedBuckets::new(4), Instant::now());
        for (times, name) in NAMES.iter().enumerate() {
            for _ in 0..=times {
                buckets.take_all(&[Burst(9, name)], now).unwrap();
            }
            assert!(buckets.lock().len() <= 4);
        }
        assert!(buckets.lock().contains_key(&Burst(9, "h")));
        assert!(!buckets.lock().contains_key(&Burst(9, "a")));
    }

    #[test]
    fn full_ones_are_thrown_away_when_there_are_many() {
        let (buckets, now) = (KeyedBuckets::new(2), Instant::now());
        for name in ["a", "b"] {
            buckets.take_all(&[Burst(1, name)], now).unwrap();
        }
        buckets.take_all(&[Burst(1, "c")], now + Duration::from_secs(1)).unwrap();
        assert_eq!(buckets.lock().len(), 1);
    }
}

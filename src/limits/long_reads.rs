//! How many reads that may be long an account may have under way: all share few places.

use crate::error::{Error, Result};
use crate::model::Uid;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Who has how many under way.
#[derive(Debug, Clone)]
pub struct LongReads {
    most: usize,
    under_way: Arc<Mutex<HashMap<Uid, usize>>>,
}

impl LongReads {
    /// At most `most` for each account.
    pub fn new(most: usize) -> Self {
        Self { most, under_way: Arc::default() }
    }

    /// Begins one, until it is dropped; `FA_LIMIT` where the account has as many as it may.
    pub fn begin(&self, uid: &Uid) -> Result<LongRead> {
        let mut under_way = self.lock();
        let count = under_way.entry(uid.clone()).or_default();
        if *count >= self.most {
            return Err(Error::Limit { retry_after: 1 });
        }
        *count += 1;
        Ok(LongRead { all: self.clone(), uid: uid.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uid, usize>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that is under way.
#[derive(Debug)]
pub struct LongRead {
    all: LongReads,
    uid: Uid,
}

impl Drop for LongRead {
    fn drop(&mut self) {
        let mut under_way = self.all.lock();
        if let Some(count) = under_way.get_mut(&self.uid) {
            *count -= 1;
            if *count == 0 {
                under_way.remove(&self.uid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_makes_way_and_nobody_is_remembered() {
        let (reads, one, other) = (LongReads::new(2), Uid::new(), Uid::new());
        let held = [reads.begin(&one).unwrap(), reads.begin(&one).unwrap()];
        assert!(reads.begin(&one).is_err() && reads.begin(&other).is_ok());
        drop(held);
        assert!(reads.begin(&one).is_ok());
        assert!(reads.lock().is_empty());
    }
}

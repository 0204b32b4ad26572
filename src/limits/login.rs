//! The brake on guessing passwords.
//!
//! Three buckets of attempts: one for an account from one network, one for a network, and one for an
//! account from all networks where it has never been logged in from. A stranger empties the first and
//! the last of these; the doctor, at an address known of old, is held up by neither.

use crate::error::{Error, Result};
use crate::limits::keyed::{BucketKey, KeyedBuckets};
use crate::limits::network::network;
use crate::limits::token_bucket::Rate;
use crate::model::{Login, Role};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When so many buckets are kept, the full ones are thrown away.
const MOST_BUCKETS: usize = 50_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    AccountFrom(Role, String, IpAddr),
    From(IpAddr),
    AccountFromUnknown(Role, String),
}

impl BucketKey for Key {
    fn rate(&self) -> Rate {
        match self {
            Self::AccountFrom(..) => Rate { burst: 5, refill: Duration::from_secs(30) },
            Self::From(_) => Rate { burst: 100, refill: Duration::from_secs(2) },
            Self::AccountFromUnknown(..) => Rate { burst: 20, refill: Duration::from_secs(60) },
        }
    }
}

/// Somebody's attempt to log in.
#[derive(Debug, Clone)]
pub struct LoginAttempt {
    keys: Vec<Key>,
}

impl LoginAttempt {
    /// An attempt on an account from an address; `known` where it was logged in from there before.
    pub fn new(role: Role, login: &Login, from: IpAddr, known: bool) -> Self {
        let (from, login) = (network(from), login.as_str().to_owned());
        let mut keys = vec![Key::AccountFrom(role, login.clone(), from), Key::From(from)];
        if !known {
            keys.push(Key::AccountFromUnknown(role, login));
        }
        Self { keys }
    }
}

/// The attempts of the last hours.
#[derive(Debug)]
pub struct LoginLimit(Mutex<KeyedBuckets<Key>>);

impl Default for LoginLimit {
    fn default() -> Self {
        Self(Mutex::new(KeyedBuckets::new(MOST_BUCKETS)))
    }
}

impl LoginLimit {
    /// Counts an attempt, before the password is looked at; `FA_LIMIT` with the time to wait where
    /// there were too many.
    pub fn admit(&self, attempt: &LoginAttempt, now: Instant) -> Result<()> {
        let taken = self.lock().take_all(&attempt.keys, now);
        taken.map_err(|wait| Error::Limit { retry_after: wait.as_secs().max(1) })
    }

    /// The password was right: the attempt does not count, and earlier failures here are forgotten.
    pub fn succeeded(&self, attempt: &LoginAttempt) {
        let mut buckets = self.lock();
        for key in &attempt.keys {
            match key {
                Key::AccountFrom(..) => buckets.fill(key),
                Key::From(_) | Key::AccountFromUnknown(..) => buckets.put_back(key),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, KeyedBuckets<Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(from: [u8; 4], known: bool) -> LoginAttempt {
        LoginAttempt::new(Role::Doctor, &Login::try_from("wang".to_owned()).unwrap(), from.into(), known)
    }

    #[test]
    fn a_stranger_is_slowed_and_the_doctor_is_not() {
        let (limit, now) = (LoginLimit::default(), Instant::now());
        let admitted = |attempt: &LoginAttempt| limit.admit(attempt, now).is_ok();
        let stranger = attempt([10, 0, 0, 1], false);
        assert_eq!((0..50).filter(|_| admitted(&stranger)).count(), 5);
        for host in 2..60 {
            (0..5).for_each(|_| drop(limit.admit(&attempt([10, 0, 0, host], false), now)));
        }
        assert!(!admitted(&attempt([10, 0, 1, 1], false)), "guessing from everywhere is slowed too");
        assert!(admitted(&attempt([192, 168, 0, 7], true)), "the doctor comes in where she always does");
    }

    #[test]
    fn attempts_come_back_and_success_costs_none() {
        let (limit, start) = (LoginLimit::default(), Instant::now());
        let stranger = attempt([10, 0, 0, 1], false);
        (0..5).for_each(|_| limit.admit(&stranger, start).unwrap());
        assert_eq!(limit.admit(&stranger, start).unwrap_err().code(), "FA_LIMIT");
        limit.admit(&stranger, start + Duration::from_secs(31)).unwrap();
        let known = attempt([10, 0, 0, 2], true);
        for _ in 0..1000 {
            limit.admit(&known, start).unwrap();
            limit.succeeded(&known);
        }
    }
}

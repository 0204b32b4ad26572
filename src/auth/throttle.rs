//! The brake on guessing passwords.
//!
//! Three buckets of attempts: one for an account from one address, one for an address, and one
//! for an account from all addresses where it has never been logged in from. A stranger empties
//! the first and the last of these; the doctor, at an address known of old, is held up by neither.

use crate::error::{Error, Result};
use crate::model::{Login, Role};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When so many buckets are kept, the full ones are thrown away.
const BUCKETS: usize = 50_000;

/// How many attempts a bucket holds, and how long one takes to come back.
#[derive(Clone, Copy)]
struct Size {
    attempts: u32,
    refill: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    AccountFrom(Role, String, IpAddr),
    From(IpAddr),
    AccountFromUnknown(Role, String),
}

impl Key {
    fn size(&self) -> Size {
        match self {
            Self::AccountFrom(..) => Size { attempts: 5, refill: Duration::from_secs(30) },
            Self::From(_) => Size { attempts: 100, refill: Duration::from_secs(2) },
            Self::AccountFromUnknown(..) => Size { attempts: 20, refill: Duration::from_secs(60) },
        }
    }
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn full(size: Size, now: Instant) -> Self {
        Self { left: f64::from(size.attempts), at: now }
    }

    fn refill(&mut self, size: Size, now: Instant) {
        let back = now.saturating_duration_since(self.at).as_secs_f64() / size.refill.as_secs_f64();
        self.left = (self.left + back).min(f64::from(size.attempts));
        self.at = now;
    }
}

/// Somebody tries to log in.
#[derive(Debug, Clone)]
pub struct Attempt {
    keys: Vec<Key>,
}

impl Attempt {
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

/// Where an address belongs: an IPv6 network counts as one, as one customer has it all.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => IpAddr::from((u128::from(six) >> 64 << 64).to_be_bytes()),
    }
}

/// The attempts of the last hours.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Key, Bucket>>);

impl Throttle {
    /// Takes one attempt from each bucket, before the password is looked at; `FA_LIMIT` with the
    /// time to wait where one is empty.
    pub fn admit(&self, attempt: &Attempt, now: Instant) -> Result<()> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut buckets, now);
        for key in &attempt.keys {
            let size = key.size();
            let bucket = buckets.entry(key.clone()).or_insert_with(|| Bucket::full(size, now));
            bucket.refill(size, now);
            if bucket.left < 1.0 {
                let wait = size.refill.mul_f64(1.0 - bucket.left);
                return Err(Error::Limit { retry_after: wait.as_secs().max(1) });
            }
        }
        for key in &attempt.keys {
            if let Some(bucket) = buckets.get_mut(key) {
                bucket.left -= 1.0;
            }
        }
        Ok(())
    }

    /// The password was right: the attempt does not count, and the account's slate is clean here.
    pub fn succeeded(&self, attempt: &Attempt) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &attempt.keys {
            match key {
                Key::AccountFrom(..) => drop(buckets.remove(key)),
                Key::From(_) | Key::AccountFromUnknown(..) => {
                    if let Some(bucket) = buckets.get_mut(key) {
                        bucket.left += 1.0;
                    }
                }
            }
        }
    }
}

fn make_room(buckets: &mut HashMap<Key, Bucket>, now: Instant) {
    if buckets.len() >= BUCKETS {
        buckets.retain(|key, bucket| {
            bucket.refill(key.size(), now);
            bucket.left < f64::from(key.size().attempts)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(from: [u8; 4], known: bool) -> Attempt {
        Attempt::new(Role::Doctor, &Login::try_from("wang".to_owned()).unwrap(), from.into(), known)
    }

    #[test]
    fn a_stranger_is_slowed_and_the_doctor_is_not() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        let admitted = |attempt: &Attempt| throttle.admit(attempt, now).is_ok();
        let stranger = attempt([10, 0, 0, 1], false);
        assert_eq!((0..50).filter(|_| admitted(&stranger)).count(), 5);
        for host in 2..60 {
            (0..5).for_each(|_| drop(throttle.admit(&attempt([10, 0, 0, host], false), now)));
        }
        assert!(!admitted(&attempt([10, 0, 1, 1], false)), "guessing from everywhere is slowed too");
        assert!(admitted(&attempt([192, 168, 0, 7], true)), "the doctor comes in where she always does");
    }

    #[test]
    fn attempts_come_back_and_success_costs_none() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let stranger = attempt([10, 0, 0, 1], false);
        (0..5).for_each(|_| throttle.admit(&stranger, start).unwrap());
        assert_eq!(throttle.admit(&stranger, start).unwrap_err().code(), "FA_LIMIT");
        throttle.admit(&stranger, start + Duration::from_secs(31)).unwrap();
        let known = attempt([10, 0, 0, 2], true);
        for _ in 0..1000 {
            throttle.admit(&known, start).unwrap();
            throttle.succeeded(&known);
        }
    }
}

//! The brake on guessing passwords.
//!
//! Who was logged in from a network before is known there, and their attempts from there have a bucket of
//! their own. Everybody else has three: one for an account from one network, one for a network, and one for
//! an account from all networks where it is not known. A stranger empties these, from wherever they come,
//! behind a clinic's own address too; the doctors of that clinic are held up by none of them.

use crate::error::{Error, Result};
use crate::limits::keyed::{BucketKey, KeyedBuckets, SharedBucket};
use crate::limits::network::Network;
use crate::limits::token_bucket::Rate;
use crate::model::{Login, Role};
use std::time::{Duration, Instant};

/// When so many buckets are kept, the full ones are thrown away.
const MOST_BUCKETS: usize = 50_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    KnownAccountFrom(Role, String, Network),
    AccountFrom(Role, String, Network),
    From(Network),
    AccountFromUnknown(Role, String),
}

impl BucketKey for Key {
    fn rate(&self) -> Rate {
        match self {
            // Whoever sits in the same house may guess too; this is what they may before it locks her out.
            Self::KnownAccountFrom(..) => Rate { burst: 30, refill: Duration::from_secs(30) },
            Self::AccountFrom(..) => Rate { burst: 5, refill: Duration::from_secs(30) },
            Self::From(_) => Rate { burst: 200, refill: Duration::from_secs(2) },
            Self::AccountFromUnknown(..) => Rate { burst: 20, refill: Duration::from_secs(60) },
        }
    }
}

/// Somebody's attempt to log in.
#[derive(Debug, Clone)]
pub struct LoginAttempt {
    keys: Vec<Key>,
}

/// What becomes of the buckets of an attempt when the password was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgiven {
    /// These are filled.
    pub filled: Vec<SharedBucket>,
    /// These get their token back.
    pub given_back: Vec<SharedBucket>,
}

impl Key {
    fn shared(&self) -> SharedBucket {
        SharedBucket { key: format!("{self:?}"), rate: self.rate() }
    }

    /// Whether a right password makes earlier wrong ones forgotten.
    fn is_filled_by_success(&self) -> bool {
        match self {
            Self::KnownAccountFrom(..) | Self::AccountFrom(..) => true,
            Self::From(_) | Self::AccountFromUnknown(..) => false,
        }
    }
}

impl LoginAttempt {
    /// The buckets that it takes from, where several nodes have them together.
    pub fn buckets(&self) -> Vec<SharedBucket> {
        self.keys.iter().map(Key::shared).collect()
    }

    /// The same when the password was right.
    pub fn forgiven(&self) -> Forgiven {
        let of = |filled| self.keys.iter().filter(move |key| key.is_filled_by_success() == filled);
        Forgiven {
            filled: of(true).map(Key::shared).collect(),
            given_back: of(false).map(Key::shared).collect(),
        }
    }

    /// An attempt on an account that was logged in from there before.
    pub fn known(role: Role, login: &Login, from: Network) -> Self {
        Self { keys: vec![Key::KnownAccountFrom(role, login.as_str().to_owned(), from)] }
    }

    /// An attempt on any other account, which may not exist.
    pub fn unknown(role: Role, login: &Login, from: Network) -> Self {
        let login = login.as_str().to_owned();
        let account_from = Key::AccountFrom(role, login.clone(), from);
        Self { keys: vec![account_from, Key::From(from), Key::AccountFromUnknown(role, login)] }
    }
}

/// The attempts of the last hours.
#[derive(Debug)]
pub struct LoginLimit(KeyedBuckets<Key>);

impl Default for LoginLimit {
    fn default() -> Self {
        Self(KeyedBuckets::new(MOST_BUCKETS))
    }
}

impl LoginLimit {
    /// Counts an attempt, before the password is looked at; `FA_LIMIT` with the time to wait where
    /// there were too many.
    pub fn admit(&self, attempt: &LoginAttempt, now: Instant) -> Result<()> {
        self.0.take_all(&attempt.keys, now).map_err(Error::limit)
    }

    /// The password was right: the attempt does not count, and earlier failures here are forgotten.
    pub fn succeeded(&self, attempt: &LoginAttempt) {
        for key in &attempt.keys {
            match key.is_filled_by_success() {
                true => self.0.fill(key),
                false => self.0.put_back(key),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(name: &str) -> Login {
        Login::try_from(name.to_owned()).unwrap()
    }

    fn network(address: [u8; 4]) -> Network {
        std::net::IpAddr::from(address).into()
    }

    fn attempt(from: [u8; 4]) -> LoginAttempt {
        LoginAttempt::unknown(Role::Doctor, &login("wang"), network(from))
    }

    fn known_attempt(from: [u8; 4]) -> LoginAttempt {
        LoginAttempt::known(Role::Doctor, &login("wang"), network(from))
    }

    #[test]
    fn a_stranger_is_slowed_and_the_doctor_is_not() {
        let (limit, now) = (LoginLimit::default(), Instant::now());
        let admitted = |attempt: &LoginAttempt| limit.admit(attempt, now).is_ok();
        let stranger = attempt([10, 0, 0, 1]);
        assert_eq!((0..50).filter(|_| admitted(&stranger)).count(), 5);
        for host in 2..60 {
            (0..5).for_each(|_| drop(limit.admit(&attempt([10, 0, 0, host]), now)));
        }
        assert!(!admitted(&attempt([10, 0, 1, 1])), "guessing from everywhere is slowed too");
        assert!(admitted(&known_attempt([192, 168, 0, 7])), "the doctor comes in where she always does");
    }

    #[test]
    fn guesses_behind_a_clinics_address_lock_out_nobody_of_the_clinic() {
        let (limit, now, clinic) = (LoginLimit::default(), Instant::now(), [192, 168, 0, 7]);
        let admitted = |attempt: &LoginAttempt| limit.admit(attempt, now).is_ok();
        for guess in 0..300 {
            let nobody = login(&format!("nobody{guess}"));
            admitted(&LoginAttempt::unknown(Role::Doctor, &nobody, network(clinic)));
        }
        assert!(!admitted(&attempt(clinic)), "the network has guessed enough");
        assert_eq!((0..100).filter(|_| admitted(&known_attempt(clinic))).count(), 30);
    }

    #[test]
    fn attempts_come_back_and_success_costs_none() {
        let (limit, start) = (LoginLimit::default(), Instant::now());
        let stranger = attempt([10, 0, 0, 1]);
        (0..5).for_each(|_| limit.admit(&stranger, start).unwrap());
        assert_eq!(limit.admit(&stranger, start).unwrap_err().code(), "FA_LIMIT");
        limit.admit(&stranger, start + Duration::from_secs(31)).unwrap();
        let known = known_attempt([10, 0, 0, 2]);
        for _ in 0..1000 {
            limit.admit(&known, start).unwrap();
            limit.succeeded(&known);
        }
    }
}

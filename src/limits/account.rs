//! How much one account may ask for: a budget for each kind of what it may write by HTTP, so that a program
//! which runs wild under one person's token takes nothing from the others. What comes on a connection has a
//! budget of its own, in the session.

use crate::error::{Error, Result};
use crate::limits::keyed::{BucketKey, KeyedBuckets};
use crate::limits::token_bucket::Rate;
use crate::model::{Caller, Role, Uid};
use serde::Deserialize;
use std::sync::{PoisonError, RwLock};
use std::time::Instant;

/// When so many buckets are kept, the full ones are thrown away.
const MOST_BUCKETS: usize = 100_000;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spending {
    /// A message, or a change of who is in a group.
    Message,
    /// An application: for a contract, an appointment, a friendship.
    Application,
    /// A doctor's notice, or a reminder from the duty desk.
    Notice,
    /// A new discussion group.
    Group,
    /// A video call.
    Call,
}

/// How often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// How many at once.
    pub burst: u32,
    /// How many come back in an hour.
    pub per_hour: u32,
}

impl Budget {
    fn rate(self) -> Rate {
        Rate::per_hour(self.per_hour, self.burst)
    }
}

/// The budgets of every account.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Budgets {
    /// Whether there are any: a bench or a test does in a second what nobody does in an hour.
    pub enabled: bool,
    /// See [`Spending::Message`].
    pub messages: Budget,
    /// See [`Spending::Application`].
    pub applications: Budget,
    /// See [`Spending::Notice`].
    pub notices: Budget,
    /// See [`Spending::Group`].
    pub groups: Budget,
    /// See [`Spending::Call`].
    pub calls: Budget,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            enabled: true,
            messages: Budget { burst: 1000, per_hour: 3600 },
            applications: Budget { burst: 100, per_hour: 60 },
            notices: Budget { burst: 200, per_hour: 360 },
            groups: Budget { burst: 100, per_hour: 60 },
            calls: Budget { burst: 30, per_hour: 240 },
        }
    }
}

impl Budgets {
    /// Each budget with the name of its setting.
    pub fn named(&self) -> [(&'static str, Budget); 5] {
        [
            ("budgets.messages", self.messages),
            ("budgets.applications", self.applications),
            ("budgets.notices", self.notices),
            ("budgets.groups", self.groups),
            ("budgets.calls", self.calls),
        ]
    }

    fn of(&self, what: Spending) -> Budget {
        match what {
            Spending::Message => self.messages,
            Spending::Application => self.applications,
            Spending::Notice => self.notices,
            Spending::Group => self.groups,
            Spending::Call => self.calls,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    uid: Uid,
    what: Spending,
    rate: Rate,
}

impl BucketKey for Key {
    fn rate(&self) -> Rate {
        self.rate
    }
}

/// What accounts have asked for in the last hour.
#[derive(Debug)]
pub struct AccountLimit {
    budgets: RwLock<Budgets>,
    buckets: KeyedBuckets<Key>,
}

impl AccountLimit {
    /// Nothing yet.
    pub fn new(budgets: Budgets) -> Self {
        Self { budgets: RwLock::new(budgets), buckets: KeyedBuckets::new(MOST_BUCKETS) }
    }

    /// Other budgets hold from now on. A budget that is another than before begins unspent.
    pub fn set_budgets(&self, budgets: Budgets) {
        *self.budgets.write().unwrap_or_else(PoisonError::into_inner) = budgets;
    }

    fn budgets(&self) -> Budgets {
        *self.budgets.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one request; `FA_LIMIT` with the time to wait where there were too many. Administrators have
    /// no budget: the back office imports by the same interface.
    pub fn spend(&self, caller: &Caller, what: Spending, now: Instant) -> Result<()> {
        let budgets = self.budgets();
        if caller.role == Role::Admin || !budgets.enabled {
            return Ok(());
        }
        let key = Key { uid: caller.uid.clone(), what, rate: budgets.of(what).rate() };
        self.buckets.take_all(&[key], now).map_err(Error::limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Time, TokenHash};
    use std::time::Duration;

    fn caller(uid: &str, role: Role) -> Caller {
        let uid = Uid::try_from(uid.to_owned()).unwrap();
        Caller { uid, role, name: String::new(), token: TokenHash([0; 32]), expires: Time::now() }
    }

    #[test]
    fn everybody_has_a_budget_of_each_kind_and_the_office_none() {
        let (limit, now) = (AccountLimit::new(Budgets::default()), Instant::now());
        let spent =
            |who: &Caller, what, now| (0..500).filter(|_| limit.spend(who, what, now).is_ok()).count();
        let (one, other) = (caller("uid-1", Role::User), caller("uid-2", Role::Doctor));
        assert_eq!(spent(&one, Spending::Call, now), 30);
        assert_eq!(spent(&one, Spending::Group, now), 100);
        assert_eq!(spent(&other, Spending::Call, now), 30);
        assert_eq!(spent(&one, Spending::Call, now + Duration::from_secs(60)), 4, "four a minute come back");
        assert_eq!(spent(&caller("uid-3", Role::Admin), Spending::Call, now), 500);
        let waits = limit.spend(&other, Spending::Call, now).unwrap_err();
        assert!(matches!(waits, Error::Limit { retry_after: 15 }), "{waits:?}");
        limit.set_budgets(Budgets { calls: Budget { burst: 2, per_hour: 60 }, ..Budgets::default() });
        assert_eq!(spent(&other, Spending::Call, now), 2, "another budget begins unspent");
        assert_eq!(spent(&one, Spending::Group, now), 0, "one that stays is spent as it was");
    }
}

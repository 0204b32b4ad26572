//! The ids: one type for each thing that has one, so that a room is never taken for a person.

use super::malformed::Malformed;
use super::time::Time;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use ulid::Generator;

/// Longest id, in characters.
const LONGEST: usize = 64;

/// What `check` holds, for the descriptions.
const PATTERN: &str = "^[A-Za-z0-9_-]{1,64}$";

fn check(text: &str) -> Result<(), Malformed> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    match (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain) {
        true => Ok(()),
        false => Err(Malformed::invalid("must be an id: 1 to 64 of A-Z a-z 0-9 _ -")),
    }
}

/// A new id's text: within a process each sorts after all before it, also those of one millisecond.
pub(super) fn mint() -> String {
    static LAST: Mutex<Generator> = Mutex::new(Generator::new());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let next = last.generate().unwrap_or_else(|overflow| overflow.commit_overflow_increment());
    next.to_string().to_ascii_lowercase()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = Text)]
        #[serde(try_from = "String")]
        #[schemars(extend("pattern" = PATTERN, "examples" = [concat!(stringify!($name), "-1")]))]
        pub struct $name(Arc<str>);

        impl $name {
            /// A new id; those made later sort later.
            pub fn new() -> Self {
                Self(mint().into())
            }

            /// The id as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                check(&text).map(|()| Self(text.into()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                (*self.0).to_sql(out)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self(String::from_sql(bytes)?.into()))
            }
        }
    )+};
}

ids! {
    /// A person's account: resident, doctor or administrator.
    Uid;
    /// Where a conversation lives.
    RoomId;
    /// One message in a room.
    DialogId;
    /// One line of one person's message list.
    MessageId;
    /// A contract.
    Sid;
    /// A team of doctors.
    Stid;
    /// An uploaded file.
    FileId;
    /// One video call in a room.
    CallId;
    /// A notice, however many are told of it.
    TopicId;
    /// An announcement that waits for its time.
    ScheduleId;
    /// A request for an appointment.
    ReservationId;
    /// The area that residents, doctors and teams belong to.
    CommunityId;
    /// One turn of duty on the roster.
    RosterId;
    /// Words that are kept to be written again.
    ReplyId;
}

impl DialogId {
    /// The least of the ids that are made from `time` on.
    pub fn least_from(time: Time) -> Self {
        Self(least_from(time).into())
    }

    /// When it was made; `None` for an id that this server has not made.
    pub fn time(&self) -> Option<Time> {
        let made = ulid::Ulid::from_string(&self.0).ok()?.timestamp_ms();
        i64::try_from(made).ok().map(Time::from_millis)
    }

    /// When it was made; 1970 where it does not say.
    pub fn made_at(&self) -> Time {
        self.time().unwrap_or(Time::from_millis(0))
    }
}

impl Sid {
    /// The least of the ids that are made from `time` on.
    pub fn least_from(time: Time) -> Self {
        Self(least_from(time).into())
    }
}

impl Uid {
    /// The least of the ids that are made from `time` on.
    pub fn least_from(time: Time) -> Self {
        Self(least_from(time).into())
    }
}

fn least_from(time: Time) -> String {
    let millis = u64::try_from(time.millis()).unwrap_or(0);
    ulid::Ulid::from_parts(millis, 0).to_string().to_ascii_lowercase()
}

/// One connection of one process; never on the wire of clients, never used twice, not by another process either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(i64);

impl SessionId {
    /// The next one.
    pub fn mint() -> Self {
        // Several processes that serve one database take each their own part of the numbers, by lot.
        static NEXT: LazyLock<AtomicI64> = LazyLock::new(|| AtomicI64::new(i64::from(lot()) << 32));
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The number, as it is kept.
    pub fn number(self) -> i64 {
        self.0
    }

    /// The connection that has a kept number.
    pub fn of_number(number: i64) -> Self {
        Self(number)
    }
}

/// A number from 1 on that the process has by chance.
fn lot() -> i32 {
    let random = RandomState::new().build_hasher().finish();
    (random >> 33) as i32 | 1
}

/// As the log names it.
impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_in_which_they_were_made() {
        let made: Vec<_> = (0..10_000).map(|_| Uid::new()).collect();
        assert!(made.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn an_id_tells_when_it_was_made() {
        let time = Time::from_millis(1_795_424_400_007);
        assert_eq!(DialogId::least_from(time).made_at(), time);
        assert!(DialogId::least_from(time) < DialogId::new() && DialogId::new().made_at() <= Time::now());
        assert_eq!(DialogId::try_from("dialogid-1".to_owned()).unwrap().made_at().millis(), 0);
    }
}

//! The one error of the crate: every way in which a request can fail, with its code of the contract.
//!
//! What a caller reads is `Display`. What went wrong inside is the source of `Error::Store` and
//! `Error::Inside`: the log shows it, with all that caused it, and no answer does. This is the one
//! place that writes an error to the log.

use crate::model::Malformed;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::Display;
use std::time::Duration;

/// What a function that may fail returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was refused. A refused request changes nothing and pushes nothing.
#[derive(Debug, thiserror::Error, strum::EnumDiscriminants)]
#[strum_discriminants(
    name(ErrorKind),
    derive(strum::EnumIter),
    doc = "Which error it is, without what it says."
)]
pub enum Error {
    /// Something in the request is not as the contract says.
    #[error("{field}: {why}")]
    Param {
        /// The field, as the contract names it.
        field: Cow<'static, str>,
        /// What it would have to be.
        why: Malformed,
    },
    /// Nobody, or not who they say they are.
    #[error("{0}")]
    Auth(&'static str),
    /// Somebody, but not somebody who may.
    #[error("{0}")]
    Permission(&'static str),
    /// There is no such thing, or none that the caller may know of.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The address is there, but takes another method.
    #[error("method: must be {allowed}")]
    Method {
        /// The methods that it takes.
        allowed: Cow<'static, str>,
    },
    /// Right as such, but not in the present state of things.
    #[error("{0}")]
    State(&'static str),
    /// Somebody else holds what was asked for.
    #[error("{0}")]
    Conflict(&'static str),
    /// Somebody is in a call already.
    #[error("{0}")]
    Busy(&'static str),
    /// More bytes than the contract allows.
    #[error("{field}: is larger than {limit} bytes")]
    TooLarge {
        /// What is too large.
        field: &'static str,
        /// How large it may be, in bytes.
        limit: usize,
    },
    /// It did not come in time.
    #[error("{field}: did not come within {seconds} s")]
    Late {
        /// What did not.
        field: &'static str,
        /// How long it may take, in seconds.
        seconds: u64,
    },
    /// Too often; come back in that many seconds.
    #[error("too many attempts: try again in {retry_after} s")]
    Limit {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The server has more to do than it can queue; come back in that many seconds.
    #[error("the server is busy: try again in {retry_after} s")]
    Overload {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// Something that the server needs fails it; the text says what.
    #[error("{0}")]
    Unready(&'static str),
    /// The database does not answer, or takes nothing that is written.
    #[error("the database is not available: try again in a moment")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// The database failed.
    #[error("the server failed to do this")]
    Store(#[source] DieselError),
    /// Anything else of the inside failed.
    #[error("the server failed to do this")]
    Inside(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// A field that is not as it should be.
    pub fn param(field: impl Into<Cow<'static, str>>, why: impl Into<Malformed>) -> Self {
        Self::Param { field: field.into(), why: why.into() }
    }

    /// The same, where the field that is wrong is one of what stands at `place`.
    pub fn within(self, place: impl Display) -> Self {
        match self {
            Self::Param { field, why } => Self::param(format!("{place}.{field}"), why),
            other => other,
        }
    }

    /// There was too much of something; how long until there may be more, a second at least.
    pub fn limit(wait: Duration) -> Self {
        Self::Limit { retry_after: wait.as_secs().max(1) }
    }

    /// Something of the inside failed; `cause` goes to the log and no further.
    pub fn inside(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Inside(cause.into())
    }

    /// The database does not answer; `cause` goes to the log and no further.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// The same for another of several whose work failed together.
    pub fn again(&self) -> Self {
        match self {
            Self::Overload { retry_after } => Self::Overload { retry_after: *retry_after },
            Self::Unready(why) => Self::Unready(why),
            Self::Unavailable(cause) => Self::unavailable(cause.to_string()),
            other => Self::inside(other.explain()),
        }
    }

    /// Whether work has waited for too long for a lock that somebody else holds.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Unavailable(cause) if cause.to_string() == LOCK_TIMEOUT)
    }

    /// The code of the contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Param { .. } | Self::Late { .. } | Self::Method { .. } => "FA_PARAM",
            Self::Auth(_) => "FA_AUTH",
            Self::Permission(_) => "FA_PERMISSION",
            Self::NotFound(_) => "FA_NOTFOUND",
            Self::State(_) => "FA_STATE",
            Self::Conflict(_) => "FA_CONFLICT",
            Self::Busy(_) => "FA_BUSY",
            Self::TooLarge { .. } => "FA_TOOLARGE",
            Self::Limit { .. } => "FA_LIMIT",
            Self::Overload { .. } | Self::Unready(_) | Self::Unavailable(_) => "FA_OVERLOAD",
            Self::Store(_) | Self::Inside(_) => "FA_SYS",
        }
    }

    /// The field that is wrong, and the code of the rule that it breaks, where one is.
    pub fn broken_rule(&self) -> Option<(&str, &'static str)> {
        let Self::Param { field, why } = self else { return None };
        Some((field, why.rule()))
    }

    /// Whether the server is at fault, not who asked: the cause is for the log alone.
    pub fn is_internal(&self) -> bool {
        self.source().is_some()
    }

    /// Everything that whoever runs the server may know: for the log and for the command line.
    pub fn explain(&self) -> String {
        self.cause().unwrap_or_else(|| self.to_string())
    }

    /// Logs that the server failed in something that it does by itself: `doing` says in what.
    pub fn log(&self, doing: &str) {
        log::error!("{doing}: {}", self.explain());
    }

    /// Logs that a request failed by the server's fault; a refusal is for its answer alone.
    pub fn log_for_request(&self, id: impl Display, doing: &str) {
        if let Some(cause) = self.cause() {
            log::error!(req:% = id; "{doing}: {cause}");
        }
    }

    /// Logs that a connection was failed by the server; a refusal is for its answer alone.
    pub fn log_for_connection(&self, id: impl Display, doing: &str) {
        if let Some(cause) = self.cause() {
            log::error!(conn:% = id; "{doing}: {cause}");
        }
    }

    /// What went wrong inside and what caused that, down to the first cause; `None` for a refusal.
    fn cause(&self) -> Option<String> {
        let mut text = self.source()?.to_string();
        let mut next = self.source().and_then(StdError::source);
        while let Some(cause) = next {
            let cause_text = cause.to_string();
            // Many an error's text ends in that of its cause already.
            if !text.contains(&cause_text) {
                text = format!("{text}: {cause_text}");
            }
            next = cause.source();
        }
        Some(text)
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match is_unavailable(&error) {
            true => Self::unavailable(error),
            false => Self::Store(error),
        }
    }
}

/// What PostgreSQL says of work that has waited for a lock for too long.
const LOCK_TIMEOUT: &str = "canceling statement due to lock timeout";

/// What SQLite says when another program holds its lock, or when the disk takes nothing, and PostgreSQL when a
/// statement has waited for others, or run, for too long.
const UNAVAILABLE: [&str; 8] = [
    "database is locked",
    "database table is locked",
    "database or disk is full",
    "attempt to write a readonly database",
    "disk I/O error",
    "unable to open database file",
    LOCK_TIMEOUT,
    "canceling statement due to statement timeout",
];

/// Whether the database is at fault, so that the same may go well later.
fn is_unavailable(error: &DieselError) -> bool {
    use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, UnableToSendCommand};
    match error {
        DieselError::DatabaseError(ClosedConnection | ReadOnlyTransaction | UnableToSendCommand, _) => true,
        DieselError::DatabaseError(_, about) => UNAVAILABLE.contains(&about.message()),
        DieselError::BrokenTransactionManager => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the pool is empty")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn the_log_shows_the_whole_chain_and_the_answer_nothing() {
        let error = Error::inside(Outer(std::io::Error::other("connection refused")));
        assert_eq!(error.explain(), "the pool is empty: connection refused");
        assert_eq!(error.to_string(), "the server failed to do this");
        let store = Error::Store(diesel::result::Error::NotFound);
        assert_eq!(store.explain(), "Record not found");
    }

    #[test]
    fn a_database_that_is_held_or_full_is_no_fault_of_the_request() {
        for (text, code) in [
            ("database is locked", "FA_OVERLOAD"),
            ("canceling statement due to lock timeout", "FA_OVERLOAD"),
            ("no such table: account", "FA_SYS"),
        ] {
            let error = DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned()));
            assert_eq!(Error::from(error).code(), code, "{text}");
        }
    }

    #[test]
    fn a_refusal_has_no_hidden_cause() {
        let refusal = Error::Busy("you are in a call already");
        assert_eq!(refusal.cause(), None);
        assert_eq!(refusal.explain(), "you are in a call already");
    }
}

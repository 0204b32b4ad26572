//! The one error of the crate: every way in which a request can fail, with its code of the contract.
//!
//! What a caller reads is `Display`; what went wrong inside is in `Error::Store` and
//! `Error::Inside`, which show nothing of it and are logged where they are answered.

use std::borrow::Cow;

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
        why: Cow<'static, str>,
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
    /// The database failed.
    #[error("the server failed to do this")]
    Store(#[from] diesel::result::Error),
    /// Anything else of the inside failed.
    #[error("the server failed to do this")]
    Inside(String),
}

impl Error {
    /// A field that is not as it should be.
    pub fn param(field: impl Into<Cow<'static, str>>, why: impl Into<Cow<'static, str>>) -> Self {
        Self::Param { field: field.into(), why: why.into() }
    }

    /// Something of the inside failed; `what` goes to the log and no further.
    pub fn inside(what: impl std::fmt::Display) -> Self {
        Self::Inside(what.to_string())
    }

    /// The code of the contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Param { .. } | Self::Method { .. } => "FA_PARAM",
            Self::Auth(_) => "FA_AUTH",
            Self::Permission(_) => "FA_PERMISSION",
            Self::NotFound(_) => "FA_NOTFOUND",
            Self::State(_) => "FA_STATE",
            Self::Conflict(_) => "FA_CONFLICT",
            Self::Busy(_) => "FA_BUSY",
            Self::TooLarge { .. } => "FA_TOOLARGE",
            Self::Limit { .. } => "FA_LIMIT",
            Self::Overload { .. } | Self::Unready(_) => "FA_OVERLOAD",
            Self::Store(_) | Self::Inside(_) => "FA_SYS",
        }
    }

    /// What the log is told, where the caller is told nothing.
    pub fn hidden_cause(&self) -> Option<String> {
        match self {
            Self::Store(cause) => Some(cause.to_string()),
            Self::Inside(cause) => Some(cause.clone()),
            Self::Param { .. }
            | Self::Auth(_)
            | Self::Permission(_)
            | Self::NotFound(_)
            | Self::Method { .. }
            | Self::State(_)
            | Self::Conflict(_)
            | Self::Busy(_)
            | Self::TooLarge { .. }
            | Self::Limit { .. }
            | Self::Overload { .. }
            | Self::Unready(_) => None,
        }
    }
}

//! What can go wrong with a vendor, sorted by what there is to do about it.
//!
//! Nothing in here repeats an address, a key, a device or a text, so that all of it may be logged.

use std::time::Duration;
use thiserror::Error;

/// Why a vendor did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Failure {
    /// It may pass: do the same again, with the same `cid`, not before `after`, and each time later.
    #[error("{because}; again after {after:?}")]
    Retry {
        /// The shortest wait that makes sense.
        after: Duration,
        /// What happened.
        because: Passing,
    },
    /// What was asked is wrong and stays so: drop it, and count it.
    #[error("{0}")]
    RequestWrong(Wrong),
    /// The keys or this machine's address are not accepted: stop sending altogether, and say so.
    #[error("the vendor refuses the credentials or the address (code {code})")]
    CredentialsWrong {
        /// In the vendor's words, or the HTTP status where it had none.
        code: i64,
    },
    /// None of the targets is a device in use: forget the mapping.
    #[error("none of the targets exists")]
    NoSuchTarget,
    /// Enough for now: send nothing before `wait` is over.
    #[error("too many requests; again after {wait:?}")]
    RateLimited {
        /// Until the vendor counts anew.
        wait: Duration,
    },
}

/// What may pass by itself. Whether the vendor has done what was asked is unknown in each case but
/// the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Passing {
    /// No connection came about.
    #[error("the vendor cannot be reached")]
    Unreachable,
    /// No answer within the time allowed.
    #[error("the vendor does not answer")]
    TimedOut,
    /// The connection ended before the answer was complete.
    #[error("the connection to the vendor broke off")]
    BrokenOff,
    /// An answer that is none: not the expected form, or far too long.
    #[error("the vendor's answer cannot be read")]
    Unreadable,
    /// Trouble inside the vendor.
    #[error("trouble inside the vendor (code {code})")]
    Vendor {
        /// In the vendor's words, or the HTTP status where it had none.
        code: i64,
    },
}

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Wrong {
    /// The vendor says so.
    #[error("the vendor refuses the request (code {code})")]
    Refused {
        /// In the vendor's words, or the HTTP status where it had none.
        code: i64,
    },
    /// What is meant for the app leaves no room for a line of text. Found here, never sent.
    #[error("the notice is too big")]
    TooBig,
}

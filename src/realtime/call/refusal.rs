//! Why something that is said to a call is not taken, with the error that its sender gets.

use crate::error::Error;
use serde::{Deserialize, Serialize};

/// Why an event was not taken. A refused event has changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[error("{}", self.why())]
pub enum Refusal {
    /// The two ends of a call are two people.
    OnePerson,
    /// To strangers a call does not exist.
    Stranger,
    /// Who called cannot answer as well.
    NotTheCallee,
    /// Another device of the same person has the call.
    Elsewhere,
    /// The callee has not accepted yet, so there is nothing to relay to or from it.
    NotAccepted,
    /// Busy is what a call can be only as long as it rings.
    NotRinging,
    /// It has rung long enough; its end is on the way.
    Expired,
    /// The call has ended.
    Closed,
    /// The other end is away, and too much waits for it already.
    TooMany,
}

/// Why something that was said to a call has not happened.
#[derive(Debug, thiserror::Error)]
pub enum Untaken {
    /// The call does not take it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be kept, or the call was not reached.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<Untaken> for Error {
    fn from(untaken: Untaken) -> Self {
        match untaken {
            Untaken::Refused(refusal) => refusal.into(),
            Untaken::Failed(error) => error,
        }
    }
}

impl Refusal {
    fn why(self) -> &'static str {
        match self {
            Self::OnePerson => "a call needs two people",
            Self::Stranger => "not a party of the call",
            Self::NotTheCallee => "only the one who is called accepts",
            Self::Elsewhere => "the call is held on another device",
            Self::NotAccepted => "the call is not accepted yet",
            Self::NotRinging => "the call does not ring any more",
            Self::Expired => "the invitation has expired",
            Self::Closed => "the call is over",
            Self::TooMany => "too many signals wait for the other end",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Stranger => Self::NotFound("call"),
            Refusal::NotTheCallee => Self::Permission(refusal.why()),
            Refusal::TooMany => Self::Limit { retry_after: 1 },
            Refusal::OnePerson
            | Refusal::Elsewhere
            | Refusal::NotAccepted
            | Refusal::NotRinging
            | Refusal::Expired
            | Refusal::Closed => Self::State(refusal.why()),
        }
    }
}

//! What calls ask of the other nodes, where there are some: the one way from a call to people who are connected there.

use super::message::{CallMessage, CallParties, Registered};
use super::refusal::{Refusal, Untaken};
use crate::error::Error;
use crate::model::{CallId, Incarnation, Node, SessionId, Uid};
use crate::protocol::replies::Word;
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};

/// The other nodes. What is told one of them is on its way when a function returns, so that it stays in its order.
pub trait Lines {
    /// Whether this process is one of several nodes.
    fn are_there(&self) -> bool;
    /// The others that live and are heard.
    fn heard(&self) -> Vec<Node>;
    /// The one of the others that this life is of, if it lives.
    fn find_node(&self, life: Incarnation) -> Option<Node>;
    /// Tells a call that is led there something.
    fn tell(&self, owner: Node, callid: CallId, message: CallMessage) -> Reached<Verdict>;
    /// Which connections a call's parties have there; from now on that node tells the call of those that come and go.
    fn find(&self, at: Node, call: CallParties) -> Reached<[Registered; 2]>;
    /// Says something to one connection there. Like anything that is not kept it may be lost.
    fn say_to(&self, at: Node, uid: Uid, session: SessionId, word: Word);
    /// Tells all that a call is over which is led here.
    fn tell_over(&self, callid: CallId);
}

/// What another node answers.
pub type Reached<T> = LocalBoxFuture<'static, Result<T, Unreached>>;

/// Why a node has not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreached {
    /// It does not live.
    Gone,
    /// It may live, and what it was told may have come there.
    Silent,
}

impl From<Unreached> for Error {
    fn from(_: Unreached) -> Self {
        Self::Unready("the node that leads the call does not answer: try again in a moment")
    }
}

/// What has become of what another node's call was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It has happened.
    Taken,
    /// It was not taken.
    Refused(Refusal),
    /// That node failed in it.
    Failed,
}

impl From<Result<(), Untaken>> for Verdict {
    fn from(told: Result<(), Untaken>) -> Self {
        match told {
            Ok(()) => Self::Taken,
            Err(Untaken::Refused(refusal)) => Self::Refused(refusal),
            // The store has it ended, or does not have it.
            Err(Untaken::Failed(Error::State(_) | Error::NotFound(_))) => Self::Refused(Refusal::Closed),
            Err(Untaken::Failed(error)) => {
                error.log("a call failed in what another node told it");
                Self::Failed
            }
        }
    }
}

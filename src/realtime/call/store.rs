//! What a call asks of whoever keeps calls: the one way from `realtime` to the database.

use crate::error::Result;
use crate::model::call::{CallAcceptance, CallEnding, NewCall, RingingCall};
use crate::model::{CallId, Incarnation, Time, Uid};
use futures_util::future::LocalBoxFuture;

/// Keeps calls. Each of these happens whole or not at all, with its pushes; a call moves on only after
/// it.
pub trait CallStore {
    /// A call rings: refused with `FA_BUSY` where one of the two, or the room, is in another.
    fn ring(&self, call: NewCall) -> Stored<RingingCall>;
    /// It is accepted.
    fn accept(&self, callid: CallId, acceptance: CallAcceptance) -> Stored<()>;
    /// It is over since `at`; nothing where the store has it ended already.
    fn end(&self, callid: CallId, ending: CallEnding, at: Time) -> Stored<()>;
    /// The life of the node that leads a call, where it has not ended and is led by one of several.
    fn find_owner(&self, callid: CallId) -> Stored<Option<Incarnation>>;
    /// Ends a call for somebody who hangs up, as whoever leads it does not answer; nothing where it has ended.
    fn end_unled(&self, callid: CallId, by: Uid) -> Stored<()>;
    /// Which of these calls this node leads no more: they have ended in the store, or are of an earlier life of it, and
    /// then they are ended now.
    fn end_lost(&self, callids: Vec<CallId>) -> Stored<Vec<CallId>>;
    /// Ends what an earlier process left open.
    fn end_abandoned(&self) -> Stored<()>;
}

/// What comes of something to be kept.
pub type Stored<T> = LocalBoxFuture<'static, Result<T>>;

//! What the duty room asks of whoever keeps questions.

use super::rounds::{Due, Reminder, Search};
use crate::error::Result;
use crate::model::DialogId;
use futures_util::future::LocalBoxFuture;

/// Keeps questions and reminds people of them.
pub trait DutyStore: Unpin + 'static {
    /// At most `PAGE` questions that are due, oldest first.
    fn list_due(&self, search: Search) -> Pending<Vec<Due>>;
    /// Reminds of a question; not where it has been answered or reminded of meanwhile.
    fn remind(&self, dialogid: DialogId, reminder: Reminder) -> Pending<()>;
}

/// What comes of something that was asked of the store.
pub type Pending<T> = LocalBoxFuture<'static, Result<T>>;

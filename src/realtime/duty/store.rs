//! What the duty room asks of whoever keeps questions.

use super::question::Waiting;
use crate::error::Result;
use crate::model::{DialogId, ReminderTarget, Time};
use crate::protocol::objects::QuestionStatus;
use futures_util::future::LocalBoxFuture;

/// How many questions are looked at together.
pub const PAGE: usize = 100;

/// Where a page ends: when its last question was asked, and which it is.
pub type Place = (Time, DialogId);

/// What became of a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reminding {
    /// Whoever was to be reminded was, now or before.
    Done,
    /// It is another node's business.
    Elsewhere,
}

/// Keeps questions and reminds people of them.
pub trait DutyStore: Unpin + 'static {
    /// At most `PAGE` questions that wait, oldest first, those after a place.
    fn list_waiting(&self, after: Option<Place>) -> Pending<Vec<Waiting>>;
    /// How a question stands.
    fn find(&self, dialogid: DialogId) -> Pending<Option<QuestionStatus>>;
    /// Reminds of a question and of what else its asker asked in the room up to a time; not where that has
    /// been answered, or reminded of, meanwhile.
    fn remind(&self, dialogid: DialogId, whom: ReminderTarget, asked: Time) -> Pending<Reminding>;
}

/// What comes of something that was asked of the store.
pub type Pending<T> = LocalBoxFuture<'static, Result<T>>;

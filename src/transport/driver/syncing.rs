//! What a client asks to be sent again, one question at a time: the answers come in their order.

use crate::error::{Error, Result};
use crate::protocol::commands::Sync;
use crate::realtime::session::effect::AnswerTo;
use std::collections::VecDeque;

/// How many may wait.
const MOST: usize = 100;

/// A `C2S_SYNC_REQ` and what its answer refers to.
pub(super) type SyncCommand = (Sync, AnswerTo);

/// Those that wait while one is being answered; `None` where none is.
#[derive(Debug, Default)]
pub(super) struct Syncing(Option<VecDeque<SyncCommand>>);

impl Syncing {
    /// One has come: returns it to be answered now, unless another is; `FA_LIMIT` where too many wait.
    pub(super) fn add(&mut self, command: SyncCommand) -> Result<Option<SyncCommand>, (Error, AnswerTo)> {
        let Some(waiting) = &mut self.0 else {
            self.0 = Some(VecDeque::new());
            return Ok(Some(command));
        };
        if waiting.len() >= MOST {
            return Err((Error::Limit { retry_after: 1 }, command.1));
        }
        waiting.push_back(command);
        Ok(None)
    }

    /// The one that was being answered is: returns the next.
    pub(super) fn next(&mut self) -> Option<SyncCommand> {
        let next = self.0.as_mut()?.pop_front();
        if next.is_none() {
            self.0 = None;
        }
        next
    }
}

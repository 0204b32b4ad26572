//! What a client has read, on its way to the store: what comes while some of it is being kept waits, and is
//! merged by room.

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{RoomId, Uid};
use crate::protocol::commands::ReadTarget;
use crate::realtime::session::effect::AnswerTo;
use crate::service::inbox;
use std::collections::BTreeMap;

/// How many may wait.
const MOST: usize = 500;

/// A `C2S_READ` and what its answer refers to.
pub(super) type ReadCommand = (ReadTarget, AnswerTo);
/// What became of some of them.
pub type ReadOutcome = (Vec<AnswerTo>, Result<()>);

/// What was read and is not known to be kept.
#[derive(Debug, Default)]
pub(super) struct Reading {
    keeping: Vec<ReadTarget>,
    waiting: Vec<ReadCommand>,
}

impl Reading {
    /// Adds one to those that wait; `FA_LIMIT` where too many do.
    pub(super) fn add(&mut self, command: ReadCommand) -> Result<(), (Error, AnswerTo)> {
        if self.waiting.len() >= MOST {
            return Err((Error::Limit { retry_after: 1 }, command.1));
        }
        self.waiting.push(command);
        Ok(())
    }

    /// Those to keep now, if any wait and none are being kept.
    pub(super) fn next(&mut self) -> Option<Vec<ReadCommand>> {
        if !self.keeping.is_empty() || self.waiting.is_empty() {
            return None;
        }
        self.keeping = self.waiting.iter().map(|(target, _)| target.clone()).collect();
        Some(std::mem::take(&mut self.waiting))
    }

    /// Those that were being kept are, or were refused.
    pub(super) fn finish(&mut self) {
        self.keeping.clear();
    }

    /// What is left to keep when the connection ends, and nobody waits for an answer.
    pub(super) fn rest(&mut self) -> Vec<ReadCommand> {
        let kept = self.keeping.drain(..).map(|target| (target, AnswerTo::default()));
        kept.chain(self.waiting.drain(..)).collect()
    }
}

/// Keeps what was read, in a transaction for each room and for each line.
pub(super) async fn keep(app: App, uid: Uid, commands: Vec<ReadCommand>) -> Vec<ReadOutcome> {
    let mut rooms = BTreeMap::<RoomId, Vec<(i64, AnswerTo)>>::new();
    let mut outcomes = Vec::new();
    for (target, to) in commands {
        match target {
            ReadTarget::Room(roomid, roomseq) => rooms.entry(roomid).or_default().push((roomseq, to)),
            ReadTarget::Item(_) => {
                let uid = uid.clone();
                outcomes.push((vec![to], app.write(move |tx| inbox::read(tx, &uid, &target)).await));
            }
        }
    }
    for (roomid, marks) in rooms {
        outcomes.extend(keep_room(&app, &uid, roomid, marks).await);
    }
    outcomes
}

/// The newest mark includes the others. One that cannot be is refused, and takes none with it.
async fn keep_room(
    app: &App,
    uid: &Uid,
    roomid: RoomId,
    mut marks: Vec<(i64, AnswerTo)>,
) -> Vec<ReadOutcome> {
    marks.sort_by_key(|(roomseq, _)| *roomseq);
    let mut outcomes = Vec::new();
    while let Some((roomseq, to)) = marks.pop() {
        let (uid, target) = (uid.clone(), ReadTarget::Room(roomid.clone(), roomseq));
        match app.write(move |tx| inbox::read(tx, &uid, &target)).await {
            Err(error @ Error::Param { .. }) => outcomes.push((vec![to], Err(error))),
            result => {
                let answers = marks.drain(..).map(|(_, to)| to).chain([to]).collect();
                outcomes.push((answers, result));
            }
        }
    }
    outcomes
}

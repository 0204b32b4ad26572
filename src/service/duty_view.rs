//! What who sits at the duty desk sees of a question, while they may answer it: the messages before it,
//! and the files that these and the question name. Nothing of it once it is answered.

use crate::db::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::model::{Caller, DialogId, FileId, Time, Uid};
use crate::protocol::objects::Dialog;
use crate::service::{duty, files};
use crate::store::dialog::{self, Range};
use crate::store::file::{self, File};
use crate::store::member;
use crate::store::question::{self, Question};

/// How many messages before a question are seen.
const BEFORE: i64 = 20;

/// A question that waits. For who may not answer it, it does not exist.
pub fn find_question(connection: &mut AnyConnection, uid: &Uid, dialogid: &DialogId) -> Result<Question> {
    let (question, now) = (question::find_waiting(connection, dialogid)?, Time::now());
    let question = question.filter(|question| duty::require_may_answer(question, uid, now).is_ok());
    question.ok_or(Error::NotFound("question"))
}

/// A question that waits and the messages before it, newest first. For who may not answer it, it does not
/// exist.
pub fn list_history(connection: &mut AnyConnection, uid: &Uid, dialogid: &DialogId) -> Result<Vec<Dialog>> {
    let question = find_question(connection, uid, dialogid)?;
    let range = shown(connection, &question)?;
    dialog::list(connection, &question.dialog.roomid, range, BEFORE + 1)
}

/// The messages that who may answer a question sees: it, and those before it.
pub fn shown(connection: &mut AnyConnection, question: &Question) -> Result<Range> {
    let Dialog { roomid, roomseq, from, .. } = &question.dialog;
    // What was said before who asks came, as under an earlier contract, is not theirs to show.
    let joined = member::find(connection, roomid, &from.uid)?.map_or(*roomseq - 1, |asker| asker.joined_seq);
    Ok(Range { after: joined.max(roomseq - BEFORE - 1), before: roomseq + 1 })
}

/// The file, if one of these people may read it, or sees it at the desk; `FA_NOTFOUND` otherwise.
pub fn find_file(connection: &mut AnyConnection, callers: &[Caller], fileid: &FileId) -> Result<File> {
    let uids: Vec<Uid> = callers.iter().map(|caller| caller.uid.clone()).collect();
    match files::find_readable(connection, &uids, fileid) {
        Err(Error::NotFound(what)) if shows_file(connection, callers, fileid)? => {
            file::find(connection, fileid)?.ok_or(Error::NotFound(what))
        }
        found => found,
    }
}

/// Whether one of these people sits at the desk and may answer a question that shows the file.
fn shows_file(connection: &mut AnyConnection, callers: &[Caller], fileid: &FileId) -> Result<bool> {
    let mut sitting = Vec::new();
    for caller in callers {
        if duty::may_sit(connection, caller)? {
            sitting.push(&caller.uid);
        }
    }
    if sitting.is_empty() {
        return Ok(false);
    }
    let (questions, now) = (question::list_showing(connection, fileid, BEFORE)?, Time::now());
    let may_answer =
        |question: &Question| sitting.iter().any(|uid| duty::require_may_answer(question, uid, now).is_ok());
    let askers: Vec<Uid> =
        questions.into_iter().filter(may_answer).map(|question| question.dialog.from.uid).collect();
    Ok(!askers.is_empty() && file::was_sent_to(connection, &askers, fileid)?)
}

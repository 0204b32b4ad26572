//! Answering a question from the duty desk, in the place of its doctor: a message, and the files that go with it.
//!
//! All of it is one transaction: the question is settled once, and its parts arrive in their order or not at all.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Caller, DialogId, Process, RoomId, Uid};
use crate::protocol::objects::Person;
use crate::service::duty::{self, Written};
use crate::service::posting::{self, NewDialog};
use crate::service::{duty_view, questions, quotes};
use crate::store::dialog::{self, Sent};
use crate::store::{question, room};

/// What is answered.
#[derive(Debug)]
pub struct DutyAnswer {
    /// What settles the question; withdrawn, it has it wait again.
    pub message: NewDialog,
    /// What comes after it, each a message of its own.
    pub attachments: Vec<NewDialog>,
}

/// Answers a question on behalf of its doctor and pushes the answer to the room. Returns the first
/// answer if the same was sent before.
pub fn answer(tx: &mut Tx<'_>, caller: &Caller, asked: &DialogId, answer: &DutyAnswer) -> Result<Written> {
    let DutyAnswer { message, attachments } = answer;
    duty::require_seat(tx, caller)?;
    let locked = match duty::lock_for(tx, asked, &caller.uid) {
        Err(error) if error.is_internal() => return Err(error),
        locked => locked,
    };
    // Only now: the first try may just have been under way.
    if let Some(sent) = posting::find_sent(tx, caller, message, |tx| question::find_room(tx, asked))? {
        return repeat(tx, caller, attachments, sent);
    }
    let (room, question) = locked?;
    let shown = duty_view::shown(tx, &question)?;
    quotes::require_shown(tx, &room.roomid, message.quote, |roomseq| shown.holds(roomseq))?;
    let doctor = questions::find_doctor(tx, &question)?.map(|doctor| doctor.uid);
    let written = post(tx, &room.roomid, caller, doctor.as_ref(), message)?;
    let answered = question::settle_by_duty_doctor(tx, &question, &caller.uid, written.roomseq)?;
    questions::announce_answered(tx, answered, Process::ByDutyDoctor);
    for (index, attachment) in attachments.iter().enumerate() {
        let posted = post(tx, &room.roomid, caller, doctor.as_ref(), attachment);
        posted.map_err(|error| error.within(format!("attachments[{index}]")))?;
    }
    Ok(written)
}

/// Posts a part of the answer in a locked room, and tells its members.
fn post(
    tx: &mut Tx<'_>,
    roomid: &RoomId,
    caller: &Caller,
    doctor: Option<&Uid>,
    new: &NewDialog,
) -> Result<Written> {
    let room = room::reserve_next_seq(tx, roomid)?.ok_or(Error::NotFound("room"))?;
    let author = Person { uid: caller.uid.clone(), name: caller.name.clone(), role: caller.role };
    let posted = posting::post_on_behalf(tx, room, &author, doctor.cloned(), new)?;
    posted.tell(tx);
    Ok(posted.into())
}

/// The first answer, if these are the files that went with it; `FA_CONFLICT` otherwise. All that went with it has its time.
fn repeat(tx: &mut Tx<'_>, caller: &Caller, attachments: &[NewDialog], first: Sent) -> Result<Written> {
    let next = first.roomseq + 1 + attachments.len() as i64;
    let further = dialog::find_sent_as(tx, &first.roomid, next)?;
    let went_with_it = |next: &Sent| {
        next.fromuid == caller.uid && next.clientid.is_none() && next.createtime == first.createtime
    };
    if further.is_some_and(|next| went_with_it(&next)) {
        return Err(posting::OTHER_MESSAGE);
    }
    for (attachment, roomseq) in attachments.iter().zip(first.roomseq + 1..) {
        let there = dialog::find_sent_as(tx, &first.roomid, roomseq)?;
        let is_same =
            there.is_some_and(|there| there.fromuid == caller.uid && attachment.was_sent_as(&there));
        if !is_same {
            return Err(posting::OTHER_MESSAGE);
        }
    }
    let Sent { dialogid, roomid, roomseq, .. } = first;
    Ok(Written { dialogid, roomid, roomseq })
}

//! Questions: which messages are questions, what answers them, and whose answer they wait for.
//!
//! The room's lock is the lock of its questions.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogId, DialogKind, Part, Process, Role, RoomKind};
use crate::protocol::objects::Person;
use crate::store::member::{self, Member};
use crate::store::question::{self, Answer, Question};
use crate::store::room::{self, Room};
use crate::store::teammate;

/// Whether a member's message, about to be posted in a locked room, is a question; what it answers
/// waits no longer.
pub fn classify(
    tx: &mut Tx<'_>,
    room: &Room,
    member: &mut Member,
    kind: DialogKind,
) -> Result<Option<Process>> {
    let part = Part::of(room.kind, member.person.role, kind);
    let settled = if part.settles() { answer_others(tx, room, member)? } else { 0 };
    Ok(part.process(settled))
}

/// Settles what others asked in the room since the member's last answer; returns how many questions
/// that were.
fn answer_others(tx: &mut Tx<'_>, room: &Room, member: &mut Member) -> Result<usize> {
    let Room { roomid, seq, .. } = room;
    let (after, uid) = (member.answered_seq, &member.person.uid);
    let settled = question::settle(tx, &[Answer { roomid, after, uid, roomseq: *seq }])?;
    member.answered_seq = room.seq;
    Ok(settled.into_iter().sum())
}

/// Lets what a message answered that is withdrawn from a locked room wait again, unless a later message
/// is an answer too. In a closed room nothing waits.
pub fn reopen(tx: &mut Tx<'_>, room: &Room, withdrawn: i64) -> Result<()> {
    let answered = question::list_answered_by(tx, &room.roomid, withdrawn)?;
    for (roomseq, asker) in answered.into_iter().filter(|_| room.open) {
        let later = question::find_next_answer(tx, &room.roomid, withdrawn, &asker)?;
        question::set_answer(tx, &room.roomid, roomseq, later)?;
        if later.is_none() {
            member::lower_answered(tx, &room.roomid, roomseq - 1)?;
        }
    }
    Ok(())
}

/// Locks the room of a question that waits; `FA_STATE` where it was answered or withdrawn, or the
/// room is closed.
pub fn lock(tx: &mut Tx<'_>, dialogid: &DialogId) -> Result<(Room, Question)> {
    const NONE: Error = Error::NotFound("question");
    let roomid = question::find_room(tx, dialogid)?.ok_or(NONE)?;
    let room = room::lock(tx, &roomid)?.ok_or(NONE)?;
    let question = question::find(tx, dialogid)?.ok_or(NONE)?;
    match (question.waits(), room.open) {
        (true, true) => Ok((room, question)),
        (false, _) => Err(Error::State("the question does not wait any more")),
        (true, false) => Err(Error::State("the room is closed for writing")),
    }
}

/// The doctor whose answer a question waits for: the other one of the room; in a team's room the
/// leader, and where it is the leader who asks, another doctor of the team.
pub fn find_doctor(connection: &mut AnyConnection, question: &Question) -> Result<Option<Person>> {
    let (roomid, asker) = (&question.dialog.roomid, &question.dialog.from.uid);
    let members = member::list(connection, roomid)?.into_iter().map(|member| member.person);
    let mut doctors: Vec<Person> =
        members.filter(|person| person.role == Role::Doctor && person.uid != *asker).collect();
    doctors.sort_by(|one, other| one.uid.cmp(&other.uid));
    let leader = match question.room {
        RoomKind::Teammate => teammate::find_leader(connection, roomid)?,
        RoomKind::AloneChat | RoomKind::DoctorFriend | RoomKind::Discussion => None,
    };
    let leads = doctors.iter().position(|person| Some(&person.uid) == leader.as_ref());
    Ok(match (leads, doctors.is_empty()) {
        (_, true) => None,
        (leads, false) => Some(doctors.swap_remove(leads.unwrap_or(0))),
    })
}

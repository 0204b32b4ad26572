//! Questions: which messages are questions, what answers them, and whose answer they wait for.
//!
//! The room's lock is the lock of its questions.

use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogId, DialogKind, Part, Process, ReminderTarget, Role, RoomKind, Time, Uid};
use crate::protocol::effect::Effect;
use crate::protocol::objects::{Claim, Dialog, Person, QuestionStatus};
use crate::store::member::{self, Member};
use crate::store::question::{self, Answer, Asked, Question};
use crate::store::room::{self, Room};
use crate::store::{account, teammate};
use std::collections::BTreeSet;

/// Has the duty desk hear how a question stands, unless it has heard that it was withdrawn.
fn announce(tx: &mut Tx<'_>, asked: Asked, process: Option<Process>, claim: Option<Claim>) {
    let Asked { dialogid, roomid, createtime: since, recalled } = asked;
    if recalled {
        return;
    }
    tx.effect(Effect::QuestionChanged(QuestionStatus { dialogid, roomid, process, claim, since }));
}

/// Has the duty desk hear of a message that has been posted, where it is a question.
pub fn announce_posted(tx: &mut Tx<'_>, dialog: &Dialog) {
    if is_waiting(dialog) {
        announce(tx, name(dialog), Some(Process::Waiting), None);
    }
}

/// Has the duty desk hear that these questions were answered.
pub fn announce_answered(tx: &mut Tx<'_>, asked: Vec<Asked>, process: Process) {
    asked.into_iter().for_each(|asked| announce(tx, asked, Some(process), None));
}

/// Has the duty desk hear that these are no questions any more.
pub fn announce_gone(tx: &mut Tx<'_>, asked: Vec<Asked>) {
    asked.into_iter().for_each(|asked| announce(tx, asked, None, None));
}

/// Has the duty desk hear that a message is withdrawn, where it was a question that waited.
pub fn announce_withdrawn(tx: &mut Tx<'_>, dialog: &Dialog) {
    if is_waiting(dialog) {
        announce(tx, Asked { recalled: false, ..name(dialog) }, None, None);
    }
}

/// Has the duty desk hear who has claimed a question, or that somebody was reminded of it.
pub fn announce_waiting(tx: &mut Tx<'_>, question: &Question) -> Result<()> {
    let now = tx.now;
    for status in statuses(tx, std::slice::from_ref(question), now)? {
        tx.effect(Effect::QuestionChanged(status));
    }
    Ok(())
}

/// Has what somebody has claimed end at `until` at the latest, and the duty desk hear of it.
pub fn shorten_claims(tx: &mut Tx<'_>, uid: &Uid, until: Time) -> Result<()> {
    let shortened = question::shorten_claims(tx, uid, until)?;
    let name = account::find(tx, uid)?.map(|account| account.name).filter(|_| until > tx.now);
    let claim = name.map(|name| Claim { uid: uid.clone(), name, until });
    for asked in shortened {
        announce(tx, asked, Some(Process::Waiting), claim.clone());
    }
    Ok(())
}

/// Lists the questions that wait, oldest first, starting after a cursor: how they stand at a time, and who was
/// reminded of them last.
pub fn list_waiting(
    connection: &mut AnyConnection,
    after: Option<&Cursor<DialogId>>,
    limit: i64,
    now: Time,
) -> Result<Vec<(QuestionStatus, Option<ReminderTarget>)>> {
    let questions = question::list(connection, after, limit)?;
    let reminded = questions.iter().map(|question| question.reminded).collect::<Vec<_>>();
    Ok(statuses(connection, &questions, now)?.into_iter().zip(reminded).collect())
}

/// How a question stands at a time; in a closed room it is none.
pub fn find_status(
    connection: &mut AnyConnection,
    dialogid: &DialogId,
    now: Time,
) -> Result<Option<QuestionStatus>> {
    let Some(question) = question::find(connection, dialogid)? else { return Ok(None) };
    let is_open = room::find(connection, &question.dialog.roomid)?.is_some_and(|room| room.open);
    let status = statuses(connection, &[question], now)?.pop();
    Ok(status.map(|status| match is_open {
        true => status,
        false => QuestionStatus {
            process: status.process.filter(|process| *process != Process::Waiting),
            ..status
        },
    }))
}

/// How questions stand at a time.
fn statuses(
    connection: &mut AnyConnection,
    questions: &[Question],
    now: Time,
) -> Result<Vec<QuestionStatus>> {
    let claimed = questions.iter().filter_map(|question| question.claim_at(now));
    let claimers: BTreeSet<_> = claimed.map(|(uid, _)| uid.clone()).collect();
    let people = account::list_by_ids(connection, &claimers.into_iter().collect::<Vec<_>>())?;
    let claim = |(uid, until): &(Uid, Time)| {
        let name = people.iter().find(|person| person.uid == *uid)?.name.clone();
        Some(Claim { uid: uid.clone(), name, until: *until })
    };
    let status = |question: &Question| {
        let Asked { dialogid, roomid, createtime: since, .. } = name(&question.dialog);
        let process = question.dialog.dutyinfo.as_ref().map(|info| info.process);
        let process = process.filter(|_| !question.dialog.recalled);
        let claim = question.claim_at(now).filter(|_| question.waits()).and_then(claim);
        QuestionStatus { dialogid, roomid, process, claim, since }
    };
    Ok(questions.iter().map(status).collect())
}

fn is_waiting(dialog: &Dialog) -> bool {
    dialog.dutyinfo.as_ref().is_some_and(|info| info.process == Process::Waiting)
}

fn name(dialog: &Dialog) -> Asked {
    let Dialog { dialogid, roomid, createtime, recalled, .. } = dialog;
    let (dialogid, roomid) = (dialogid.clone(), roomid.clone());
    Asked { dialogid, roomid, createtime: *createtime, recalled: *recalled }
}

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
    let count = settled.len();
    announce_answered(tx, settled, Process::ByDoctor);
    Ok(count)
}

/// Lets what a message answered that is withdrawn from a locked room wait again, unless a later message
/// is an answer too. In a closed room nothing waits.
pub fn reopen(tx: &mut Tx<'_>, room: &Room, withdrawn: i64) -> Result<()> {
    let answered = question::list_answered_by(tx, &room.roomid, withdrawn)?;
    for (roomseq, asker, asked) in answered.into_iter().filter(|_| room.open) {
        let later = question::find_next_answer(tx, &room.roomid, withdrawn, &asker)?;
        question::set_answer(tx, &room.roomid, roomseq, later)?;
        if later.is_none() {
            member::lower_answered(tx, &room.roomid, roomseq - 1)?;
            announce(tx, asked, Some(Process::Waiting), None);
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

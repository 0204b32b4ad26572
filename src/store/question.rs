//! Questions: what waits on the duty desk, who has taken it on, who has answered, who was reminded.
//!
//! A question is a message whose `process` is set. Its room's row is its lock.

use super::dialog::{self, DIALOG};
use super::member::{self, Member};
use super::room::{self, Room};
use super::teammate;
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared;
use crate::db::schema::{account, room as rooms, social_dialog, social_signed, team};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{
    ContractStatus, DialogId, DialogKind, Part, Process, Role, RoomId, RoomKind, Time, Uid, Whom,
};
use crate::protocol::shape::{Dialog, Person};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// A question with the room it was asked in and who has taken it on.
#[derive(Debug)]
pub struct Question {
    /// What was asked.
    pub dialog: Dialog,
    /// Who meets in the room.
    pub room: RoomKind,
    /// Who has said they would answer, and until when nobody else may.
    pub claim: Option<(Uid, Time)>,
}

impl Question {
    /// Who has taken it on, while that holds.
    pub fn claim_at(&self, now: Time) -> Option<&(Uid, Time)> {
        self.claim.as_ref().filter(|(_, until)| *until > now)
    }
}

/// That a question waits, in the words of the index that is of nothing else.
fn waits() -> SqlLiteral<Bool> {
    sql("social_dialog.process = 0")
}

/// What a member's message, about to be written, is; what it answers waits no longer.
pub(super) fn weigh(
    tx: &mut Tx<'_>,
    room: &Room,
    member: &mut Member,
    kind: DialogKind,
) -> Result<Option<Process>> {
    Ok(match Part::of(room.kind, member.person.role, kind) {
        Part::Apart => None,
        Part::Asks => Some(Process::Waiting),
        Part::Answers => answer_others(tx, room, member).map(|_| None)?,
        Part::Converses => (answer_others(tx, room, member)? == 0).then_some(Process::Waiting),
    })
}

/// Settles what others asked in the room since the member answered last; returns how many.
fn answer_others(tx: &mut Tx<'_>, room: &Room, member: &mut Member) -> Result<usize> {
    let asked = social_dialog::roomid.eq(&room.roomid).and(social_dialog::roomseq.gt(member.answered_seq));
    let by_others = social_dialog::fromuid.ne(&member.person.uid);
    let update = diesel::update(social_dialog::table.filter(asked.and(by_others)).filter(waits()))
        .set(social_dialog::process.eq(Process::ByDoctor))
        .returning(social_dialog::roomseq);
    let settled: Vec<i64> = prepared(update).get_results(&mut **tx)?;
    member.answered_seq = room.seq;
    Ok(settled.len())
}

type Row = (RoomKind, Option<Uid>, Option<Time>, dialog::Row);

fn question((room, claimuid, claimuntil, row): Row) -> Question {
    Question { dialog: dialog::dialog(row), room, claim: claimuid.zip(claimuntil) }
}

/// The columns of a question.
const QUESTION: (rooms::kind, social_dialog::claimuid, social_dialog::claimuntil) =
    (rooms::kind, social_dialog::claimuid, social_dialog::claimuntil);

/// After which question a page of the list begins: when it was asked, and which it is.
pub type Cursor = (Time, DialogId);

/// What waits in rooms that are open, oldest first, what comes after the cursor `after`.
pub fn list(connection: &mut AnyConnection, after: Option<&Cursor>, limit: i64) -> Result<Vec<Question>> {
    let mut waiting = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .inner_join(account::table)
        .filter(waits())
        .filter(social_dialog::recalled.eq(false).and(rooms::open.eq(true)))
        .select((QUESTION.0, QUESTION.1, QUESTION.2, DIALOG))
        .into_boxed();
    if let Some((asked, dialogid)) = after {
        let same_time =
            social_dialog::createtime.eq(*asked).and(social_dialog::dialogid.gt(dialogid.clone()));
        waiting = waiting.filter(social_dialog::createtime.gt(*asked).or(same_time));
    }
    let order = (social_dialog::createtime, social_dialog::dialogid);
    let rows = waiting.order(order).limit(limit).load::<Row>(connection)?;
    Ok(rows.into_iter().map(question).collect())
}

/// How many questions wait.
pub fn count_waiting(connection: &mut AnyConnection) -> Result<i64> {
    let waiting = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .filter(waits())
        .filter(social_dialog::recalled.eq(false).and(rooms::open.eq(true)));
    Ok(waiting.count().get_result(connection)?)
}

/// Locks the room of a question that waits; `FA_STATE` where it has been answered or withdrawn, or
/// the room is closed.
pub fn hold(tx: &mut Tx<'_>, dialogid: &DialogId) -> Result<(Room, Question)> {
    const NONE: Error = Error::NotFound("question");
    let roomid: Option<RoomId> = social_dialog::table
        .filter(social_dialog::dialogid.eq(dialogid).and(social_dialog::process.is_not_null()))
        .select(social_dialog::roomid)
        .first(&mut **tx)
        .optional()?;
    let room = room::lock(tx, &roomid.ok_or(NONE)?)?.ok_or(NONE)?;
    let row = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .inner_join(account::table)
        .filter(social_dialog::dialogid.eq(dialogid))
        .select((QUESTION.0, QUESTION.1, QUESTION.2, DIALOG))
        .first::<Row>(&mut **tx)?;
    let question = question(row);
    let waits = question.dialog.dutyinfo.as_ref().is_some_and(|info| info.process == Process::Waiting);
    match (waits && !question.dialog.recalled, room.open) {
        (true, true) => Ok((room, question)),
        (false, _) => Err(Error::State("the question does not wait any more")),
        (true, false) => Err(Error::State("the room is closed for writing")),
    }
}

/// Keeps that `uid` will answer, and nobody else of the duty desk until then.
pub fn claim(tx: &mut Tx<'_>, question: &Question, uid: &Uid, until: Time) -> Result<()> {
    diesel::update(social_dialog::table.filter(social_dialog::dialogid.eq(&question.dialog.dialogid)))
        .set((social_dialog::claimuid.eq(uid), social_dialog::claimuntil.eq(until)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Keeps that `duty` has answered a question, and with it what the same person had asked in the
/// room before it, as far as nobody else has taken that on.
pub fn settle(tx: &mut Tx<'_>, question: &Question, duty: &Uid) -> Result<()> {
    let Dialog { roomid, roomseq, from, .. } = &question.dialog;
    let now = tx.now;
    let taken = social_dialog::claimuntil.gt(now).and(social_dialog::claimuid.ne(duty));
    let free = social_dialog::claimuid.is_null().or(diesel::dsl::not(taken));
    let asked = social_dialog::roomid.eq(roomid).and(social_dialog::roomseq.le(roomseq));
    diesel::update(social_dialog::table.filter(asked.and(social_dialog::fromuid.eq(&from.uid))))
        .filter(waits())
        .filter(free)
        .set((social_dialog::process.eq(Process::ByDutyDoctor), social_dialog::dutyuid.eq(duty)))
        .execute(&mut **tx)?;
    Ok(())
}

/// The doctor whose answer a question waits for: the other one of the room; in a team's room the
/// leader, and where it is the leader who asks, another doctor of the team.
pub fn find_doctor(connection: &mut AnyConnection, question: &Question) -> Result<Option<Person>> {
    let Dialog { roomid, from, .. } = &question.dialog;
    let members = member::list(connection, roomid)?.into_iter().map(|member| member.person);
    let mut doctors: Vec<Person> =
        members.filter(|person| person.role == Role::Doctor && person.uid != from.uid).collect();
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

/// Who leads the team that a resident is under contract in force with.
pub fn find_leader(connection: &mut AnyConnection, resident: &Uid) -> Result<Option<Uid>> {
    let signed = social_signed::uid.eq(resident).and(social_signed::status.eq(ContractStatus::Signed));
    let team = social_signed::table.inner_join(team::table).filter(signed);
    Ok(team.select(team::leader).first(connection).optional()?)
}

/// Questions asked up to `asked` of which `whom` has not been reminded, oldest first, those after
/// the cursor `after`.
pub fn list_due(
    connection: &mut AnyConnection,
    whom: Whom,
    asked: Time,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Cursor>> {
    let mut due = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .filter(waits())
        .filter(social_dialog::createtime.le(asked).and(social_dialog::reminded.lt(whom.mark())))
        .filter(social_dialog::recalled.eq(false).and(rooms::open.eq(true)))
        .select((social_dialog::createtime, social_dialog::dialogid))
        .into_boxed();
    if let Some((time, dialogid)) = after {
        let same_time = social_dialog::createtime.eq(*time).and(social_dialog::dialogid.gt(dialogid.clone()));
        due = due.filter(social_dialog::createtime.gt(*time).or(same_time));
    }
    Ok(due.order((social_dialog::createtime, social_dialog::dialogid)).limit(limit).load(connection)?)
}

/// Keeps that `whom` has been reminded of the question and of all that its asker has had waiting
/// in the room since `asked` or longer; false where they had been before.
pub fn mark_reminded(tx: &mut Tx<'_>, question: &Question, whom: Whom, asked: Time) -> Result<bool> {
    let dialogid = &question.dialog.dialogid;
    let first: Option<i64> = social_dialog::table
        .filter(social_dialog::dialogid.eq(dialogid).and(social_dialog::reminded.lt(whom.mark())))
        .select(social_dialog::roomseq)
        .first(&mut **tx)
        .optional()?;
    let Some(first) = first else { return Ok(false) };
    let due = social_dialog::roomid
        .eq(&question.dialog.roomid)
        .and(social_dialog::roomseq.ge(first))
        .and(social_dialog::fromuid.eq(&question.dialog.from.uid))
        .and(social_dialog::createtime.le(asked))
        .and(social_dialog::reminded.lt(whom.mark()));
    diesel::update(social_dialog::table.filter(due).filter(waits()))
        .set(social_dialog::reminded.eq(whom.mark()))
        .execute(&mut **tx)?;
    Ok(true)
}

//! Questions: which wait, who has claimed them, who has answered them, who was reminded of them.
//!
//! A question is a message whose `process` is set. Its room's row is its lock.

use super::dialog;
use crate::db::bulk::{MANY, column};
use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::prepared::prepared_on;
use crate::db::schema::{account, file_sent, room as rooms, social_dialog, social_signed, team};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{
    ContractStatus, DialogId, DialogKind, FileId, Process, ReminderTarget, RoomId, RoomKind, Time, Uid,
};
use crate::protocol::objects::Dialog;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text};

/// A question with the kind of its room and its claim.
#[derive(Debug)]
pub struct Question {
    /// What was asked.
    pub dialog: Dialog,
    /// Whom the room is for.
    pub room: RoomKind,
    /// Who has claimed it, and until when nobody else of the duty desk may answer it.
    pub claim: Option<(Uid, Time)>,
    /// Who was reminded of it last.
    pub reminded: Option<ReminderTarget>,
}

/// What names a question: it, its room, and when it was asked.
#[derive(Debug, Clone, Queryable, QueryableByName)]
pub struct Asked {
    /// The question.
    #[diesel(sql_type = Text)]
    pub dialogid: DialogId,
    /// Where it was asked.
    #[diesel(sql_type = Text)]
    pub roomid: RoomId,
    /// When.
    #[diesel(sql_type = BigInt)]
    pub createtime: Time,
    /// Whether its author has withdrawn it, so that the desk does not know of it any more.
    #[diesel(sql_type = Bool)]
    pub recalled: bool,
}

/// The columns of what names a question.
const ASKED: (
    social_dialog::dialogid,
    social_dialog::roomid,
    social_dialog::createtime,
    social_dialog::recalled,
) = (social_dialog::dialogid, social_dialog::roomid, social_dialog::createtime, social_dialog::recalled);

impl Question {
    /// Whether nobody has answered it, and its author has not withdrawn it.
    pub fn waits(&self) -> bool {
        let process = self.dialog.dutyinfo.as_ref().map(|info| info.process);
        process == Some(Process::Waiting) && !self.dialog.recalled
    }

    /// The claim, while it lasts.
    pub fn claim_at(&self, now: Time) -> Option<&(Uid, Time)> {
        self.claim.as_ref().filter(|(_, until)| *until > now)
    }
}

/// That a question waits, as the condition of the partial index says it.
fn is_waiting() -> SqlLiteral<Bool> {
    sql("social_dialog.process = 0")
}

/// A message, about to be posted in a locked room, that answers what others than its author asked there.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The room.
    pub roomid: &'a RoomId,
    /// What was asked up to this message was answered before.
    pub after: i64,
    /// Who answers.
    pub uid: &'a Uid,
    /// The number of the answer.
    pub roomseq: i64,
}

/// Marks what waits for these answers, each in another room, as answered by its doctor; returns the questions.
pub fn settle(tx: &mut Tx<'_>, answers: &[Answer<'_>]) -> Result<Vec<Asked>> {
    match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            let settle = |answer| settle_one(connection, answer);
            Ok(answers.iter().map(settle).collect::<QueryResult<Vec<_>>>()?.concat())
        }
        AnyConnection::Postgres(_) if answers.is_empty() => Ok(Vec::new()),
        AnyConnection::Postgres(connection) => Ok(settle_many(connection, answers)?),
    }
}

fn settle_one(connection: &mut SqliteConnection, answer: &Answer<'_>) -> QueryResult<Vec<Asked>> {
    let Answer { roomid, after, uid, roomseq } = answer;
    let asked = social_dialog::roomid.eq(roomid).and(social_dialog::roomseq.gt(after));
    let by_others = social_dialog::fromuid.ne(uid);
    let update = diesel::update(social_dialog::table.filter(asked.and(by_others)).filter(is_waiting()))
        .set((social_dialog::process.eq(Process::ByDoctor), social_dialog::answerseq.eq(roomseq)))
        .returning(ASKED);
    prepared_on!(connection, update, load::<Asked>)
}

fn settle_many(connection: &mut PgConnection, answers: &[Answer<'_>]) -> QueryResult<Vec<Asked>> {
    let update = sql_query(
        "UPDATE social_dialog SET process = $1, answerseq = answer.roomseq \
         FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[]) AS answer (roomid, since, uid, roomseq) \
         WHERE social_dialog.roomid = answer.roomid AND social_dialog.roomseq > answer.since \
         AND social_dialog.fromuid <> answer.uid AND social_dialog.process = 0 \
         RETURNING social_dialog.dialogid, social_dialog.roomid, social_dialog.createtime, social_dialog.recalled",
    )
    .bind::<Integer, _>(Process::ByDoctor)
    .bind::<Array<Text>, _>(column(answers, |answer| answer.roomid))
    .bind::<Array<BigInt>, _>(column(answers, |answer| answer.after))
    .bind::<Array<Text>, _>(column(answers, |answer| answer.uid))
    .bind::<Array<BigInt>, _>(column(answers, |answer| answer.roomseq));
    prepared_on!(connection, update, load::<Asked>)
}

/// How many questions that show one file are looked at.
const MOST_SHOWING: i64 = 1000;

type Row = (RoomKind, Option<Uid>, Option<Time>, i32, dialog::Row);

fn from_row((room, claimuid, claimuntil, reminded, row): Row) -> Question {
    let (claim, reminded) = (claimuid.zip(claimuntil), ReminderTarget::of_mark(reminded));
    Question { dialog: dialog::from_row(row), room, claim, reminded }
}

/// The columns of a question, beside those of its message.
const QUESTION: (rooms::kind, social_dialog::claimuid, social_dialog::claimuntil, social_dialog::reminded) =
    (rooms::kind, social_dialog::claimuid, social_dialog::claimuntil, social_dialog::reminded);

/// The questions that wait in open rooms, oldest first, those after the cursor `after`.
pub fn list(
    connection: &mut AnyConnection,
    after: Option<&Cursor<DialogId>>,
    limit: i64,
) -> Result<Vec<Question>> {
    let mut waiting = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .inner_join(account::table)
        .filter(is_waiting())
        .filter(social_dialog::recalled.eq(false).and(rooms::open.eq(true)))
        .select((QUESTION.0, QUESTION.1, QUESTION.2, QUESTION.3, dialog::COLUMNS))
        .into_boxed();
    if let Some(Cursor(asked, dialogid)) = after {
        let later = social_dialog::createtime.gt(*asked).or(social_dialog::dialogid.gt(dialogid.clone()));
        // An index leads to where this begins; an `OR` alone would be asked of all that is before it.
        waiting = waiting.filter(social_dialog::createtime.ge(*asked).and(later));
    }
    let order = (social_dialog::createtime, social_dialog::dialogid);
    let rows = waiting.order(order).limit(limit).load::<Row>(connection)?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// How many questions wait.
pub fn count_waiting(connection: &mut AnyConnection) -> Result<i64> {
    let waiting = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .filter(is_waiting())
        .filter(social_dialog::recalled.eq(false).and(rooms::open.eq(true)));
    Ok(waiting.count().get_result(connection)?)
}

/// The room of a question, waiting or not.
pub fn find_room(connection: &mut AnyConnection, dialogid: &DialogId) -> Result<Option<RoomId>> {
    let question = social_dialog::dialogid.eq(dialogid).and(social_dialog::process.is_not_null());
    Ok(social_dialog::table.filter(question).select(social_dialog::roomid).first(connection).optional()?)
}

/// The question, waiting or not.
pub fn find(connection: &mut AnyConnection, dialogid: &DialogId) -> Result<Option<Question>> {
    let row = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .inner_join(account::table)
        .filter(social_dialog::dialogid.eq(dialogid).and(social_dialog::process.is_not_null()))
        .select((QUESTION.0, QUESTION.1, QUESTION.2, QUESTION.3, dialog::COLUMNS));
    Ok(row.first::<Row>(connection).optional()?.map(from_row))
}

/// The question, if it waits in an open room.
pub fn find_waiting(connection: &mut AnyConnection, dialogid: &DialogId) -> Result<Option<Question>> {
    let row = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .inner_join(account::table)
        .filter(social_dialog::dialogid.eq(dialogid))
        .filter(is_waiting())
        .filter(social_dialog::recalled.eq(false).and(rooms::open.eq(true)))
        .select((QUESTION.0, QUESTION.1, QUESTION.2, QUESTION.3, dialog::COLUMNS));
    Ok(row.first::<Row>(connection).optional()?.map(from_row))
}

/// The questions that wait in open rooms and whose own message, or one of the `before` messages before
/// it, names the file and is not withdrawn.
pub fn list_showing(connection: &mut AnyConnection, fileid: &FileId, before: i64) -> Result<Vec<Question>> {
    let naming = diesel::alias!(social_dialog as naming);
    let names = naming
        .field(social_dialog::roomid)
        .eq(file_sent::roomid)
        .and(naming.field(social_dialog::roomseq).eq(file_sent::roomseq));
    let shows = social_dialog::roomid
        .eq(file_sent::roomid)
        .and(social_dialog::roomseq.between(file_sent::roomseq, file_sent::roomseq + before));
    let questions = social_dialog::table
        .inner_join(rooms::table.on(rooms::roomid.eq(social_dialog::roomid)))
        .inner_join(account::table)
        .inner_join(file_sent::table.on(shows))
        .inner_join(naming.on(names))
        .filter(file_sent::fileid.eq(fileid).and(naming.field(social_dialog::recalled).eq(false)))
        .filter(is_waiting())
        .filter(social_dialog::recalled.eq(false).and(rooms::open.eq(true)))
        .select((QUESTION.0, QUESTION.1, QUESTION.2, QUESTION.3, dialog::COLUMNS));
    let rows = questions.limit(MOST_SHOWING).load::<Row>(connection)?;
    Ok(rows.into_iter().map(from_row).collect())
}

/// Records that `uid` will answer a question, and nobody else of the duty desk until then.
pub fn set_claim(tx: &mut Tx<'_>, question: &Question, uid: &Uid, until: Time) -> Result<()> {
    diesel::update(social_dialog::table.filter(social_dialog::dialogid.eq(&question.dialog.dialogid)))
        .set((social_dialog::claimuid.eq(uid), social_dialog::claimuntil.eq(until)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Marks a question as answered by the duty doctor `duty`, by the message `answer`, and with it what the
/// same person asked in the room before it, as far as nobody else has claimed that. Returns the questions.
pub fn settle_by_duty_doctor(
    tx: &mut Tx<'_>,
    question: &Question,
    duty: &Uid,
    answer: i64,
) -> Result<Vec<Asked>> {
    let Dialog { roomid, roomseq, from, .. } = &question.dialog;
    let now = tx.now;
    let taken = social_dialog::claimuntil.gt(now).and(social_dialog::claimuid.ne(duty));
    let free = social_dialog::claimuid.is_null().or(diesel::dsl::not(taken));
    let asked = social_dialog::roomid.eq(roomid).and(social_dialog::roomseq.le(roomseq));
    let update = diesel::update(social_dialog::table.filter(asked.and(social_dialog::fromuid.eq(&from.uid))))
        .filter(is_waiting())
        .filter(free)
        .set((
            social_dialog::process.eq(Process::ByDutyDoctor),
            social_dialog::dutyuid.eq(duty),
            social_dialog::answerseq.eq(answer),
        ));
    Ok(update.returning(ASKED).get_results(&mut **tx)?)
}

/// Lists what a message of a room has answered: each question's number, who asked it, and what names it.
pub fn list_answered_by(
    connection: &mut AnyConnection,
    roomid: &RoomId,
    answer: i64,
) -> Result<Vec<(i64, Uid, Asked)>> {
    let answered = social_dialog::roomid.eq(roomid).and(social_dialog::answerseq.eq(answer));
    let answered = social_dialog::table.filter(answered.and(social_dialog::roomseq.lt(answer)));
    let columns = (social_dialog::roomseq, social_dialog::fromuid, ASKED);
    Ok(answered.order(social_dialog::roomseq).select(columns).load(connection)?)
}

/// Finds the first message after `after` by which another member than `asker` would have answered.
pub fn find_next_answer(
    connection: &mut AnyConnection,
    roomid: &RoomId,
    after: i64,
    asker: &Uid,
) -> Result<Option<i64>> {
    let later = social_dialog::roomid.eq(roomid).and(social_dialog::roomseq.gt(after));
    let by_member = social_dialog::fromuid.ne(asker).and(social_dialog::onbehalfof.is_null());
    let is_question = social_dialog::process.is_not_null();
    let notices = [DialogKind::System, DialogKind::VideoCall];
    Ok(social_dialog::table
        .filter(later.and(by_member).and(social_dialog::recalled.eq(false)))
        .filter(diesel::dsl::not(is_question).and(social_dialog::kind.ne_all(notices)))
        .order(social_dialog::roomseq)
        .select(social_dialog::roomseq)
        .first(connection)
        .optional()?)
}

/// Sets which message of the room's members has answered a question; without one it waits again.
pub fn set_answer(tx: &mut Tx<'_>, roomid: &RoomId, roomseq: i64, answer: Option<i64>) -> Result<()> {
    let process = if answer.is_some() { Process::ByDoctor } else { Process::Waiting };
    diesel::update(social_dialog::table.find((roomid, roomseq)))
        .set((
            social_dialog::process.eq(process),
            social_dialog::answerseq.eq(answer),
            social_dialog::dutyuid.eq(None::<Uid>),
            social_dialog::claimuid.eq(None::<Uid>),
            social_dialog::claimuntil.eq(None::<Time>),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// What waits in these rooms is no question any more.
pub fn drop_waiting(tx: &mut Tx<'_>, rooms: &[RoomId]) -> Result<()> {
    for rooms in rooms.chunks(MANY) {
        diesel::update(social_dialog::table.filter(social_dialog::roomid.eq_any(rooms)))
            .filter(is_waiting())
            .set(social_dialog::process.eq(None::<Process>))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Lists what waits in these rooms.
pub fn list_waiting_in(tx: &mut Tx<'_>, rooms: &[RoomId]) -> Result<Vec<Asked>> {
    let mut waiting = Vec::new();
    for rooms in rooms.chunks(MANY) {
        let theirs = social_dialog::table.filter(social_dialog::roomid.eq_any(rooms)).filter(is_waiting());
        waiting.extend(theirs.select(ASKED).load::<Asked>(&mut **tx)?);
    }
    Ok(waiting)
}

/// Has what somebody has claimed end at `until` at the latest; returns what would have been longer theirs.
pub fn shorten_claims(tx: &mut Tx<'_>, uid: &Uid, until: Time) -> Result<Vec<Asked>> {
    let theirs = social_dialog::claimuid.eq(uid).and(social_dialog::claimuntil.gt(until));
    let update = diesel::update(social_dialog::table.filter(theirs).filter(is_waiting()));
    Ok(update.set(social_dialog::claimuntil.eq(until)).returning(ASKED).get_results(&mut **tx)?)
}

/// Who leads the team that a resident is under contract in force with.
pub fn find_team_leader(connection: &mut AnyConnection, resident: &Uid) -> Result<Option<Uid>> {
    let signed = social_signed::uid.eq(resident).and(social_signed::status.eq(ContractStatus::Signed));
    let team = social_signed::table.inner_join(team::table).filter(signed);
    Ok(team.select(team::leader).first(connection).optional()?)
}

/// Records that `whom` has been reminded of the question, and of what else its asker asked up to
/// `asked` in the room and waits; false where they had been reminded of it before.
pub fn mark_reminded(
    tx: &mut Tx<'_>,
    question: &Question,
    whom: ReminderTarget,
    asked: Time,
) -> Result<bool> {
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
    diesel::update(social_dialog::table.filter(due).filter(is_waiting()))
        .set(social_dialog::reminded.eq(whom.mark()))
        .execute(&mut **tx)?;
    Ok(true)
}

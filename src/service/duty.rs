//! The duty desk: who may sit at it, and claiming and reminding of questions. Answering is in `duty_answers`.

use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Caller, DialogId, Reason, Role, RoomId, Time, Uid};
use crate::protocol::objects::Person;
use crate::service::posting::{self, NewDialog, Posted};
use crate::service::questions;
use crate::store::account;
use crate::store::duty_roster;
use crate::store::question::{self, Question};
use crate::store::room::{self, Room};
use std::collections::BTreeSet;
use std::time::Duration;

/// What a reminder without words of its own says.
const PLEASE_ANSWER: &str = "有一条提问尚未回复，请及时处理";

/// Fails with `FA_PERMISSION` where somebody may not sit at the desk, or not any more.
pub fn require_seat(connection: &mut AnyConnection, caller: &Caller) -> Result<()> {
    match may_sit(connection, caller)? {
        true => Ok(()),
        false => Err(Error::Permission("this is for administrators and doctors on duty")),
    }
}

/// Returns whether somebody may sit at the desk: an administrator, or a doctor who is on duty now.
pub fn may_sit(connection: &mut AnyConnection, caller: &Caller) -> Result<bool> {
    match caller.role {
        Role::Admin => Ok(true),
        Role::Doctor => duty_roster::is_on_duty(connection, &caller.uid, Time::now()),
        Role::User => Ok(false),
    }
}

/// Who sits at the desk: doctors who are on duty, and of the administrators who have it open those whose account is open.
pub fn list_desk(connection: &mut AnyConnection, open: &[Uid], now: Time) -> Result<Vec<Uid>> {
    let opened = account::list_by_ids(connection, open)?.into_iter().filter(|account| !account.disabled);
    let on_duty = duty_roster::list_on_duty(connection, now)?;
    let desk: BTreeSet<Uid> = opened.map(|account| account.uid).chain(on_duty).collect();
    Ok(desk.into_iter().collect())
}

/// Lists the questions that wait, oldest first, starting after a cursor; each with the doctor whose
/// answer it waits for.
pub fn list(
    connection: &mut AnyConnection,
    after: Option<&Cursor<DialogId>>,
    limit: i64,
) -> Result<Vec<(Question, Option<Person>)>> {
    let questions = question::list(connection, after, limit)?.into_iter();
    let with_doctor = |question: Question| {
        let doctor = questions::find_doctor(connection, &question)?;
        Ok((question, doctor))
    };
    questions.map(with_doctor).collect()
}

/// Claims a question for a caller: nobody else of the desk may answer it for this long, or until they are
/// off duty. Claiming it again prolongs that. Returns when the claim ends.
pub fn claim(tx: &mut Tx<'_>, caller: &Caller, dialogid: &DialogId, lifetime: Duration) -> Result<Time> {
    require_seat(tx, caller)?;
    let (_, mut question) = lock_for(tx, dialogid, &caller.uid)?;
    let (now, latest) = (tx.now, tx.now + lifetime);
    let until = match caller.role {
        Role::Admin => latest,
        Role::Doctor | Role::User => {
            let turn = duty_roster::find_turn_end(tx, &caller.uid, now)?;
            turn.map_or(now, |ends| ends.unwrap_or(latest).min(latest))
        }
    };
    question::set_claim(tx, &question, &caller.uid, until)?;
    question.claim = Some((caller.uid.clone(), until));
    questions::announce_waiting(tx, &question)?;
    Ok(until)
}

/// Locks a question that `uid` may answer, and its room.
pub fn lock_for(tx: &mut Tx<'_>, dialogid: &DialogId, uid: &Uid) -> Result<(Room, Question)> {
    let (room, question) = questions::lock(tx, dialogid)?;
    require_may_answer(&question, uid, tx.now)?;
    Ok((room, question))
}

/// Refuses one's own question, and one that somebody else of the desk has taken on.
pub fn require_may_answer(question: &Question, uid: &Uid, now: Time) -> Result<()> {
    if question.dialog.from.uid == *uid {
        return Err(Error::Permission("one's own question is for others to answer"));
    }
    match question.claim_at(now) {
        Some((by, _)) if by != uid => Err(Error::State("somebody else has taken the question on")),
        Some(_) | None => Ok(()),
    }
}

/// A message that was written from the desk.
#[derive(Debug, Clone)]
pub struct Written {
    /// The message.
    pub dialogid: DialogId,
    /// Its room.
    pub roomid: RoomId,
    /// Its number in the room.
    pub roomseq: i64,
}

impl From<Posted> for Written {
    fn from(Posted { dialog, .. }: Posted) -> Self {
        Self { dialogid: dialog.dialogid, roomid: dialog.roomid, roomseq: dialog.roomseq }
    }
}

/// Reminds a room of a question that waits, by a notice in it.
pub fn remind(
    tx: &mut Tx<'_>,
    caller: &Caller,
    dialogid: &DialogId,
    words: Option<&Reason>,
) -> Result<Written> {
    require_seat(tx, caller)?;
    let notice = NewDialog::notice(words.map_or(PLEASE_ANSWER, Reason::as_str).to_owned());
    let (room, question) = questions::lock(tx, dialogid)?;
    let room = room::reserve_next_seq(tx, &room.roomid)?.ok_or(Error::NotFound("room"))?;
    let posted = posting::post(tx, room, &caller.uid, &notice)?;
    tx.push(posted.reminder(&question.dialog));
    questions::announce_waiting(tx, &question)?;
    Ok(posted.into())
}

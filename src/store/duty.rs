//! The duty roster: which doctors are on duty when.

use super::account;
use crate::db::connection::AnyConnection;
use crate::db::schema::{account as accounts, duty_roster};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Role, RosterId, Time, Uid};
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;

/// One doctor's turn of duty.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, Queryable)]
pub struct Turn {
    /// The turn.
    pub rosterid: RosterId,
    /// The doctor.
    pub uid: Uid,
    /// What the doctor is called.
    #[schemars(example = &"赵医生")]
    pub name: String,
    /// From when.
    pub begins: Time,
    /// Until when; until further notice where there is no end.
    pub ends: Option<Time>,
}

impl Turn {
    /// Whether the doctor is on duty then.
    pub fn is_at(&self, time: Time) -> bool {
        self.begins <= time && self.ends.is_none_or(|ends| ends > time)
    }
}

/// Who is on duty at a time.
pub fn list_on_duty(connection: &mut AnyConnection, at: Time) -> Result<Vec<Uid>> {
    let ends = duty_roster::ends.is_null().or(duty_roster::ends.gt(at));
    let now = duty_roster::table.filter(duty_roster::begins.le(at).and(ends));
    Ok(now.select(duty_roster::uid).distinct().load(connection)?)
}

/// The columns of a turn.
const TURN: (
    duty_roster::rosterid,
    duty_roster::uid,
    accounts::name,
    duty_roster::begins,
    duty_roster::ends,
) = (duty_roster::rosterid, duty_roster::uid, accounts::name, duty_roster::begins, duty_roster::ends);

/// The turns, the one made last first, those before the cursor `before`.
pub fn list(connection: &mut AnyConnection, before: Option<&RosterId>, limit: i64) -> Result<Vec<Turn>> {
    let mut turns = duty_roster::table.inner_join(accounts::table).select(TURN).into_boxed();
    if let Some(before) = before {
        turns = turns.filter(duty_roster::rosterid.lt(before.clone()));
    }
    Ok(turns.order(duty_roster::rosterid.desc()).limit(limit).load(connection)?)
}

/// The turn, or `FA_NOTFOUND`.
fn find(connection: &mut AnyConnection, rosterid: &RosterId) -> Result<Turn> {
    let turn = duty_roster::table.find(rosterid).inner_join(accounts::table).select(TURN);
    turn.first(connection).optional()?.ok_or(Error::NotFound("turn of duty"))
}

/// Puts a doctor on duty from `begins` until `ends`, or until further notice; `FA_CONFLICT` where
/// another turn of theirs runs into it.
pub fn insert(tx: &mut Tx<'_>, uid: &Uid, begins: Time, ends: Option<Time>) -> Result<Turn> {
    require_doctor(tx, uid)?;
    let rosterid = RosterId::new();
    diesel::insert_into(duty_roster::table)
        .values((
            duty_roster::rosterid.eq(&rosterid),
            duty_roster::uid.eq(uid),
            duty_roster::begins.eq(begins),
            duty_roster::ends.eq(ends),
        ))
        .execute(&mut **tx)?;
    let turn = find(tx, &rosterid)?;
    check(tx, turn)
}

/// Gives a turn another end; likewise.
pub fn set_end(tx: &mut Tx<'_>, rosterid: &RosterId, ends: Option<Time>) -> Result<Turn> {
    let turn = find(tx, rosterid)?;
    require_doctor(tx, &turn.uid)?;
    diesel::update(duty_roster::table.find(rosterid)).set(duty_roster::ends.eq(ends)).execute(&mut **tx)?;
    let turn = find(tx, rosterid)?;
    check(tx, turn)
}

/// Takes a turn off the roster; returns what it was.
pub fn delete(tx: &mut Tx<'_>, rosterid: &RosterId) -> Result<Turn> {
    let turn = find(tx, rosterid)?;
    diesel::delete(duty_roster::table.find(rosterid)).execute(&mut **tx)?;
    Ok(turn)
}

/// Locks the doctor's account, which is the lock of their turns.
fn require_doctor(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    match account::lock(tx, uid)? {
        Some(account) if account.role == Role::Doctor && !account.disabled => Ok(()),
        Some(_) | None => Err(Error::param("uid", "is not a doctor")),
    }
}

/// Refuses a turn that ends before it begins, or that another one of the doctor runs into.
fn check(tx: &mut Tx<'_>, turn: Turn) -> Result<Turn> {
    if turn.ends.is_some_and(|ends| ends <= turn.begins) {
        return Err(Error::param("ends", "must be after begins"));
    }
    let others = duty_roster::uid.eq(&turn.uid).and(duty_roster::rosterid.ne(&turn.rosterid));
    let still = duty_roster::ends.is_null().or(duty_roster::ends.gt(turn.begins));
    let already = duty_roster::begins.lt(turn.ends.unwrap_or(Time::from_millis(i64::MAX)));
    let beside = duty_roster::table.filter(others.and(still).and(already));
    match diesel::select(diesel::dsl::exists(beside)).get_result(&mut **tx)? {
        true => Err(Error::Conflict("the doctor is on duty then already")),
        false => Ok(turn),
    }
}

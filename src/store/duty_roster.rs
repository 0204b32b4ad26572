//! The duty roster: which doctors are on duty when.

use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::schema::{account, duty_roster};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{RosterId, Time, Uid};
use crate::protocol::effect::Effect;
use diesel::dsl::min;
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// One doctor's turn of duty.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, Queryable)]
pub struct Shift {
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

impl Shift {
    /// Whether the doctor is on duty at `time`.
    pub fn covers(&self, time: Time) -> bool {
        self.begins <= time && self.ends.is_none_or(|ends| ends > time)
    }
}

/// The columns of a shift.
const SHIFT: (
    duty_roster::rosterid,
    duty_roster::uid,
    account::name,
    duty_roster::begins,
    duty_roster::ends,
) = (duty_roster::rosterid, duty_roster::uid, account::name, duty_roster::begins, duty_roster::ends);

/// Lists who is on duty at a time; whose account is closed is not.
pub fn list_on_duty(connection: &mut AnyConnection, at: Time) -> Result<BTreeSet<Uid>> {
    let ends = duty_roster::ends.is_null().or(duty_roster::ends.gt(at));
    let now = duty_roster::table.filter(duty_roster::begins.le(at).and(ends));
    let open = now.inner_join(account::table).filter(account::disabled.eq(false));
    Ok(open.select(duty_roster::uid).load(connection)?.into_iter().collect())
}

/// Finds when a turn begins or ends next, after a time; `None` where none does.
pub fn find_next_change(connection: &mut AnyConnection, after: Time) -> Result<Option<Time>> {
    let ends = duty_roster::ends.is_null().or(duty_roster::ends.gt(after));
    let coming = duty_roster::table.filter(ends.and(duty_roster::begins.gt(after)));
    let begins: Option<Time> = coming.select(min(duty_roster::begins)).first(connection)?;
    let ending = duty_roster::table.filter(duty_roster::ends.gt(after));
    let ends: Option<Time> = ending.select(min(duty_roster::ends)).first(connection)?;
    Ok(begins.into_iter().chain(ends).min())
}

/// Returns whether a doctor is on duty at a time.
pub fn is_on_duty(connection: &mut AnyConnection, uid: &Uid, at: Time) -> Result<bool> {
    let ends = duty_roster::ends.is_null().or(duty_roster::ends.gt(at));
    let own = duty_roster::table.filter(duty_roster::uid.eq(uid));
    let now = own.filter(duty_roster::begins.le(at).and(ends));
    Ok(diesel::select(diesel::dsl::exists(now)).get_result(connection)?)
}

/// Finds when the turn ends that a doctor is on at a time: without an end until further notice; `None`
/// where the doctor is on none.
pub fn find_turn_end(connection: &mut AnyConnection, uid: &Uid, at: Time) -> Result<Option<Option<Time>>> {
    let ends = duty_roster::ends.is_null().or(duty_roster::ends.gt(at));
    let now = duty_roster::table.filter(duty_roster::uid.eq(uid).and(duty_roster::begins.le(at)));
    Ok(now.filter(ends).select(duty_roster::ends).first(connection).optional()?)
}

/// Lists shifts, the one inserted last first, starting after the cursor `before`.
pub fn list(connection: &mut AnyConnection, before: Option<&RosterId>, limit: i64) -> Result<Vec<Shift>> {
    let mut shifts = duty_roster::table.inner_join(account::table).select(SHIFT).into_boxed();
    if let Some(before) = before {
        shifts = shifts.filter(duty_roster::rosterid.lt(before.clone()));
    }
    Ok(shifts.order(duty_roster::rosterid.desc()).limit(limit).load(connection)?)
}

/// Lists the shifts that cover some of the time from `from` until `to`, the one that begins first first, starting
/// after the cursor `before`.
pub fn list_between(
    connection: &mut AnyConnection,
    (from, to): (Time, Time),
    before: Option<&Cursor<RosterId>>,
    limit: i64,
) -> Result<Vec<Shift>> {
    let ends = duty_roster::ends.is_null().or(duty_roster::ends.gt(from));
    let mut shifts = duty_roster::table
        .inner_join(account::table)
        .filter(ends.and(duty_roster::begins.lt(to)))
        .select(SHIFT)
        .into_boxed();
    if let Some(Cursor(begins, rosterid)) = before {
        let later = duty_roster::begins.gt(*begins).or(duty_roster::rosterid.gt(rosterid.clone()));
        shifts = shifts.filter(duty_roster::begins.ge(*begins).and(later));
    }
    Ok(shifts.order((duty_roster::begins, duty_roster::rosterid)).limit(limit).load(connection)?)
}

/// Finds a shift.
pub fn find(connection: &mut AnyConnection, rosterid: &RosterId) -> Result<Option<Shift>> {
    let shift = duty_roster::table.find(rosterid).inner_join(account::table).select(SHIFT);
    Ok(shift.first(connection).optional()?)
}

/// Inserts a shift; it has no end if `ends` is `None`.
pub fn insert(tx: &mut Tx<'_>, uid: &Uid, begins: Time, ends: Option<Time>) -> Result<RosterId> {
    let rosterid = RosterId::new();
    diesel::insert_into(duty_roster::table)
        .values((
            duty_roster::rosterid.eq(&rosterid),
            duty_roster::uid.eq(uid),
            duty_roster::begins.eq(begins),
            duty_roster::ends.eq(ends),
        ))
        .execute(&mut **tx)?;
    tx.effect(Effect::RosterChanged);
    Ok(rosterid)
}

/// Sets when a shift ends.
pub fn set_end(tx: &mut Tx<'_>, rosterid: &RosterId, ends: Option<Time>) -> Result<()> {
    diesel::update(duty_roster::table.find(rosterid)).set(duty_roster::ends.eq(ends)).execute(&mut **tx)?;
    tx.effect(Effect::RosterChanged);
    Ok(())
}

/// Deletes a shift.
pub fn delete(tx: &mut Tx<'_>, rosterid: &RosterId) -> Result<()> {
    diesel::delete(duty_roster::table.find(rosterid)).execute(&mut **tx)?;
    tx.effect(Effect::RosterChanged);
    Ok(())
}

/// Returns whether another shift of the same doctor overlaps this one.
pub fn overlaps_another(connection: &mut AnyConnection, shift: &Shift) -> Result<bool> {
    let others = duty_roster::uid.eq(&shift.uid).and(duty_roster::rosterid.ne(&shift.rosterid));
    let ends_after = duty_roster::ends.is_null().or(duty_roster::ends.gt(shift.begins));
    let begins_before = duty_roster::begins.lt(shift.ends.unwrap_or(Time::from_millis(i64::MAX)));
    let overlapping = duty_roster::table.filter(others.and(ends_after).and(begins_before));
    Ok(diesel::select(diesel::dsl::exists(overlapping)).get_result(connection)?)
}

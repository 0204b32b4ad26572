//! The duty roster: who puts doctors on duty, and for how long; who is on duty, and until when that stays so.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Malformed, Role, RosterId, Time, Uid};
use crate::service::questions;
use crate::store::account;
use crate::store::duty_roster::{self, Shift};
use std::collections::BTreeSet;

const NO_SHIFT: Error = Error::NotFound("turn of duty");

/// Who is on duty, as long as nobody changes the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// The doctors who are.
    pub doctors: BTreeSet<Uid>,
    /// When a turn begins or ends next; `None` where none does.
    pub until: Option<Time>,
}

/// Finds who is on duty.
pub fn find_on_duty(connection: &mut AnyConnection, now: Time) -> Result<OnDuty> {
    let doctors = duty_roster::list_on_duty(connection, now)?;
    Ok(OnDuty { doctors, until: duty_roster::find_next_change(connection, now)? })
}

/// Puts a doctor on duty from `begins` until `ends`, or without an end. Fails with `FA_CONFLICT` if
/// another shift of the doctor overlaps it.
pub fn add(tx: &mut Tx<'_>, uid: &Uid, begins: Time, ends: Option<Time>) -> Result<Shift> {
    lock_doctor(tx, uid)?;
    let rosterid = duty_roster::insert(tx, uid, begins, ends)?;
    find_checked(tx, &rosterid)
}

/// Changes when a shift ends; fails as [`add`] does. What the doctor has claimed is free from then on.
pub fn set_end(tx: &mut Tx<'_>, rosterid: &RosterId, ends: Option<Time>) -> Result<Shift> {
    let shift = duty_roster::find(tx, rosterid)?.ok_or(NO_SHIFT)?;
    lock_doctor(tx, &shift.uid)?;
    duty_roster::set_end(tx, rosterid, ends)?;
    let changed = find_checked(tx, rosterid)?;
    if let Some(ends) = changed.ends.filter(|_| shift.covers(tx.now)) {
        questions::shorten_claims(tx, &shift.uid, ends)?;
    }
    Ok(changed)
}

/// Removes a shift, and frees what the doctor has claimed on it; returns what it was.
pub fn remove(tx: &mut Tx<'_>, rosterid: &RosterId) -> Result<Shift> {
    let shift = duty_roster::find(tx, rosterid)?.ok_or(NO_SHIFT)?;
    duty_roster::delete(tx, rosterid)?;
    if shift.covers(tx.now) {
        questions::shorten_claims(tx, &shift.uid, tx.now)?;
    }
    Ok(shift)
}

/// Locks the doctor's account, and with it the doctor's shifts.
fn lock_doctor(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    match account::lock(tx, uid)? {
        Some(account) if account.role == Role::Doctor && !account.disabled => Ok(()),
        Some(_) | None => Err(Error::param("uid", "is not a doctor")),
    }
}

/// Finds a shift that was written; fails if it ends before it begins or overlaps another.
fn find_checked(tx: &mut Tx<'_>, rosterid: &RosterId) -> Result<Shift> {
    let shift = duty_roster::find(tx, rosterid)?.ok_or(NO_SHIFT)?;
    if shift.ends.is_some_and(|ends| ends <= shift.begins) {
        return Err(Error::param("ends", Malformed::Order("begins")));
    }
    match duty_roster::overlaps_another(tx, &shift)? {
        true => Err(Error::Conflict("the doctor is on duty then already")),
        false => Ok(shift),
    }
}

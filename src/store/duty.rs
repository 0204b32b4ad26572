//! The duty roster: which doctors are on duty when.

use super::connection::AnyConnection;
use super::schema::duty_roster;
use super::tx::Tx;
use crate::error::Result;
use crate::model::{MessageId, Time, Uid};
use diesel::prelude::*;

/// Who is on duty at a time.
pub fn list_on_duty(connection: &mut AnyConnection, at: Time) -> Result<Vec<Uid>> {
    let ends = duty_roster::ends.is_null().or(duty_roster::ends.gt(at));
    let now = duty_roster::table.filter(duty_roster::begins.le(at).and(ends));
    Ok(now.select(duty_roster::uid).distinct().load(connection)?)
}

/// Puts a doctor on duty from `begins` until `ends`, or until further notice.
pub fn insert(tx: &mut Tx<'_>, uid: &Uid, begins: Time, ends: Option<Time>) -> Result<()> {
    diesel::insert_into(duty_roster::table)
        .values((
            duty_roster::rosterid.eq(MessageId::new()),
            duty_roster::uid.eq(uid),
            duty_roster::begins.eq(begins),
            duty_roster::ends.eq(ends),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

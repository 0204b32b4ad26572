//! Counts for the administrators' dashboard.

use super::{duty_roster, question, tally};
use crate::db::connection::AnyConnection;
use crate::db::schema::{community, social_signed, team};
use crate::error::Result;
use crate::model::{Role, Time};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use schemars::JsonSchema;
use serde::Serialize;

/// How much there is of what, for a dashboard.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Counts {
    /// Residents whose accounts are open.
    pub users: i64,
    /// Doctors, likewise.
    pub doctors: i64,
    /// Administrators, likewise.
    pub admins: i64,
    /// Communities that are open.
    pub communities: i64,
    /// Teams that are open.
    pub teams: i64,
    /// Contracts applied for and not answered.
    pub applied: i64,
    /// Contracts in force.
    pub signed: i64,
    /// Questions that nobody has answered.
    pub waiting: i64,
    /// Doctors who are on duty.
    pub onduty: i64,
}

/// Counts what there is now.
pub fn count(connection: &mut AnyConnection, now: Time) -> Result<Counts> {
    Ok(Counts {
        users: tally::count_accounts(connection, Role::User)?,
        doctors: tally::count_accounts(connection, Role::Doctor)?,
        admins: tally::count_accounts(connection, Role::Admin)?,
        communities: community::table.filter(community::disabled.eq(false)).count().get_result(connection)?,
        teams: team::table.filter(team::disabled.eq(false)).count().get_result(connection)?,
        applied: count_applied(connection)?,
        signed: count_signed(connection)?,
        waiting: question::count_waiting(connection)?,
        onduty: duty_roster::list_on_duty(connection, now)?.len() as i64,
    })
}

/// Contracts that wait for an answer, as the condition of the partial index says it.
fn count_applied(connection: &mut AnyConnection) -> Result<i64> {
    let applied = social_signed::table.filter(sql::<Bool>("social_signed.status = 'applied'"));
    Ok(applied.count().get_result(connection)?)
}

/// Contracts in force, as each team has counted its own.
fn count_signed(connection: &mut AnyConnection) -> Result<i64> {
    let signed = sql::<BigInt>("CAST(coalesce(sum(team.signed), 0) AS BIGINT)");
    Ok(team::table.select(signed).first(connection)?)
}

//! Counts for the administrators' dashboard.

use super::{duty_roster, question};
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, community, social_dialog, social_signed, team};
use crate::error::Result;
use crate::model::{ContractStatus, DialogId, Role, Time};
use diesel::prelude::*;
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
        users: count_accounts(connection, Role::User)?,
        doctors: count_accounts(connection, Role::Doctor)?,
        admins: count_accounts(connection, Role::Admin)?,
        communities: community::table.filter(community::disabled.eq(false)).count().get_result(connection)?,
        teams: team::table.filter(team::disabled.eq(false)).count().get_result(connection)?,
        applied: count_contracts(connection, ContractStatus::Applied)?,
        signed: count_contracts(connection, ContractStatus::Signed)?,
        waiting: question::count_waiting(connection)?,
        onduty: duty_roster::list_on_duty(connection, now)?.len() as i64,
    })
}

fn count_accounts(connection: &mut AnyConnection, role: Role) -> Result<i64> {
    let open = account::table.filter(account::role.eq(role).and(account::disabled.eq(false)));
    Ok(open.count().get_result(connection)?)
}

fn count_contracts(connection: &mut AnyConnection, status: ContractStatus) -> Result<i64> {
    let contracts = social_signed::table.filter(social_signed::status.eq(status));
    Ok(contracts.count().get_result(connection)?)
}

/// Counts the messages written between each of these ascending times and the next one. Ids begin
/// with the time that they were made at, so that only their index is read.
pub fn count_messages(connection: &mut AnyConnection, times: &[Time]) -> Result<Vec<i64>> {
    let written = |span: &[Time]| {
        let ids = DialogId::least_from(span[0])..DialogId::least_from(span[1]);
        let made = social_dialog::dialogid.ge(ids.start).and(social_dialog::dialogid.lt(ids.end));
        Ok(social_dialog::table.filter(made).count().get_result(connection)?)
    };
    times.windows(2).map(written).collect()
}

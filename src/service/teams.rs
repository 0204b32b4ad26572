//! Teams: creating, changing and closing them. Their rooms and contracts follow.

use crate::db::connection::AnyConnection;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Access, Role, Stid, Time, Uid};
use crate::protocol::pushes::Push;
use crate::service::communities;
use crate::service::rooms::{alonechat, teammate};
use crate::store::listed_team::{self, ListedTeam};
use crate::store::name_query::NameQuery;
use crate::store::team::{self, NewTeam, Team, TeamChange, TeamDoctor};
use crate::store::{account, contract, duty_roster};
use std::collections::BTreeSet;

/// Creates a team with its room. The leader is one of its doctors, whether listed among them or not.
pub fn create(tx: &mut Tx<'_>, new: &NewTeam) -> Result<Stid> {
    communities::require_open(tx, &new.communityid)?;
    let doctors: BTreeSet<&Uid> = new.doctors.iter().chain([&new.leader]).collect();
    for uid in &doctors {
        require_doctor(tx, uid, &new.leader)?;
    }
    let stid = team::insert(tx, new)?;
    for uid in doctors {
        team::insert_doctor(tx, &stid, uid)?;
    }
    let team = team::lock(tx, &stid)?;
    teammate::sync_members(tx, &team)?;
    Ok(stid)
}

/// Changes a team and its doctors.
pub fn change(tx: &mut Tx<'_>, stid: &Stid, change: &TeamChange) -> Result<()> {
    let team = team::lock(tx, stid)?;
    let leader = change.leader.as_ref().unwrap_or(&team.leader);
    let before = BTreeSet::from_iter(team::list_all_doctor_ids(tx, stid)?);
    let mut after =
        change.doctors.as_ref().map_or(before.clone(), |doctors| doctors.iter().cloned().collect());
    after.insert(leader.clone());
    for uid in after.difference(&before) {
        require_doctor(tx, uid, leader)?;
    }
    if let Some(communityid) = &change.communityid {
        communities::require_open(tx, communityid)?;
    }
    team::update(tx, stid, change)?;
    for uid in after.difference(&before) {
        team::insert_doctor(tx, stid, uid)?;
    }
    for uid in before.difference(&after) {
        team::delete_doctor(tx, stid, uid)?;
    }
    let changed = team::lock(tx, stid)?;
    teammate::sync_members(tx, &changed)?;
    for uid in after.symmetric_difference(&before) {
        alonechat::sync_members(tx, uid)?;
    }
    before.difference(&after).try_for_each(|uid| hand_over_contracts(tx, stid, uid, leader))
}

/// Moves the open contracts of a doctor who has left a team to its leader, and tells the leader and
/// the residents.
fn hand_over_contracts(tx: &mut Tx<'_>, stid: &Stid, doctor: &Uid, leader: &Uid) -> Result<()> {
    for sid in contract::list_open_of_doctor(tx, stid, doctor)? {
        contract::set_doctor(tx, &sid, leader)?;
        let contract = contract::find(tx, &sid)?.ok_or(Error::NotFound("contract"))?;
        alonechat::ensure(tx, &contract.uid, leader)?;
        tx.push(Push::Signed(vec![contract.uid.clone(), leader.clone()], contract));
    }
    Ok(())
}

/// Closes a team for applications, or opens it again; contracts in force stay.
pub fn set_access(tx: &mut Tx<'_>, stid: &Stid, access: Access) -> Result<()> {
    let team = team::lock(tx, stid)?;
    team::set_access(tx, stid, access)?;
    teammate::sync_members(tx, &Team { disabled: access.is_closed(), ..team }).map(drop)
}

/// Fails with `FA_PARAM` unless `uid` is an open account of a doctor.
fn require_doctor(tx: &mut Tx<'_>, uid: &Uid, leader: &Uid) -> Result<()> {
    let field = if uid == leader { "leader" } else { "doctors" };
    match account::find(tx, uid)? {
        Some(found) if found.role == Role::Doctor && !found.disabled => Ok(()),
        Some(_) | None => Err(Error::param(field, format!("{uid} is not a doctor"))),
    }
}

/// Lists the teams, closed ones included, newest first; each with the ids of all its doctors.
pub fn list_all(
    connection: &mut AnyConnection,
    query: &NameQuery<Stid>,
) -> Result<Vec<(ListedTeam, Vec<Uid>)>> {
    let teams = listed_team::list(connection, query)?.into_iter();
    teams.map(|team| Ok((team.clone(), team::list_all_doctor_ids(connection, &team.stid)?))).collect()
}

/// The open teams that somebody may apply to, with their open doctors and who is on duty.
#[derive(Debug)]
pub struct Directory {
    /// The teams, each with its doctors.
    pub teams: Vec<(Team, Vec<TeamDoctor>)>,
    /// The doctors who are on duty now.
    pub on_duty: BTreeSet<Uid>,
}

/// Lists the open teams of somebody's community, newest first; of all communities if they belong to
/// none.
pub fn list_directory(
    connection: &mut AnyConnection,
    uid: &Uid,
    before: Option<&Stid>,
    limit: i64,
) -> Result<Directory> {
    let communityid = account::find_active(connection, uid, "account")?.communityid;
    let on_duty = duty_roster::list_on_duty(connection, Time::now())?;
    let teams = team::list(connection, communityid.as_ref(), before, limit)?.into_iter();
    let with_doctors = |team: Team| Ok((team.clone(), team::list_doctors(connection, &team.stid)?));
    Ok(Directory { teams: teams.map(with_doctors).collect::<Result<_>>()?, on_duty })
}

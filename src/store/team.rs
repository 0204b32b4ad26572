//! Teams of doctors, and who is in them.

use super::{account, teammate};
use super::{office::Wanted, room};
use crate::db::connection::AnyConnection;
use crate::db::schema::{account as accounts, social_signed, team, team_doctor};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{CommunityId, ContractStatus, Name, Role, Stid, Time, Uid};
use diesel::prelude::*;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// A team.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = team)]
pub struct Team {
    /// The team.
    pub stid: Stid,
    /// What it is called.
    pub name: String,
    /// Where it works.
    pub communityid: CommunityId,
    /// The doctor who leads it.
    pub leader: Uid,
}

/// A doctor of a team.
#[derive(Debug, Clone, Queryable)]
pub struct TeamDoctor {
    /// The team.
    pub stid: Stid,
    /// The doctor.
    pub uid: Uid,
    /// What the doctor is called.
    pub name: String,
    /// The doctor's title.
    pub title: Option<String>,
}

/// The team that has not been closed, or `FA_NOTFOUND`.
pub fn find(connection: &mut AnyConnection, stid: &Stid) -> Result<Team> {
    let open = team::table.find(stid).filter(team::disabled.eq(false));
    open.select(Team::as_select()).first(connection).optional()?.ok_or(Error::NotFound("team"))
}

/// Locks a team, closed or not, or `FA_NOTFOUND`: whoever changes who is in it, or brings a contract
/// with it into force, does this first.
pub fn lock(tx: &mut Tx<'_>, stid: &Stid) -> Result<Team> {
    let touch = diesel::update(team::table.find(stid)).set(team::disabled.eq(team::disabled));
    touch.execute(&mut **tx)?;
    let team = team::table.find(stid).select(Team::as_select()).first(&mut **tx).optional()?;
    team.ok_or(Error::NotFound("team"))
}

/// The teams of a community, or of all of them, newest first, those before the cursor `before`.
pub fn list(
    connection: &mut AnyConnection,
    community: Option<&CommunityId>,
    before: Option<&Stid>,
    limit: i64,
) -> Result<Vec<Team>> {
    let mut open = team::table.filter(team::disabled.eq(false)).select(Team::as_select()).into_boxed();
    if let Some(community) = community {
        open = open.filter(team::communityid.eq(community.clone()));
    }
    if let Some(before) = before {
        open = open.filter(team::stid.lt(before.clone()));
    }
    Ok(open.order(team::stid.desc()).limit(limit).load(connection)?)
}

/// The open doctors of a team.
pub fn list_doctors(connection: &mut AnyConnection, stid: &Stid) -> Result<Vec<TeamDoctor>> {
    Ok(team_doctor::table
        .inner_join(accounts::table)
        .filter(team_doctor::stid.eq(stid).and(accounts::disabled.eq(false)))
        .order(team_doctor::uid)
        .select((team_doctor::stid, accounts::uid, accounts::name, accounts::title))
        .load(connection)?)
}

/// The ids of the open doctors of a team.
pub fn list_doctor_ids(connection: &mut AnyConnection, stid: &Stid) -> Result<Vec<Uid>> {
    Ok(list_doctors(connection, stid)?.into_iter().map(|doctor| doctor.uid).collect())
}

/// The teams that a doctor is in.
pub fn list_of(connection: &mut AnyConnection, doctor: &Uid) -> Result<Vec<Stid>> {
    let teams = team_doctor::table.filter(team_doctor::uid.eq(doctor)).order(team_doctor::stid);
    Ok(teams.select(team_doctor::stid).load(connection)?)
}

/// Whether a doctor is in a team.
pub fn has_doctor(connection: &mut AnyConnection, stid: &Stid, doctor: &Uid) -> Result<bool> {
    let there = team_doctor::table.find((stid, doctor));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(connection)?)
}

/// Makes a team with the room of its doctors; its leader is one of its doctors, named among them or not.
pub fn insert(
    tx: &mut Tx<'_>,
    name: &Name,
    community: &CommunityId,
    leader: &Uid,
    doctors: &[Uid],
) -> Result<Stid> {
    account::require_community(tx, community)?;
    let doctors: BTreeSet<&Uid> = doctors.iter().chain([leader]).collect();
    for uid in &doctors {
        require_doctor(tx, uid, if *uid == leader { "leader" } else { "doctors" })?;
    }
    let (stid, now) = (Stid::new(), tx.now);
    diesel::insert_into(team::table)
        .values((
            team::stid.eq(&stid),
            team::name.eq(name.as_str()),
            team::communityid.eq(community),
            team::leader.eq(leader),
            team::createtime.eq(now),
        ))
        .execute(&mut **tx)?;
    for uid in doctors {
        diesel::insert_into(team_doctor::table)
            .values((team_doctor::stid.eq(&stid), team_doctor::uid.eq(uid)))
            .execute(&mut **tx)?;
    }
    let team = find(tx, &stid)?;
    teammate::follow(tx, &team)?;
    Ok(stid)
}

/// A team, as the back office sees it.
#[derive(Debug, Clone, Serialize, JsonSchema, Queryable)]
pub struct ListedTeam {
    /// The team.
    pub stid: Stid,
    /// What it is called.
    #[schemars(example = &"签约团队一")]
    pub name: String,
    /// Where it works.
    pub communityid: CommunityId,
    /// The doctor who leads it.
    pub leader: Uid,
    /// Whether it is closed.
    pub disabled: bool,
    /// When it was made.
    pub createtime: Time,
}

/// The teams, closed ones too, newest first.
pub fn list_all(connection: &mut AnyConnection, wanted: &Wanted<Stid>) -> Result<Vec<ListedTeam>> {
    let mut rows = team::table.filter(team::name.like(wanted.pattern()).escape('\\')).into_boxed();
    if let Some(before) = &wanted.before {
        rows = rows.filter(team::stid.lt(before.clone()));
    }
    Ok(rows.order(team::stid.desc()).limit(wanted.limit).load(connection)?)
}

/// The ids of all doctors of a team, with those whose accounts are closed.
pub fn list_all_doctor_ids(connection: &mut AnyConnection, stid: &Stid) -> Result<Vec<Uid>> {
    let doctors = team_doctor::table.filter(team_doctor::stid.eq(stid)).order(team_doctor::uid);
    Ok(doctors.select(team_doctor::uid).load(connection)?)
}

/// What is to be changed of a team; what is `None` stays.
#[derive(Debug, Clone)]
pub struct Change {
    /// What it is called.
    pub name: Option<Name>,
    /// Where it works.
    pub communityid: Option<CommunityId>,
    /// Who leads it; one of its doctors, named among them or not.
    pub leader: Option<Uid>,
    /// Who is in it.
    pub doctors: Option<Vec<Uid>>,
}

/// Changes a locked team and who is in its room; returns who joined it and who left.
pub fn change(tx: &mut Tx<'_>, team: &Team, change: &Change) -> Result<(Vec<Uid>, Vec<Uid>)> {
    let before: BTreeSet<Uid> = list_all_doctor_ids(tx, &team.stid)?.into_iter().collect();
    let leader = change.leader.as_ref().unwrap_or(&team.leader);
    let mut after =
        change.doctors.as_ref().map_or(before.clone(), |doctors| doctors.iter().cloned().collect());
    after.insert(leader.clone());
    for uid in after.iter().filter(|uid| !before.contains(*uid)) {
        require_doctor(tx, uid, if uid == leader { "leader" } else { "doctors" })?;
    }
    if let Some(communityid) = &change.communityid {
        account::require_community(tx, communityid)?;
    }
    diesel::update(team::table.find(&team.stid))
        .set((
            team::name.eq(change.name.as_ref().map_or(team.name.as_str(), Name::as_str)),
            team::communityid.eq(change.communityid.as_ref().unwrap_or(&team.communityid)),
            team::leader.eq(leader),
        ))
        .execute(&mut **tx)?;
    let joined: Vec<Uid> = after.difference(&before).cloned().collect();
    let left: Vec<Uid> = before.difference(&after).cloned().collect();
    for uid in &joined {
        diesel::insert_into(team_doctor::table)
            .values((team_doctor::stid.eq(&team.stid), team_doctor::uid.eq(uid)))
            .execute(&mut **tx)?;
    }
    for uid in &left {
        diesel::delete(team_doctor::table.find((&team.stid, uid))).execute(&mut **tx)?;
    }
    let team = lock(tx, &team.stid)?;
    teammate::follow(tx, &team)?;
    Ok((joined, left))
}

/// Closes a locked team for applications and its room for writing, or opens both again.
pub fn set_disabled(tx: &mut Tx<'_>, team: &Team, disabled: bool) -> Result<()> {
    diesel::update(team::table.find(&team.stid)).set(team::disabled.eq(disabled)).execute(&mut **tx)?;
    let room = teammate::follow(tx, team)?;
    room::set_open(tx, &room.roomid, !disabled)
}

fn require_doctor(connection: &mut AnyConnection, uid: &Uid, field: &'static str) -> Result<()> {
    match account::find(connection, uid)? {
        Some(found) if found.role == Role::Doctor && !found.disabled => Ok(()),
        Some(_) | None => Err(Error::param(field, format!("{uid} is not a doctor"))),
    }
}

/// The team that a resident is under contract in force with, if any.
pub fn list_under_contract(connection: &mut AnyConnection, resident: &Uid) -> Result<Vec<Stid>> {
    let signed = social_signed::uid.eq(resident).and(social_signed::status.eq(ContractStatus::Signed));
    Ok(social_signed::table.filter(signed).select(social_signed::stid).load(connection)?)
}

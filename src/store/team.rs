//! Teams and their doctors. What administrators list of teams is in `listed_team`.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, social_signed, team, team_doctor};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Access, CommunityId, ContractStatus, Name, Stid, Uid};
use diesel::prelude::*;
use diesel::result::OptionalEmptyChangesetExtension;

/// A team.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = team)]
pub struct Team {
    /// Its id.
    pub stid: Stid,
    /// Its name.
    pub name: String,
    /// The community that it works in.
    pub communityid: CommunityId,
    /// The doctor who leads it.
    pub leader: Uid,
    /// Whether it is closed.
    pub disabled: bool,
}

/// A doctor of a team.
#[derive(Debug, Clone, Queryable)]
pub struct TeamDoctor {
    /// The team.
    pub stid: Stid,
    /// The doctor.
    pub uid: Uid,
    /// The doctor's name.
    pub name: String,
    /// The doctor's title.
    pub title: Option<String>,
}

/// A team to insert.
#[derive(Debug, Clone)]
pub struct NewTeam {
    /// Its name.
    pub name: Name,
    /// The community that it works in.
    pub communityid: CommunityId,
    /// The doctor who leads it.
    pub leader: Uid,
    /// Its other doctors; the leader may be among them.
    pub doctors: Vec<Uid>,
}

/// A change of a team; fields that are `None` stay as they are.
#[derive(Debug, Clone)]
pub struct TeamChange {
    /// Its name.
    pub name: Option<Name>,
    /// The community that it works in.
    pub communityid: Option<CommunityId>,
    /// The doctor who leads it.
    pub leader: Option<Uid>,
    /// All its doctors; the leader may be among them.
    pub doctors: Option<Vec<Uid>>,
}

#[derive(AsChangeset)]
#[diesel(table_name = team)]
struct Changeset<'a> {
    name: Option<&'a str>,
    communityid: Option<&'a CommunityId>,
    leader: Option<&'a Uid>,
}

/// Finds a team that is not closed; fails with `FA_NOTFOUND` if there is none.
pub fn find(connection: &mut AnyConnection, stid: &Stid) -> Result<Team> {
    let open = team::table.find(stid).filter(team::disabled.eq(false));
    open.select(Team::as_select()).first(connection).optional()?.ok_or(Error::NotFound("team"))
}

/// Finds a team, closed or not, and locks it until the transaction ends; fails with `FA_NOTFOUND` if
/// there is none. Whoever changes its doctors, or brings a contract with it into force, locks it first.
pub fn lock(tx: &mut Tx<'_>, stid: &Stid) -> Result<Team> {
    let touch = diesel::update(team::table.find(stid)).set(team::disabled.eq(team::disabled));
    touch.execute(&mut **tx)?;
    let team = team::table.find(stid).select(Team::as_select()).first(&mut **tx).optional()?;
    team.ok_or(Error::NotFound("team"))
}

/// Lists the open teams of a community, or of all communities, newest first, starting after the cursor
/// `before`.
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

/// Lists the doctors of a team whose accounts are open.
pub fn list_doctors(connection: &mut AnyConnection, stid: &Stid) -> Result<Vec<TeamDoctor>> {
    Ok(team_doctor::table
        .inner_join(account::table)
        .filter(team_doctor::stid.eq(stid).and(account::disabled.eq(false)))
        .order(team_doctor::uid)
        .select((team_doctor::stid, account::uid, account::name, account::title))
        .load(connection)?)
}

/// Lists the ids of the doctors of a team whose accounts are open.
pub fn list_doctor_ids(connection: &mut AnyConnection, stid: &Stid) -> Result<Vec<Uid>> {
    Ok(list_doctors(connection, stid)?.into_iter().map(|doctor| doctor.uid).collect())
}

/// Lists the teams of a doctor.
pub fn list_of(connection: &mut AnyConnection, doctor: &Uid) -> Result<Vec<Stid>> {
    let teams = team_doctor::table.filter(team_doctor::uid.eq(doctor)).order(team_doctor::stid);
    Ok(teams.select(team_doctor::stid).load(connection)?)
}

/// Returns whether a doctor is in a team.
pub fn has_doctor(connection: &mut AnyConnection, stid: &Stid, doctor: &Uid) -> Result<bool> {
    let there = team_doctor::table.find((stid, doctor));
    Ok(diesel::select(diesel::dsl::exists(there)).get_result(connection)?)
}

/// Lists the ids of all doctors of a team, those with closed accounts included.
pub fn list_all_doctor_ids(connection: &mut AnyConnection, stid: &Stid) -> Result<Vec<Uid>> {
    let doctors = team_doctor::table.filter(team_doctor::stid.eq(stid)).order(team_doctor::uid);
    Ok(doctors.select(team_doctor::uid).load(connection)?)
}

/// Inserts a team, without its doctors.
pub fn insert(tx: &mut Tx<'_>, new: &NewTeam) -> Result<Stid> {
    let (stid, now) = (Stid::new(), tx.now);
    diesel::insert_into(team::table)
        .values((
            team::stid.eq(&stid),
            team::name.eq(new.name.as_str()),
            team::communityid.eq(&new.communityid),
            team::leader.eq(&new.leader),
            team::createtime.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(stid)
}

/// Changes a team, but not its doctors.
pub fn update(tx: &mut Tx<'_>, stid: &Stid, change: &TeamChange) -> Result<()> {
    let TeamChange { name, communityid, leader, doctors: _ } = change;
    let changeset = Changeset {
        name: name.as_ref().map(Name::as_str),
        communityid: communityid.as_ref(),
        leader: leader.as_ref(),
    };
    diesel::update(team::table.find(stid)).set(changeset).execute(&mut **tx).optional_empty_changeset()?;
    Ok(())
}

/// Puts a doctor into a team.
pub fn insert_doctor(tx: &mut Tx<'_>, stid: &Stid, uid: &Uid) -> Result<()> {
    diesel::insert_into(team_doctor::table)
        .values((team_doctor::stid.eq(stid), team_doctor::uid.eq(uid)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Takes a doctor out of a team.
pub fn delete_doctor(tx: &mut Tx<'_>, stid: &Stid, uid: &Uid) -> Result<()> {
    diesel::delete(team_doctor::table.find((stid, uid))).execute(&mut **tx)?;
    Ok(())
}

/// Opens a team, or closes it.
pub fn set_access(tx: &mut Tx<'_>, stid: &Stid, access: Access) -> Result<()> {
    diesel::update(team::table.find(stid)).set(team::disabled.eq(access.is_closed())).execute(&mut **tx)?;
    Ok(())
}

/// Lists the team that a resident is under contract in force with, if any.
pub fn list_under_contract(connection: &mut AnyConnection, resident: &Uid) -> Result<Vec<Stid>> {
    let signed = social_signed::uid.eq(resident).and(social_signed::status.eq(ContractStatus::Signed));
    Ok(social_signed::table.filter(signed).select(social_signed::stid).load(connection)?)
}

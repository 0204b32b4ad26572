//! Contracts between residents and teams: applied for, in force, refused, ended.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, social_signed, team, team_doctor};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{ContractStatus, Sid, Stid, Time, Uid};
use crate::protocol::shape::Contract;
use diesel::prelude::*;

type Row = (Sid, Uid, Uid, Stid, String, ContractStatus, Option<String>, Option<String>, Time, Time);

const COLUMNS: (
    social_signed::sid,
    social_signed::uid,
    social_signed::doctoruid,
    social_signed::stid,
    team::name,
    social_signed::status,
    social_signed::reason,
    social_signed::source,
    social_signed::createtime,
    social_signed::updatetime,
) = (
    social_signed::sid,
    social_signed::uid,
    social_signed::doctoruid,
    social_signed::stid,
    team::name,
    social_signed::status,
    social_signed::reason,
    social_signed::source,
    social_signed::createtime,
    social_signed::updatetime,
);

fn contract(row: Row) -> Contract {
    let (sid, uid, doctoruid, stid, team, status, reason, source, createtime, updatetime) = row;
    Contract { sid, uid, doctoruid, stid, team, status, reason, source, createtime, updatetime }
}

/// The contract, if there is one.
pub fn find(connection: &mut AnyConnection, sid: &Sid) -> Result<Option<Contract>> {
    let row = social_signed::table.find(sid).inner_join(team::table).select(COLUMNS).first(connection);
    Ok(row.optional()?.map(contract))
}

/// Records an application; `FA_STATE` where the resident has one under way or a contract in force.
pub fn apply(
    tx: &mut Tx<'_>,
    uid: &Uid,
    doctor: &Uid,
    stid: &Stid,
    source: Option<&str>,
) -> Result<Contract> {
    if find_open(tx, uid)?.is_some() {
        return Err(Error::State("there is an application under way or a contract in force already"));
    }
    let (sid, now) = (Sid::new(), tx.now);
    diesel::insert_into(social_signed::table)
        .values((
            social_signed::sid.eq(&sid),
            social_signed::uid.eq(uid),
            social_signed::doctoruid.eq(doctor),
            social_signed::stid.eq(stid),
            social_signed::status.eq(ContractStatus::Applied),
            social_signed::source.eq(source),
            social_signed::createtime.eq(now),
            social_signed::updatetime.eq(now),
        ))
        .execute(&mut **tx)?;
    find(tx, &sid)?.ok_or(Error::NotFound("contract"))
}

/// Takes a step from one status to another; `FA_STATE` from any other.
pub fn step(
    tx: &mut Tx<'_>,
    sid: &Sid,
    from: ContractStatus,
    to: ContractStatus,
    reason: Option<&str>,
) -> Result<Contract> {
    let now = tx.now;
    let steps = diesel::update(social_signed::table.find(sid).filter(social_signed::status.eq(from)))
        .set((
            social_signed::status.eq(to),
            social_signed::reason.eq(reason),
            social_signed::updatetime.eq(now),
        ))
        .execute(&mut **tx)?;
    match steps {
        0 => Err(Error::State("the contract is not in a state that allows this")),
        _ => find(tx, sid)?.ok_or(Error::NotFound("contract")),
    }
}

/// Hands the open contracts that a team has through a doctor over to another; returns them as they are now.
pub fn hand_over(tx: &mut Tx<'_>, stid: &Stid, from: &Uid, to: &Uid) -> Result<Vec<Contract>> {
    let open = social_signed::status.eq_any([ContractStatus::Applied, ContractStatus::Signed]);
    let theirs = social_signed::stid.eq(stid).and(social_signed::doctoruid.eq(from)).and(open);
    let sids: Vec<Sid> = social_signed::table
        .filter(theirs)
        .order(social_signed::sid)
        .select(social_signed::sid)
        .load(&mut **tx)?;
    let now = tx.now;
    for sid in &sids {
        diesel::update(social_signed::table.find(sid))
            .set((social_signed::doctoruid.eq(to), social_signed::updatetime.eq(now)))
            .execute(&mut **tx)?;
    }
    sids.iter().map(|sid| find(tx, sid)?.ok_or(Error::NotFound("contract"))).collect()
}

/// The contract of a resident that is applied for or in force.
pub fn find_open(connection: &mut AnyConnection, uid: &Uid) -> Result<Option<Contract>> {
    let open = social_signed::status
        .eq(ContractStatus::Applied)
        .or(social_signed::status.eq(ContractStatus::Signed));
    let row = social_signed::table.inner_join(team::table).filter(social_signed::uid.eq(uid).and(open));
    Ok(row.select(COLUMNS).first(connection).optional()?.map(contract))
}

/// Whether a contract in force binds the resident to the doctor's team.
pub fn binds(connection: &mut AnyConnection, resident: &Uid, doctor: &Uid) -> Result<bool> {
    let bond = social_signed::table
        .inner_join(team_doctor::table.on(team_doctor::stid.eq(social_signed::stid)))
        .filter(social_signed::uid.eq(resident).and(social_signed::status.eq(ContractStatus::Signed)))
        .filter(team_doctor::uid.eq(doctor));
    Ok(diesel::select(diesel::dsl::exists(bond)).get_result(connection)?)
}

/// Those of these residents whom a contract in force binds to a team of the doctor.
pub fn list_bound(connection: &mut AnyConnection, doctor: &Uid, among: &[Uid]) -> Result<Vec<Uid>> {
    Ok(social_signed::table
        .inner_join(team_doctor::table.on(team_doctor::stid.eq(social_signed::stid)))
        .inner_join(account::table.on(account::uid.eq(social_signed::uid)))
        .filter(social_signed::uid.eq_any(among).and(social_signed::status.eq(ContractStatus::Signed)))
        .filter(team_doctor::uid.eq(doctor).and(account::disabled.eq(false)))
        .select(social_signed::uid)
        .distinct()
        .load(connection)?)
}

/// Which contracts a list is of.
#[derive(Debug, Clone)]
pub enum Listed {
    /// Those of one resident.
    OfResident(Uid),
    /// Those of the teams that a doctor is in.
    OfTeamsOf(Uid),
}

/// Contracts, newest first, those before the cursor `before`; each with what its resident is called.
pub fn list(
    connection: &mut AnyConnection,
    listed: &Listed,
    status: Option<ContractStatus>,
    before: Option<&Sid>,
    limit: i64,
) -> Result<Vec<(Contract, String)>> {
    let of_resident = account::table.on(account::uid.eq(social_signed::uid));
    let joined = social_signed::table.inner_join(team::table).inner_join(of_resident);
    let mut rows = joined.select((COLUMNS, account::name)).into_boxed();
    rows = match listed {
        Listed::OfResident(uid) => rows.filter(social_signed::uid.eq(uid.clone())),
        Listed::OfTeamsOf(doctor) => {
            let teams = team_doctor::table.filter(team_doctor::uid.eq(doctor.clone()));
            rows.filter(social_signed::stid.eq_any(teams.select(team_doctor::stid)))
        }
    };
    if let Some(status) = status {
        rows = rows.filter(social_signed::status.eq(status));
    }
    if let Some(before) = before {
        rows = rows.filter(social_signed::sid.lt(before.clone()));
    }
    let rows = rows.order(social_signed::sid.desc()).limit(limit).load::<(Row, String)>(connection)?;
    Ok(rows.into_iter().map(|(row, name)| (contract(row), name)).collect())
}

/// The residents under contract in force with any team of a doctor.
pub fn list_residents(connection: &mut AnyConnection, doctor: &Uid) -> Result<Vec<(Uid, String)>> {
    Ok(social_signed::table
        .inner_join(account::table.on(account::uid.eq(social_signed::uid)))
        .inner_join(team_doctor::table.on(team_doctor::stid.eq(social_signed::stid)))
        .filter(social_signed::status.eq(ContractStatus::Signed).and(team_doctor::uid.eq(doctor)))
        .order(account::uid)
        .select((account::uid, account::name))
        .distinct()
        .load(connection)?)
}

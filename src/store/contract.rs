//! Contracts between residents and teams: applied for, in force, refused, ended.

use super::name_query::pattern;
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, social_signed, team, team_doctor};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{ContractStatus, Name, PhoneEnd, Sid, Stid, Time, Uid};
use crate::protocol::objects::Contract;
use diesel::prelude::*;

/// A contract with its team's name.
#[derive(Queryable, Selectable)]
#[diesel(table_name = social_signed)]
struct Row {
    sid: Sid,
    uid: Uid,
    doctoruid: Uid,
    stid: Stid,
    #[diesel(select_expression = team::name)]
    team: String,
    status: ContractStatus,
    reason: Option<String>,
    source: Option<String>,
    createtime: Time,
    updatetime: Time,
}

impl From<Row> for Contract {
    fn from(row: Row) -> Self {
        let Row { sid, uid, doctoruid, stid, team, status, reason, source, createtime, updatetime } = row;
        Self { sid, uid, doctoruid, stid, team, status, reason, source, createtime, updatetime }
    }
}

/// Finds a contract.
pub fn find(connection: &mut AnyConnection, sid: &Sid) -> Result<Option<Contract>> {
    let row = social_signed::table.find(sid).inner_join(team::table).select(Row::as_select());
    Ok(row.first(connection).optional()?.map(Contract::from))
}

/// Inserts an application.
pub fn insert(
    tx: &mut Tx<'_>,
    resident: &Uid,
    doctor: &Uid,
    stid: &Stid,
    source: Option<&str>,
) -> Result<Sid> {
    let (sid, now) = (Sid::new(), tx.now);
    diesel::insert_into(social_signed::table)
        .values((
            social_signed::sid.eq(&sid),
            social_signed::uid.eq(resident),
            social_signed::doctoruid.eq(doctor),
            social_signed::stid.eq(stid),
            social_signed::status.eq(ContractStatus::Applied),
            social_signed::source.eq(source),
            social_signed::createtime.eq(now),
            social_signed::updatetime.eq(now),
        ))
        .execute(&mut **tx)?;
    Ok(sid)
}

/// Changes the status of a contract from `from` to `to`, and keeps when it came into force or was over; returns
/// whether it was `from`.
pub fn set_status(
    tx: &mut Tx<'_>,
    sid: &Sid,
    from: ContractStatus,
    to: ContractStatus,
    reason: Option<&str>,
) -> Result<bool> {
    let now = tx.now;
    let (signtime, endtime) = match to {
        ContractStatus::Applied => (None, None),
        ContractStatus::Signed => (Some(now), None),
        ContractStatus::Rejected | ContractStatus::Ended | ContractStatus::Expired => (None, Some(now)),
    };
    let changed = diesel::update(social_signed::table.find(sid).filter(social_signed::status.eq(from)))
        .set((
            social_signed::status.eq(to),
            social_signed::reason.eq(reason),
            social_signed::updatetime.eq(now),
            signtime.map(|time| social_signed::signtime.eq(time)),
            endtime.map(|time| social_signed::endtime.eq(time)),
        ))
        .execute(&mut **tx)?;
    if changed > 0 {
        count_signed(
            tx,
            sid,
            i64::from(to == ContractStatus::Signed) - i64::from(from == ContractStatus::Signed),
        )?;
    }
    Ok(changed > 0)
}

/// Counts with its team that a contract came into force, or ended.
fn count_signed(tx: &mut Tx<'_>, sid: &Sid, more: i64) -> Result<()> {
    if more != 0 {
        let stid = social_signed::table.find(sid).select(social_signed::stid);
        let signed = team::signed.eq(team::signed + more);
        diesel::update(team::table.filter(team::stid.eq_any(stid))).set(signed).execute(&mut **tx)?;
    }
    Ok(())
}

/// Sets the doctor of a contract.
pub fn set_doctor(tx: &mut Tx<'_>, sid: &Sid, doctor: &Uid) -> Result<()> {
    let now = tx.now;
    diesel::update(social_signed::table.find(sid))
        .set((social_signed::doctoruid.eq(doctor), social_signed::updatetime.eq(now)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists the contracts through a doctor of a team that are applied for or in force, oldest first.
pub fn list_open_of_doctor(connection: &mut AnyConnection, stid: &Stid, doctor: &Uid) -> Result<Vec<Sid>> {
    let open = social_signed::status.eq_any([ContractStatus::Applied, ContractStatus::Signed]);
    let theirs = social_signed::stid.eq(stid).and(social_signed::doctoruid.eq(doctor)).and(open);
    let sids = social_signed::table.filter(theirs).order(social_signed::sid).select(social_signed::sid);
    Ok(sids.load(connection)?)
}

/// Finds the contract of a resident that is applied for or in force.
pub fn find_open(connection: &mut AnyConnection, uid: &Uid) -> Result<Option<Contract>> {
    let open = social_signed::status
        .eq(ContractStatus::Applied)
        .or(social_signed::status.eq(ContractStatus::Signed));
    let row = social_signed::table.inner_join(team::table).filter(social_signed::uid.eq(uid).and(open));
    Ok(row.select(Row::as_select()).first(connection).optional()?.map(Contract::from))
}

/// Returns whether a contract in force binds the resident to a team of the doctor.
pub fn binds(connection: &mut AnyConnection, resident: &Uid, doctor: &Uid) -> Result<bool> {
    let bond = social_signed::table
        .inner_join(team_doctor::table.on(team_doctor::stid.eq(social_signed::stid)))
        .filter(social_signed::uid.eq(resident).and(social_signed::status.eq(ContractStatus::Signed)))
        .filter(team_doctor::uid.eq(doctor));
    Ok(diesel::select(diesel::dsl::exists(bond)).get_result(connection)?)
}

/// Lists those of these residents whom a contract in force binds to a team of the doctor.
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

/// Whose contracts to list.
#[derive(Debug, Clone)]
pub enum ContractsOf {
    /// Those of this resident.
    Resident(Uid),
    /// Those of this doctor's teams.
    Doctor(Uid),
}

/// Which of somebody's contracts to list: a page, newest first.
#[derive(Debug, Clone)]
pub struct ContractQuery {
    /// Those that stand so.
    pub status: Option<ContractStatus>,
    /// Those with residents whose name contains this.
    pub name: Option<Name>,
    /// Those with residents whose phone ends so.
    pub phone: Option<PhoneEnd>,
    /// Those with this team.
    pub stid: Option<Stid>,
    /// Those through this doctor.
    pub doctor: Option<Uid>,
    /// The last one of the previous page.
    pub before: Option<Sid>,
    /// The largest number of them.
    pub limit: i64,
}

/// Lists contracts, newest first; each with its resident's name.
pub fn list(
    connection: &mut AnyConnection,
    whose: &ContractsOf,
    query: &ContractQuery,
) -> Result<Vec<(Contract, String)>> {
    let doctor = match whose {
        ContractsOf::Resident(uid) => return page(connection, Party::Resident(uid), query),
        ContractsOf::Doctor(doctor) => doctor,
    };
    // A page of each of a few teams costs less than all that all of them ever had.
    let teams = team_doctor::table.filter(team_doctor::uid.eq(doctor)).select(team_doctor::stid);
    let teams = teams.load::<Stid>(connection)?.into_iter();
    let mut contracts = Vec::new();
    for stid in teams.filter(|stid| query.stid.as_ref().is_none_or(|wanted| wanted == stid)) {
        contracts.extend(page(connection, Party::Team(&stid), query)?);
    }
    contracts.sort_by(|(one, _), (other, _)| other.sid.cmp(&one.sid));
    contracts.truncate(query.limit as usize);
    Ok(contracts)
}

/// One of the two sides of a contract.
enum Party<'a> {
    Resident(&'a Uid),
    Team(&'a Stid),
}

fn page(
    connection: &mut AnyConnection,
    party: Party<'_>,
    query: &ContractQuery,
) -> Result<Vec<(Contract, String)>> {
    let ContractQuery { status, name, phone, stid, doctor, before, limit } = query;
    let of_resident = account::table.on(account::uid.eq(social_signed::uid));
    let joined = social_signed::table.inner_join(team::table).inner_join(of_resident);
    let mut rows = joined.select((Row::as_select(), account::name)).into_boxed();
    rows = match party {
        Party::Resident(uid) => rows.filter(social_signed::uid.eq(uid.clone())),
        Party::Team(stid) => rows.filter(social_signed::stid.eq(stid.clone())),
    };
    if let Some(status) = status {
        rows = rows.filter(social_signed::status.eq(*status));
    }
    if name.is_some() {
        rows = rows.filter(account::name.like(pattern(name.as_ref())).escape('\\'));
    }
    if let Some(phone) = phone {
        // Whose contract is over is no affair of the team's any more.
        let open = social_signed::status.eq_any([ContractStatus::Applied, ContractStatus::Signed]);
        rows = rows.filter(account::login.like(format!("%{}", phone.as_str())).and(open));
    }
    if let Some(stid) = stid {
        rows = rows.filter(social_signed::stid.eq(stid.clone()));
    }
    if let Some(doctor) = doctor {
        rows = rows.filter(social_signed::doctoruid.eq(doctor.clone()));
    }
    if let Some(before) = before {
        rows = rows.filter(social_signed::sid.lt(before.clone()));
    }
    let rows = rows.order(social_signed::sid.desc()).limit(*limit).load::<(Row, String)>(connection)?;
    Ok(rows.into_iter().map(|(row, name)| (row.into(), name)).collect())
}

//! Contracts between residents and teams: applying, accepting, rejecting and ending.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{ContractStatus, Reason, Sid, Stid, Uid};
use crate::protocol::objects::Contract;
use crate::protocol::pushes::{Push, Unsigned};
use crate::service::chat;
use crate::service::rooms::alonechat;
use crate::store::{account, contract, team};

const NO_CONTRACT: Error = Error::NotFound("contract");

/// Applies for a contract with a team through one of its doctors, and makes their room, closed for
/// writing. Fails with `FA_STATE` if the resident has an open contract.
pub fn apply(
    tx: &mut Tx<'_>,
    resident: &Uid,
    doctor: &Uid,
    stid: &Stid,
    source: Option<&str>,
) -> Result<Contract> {
    team::find(tx, stid)?;
    account::find_active(tx, doctor, "doctor")?;
    if !team::has_doctor(tx, stid, doctor)? {
        return Err(Error::param("doctoruid", "is not a doctor of this team"));
    }
    if contract::find_open(tx, resident)?.is_some() {
        return Err(Error::State("there is an application under way or a contract in force already"));
    }
    let sid = contract::insert(tx, resident, doctor, stid, source)?;
    let contract = contract::find(tx, &sid)?.ok_or(NO_CONTRACT)?;
    alonechat::ensure(tx, resident, doctor)?;
    push_to_parties(tx, &contract);
    Ok(contract)
}

/// What a doctor decides about an application.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The contract applied for.
    pub sid: Sid,
    /// Whether it is accepted.
    pub accept: bool,
    /// Why.
    pub reason: Option<Reason>,
}

/// Accepts or rejects an application as the doctor applied to, with a notice in their room.
pub fn decide(tx: &mut Tx<'_>, doctor: &Uid, decision: &Decision) -> Result<Contract> {
    let application = find_of_team(tx, &decision.sid, doctor)?;
    if application.doctoruid != *doctor {
        return Err(Error::Permission("the application was made to another doctor of your team"));
    }
    let contract = take(tx, decision)?;
    let notice = notice(&contract);
    chat::post_notice(tx, &contract.uid, &contract.doctoruid, notice)?;
    push_to_parties(tx, &contract);
    Ok(contract)
}

/// Accepts or rejects an application as any doctor of the team; all of them are told.
pub fn decide_for_team(tx: &mut Tx<'_>, doctor: &Uid, decision: &Decision) -> Result<Contract> {
    find_of_team(tx, &decision.sid, doctor)?;
    let contract = take(tx, decision)?;
    let mut recipients = team::list_doctor_ids(tx, &contract.stid)?;
    recipients.push(contract.uid.clone());
    tx.push(Push::Signed(recipients, contract.clone()));
    Ok(contract)
}

/// Finds a contract of a team of the doctor; to other doctors it does not exist.
fn find_of_team(tx: &mut Tx<'_>, sid: &Sid, doctor: &Uid) -> Result<Contract> {
    let contract = contract::find(tx, sid)?.ok_or(NO_CONTRACT)?;
    match team::has_doctor(tx, &contract.stid, doctor)? {
        true => Ok(contract),
        false => Err(NO_CONTRACT),
    }
}

/// Carries out a decision; accepting opens the resident's rooms for writing.
fn take(tx: &mut Tx<'_>, Decision { sid, accept, reason }: &Decision) -> Result<Contract> {
    if *accept {
        // The doctors of the team stay the same until the rooms are open.
        let application = contract::find(tx, sid)?.ok_or(NO_CONTRACT)?;
        if team::lock(tx, &application.stid)?.disabled {
            return Err(Error::State("the team has been closed"));
        }
    }
    let to = if *accept { ContractStatus::Signed } else { ContractStatus::Rejected };
    let contract = change(tx, sid, ContractStatus::Applied, to, reason.as_ref())?;
    if *accept {
        alonechat::sync_members(tx, &contract.uid)?;
    }
    Ok(contract)
}

/// Ends a contract in force, as its doctor or as the leader of its team, and closes the resident's
/// rooms.
pub fn end(tx: &mut Tx<'_>, doctor: &Uid, sid: &Sid, reason: &Reason) -> Result<Contract> {
    let in_force = find_of_team(tx, sid, doctor)?;
    let leader = team::lock(tx, &in_force.stid)?.leader;
    if in_force.doctoruid != *doctor && leader != *doctor {
        return Err(Error::Permission("only the contract's doctor or the team's leader may end it"));
    }
    let contract = change(tx, sid, ContractStatus::Signed, ContractStatus::Ended, Some(reason))?;
    alonechat::sync_members(tx, &contract.uid)?;
    let unsigned = Unsigned::new(contract.sid.clone(), contract.team.clone(), reason.as_str());
    tx.push(Push::Unsigned(vec![contract.uid.clone()], unsigned));
    Ok(contract)
}

/// Changes the status of a contract; fails with `FA_STATE` unless it is `from`.
fn change(
    tx: &mut Tx<'_>,
    sid: &Sid,
    from: ContractStatus,
    to: ContractStatus,
    reason: Option<&Reason>,
) -> Result<Contract> {
    match contract::set_status(tx, sid, from, to, reason.map(Reason::as_str))? {
        true => contract::find(tx, sid)?.ok_or(NO_CONTRACT),
        false => Err(Error::State("the contract is not in a state that allows this")),
    }
}

fn push_to_parties(tx: &mut Tx<'_>, contract: &Contract) {
    let parties = vec![contract.uid.clone(), contract.doctoruid.clone()];
    tx.push(Push::Signed(parties, contract.clone()));
}

/// What the resident reads of a decision.
fn notice(contract: &Contract) -> String {
    match (contract.status, &contract.reason) {
        (ContractStatus::Signed, _) => format!("您与{}的签约申请已通过", contract.team),
        (_, Some(reason)) => format!("您与{}的签约申请未通过: {reason}", contract.team),
        (_, None) => format!("您与{}的签约申请未通过", contract.team),
    }
}

//! Contracts: applying, accepting, refusing, ending, listing.

use crate::app::App;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::http::extract::body::{Body, Limit, List, Query};
use crate::http::extract::caller::{Doctor, Resident};
use crate::model::{ContractStatus, Reason, Sid, Stid, Uid};
use crate::protocol::push::{Push, Unsigned};
use crate::protocol::shape::Contract;
use crate::store::contract::{self, Listed};
use crate::store::dialog;
use crate::store::{account, alonechat, team};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `/social/signed2`.
#[derive(Deserialize, JsonSchema)]
pub struct Application {
    stid: Stid,
    doctoruid: Uid,
    source: Option<Source>,
}

/// Where an application comes from.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Source {
    Wechat,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Wechat => "wechat",
        }
    }
}

/// Applies for a contract; the room with the doctor is made, closed for writing.
pub async fn apply(
    app: Data<App>,
    Resident(caller): Resident,
    Body(body): Body<Application>,
) -> Result<Json<Contract>> {
    let contract = app.write(move |tx| {
        let Application { stid, doctoruid, source } = &body;
        team::find(tx, stid)?;
        account::find_active(tx, doctoruid, "doctor")?;
        if !team::has_doctor(tx, stid, doctoruid)? {
            return Err(Error::param("doctoruid", "is not a doctor of this team"));
        }
        let contract = contract::apply(tx, &caller.uid, doctoruid, stid, source.map(Source::as_str))?;
        alonechat::ensure(tx, &caller.uid, doctoruid)?;
        tx.push(Push::Signed(vec![contract.uid.clone(), contract.doctoruid.clone()], contract.clone()));
        Ok(contract)
    });
    Ok(Json(contract.await?))
}

/// The body of `/doctor/signedprocess` and `signedprocess2`.
#[derive(Deserialize, JsonSchema)]
pub struct Decision {
    sid: Sid,
    accept: bool,
    #[schemars(example = &"人数已满")]
    reason: Option<Reason>,
}

/// Accepts or refuses an application; by the doctor applied to.
pub async fn process(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<Decision>,
) -> Result<Json<Contract>> {
    let contract = app.write(move |tx| {
        let asked = find_for_team(tx, &body.sid, &caller.uid)?;
        if asked.doctoruid != caller.uid {
            return Err(Error::Permission("the application was made to another doctor of your team"));
        }
        let contract = decide(tx, &body)?;
        notify(tx, &contract)?;
        tx.push(Push::Signed(vec![contract.uid.clone(), contract.doctoruid.clone()], contract.clone()));
        Ok(contract)
    });
    Ok(Json(contract.await?))
}

/// The same by any doctor of the team; all of them are told.
pub async fn process_for_team(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<Decision>,
) -> Result<Json<Contract>> {
    let contract = app.write(move |tx| {
        find_for_team(tx, &body.sid, &caller.uid)?;
        let contract = decide(tx, &body)?;
        let mut people = team::list_doctor_ids(tx, &contract.stid)?;
        people.push(contract.uid.clone());
        tx.push(Push::Signed(people, contract.clone()));
        Ok(contract)
    });
    Ok(Json(contract.await?))
}

/// The contract, if the doctor is of its team; to others it does not exist.
fn find_for_team(tx: &mut Tx<'_>, sid: &Sid, doctor: &Uid) -> Result<Contract> {
    const NONE: Error = Error::NotFound("contract");
    let contract = contract::find(tx, sid)?.ok_or(NONE)?;
    match team::has_doctor(tx, &contract.stid, doctor)? {
        true => Ok(contract),
        false => Err(NONE),
    }
}

/// Takes the step; accepting opens the room for writing.
fn decide(tx: &mut Tx<'_>, decision: &Decision) -> Result<Contract> {
    if decision.accept {
        // Who is in the team stays as it is until the rooms are open.
        let asked = contract::find(tx, &decision.sid)?.ok_or(Error::NotFound("contract"))?;
        team::lock(tx, &asked.stid)?;
        team::find(tx, &asked.stid).map_err(|_| Error::State("the team has been closed"))?;
    }
    let to = if decision.accept { ContractStatus::Signed } else { ContractStatus::Rejected };
    let reason = decision.reason.as_ref().map(Reason::as_str);
    let contract = contract::step(tx, &decision.sid, ContractStatus::Applied, to, reason)?;
    if decision.accept {
        alonechat::open_with_team(tx, &contract.uid, &contract.stid)?;
    }
    Ok(contract)
}

/// Writes the notice of the decision into the room of the resident and the doctor.
fn notify(tx: &mut Tx<'_>, contract: &Contract) -> Result<()> {
    let words = match (contract.status, &contract.reason) {
        (ContractStatus::Signed, _) => format!("您与{}的签约申请已通过", contract.team),
        (_, Some(reason)) => format!("您与{}的签约申请未通过: {reason}", contract.team),
        (_, None) => format!("您与{}的签约申请未通过", contract.team),
    };
    dialog::notify(tx, &contract.uid, &contract.doctoruid, words)
}

/// The body of `/doctor/rejectsigned`.
#[derive(Deserialize, JsonSchema)]
pub struct Ending {
    sid: Sid,
    #[schemars(example = &"迁居")]
    reason: Reason,
}

/// Ends a contract in force; by its doctor, or the one who leads the team.
pub async fn end(app: Data<App>, Doctor(caller): Doctor, Body(body): Body<Ending>) -> Result<Json<Contract>> {
    let contract = app.write(move |tx| {
        let in_force = find_for_team(tx, &body.sid, &caller.uid)?;
        let leader = team::lock(tx, &in_force.stid)?.leader;
        if in_force.doctoruid != caller.uid && leader != caller.uid {
            return Err(Error::Permission("only the contract's doctor or the team's leader may end it"));
        }
        let reason = body.reason.as_str();
        let contract =
            contract::step(tx, &body.sid, ContractStatus::Signed, ContractStatus::Ended, Some(reason))?;
        alonechat::close_all(tx, &contract.uid)?;
        let told = Unsigned::new(contract.sid.clone(), contract.team.clone(), reason);
        tx.push(Push::Unsigned(vec![contract.uid.clone()], told));
        Ok(contract)
    });
    Ok(Json(contract.await?))
}

/// Which contracts are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Wanted {
    status: Option<ContractStatus>,
    before: Option<Sid>,
    #[serde(default)]
    limit: Limit,
}

/// A resident's contracts, past and present.
pub async fn list_of_resident(
    app: Data<App>,
    Resident(caller): Resident,
    Query(wanted): Query<Wanted>,
) -> Result<Json<List<Contract>>> {
    let limit = wanted.limit;
    let contracts = read_list(app, Listed::OfResident(caller.uid), wanted).await?;
    let items = contracts.into_iter().map(|(contract, _)| contract).collect();
    Ok(Json(List::page(items, limit, |contract| contract.sid.to_string())))
}

/// A contract in a doctor's list.
#[derive(Serialize, JsonSchema)]
pub struct NamedContract {
    #[serde(flatten)]
    contract: Contract,
    /// What the resident is called.
    #[schemars(example = &"张三")]
    name: String,
}

/// The contracts of a doctor's teams.
pub async fn list_of_doctor(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(wanted): Query<Wanted>,
) -> Result<Json<List<NamedContract>>> {
    let limit = wanted.limit;
    let contracts = read_list(app, Listed::OfTeamsOf(caller.uid), wanted).await?;
    let items = contracts.into_iter().map(|(contract, name)| NamedContract { contract, name }).collect();
    Ok(Json(List::page(items, limit, |item| item.contract.sid.to_string())))
}

async fn read_list(app: Data<App>, listed: Listed, wanted: Wanted) -> Result<Vec<(Contract, String)>> {
    let Wanted { status, before, limit } = wanted;
    app.read(move |store| contract::list(store, &listed, status, before.as_ref(), limit.and_one())).await
}

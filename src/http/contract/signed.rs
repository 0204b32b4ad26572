//! Contracts: applying, accepting, refusing, ending, listing.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::{Doctor, Resident};
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::limits::account::Spending;
use crate::model::{ContractStatus, LastDigits, Name, PhoneEnd, Reason, Sid, Stid, Uid};
use crate::protocol::objects::Contract;
use crate::service::contracts;
use crate::store::contract::{self, ContractsOf};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `/social/signed2`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ApplyForContractRequest")]
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

/// Applies for a contract.
pub async fn apply(
    app: Data<App>,
    Resident(caller): Resident,
    Body(body): Body<Application>,
) -> Result<Json<Contract>> {
    app.spend(&caller, Spending::Application)?;
    let Application { stid, doctoruid, source } = body;
    let source = source.map(Source::as_str);
    let contract =
        app.write_as(caller, move |tx, caller| contracts::apply(tx, &caller.uid, &doctoruid, &stid, source));
    Ok(Json(contract.await?))
}

/// The body of `/doctor/signedprocess` and `signedprocess2`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ProcessContractRequest")]
pub struct Decision {
    sid: Sid,
    accept: bool,
    #[schemars(example = &"人数已满")]
    reason: Option<Reason>,
}

impl From<Decision> for contracts::Decision {
    fn from(Decision { sid, accept, reason }: Decision) -> Self {
        Self { sid, accept, reason }
    }
}

/// Accepts or rejects an application, as the doctor applied to.
pub async fn process(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<Decision>,
) -> Result<Json<Contract>> {
    let decision = body.into();
    let contract = app.write_as(caller, move |tx, caller| contracts::decide(tx, &caller.uid, &decision));
    Ok(Json(contract.await?))
}

/// Accepts or rejects an application, as any doctor of the team.
pub async fn process_for_team(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<Decision>,
) -> Result<Json<Contract>> {
    let decision = body.into();
    let contract =
        app.write_as(caller, move |tx, caller| contracts::decide_for_team(tx, &caller.uid, &decision));
    Ok(Json(contract.await?))
}

/// The body of `/doctor/rejectsigned`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "EndContractRequest")]
pub struct ContractEnding {
    sid: Sid,
    #[schemars(example = &"迁居")]
    reason: Reason,
}

/// Ends a contract in force.
pub async fn end(
    app: Data<App>,
    Doctor(caller): Doctor,
    Body(body): Body<ContractEnding>,
) -> Result<Json<Contract>> {
    let contract =
        app.write_as(caller, move |tx, caller| contracts::end(tx, &caller.uid, &body.sid, &body.reason));
    Ok(Json(contract.await?))
}

/// Which contracts are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct ContractQuery {
    status: Option<ContractStatus>,
    before: Option<Sid>,
    #[serde(default)]
    limit: Limit,
}

/// Lists a resident's contracts, past and present.
pub async fn list_of_resident(
    app: Data<App>,
    Resident(caller): Resident,
    Query(ContractQuery { status, before, limit }): Query<ContractQuery>,
) -> Result<Json<List<Contract>>> {
    let (name, phone, stid, doctor) = (None, None, None, None);
    let query = contract::ContractQuery { status, name, phone, stid, doctor, before, limit: limit.and_one() };
    let contracts = read_list(app, ContractsOf::Resident(caller.uid), query).await?;
    let items = contracts.into_iter().map(|(contract, _)| contract).collect();
    Ok(Json(List::page(items, limit, |contract| contract.sid.to_string())))
}

/// A contract in a doctor's list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ContractWithResident")]
pub struct NamedContract {
    #[serde(flatten)]
    contract: Contract,
    /// What the resident is called.
    #[schemars(example = &"张三")]
    name: String,
}

/// Which contracts of a doctor's teams are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct TeamContractQuery {
    status: Option<ContractStatus>,
    /// Words of the resident's name.
    #[schemars(example = &"张")]
    name: Option<Name>,
    /// The last digits of the resident's phone, while they are bound to the team or apply to it.
    phone: Option<LastDigits>,
    stid: Option<Stid>,
    /// Those alone that are through oneself.
    #[serde(default)]
    mine: bool,
    before: Option<Sid>,
    #[serde(default)]
    limit: Limit,
}

/// Lists the contracts of a doctor's teams.
pub async fn list_of_doctor(
    app: Data<App>,
    Doctor(caller): Doctor,
    Query(wanted): Query<TeamContractQuery>,
) -> Result<Json<List<NamedContract>>> {
    let TeamContractQuery { status, name, phone, stid, mine, before, limit } = wanted;
    let doctor = mine.then(|| caller.uid.clone());
    let phone = phone.map(PhoneEnd::from);
    let query = contract::ContractQuery { status, name, phone, stid, doctor, before, limit: limit.and_one() };
    let contracts = read_list(app, ContractsOf::Doctor(caller.uid), query).await?;
    let items = contracts.into_iter().map(|(contract, name)| NamedContract { contract, name }).collect();
    Ok(Json(List::page(items, limit, |item| item.contract.sid.to_string())))
}

async fn read_list(
    app: Data<App>,
    whose: ContractsOf,
    query: contract::ContractQuery,
) -> Result<Vec<(Contract, String)>> {
    app.read(move |connection| contract::list(connection, &whose, &query)).await
}

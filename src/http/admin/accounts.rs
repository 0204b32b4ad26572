//! Accounts in the back office: listing, changing and closing them, a role at a time. They are
//! created in `new_accounts`.

use crate::app::App;
use crate::error::Result;
use crate::http::admin::search::AccountSearch;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Administrator;
use crate::http::extract::page::List;
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::model::{Access, Caller, CommunityId, Login, Name, Password, Phone, Role, Title, Uid};
use crate::service::accounts;
use crate::store::account::AccountChange;
use crate::store::listed_account::{self, ListedAccount};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;

type Accounts = Result<Json<List<ListedAccount>>>;

/// Lists the doctors' accounts.
pub async fn list_doctors(app: Data<App>, _: Administrator, Query(search): Query<AccountSearch>) -> Accounts {
    list(&app, Role::Doctor, search).await
}

/// Lists the residents' accounts.
pub async fn list_residents(
    app: Data<App>,
    _: Administrator,
    Query(search): Query<AccountSearch>,
) -> Accounts {
    list(&app, Role::User, search).await
}

/// Lists the administrators' accounts.
pub async fn list_administrators(
    app: Data<App>,
    _: Administrator,
    Query(search): Query<AccountSearch>,
) -> Accounts {
    list(&app, Role::Admin, search).await
}

async fn list(app: &App, role: Role, search: AccountSearch) -> Accounts {
    let (query, limit) = search.into_query();
    let rows = app.read(move |connection| listed_account::list(connection, role, &query)).await?;
    Ok(Json(List::page(rows, limit, |account| account.uid.to_string())))
}

/// The body of `/admin/doctor/update`; what is not named stays.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdateDoctorRequest")]
pub struct DoctorUpdate {
    uid: Uid,
    account: Option<Login>,
    password: Option<Password>,
    name: Option<Name>,
    communityid: Option<CommunityId>,
    #[schemars(example = &"主任医师")]
    title: Option<Title>,
}

/// Changes a doctor's account.
pub async fn update_doctor(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<DoctorUpdate>,
) -> Result<Json<ListedAccount>> {
    let DoctorUpdate { uid, account, password, name, communityid, title } = body;
    let change = AccountChange { login: account, password: None, name, communityid, title };
    update(&app, caller, Role::Doctor, uid, change, password).await
}

/// The body of `/admin/user/update`; what is not named stays.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdateResidentRequest")]
pub struct ResidentUpdate {
    uid: Uid,
    phone: Option<Phone>,
    password: Option<Password>,
    name: Option<Name>,
    communityid: Option<CommunityId>,
}

/// Changes a resident's account.
pub async fn update_resident(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<ResidentUpdate>,
) -> Result<Json<ListedAccount>> {
    let ResidentUpdate { uid, phone, password, name, communityid } = body;
    let change =
        AccountChange { login: phone.map(Login::from), password: None, name, communityid, title: None };
    update(&app, caller, Role::User, uid, change, password).await
}

/// The body of `/admin/admin/update`; what is not named stays.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdateAdministratorRequest")]
pub struct AdministratorUpdate {
    uid: Uid,
    account: Option<Login>,
    password: Option<Password>,
    name: Option<Name>,
}

/// Changes an administrator's account.
pub async fn update_administrator(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<AdministratorUpdate>,
) -> Result<Json<ListedAccount>> {
    let AdministratorUpdate { uid, account, password, name } = body;
    let change = AccountChange { login: account, name, ..AccountChange::default() };
    update(&app, caller, Role::Admin, uid, change, password).await
}

/// Changes an account; a new password is hashed first.
async fn update(
    app: &App,
    caller: Caller,
    role: Role,
    uid: Uid,
    mut change: AccountChange,
    password: Option<Password>,
) -> Result<Json<ListedAccount>> {
    if let Some(password) = password {
        change.password = Some(app.passwords().hash(password).await?);
    }
    Ok(Json(app.write_as(caller, move |tx, _| accounts::change(tx, role, &uid, &change)).await?))
}

/// The body of `/admin/doctor/disable`, and of the like for residents and administrators.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DisableAccountRequest")]
pub struct Disabling {
    uid: Uid,
    /// False opens the account again.
    disabled: Option<bool>,
}

/// Closes a doctor's account, or opens it again.
pub async fn disable_doctor(
    app: Data<App>,
    caller: Administrator,
    Body(body): Body<Disabling>,
) -> Result<Json<Done>> {
    disable(&app, Role::Doctor, caller, body).await
}

/// Closes a resident's account, or opens it again.
pub async fn disable_resident(
    app: Data<App>,
    caller: Administrator,
    Body(body): Body<Disabling>,
) -> Result<Json<Done>> {
    disable(&app, Role::User, caller, body).await
}

/// Closes an administrator's account, or opens it again; but not one's own.
pub async fn disable_administrator(
    app: Data<App>,
    caller: Administrator,
    Body(body): Body<Disabling>,
) -> Result<Json<Done>> {
    disable(&app, Role::Admin, caller, body).await
}

async fn disable(
    app: &App,
    role: Role,
    Administrator(caller): Administrator,
    Disabling { uid, disabled }: Disabling,
) -> Result<Json<Done>> {
    let access = Access::open_if(disabled == Some(false));
    app.write_as(caller, move |tx, caller| accounts::set_access(tx, role, &uid, &caller.uid, access)).await?;
    Ok(Json(Done {}))
}

//! Creating accounts in the back office, a role at a time.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Administrator;
use crate::model::{Caller, CommunityId, Login, Name, Password, Phone, Role, Title, Uid};
use crate::service::accounts;
use crate::service::imports::Candidate;
use crate::store::account::NewAccount;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `/admin/doctor/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateDoctorRequest")]
pub struct NewDoctor {
    account: Login,
    password: Password,
    name: Name,
    communityid: CommunityId,
    #[schemars(example = &"主任医师")]
    title: Option<Title>,
}

/// The id of an account that was made.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CreatedAccount")]
pub struct MadeAccount {
    uid: Uid,
}

/// Creates a doctor's account.
pub async fn create_doctor(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<NewDoctor>,
) -> Result<Json<MadeAccount>> {
    let NewDoctor { account, password, name, communityid, title } = body;
    let password = app.passwords().hash(password).await?;
    let (role, login, communityid) = (Role::Doctor, account, Some(communityid));
    create(&app, caller, NewAccount { role, login, password, name, communityid, title }).await
}

impl From<NewDoctor> for Candidate {
    fn from(NewDoctor { account, password, name, communityid, title }: NewDoctor) -> Self {
        Self { login: account, password, name, communityid, title }
    }
}

/// The body of `/admin/user/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateResidentRequest")]
pub struct NewUser {
    phone: Phone,
    password: Password,
    name: Name,
    communityid: CommunityId,
}

impl From<NewUser> for Candidate {
    fn from(NewUser { phone, password, name, communityid }: NewUser) -> Self {
        Self { login: Login::from(phone), password, name, communityid, title: None }
    }
}

/// Creates a resident's account.
pub async fn create_resident(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<NewUser>,
) -> Result<Json<MadeAccount>> {
    let NewUser { phone, password, name, communityid } = body;
    let password = app.passwords().hash(password).await?;
    let (role, login, communityid) = (Role::User, Login::from(phone), Some(communityid));
    create(&app, caller, NewAccount { role, login, password, name, communityid, title: None }).await
}

/// The body of `/admin/admin/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateAdministratorRequest")]
pub struct NewAdministrator {
    account: Login,
    password: Password,
    name: Name,
}

/// Creates an administrator's account.
pub async fn create_administrator(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(body): Body<NewAdministrator>,
) -> Result<Json<MadeAccount>> {
    let NewAdministrator { account, password, name } = body;
    let password = app.passwords().hash(password).await?;
    let (role, login) = (Role::Admin, account);
    create(&app, caller, NewAccount { role, login, password, name, communityid: None, title: None }).await
}

async fn create(app: &App, caller: Caller, new: NewAccount) -> Result<Json<MadeAccount>> {
    let uid = app.write_as(caller, move |tx, _| accounts::create(tx, &new)).await?;
    Ok(Json(MadeAccount { uid }))
}

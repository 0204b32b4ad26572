//! The back office: making communities, people and teams. `people` and `place` list, change and
//! close them, `watch` shows who is connected, `duty` is the duty desk.

pub mod accounts;
pub mod mobile;
pub mod places;
pub mod sessions;
pub mod stats;

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Administrator;
use crate::model::{CommunityId, Login, Name, Password, Phone, Role, Stid, Title, Uid};
use crate::store::account::{self, NewAccount};
use crate::store::team;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of `/admin/community/create`.
#[derive(Deserialize, JsonSchema)]
pub struct NewCommunity {
    #[schemars(example = &"幸福社区")]
    name: Name,
}

/// The id of a community that was made.
#[derive(Serialize, JsonSchema)]
pub struct MadeCommunity {
    communityid: CommunityId,
}

/// Makes a community.
pub async fn create_community(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<NewCommunity>,
) -> Result<Json<MadeCommunity>> {
    let communityid = app.write(move |tx| account::insert_community(tx, &body.name)).await?;
    Ok(Json(MadeCommunity { communityid }))
}

/// The body of `/admin/doctor/create`.
#[derive(Deserialize, JsonSchema)]
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
pub struct MadeAccount {
    uid: Uid,
}

/// Makes a doctor's account.
pub async fn create_doctor(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<NewDoctor>,
) -> Result<Json<MadeAccount>> {
    let NewDoctor { account, password, name, communityid, title } = body;
    create(&app, Role::Doctor, account, password, name, Some(communityid), title).await
}

/// The body of `/admin/user/create`.
#[derive(Deserialize, JsonSchema)]
pub struct NewUser {
    phone: Phone,
    password: Password,
    name: Name,
    communityid: CommunityId,
}

/// Makes a resident's account.
pub async fn create_user(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<NewUser>,
) -> Result<Json<MadeAccount>> {
    let NewUser { phone, password, name, communityid } = body;
    create(&app, Role::User, phone.into(), password, name, Some(communityid), None).await
}

/// The body of `/admin/admin/create`.
#[derive(Deserialize, JsonSchema)]
pub struct NewAdministrator {
    account: Login,
    password: Password,
    name: Name,
}

/// Makes an administrator's account.
pub async fn create_administrator(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<NewAdministrator>,
) -> Result<Json<MadeAccount>> {
    let NewAdministrator { account, password, name } = body;
    create(&app, Role::Admin, account, password, name, None, None).await
}

async fn create(
    app: &App,
    role: Role,
    login: Login,
    password: Password,
    name: Name,
    communityid: Option<CommunityId>,
    title: Option<Title>,
) -> Result<Json<MadeAccount>> {
    let password = app.passwords().hash(password).await?;
    let new = NewAccount { role, login, password, name, communityid, title };
    let uid = app.write(move |tx| account::insert(tx, &new)).await?;
    Ok(Json(MadeAccount { uid }))
}

/// The body of `/admin/team/create`.
#[derive(Deserialize, JsonSchema)]
pub struct NewTeam {
    #[schemars(example = &"签约团队一")]
    name: Name,
    communityid: CommunityId,
    leader: Uid,
    doctors: Vec<Uid>,
}

/// The id of a team that was made.
#[derive(Serialize, JsonSchema)]
pub struct MadeTeam {
    stid: Stid,
}

/// Makes a team; the leader is one of its doctors, named among them or not.
pub async fn create_team(
    app: Data<App>,
    _: Administrator,
    Body(body): Body<NewTeam>,
) -> Result<Json<MadeTeam>> {
    let stid = app
        .write(move |tx| team::insert(tx, &body.name, &body.communityid, &body.leader, &body.doctors))
        .await?;
    Ok(Json(MadeTeam { stid }))
}

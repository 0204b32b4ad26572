//! Logging in and out, and who one is.

use crate::app::App;
use crate::auth::password::Lane;
use crate::auth::token;
use crate::error::{Error, Result};
use crate::http::extract::body::{Body, Nothing};
use crate::http::extract::caller::{Anybody, Member};
use crate::http::extract::client_address::client_address;
use crate::http::extract::peer;
use crate::http::extract::response::{Done, WithCookie};
use crate::limits::login::LoginAttempt;
use crate::limits::network::Network;
use crate::metrics::LoginOutcome;
use crate::model::{CommunityId, Login, Role, Stid, Time, TokenHash, Uid};
use crate::service::accounts::{self, Profile};
use crate::service::sessions::{self, Candidate, NewToken};
use crate::store::account::Account;
use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a login is answered.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LoginSession")]
pub struct LoggedIn {
    uid: Uid,
    role: Role,
    #[schemars(example = &"王芳")]
    name: String,
    #[schemars(example = &"ZBc3…")]
    token: String,
    expires: Time,
}

/// The body of a login.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "LoginRequest")]
pub struct Credentials {
    account: Login,
    #[schemars(example = &"jiayi-demo")]
    password: String,
}

/// Logs a resident in.
pub async fn login_resident(
    request: HttpRequest,
    app: Data<App>,
    body: Body<Credentials>,
) -> Result<WithCookie<LoggedIn>> {
    login_as(Role::User, request, app, body.0).await
}

/// Logs a doctor in.
pub async fn login_doctor(
    request: HttpRequest,
    app: Data<App>,
    body: Body<Credentials>,
) -> Result<WithCookie<LoggedIn>> {
    login_as(Role::Doctor, request, app, body.0).await
}

/// Logs an administrator in.
pub async fn login_administrator(
    request: HttpRequest,
    app: Data<App>,
    body: Body<Credentials>,
) -> Result<WithCookie<LoggedIn>> {
    login_as(Role::Admin, request, app, body.0).await
}

async fn login_as(
    role: Role,
    request: HttpRequest,
    app: Data<App>,
    body: Credentials,
) -> Result<WithCookie<LoggedIn>> {
    let answer = try_login(role, request, &app, body).await;
    app.metrics().logins.count(role, outcome(&answer));
    answer
}

fn outcome<T>(answer: &Result<T>) -> LoginOutcome {
    match answer.as_ref().map_err(Error::code) {
        Ok(_) => LoginOutcome::Admitted,
        Err("FA_AUTH") => LoginOutcome::Refused,
        Err("FA_LIMIT") => LoginOutcome::Throttled,
        Err(_) => LoginOutcome::Failed,
    }
}

async fn try_login(
    role: Role,
    request: HttpRequest,
    app: &App,
    body: Credentials,
) -> Result<WithCookie<LoggedIn>> {
    let network = Network::from(client_address(&request, app.config()));
    let wanted = body.account.clone();
    let candidate =
        app.read(move |connection| sessions::find_candidate(connection, role, &wanted, network)).await?;
    let known = candidate.as_ref().is_some_and(|candidate| candidate.known_network);
    let (attempt, lane) = match known {
        true => (LoginAttempt::known(role, &body.account, network), Lane::Known),
        false => (LoginAttempt::unknown(role, &body.account, network), Lane::Login),
    };
    app.admit_login(&attempt).await?;
    let candidate = candidate.filter(|candidate| !candidate.account.disabled);
    let hash = candidate.as_ref().map(|candidate| candidate.password.clone());
    match (app.passwords().matches(lane, body.password, hash).await?, candidate) {
        (true, Some(Candidate { account: Account { uid, name, .. }, password, .. })) => {
            app.login_succeeded(&attempt).await?;
            admit(&request, app, network, Owner { uid, role, name }, password).await
        }
        (_, _) => Err(sessions::WRONG_CREDENTIALS),
    }
}

/// Whose a new token is.
pub(super) struct Owner {
    pub(super) uid: Uid,
    pub(super) role: Role,
    pub(super) name: String,
}

/// Gives a token to somebody who has given the right password, in the answer and in a cookie. `password` is
/// the hash that it was compared with.
pub(super) async fn admit(
    request: &HttpRequest,
    app: &App,
    network: Network,
    owner: Owner,
    password: String,
) -> Result<WithCookie<LoggedIn>> {
    let token = token::mint()?;
    let earlier = earlier_token(request, owner.role);
    let new = NewToken { hash: token::hash(&token), expires: token_expiry(app), earlier };
    let uid = owner.uid.clone();
    app.write(move |tx| sessions::log_in(tx, &uid, &password, new, network)).await?;
    Ok(answer(app, owner, token))
}

/// The token of whoever was logged in to this browser before, in this role.
pub(super) fn earlier_token(request: &HttpRequest, role: Role) -> Option<TokenHash> {
    peer::cookie(request, role).map(|earlier| token::hash(&earlier))
}

fn token_expiry(app: &App) -> Time {
    Time::now() + app.config().token_lifetime()
}

/// The answer of which a token is part, whatever it is good for.
pub(super) fn answer(app: &App, owner: Owner, token: String) -> WithCookie<LoggedIn> {
    let Owner { uid, role, name } = owner;
    let expires = token_expiry(app);
    let lifetime = Duration::seconds(app.config().token_lifetime().as_secs() as i64);
    let cookie = token_cookie(role, token.clone(), app).max_age(lifetime).finish();
    WithCookie(cookie, LoggedIn { uid, role, name, token, expires })
}

fn token_cookie(role: Role, value: String, app: &App) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(peer::cookie_name(role), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config().secure_cookies)
}

/// Revokes the token and closes its connections.
pub async fn logout(
    app: Data<App>,
    Anybody(caller): Anybody,
    Body(Nothing {}): Body<Nothing>,
) -> Result<WithCookie<Done>> {
    let mut cookie = token_cookie(caller.role, String::new(), &app).finish();
    cookie.make_removal();
    app.log_out(caller).await?;
    Ok(WithCookie(cookie, Done {}))
}

/// Who somebody is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Profile")]
pub struct Me {
    uid: Uid,
    role: Role,
    #[schemars(example = &"王芳")]
    name: String,
    communityid: Option<CommunityId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"主任医师")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    onduty: Option<bool>,
    teams: Vec<Stid>,
}

/// Shows who one is. A resident's team is the one of the contract in force.
pub async fn me(app: Data<App>, Member(caller): Member) -> Result<Json<Me>> {
    let profile = app.read(move |connection| accounts::find_profile(connection, &caller.uid)).await?;
    let Profile { account, onduty, teams } = profile;
    let Account { uid, role, name, communityid, title, disabled: _ } = account;
    Ok(Json(Me { uid, role, name, communityid, title, onduty, teams }))
}

//! Connections in the back office: listing who is connected, and logging somebody out everywhere.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::body::Body;
use crate::http::extract::caller::Administrator;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::model::{DeviceId, Role, Uid};
use crate::service::sessions;
use crate::store::account::{self, Account};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

const NO_ACCOUNT: Error = Error::NotFound("account");

/// Which connections are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct SessionQuery {
    before: Option<Uid>,
    #[serde(default)]
    limit: Limit,
}

/// Somebody who is connected.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConnectedAccount")]
pub struct SessionView {
    uid: Uid,
    /// What they are called.
    #[schemars(example = &"王芳")]
    name: String,
    role: Role,
    /// The devices that they are connected from.
    #[schemars(example = &["phone-1"])]
    devices: Vec<String>,
}

/// Lists who is connected.
pub async fn list_sessions(
    app: Data<App>,
    _: Administrator,
    Query(wanted): Query<SessionQuery>,
) -> Result<Json<List<SessionView>>> {
    let connected = app.list_connected(wanted.before, wanted.limit.and_one()).await?;
    let uids: Vec<Uid> = connected.iter().map(|(uid, _)| uid.clone()).collect();
    let accounts = app.read(move |connection| account::list_by_ids(connection, &uids)).await?;
    let mut accounts: HashMap<_, _> =
        accounts.into_iter().map(|account| (account.uid.clone(), account)).collect();
    let view =
        |(uid, devices): (Uid, Vec<DeviceId>)| Ok(view(accounts.remove(&uid).ok_or(NO_ACCOUNT)?, devices));
    let sessions = connected.into_iter().map(view).collect::<Result<Vec<_>>>()?;
    Ok(Json(List::page(sessions, wanted.limit, |session| session.uid.to_string())))
}

fn view(Account { uid, name, role, .. }: Account, devices: Vec<DeviceId>) -> SessionView {
    let devices = devices.iter().map(|device| device.as_str().to_owned()).collect();
    SessionView { uid, name, role, devices }
}

/// The body of `/admin/session/kick`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "KickRequest")]
pub struct Kick {
    uid: Uid,
}

/// Logs somebody out everywhere.
pub async fn kick(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(Kick { uid }): Body<Kick>,
) -> Result<Json<Done>> {
    app.write_as(caller, move |tx, _| sessions::kick(tx, &uid)).await?;
    Ok(Json(Done {}))
}

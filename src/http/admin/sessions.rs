//! Watching over the service: who is connected, closing connections.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::body::{Body, Done, Limit, List, Query};
use crate::http::extract::caller::Administrator;
use crate::model::{Role, Uid};
use crate::service::sessions;
use crate::store::account;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which connections are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Sessions {
    before: Option<Uid>,
    #[serde(default)]
    limit: Limit,
}

/// Somebody who is connected.
#[derive(Serialize, JsonSchema)]
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

/// Who is connected to this node.
pub async fn list_sessions(
    app: Data<App>,
    _: Administrator,
    Query(wanted): Query<Sessions>,
) -> Result<Json<List<SessionView>>> {
    let connected = app.list_connected(wanted.before, wanted.limit.and_one()).await?;
    let sessions = app.read(move |store| {
        let view = |(uid, devices): (Uid, Vec<_>)| {
            let account = account::find(store, &uid)?.ok_or(Error::NotFound("account"))?;
            let devices = devices.iter().map(|device: &crate::model::DeviceId| device.as_str().to_owned());
            Ok(SessionView { uid, name: account.name, role: account.role, devices: devices.collect() })
        };
        connected.into_iter().map(view).collect::<Result<Vec<_>>>()
    });
    Ok(Json(List::page(sessions.await?, wanted.limit, |session| session.uid.to_string())))
}

/// The body of `/admin/session/kick`.
#[derive(Deserialize, JsonSchema)]
pub struct Kick {
    uid: Uid,
}

/// Logs somebody out everywhere: with a token that is still good their app would be back at once.
pub async fn kick(app: Data<App>, _: Administrator, Body(Kick { uid }): Body<Kick>) -> Result<Json<Done>> {
    app.write(move |tx| {
        account::lock(tx, &uid)?.ok_or(Error::NotFound("account"))?;
        sessions::revoke_all(tx, &uid)
    })
    .await?;
    Ok(Json(Done {}))
}

//! Writing messages: private chat of residents and doctors, and the chats of doctors. Groups are in
//! `discussion`.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Both;
use crate::http::extract::caller::{Doctor, Member};
use crate::http::extract::message::Message;
use crate::limits::account::Spending;
use crate::model::{Stid, Uid};
use crate::service::chat::{Receipt, Recipient, SendRequest};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;

/// The recipient of a private message.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PrivateMessageRequest")]
pub struct ToPerson {
    touid: Uid,
}

/// Writes to the doctor, or to the resident, whom a contract in force binds to the caller.
pub async fn send_alonechat(
    app: Data<App>,
    Member(caller): Member,
    Both(ToPerson { touid }, message): Both<ToPerson, Message>,
) -> Result<Json<Receipt>> {
    app.spend(&caller, Spending::Message)?;
    let new = message.into_new()?;
    Ok(Json(app.send(SendRequest { caller, to: Recipient::Party(touid), new }).await?))
}

/// The team that a message is for.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TeamMessageRequest")]
pub struct ToTeam {
    stid: Stid,
}

/// Writes to the other doctors of a team that the caller is in.
pub async fn send_teammatechat(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(ToTeam { stid }, message): Both<ToTeam, Message>,
) -> Result<Json<Receipt>> {
    app.spend(&caller, Spending::Message)?;
    let new = message.into_new()?;
    Ok(Json(app.send(SendRequest { caller, to: Recipient::Team(stid), new }).await?))
}

/// Writes to a friend among the doctors.
pub async fn send_doctorfriendchat(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(ToPerson { touid }, message): Both<ToPerson, Message>,
) -> Result<Json<Receipt>> {
    app.spend(&caller, Spending::Message)?;
    let new = message.into_new()?;
    Ok(Json(app.send(SendRequest { caller, to: Recipient::Friend(touid), new }).await?))
}

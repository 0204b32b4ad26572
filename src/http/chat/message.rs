//! Writing messages: private chat of residents and doctors, and the chats of doctors. Groups are in
//! `discussion`.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Both;
use crate::http::extract::caller::{Doctor, Member};
use crate::http::extract::message::Message;
use crate::model::{Stid, Uid};
use crate::service::chat::{self, Receipt};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::Deserialize;

/// Whom a private message is for.
#[derive(Deserialize, JsonSchema)]
pub struct AloneChat {
    touid: Uid,
}

/// Writes to the doctor, or to the resident, under a contract in force.
pub async fn send_alonechat(
    app: Data<App>,
    Member(caller): Member,
    Both(AloneChat { touid }, message): Both<AloneChat, Message>,
) -> Result<Json<Receipt>> {
    let new = message.into_new()?;
    let receipt = app.write(move |tx| chat::send_alonechat(tx, &caller, &touid, &new));
    Ok(Json(receipt.await?))
}

/// Which team a message is for.
#[derive(Deserialize, JsonSchema)]
pub struct TeammateChat {
    stid: Stid,
}

/// Writes to the other doctors of one's team.
pub async fn send_teammatechat(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(TeammateChat { stid }, message): Both<TeammateChat, Message>,
) -> Result<Json<Receipt>> {
    let new = message.into_new()?;
    let receipt = app.write(move |tx| chat::send_teammatechat(tx, &caller.uid, &stid, &new));
    Ok(Json(receipt.await?))
}

/// Writes to a friend among the doctors.
pub async fn send_doctorfriendchat(
    app: Data<App>,
    Doctor(caller): Doctor,
    Both(AloneChat { touid }, message): Both<AloneChat, Message>,
) -> Result<Json<Receipt>> {
    let new = message.into_new()?;
    let receipt = app.write(move |tx| chat::send_doctorfriendchat(tx, &caller.uid, &touid, &new));
    Ok(Json(receipt.await?))
}

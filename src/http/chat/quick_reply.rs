//! Quick replies: what doctors and administrators keep to write again, of their own and of teams.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::Body;
use crate::http::extract::caller::Staff;
use crate::http::extract::page::List;
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::limits::account::Spending;
use crate::model::{Phrase, ReplyId, Stid};
use crate::service::quick_replies::{self, Change};
use crate::store::quick_reply::QuickReply;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroUsize;

/// Whose quick replies are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct QuickReplyQuery {
    /// Those of one team; without it one's own, and then those of each of one's teams.
    stid: Option<Stid>,
}

/// Lists quick replies, all of them, in their order.
pub async fn list(
    app: Data<App>,
    Staff(caller): Staff,
    Query(QuickReplyQuery { stid }): Query<QuickReplyQuery>,
) -> Result<Json<List<QuickReply>>> {
    let items = app.read(move |connection| quick_replies::list(connection, &caller, stid)).await?;
    Ok(Json(List { items, next: None }))
}

/// The body of `quickreply/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateQuickReplyRequest")]
pub struct NewQuickReply {
    /// The team whose it is to be; without it, it is one's own.
    stid: Option<Stid>,
    /// The words, at most 500 characters.
    #[schemars(example = &"请先量体温，再告诉我结果。")]
    content: Phrase,
}

/// The quick reply that was added.
#[derive(Serialize, JsonSchema)]
pub struct CreatedQuickReply {
    replyid: ReplyId,
}

/// Adds a quick reply behind the others.
pub async fn create(
    app: Data<App>,
    Staff(caller): Staff,
    Body(NewQuickReply { stid, content }): Body<NewQuickReply>,
) -> Result<Json<CreatedQuickReply>> {
    app.spend(&caller, Spending::Message)?;
    let add = app.write_as(caller, move |tx, caller| quick_replies::add(tx, caller, stid.clone(), &content));
    Ok(Json(CreatedQuickReply { replyid: add.await? }))
}

/// The body of `quickreply/update`: what is not named stays.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdateQuickReplyRequest")]
pub struct QuickReplyUpdate {
    replyid: ReplyId,
    /// Its words, at most 500 characters.
    #[schemars(example = &"请先量体温，再告诉我结果。")]
    content: Option<Phrase>,
    /// Which one of its list it is to be: 1 is the first; beyond the last is the last.
    #[schemars(example = 1)]
    place: Option<NonZeroUsize>,
}

/// Changes a quick reply, or moves it within its list.
pub async fn update(
    app: Data<App>,
    Staff(caller): Staff,
    Body(QuickReplyUpdate { replyid, content, place }): Body<QuickReplyUpdate>,
) -> Result<Json<Done>> {
    app.spend(&caller, Spending::Message)?;
    let change = Change { content, place };
    app.write_as(caller, move |tx, caller| quick_replies::change(tx, caller, &replyid, &change)).await?;
    Ok(Json(Done {}))
}

/// The body of `quickreply/remove`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "RemoveQuickReplyRequest")]
pub struct QuickReplyChoice {
    replyid: ReplyId,
}

/// Deletes a quick reply.
pub async fn remove(
    app: Data<App>,
    Staff(caller): Staff,
    Body(QuickReplyChoice { replyid }): Body<QuickReplyChoice>,
) -> Result<Json<Done>> {
    app.write_as(caller, move |tx, caller| quick_replies::remove(tx, caller, &replyid)).await?;
    Ok(Json(Done {}))
}

//! Announcements of the back office: to the whole platform, or to a community.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::{Both, List, Query};
use crate::http::extract::caller::Administrator;
use crate::http::notice::doctors::{Listed, Sent, Told, Which, Words};
use crate::model::{Audience, CommunityId, NoticeKind, TopicId, WebAddress};
use crate::store::account;
use crate::store::topic::{self, Facts, NewTopic, Reach, Scope};
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The body of `/admin/platform/push`.
#[derive(Deserialize, JsonSchema)]
pub struct ToPlatform {
    audience: Audience,
    url: Option<WebAddress>,
}

/// The announcement, and how many were told.
#[derive(Serialize, JsonSchema)]
pub struct Announced {
    topicid: TopicId,
    sent: i64,
}

/// Tells everybody of the audience.
pub async fn push_to_platform(
    app: Data<App>,
    Administrator(caller): Administrator,
    Both(body, words): Both<ToPlatform, Words>,
) -> Result<Json<Announced>> {
    let ToPlatform { audience, url } = body;
    let facts = Facts::from_iter([("url".to_owned(), json!(url))]);
    let new = words.into_new(NoticeKind::System, caller.uid, facts);
    let (topicid, sent) = announce(&app, new, Scope::Platform(audience)).await?;
    Ok(Json(Announced { topicid, sent }))
}

/// The body of `/admin/socialpush/create`.
#[derive(Deserialize, JsonSchema)]
pub struct ToCommunity {
    communityid: CommunityId,
    audience: Audience,
}

/// Tells those of the audience who belong to a community.
pub async fn push_to_community(
    app: Data<App>,
    Administrator(caller): Administrator,
    Both(body, words): Both<ToCommunity, Words>,
) -> Result<Json<Sent>> {
    let ToCommunity { communityid, audience } = body;
    let facts = Facts::from_iter([("communityid".to_owned(), json!(communityid))]);
    let new = words.into_new(NoticeKind::Social, caller.uid, facts);
    let (_, sent) = announce(&app, new, Scope::Community(communityid, audience)).await?;
    Ok(Json(Sent { sent }))
}

/// Keeps the announcement, then tells it; one that was kept before is not told again.
async fn announce(app: &App, new: NewTopic, scope: Scope) -> Result<(TopicId, i64)> {
    let topicid = app.write(move |tx| {
        if let Scope::Community(communityid, _) = &scope {
            account::require_community(tx, communityid)?;
        }
        topic::announce(tx, &new, &scope)
    });
    let topicid = topicid.await?;
    let sent = app.announce(topicid.clone()).await?;
    Ok((topicid, sent))
}

/// What was announced to the platform.
pub async fn list_platform(
    app: Data<App>,
    _: Administrator,
    Query(told): Query<Told>,
) -> Result<Json<List<Listed>>> {
    told.list(&app, NoticeKind::System, None).await
}

/// What was announced to communities.
pub async fn list_social(
    app: Data<App>,
    _: Administrator,
    Query(told): Query<Told>,
) -> Result<Json<List<Listed>>> {
    told.list(&app, NoticeKind::Social, None).await
}

/// How far an announcement has reached, to the platform or to a community.
pub async fn report(app: Data<App>, _: Administrator, Query(which): Query<Which>) -> Result<Json<Reach>> {
    which.report(&app, &[NoticeKind::System, NoticeKind::Social], None).await
}

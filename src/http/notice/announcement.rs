//! Announcements of administrators: to the whole platform, or to a community.

use crate::app::App;
use crate::app::announcements;
use crate::error::Result;
use crate::http::extract::body::Both;
use crate::http::extract::caller::Administrator;
use crate::http::extract::page::List;
use crate::http::extract::query::Query;
use crate::http::notice::topic::{ListedTopic, SentCount, TopicChoice, TopicQuery, Words};
use crate::model::{Audience, CommunityId, NoticeKind, TopicId, WebAddress};
use crate::service::notices;
use crate::store::topic::{Facts, Scope};
use crate::store::topic_recipient::Reach;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The body of `/admin/platform/push`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PlatformAnnouncementRequest")]
pub struct ToPlatform {
    audience: Audience,
    url: Option<WebAddress>,
}

/// The announcement, and how many were told.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SentAnnouncement")]
pub struct Announced {
    topicid: TopicId,
    sent: i64,
}

/// Announces to everybody of the audience.
pub async fn push_to_platform(
    app: Data<App>,
    Administrator(caller): Administrator,
    Both(body, words): Both<ToPlatform, Words>,
) -> Result<Json<Announced>> {
    let ToPlatform { audience, url } = body;
    let facts = Facts::from_iter([("url".to_owned(), json!(url))]);
    let new = words.into_topic(NoticeKind::System, &caller, facts);
    let scope = Scope::Platform(audience);
    let (topicid, sent) =
        announcements::announce(&app, caller, move |tx| notices::announce(tx, &new, &scope)).await?;
    Ok(Json(Announced { topicid, sent }))
}

/// The body of `/admin/socialpush/create`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CommunityAnnouncementRequest")]
pub struct ToCommunity {
    communityid: CommunityId,
    audience: Audience,
}

/// Announces to those of the audience who belong to a community.
pub async fn push_to_community(
    app: Data<App>,
    Administrator(caller): Administrator,
    Both(body, words): Both<ToCommunity, Words>,
) -> Result<Json<SentCount>> {
    let ToCommunity { communityid, audience } = body;
    let facts = Facts::from_iter([("communityid".to_owned(), json!(communityid))]);
    let new = words.into_topic(NoticeKind::Social, &caller, facts);
    let scope = Scope::Community(communityid, audience);
    let (_, sent) =
        announcements::announce(&app, caller, move |tx| notices::announce(tx, &new, &scope)).await?;
    Ok(Json(SentCount { sent }))
}

/// Lists what was announced to the platform.
pub async fn list_platform(
    app: Data<App>,
    _: Administrator,
    Query(query): Query<TopicQuery>,
) -> Result<Json<List<ListedTopic>>> {
    query.list(&app, NoticeKind::System, None).await
}

/// Lists what was announced to communities.
pub async fn list_social(
    app: Data<App>,
    _: Administrator,
    Query(query): Query<TopicQuery>,
) -> Result<Json<List<ListedTopic>>> {
    query.list(&app, NoticeKind::Social, None).await
}

/// Reports how far an announcement has reached.
pub async fn report(
    app: Data<App>,
    _: Administrator,
    Query(choice): Query<TopicChoice>,
) -> Result<Json<Reach>> {
    choice.report(&app, &[NoticeKind::System, NoticeKind::Social], None).await
}

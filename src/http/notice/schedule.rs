//! Announcements for later, and how many people one would reach.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::{Body, Both};
use crate::http::extract::caller::Administrator;
use crate::http::extract::page::List;
use crate::http::extract::query::Query;
use crate::http::extract::response::Done;
use crate::http::notice::topic::Words;
use crate::model::{Audience, CommunityId, NoticeKind, ScheduleId, Time, WebAddress};
use crate::protocol::objects::ItemSubject;
use crate::service::{communities, scheduling};
use crate::store::audience;
use crate::store::scheduled_announcement::{self, ScheduledAnnouncement};
use crate::store::topic::Facts;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Whose number is asked for.
#[derive(Deserialize, JsonSchema)]
pub struct AudienceQuery {
    audience: Audience,
    /// Those of a community alone.
    communityid: Option<CommunityId>,
}

/// How many an announcement would reach if it were made now.
#[derive(Serialize, JsonSchema)]
pub struct AudienceSize {
    people: i64,
}

/// Counts an audience.
pub async fn count_audience(
    app: Data<App>,
    _: Administrator,
    Query(AudienceQuery { audience, communityid }): Query<AudienceQuery>,
) -> Result<Json<AudienceSize>> {
    let people = app.read(move |connection| {
        if let Some(communityid) = &communityid {
            communities::require_open(connection, communityid)?;
        }
        audience::count(connection, audience, communityid.as_ref())
    });
    Ok(Json(AudienceSize { people: people.await? }))
}

/// The body of `/admin/announcement/schedule`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "ScheduleAnnouncementRequest")]
pub struct Schedule {
    audience: Audience,
    /// Those of a community alone; without it, the whole platform.
    communityid: Option<CommunityId>,
    /// Of an announcement to the platform.
    url: Option<WebAddress>,
    /// When it is to be sent, within 366 days.
    sendtime: Time,
}

/// The announcement that waits.
#[derive(Serialize, JsonSchema)]
pub struct CreatedSchedule {
    scheduleid: ScheduleId,
}

/// Schedules an announcement.
pub async fn schedule(
    app: Data<App>,
    Administrator(caller): Administrator,
    Both(body, words): Both<Schedule, Words>,
) -> Result<Json<CreatedSchedule>> {
    let Schedule { audience, communityid, url, sendtime } = body;
    let (kind, fact) = match &communityid {
        Some(communityid) => (NoticeKind::Social, ("communityid".to_owned(), json!(communityid))),
        None => (NoticeKind::System, ("url".to_owned(), json!(url))),
    };
    let new = words.into_topic(kind, &caller, Facts::from_iter([fact]));
    let wanted = ScheduledAnnouncement::new(&new, audience, communityid.as_ref(), sendtime);
    let scheduleid = app.write_as(caller, move |tx, _| scheduling::schedule(tx, &new, &wanted)).await?;
    Ok(Json(CreatedSchedule { scheduleid }))
}

/// An announcement that waits for its time.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ScheduledAnnouncement")]
pub struct Scheduled {
    scheduleid: ScheduleId,
    tag: NoticeKind,
    #[schemars(example = &"流感疫苗")]
    title: String,
    #[schemars(example = &"周六上午可以接种。")]
    content: String,
    audience: Audience,
    /// The community that it is for; null for the whole platform.
    communityid: Option<CommunityId>,
    sendtime: Time,
    createtime: Time,
    /// Its further facts, as they will be in the line's `data`.
    data: ItemSubject,
}

impl From<ScheduledAnnouncement> for Scheduled {
    fn from(waiting: ScheduledAnnouncement) -> Self {
        let data = ItemSubject::Notice(Value::Object(waiting.facts()));
        let ScheduledAnnouncement { scheduleid, tag, title, content, audience, .. } = waiting;
        let (communityid, sendtime, createtime) = (waiting.communityid, waiting.sendtime, waiting.createtime);
        Self { scheduleid, tag, title, content, audience, communityid, sendtime, createtime, data }
    }
}

/// Lists the announcements that wait: all of them, the next one first.
pub async fn list(app: Data<App>, _: Administrator) -> Result<Json<List<Scheduled>>> {
    let waiting = app.read(|connection| scheduled_announcement::list(connection, scheduling::MOST)).await?;
    Ok(Json(List { items: waiting.into_iter().map(Scheduled::from).collect(), next: None }))
}

/// The body of `/admin/announcement/cancel`.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CancelAnnouncementRequest")]
pub struct ScheduleChoice {
    scheduleid: ScheduleId,
}

/// Takes back an announcement that waits.
pub async fn cancel(
    app: Data<App>,
    Administrator(caller): Administrator,
    Body(ScheduleChoice { scheduleid }): Body<ScheduleChoice>,
) -> Result<Json<Done>> {
    app.write_as(caller, move |tx, _| scheduling::take_back(tx, &scheduleid)).await?;
    Ok(Json(Done {}))
}

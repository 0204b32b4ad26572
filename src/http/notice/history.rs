//! What one has been told apart from rooms, also when it is no longer the newest of its tag.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::body::{Limit, List, Query};
use crate::http::extract::caller::Member;
use crate::model::{NoticeKind, Time, TopicId};
use crate::protocol::shape::{Line, LineSubject};
use crate::store::notice_history;
use crate::store::topic::Topic;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which notices are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct Wanted {
    tag: Option<NoticeKind>,
    before: Option<TopicId>,
    #[serde(default)]
    limit: Limit,
}

/// A notice as who was told it sees it.
#[derive(Serialize, JsonSchema)]
pub struct Told {
    topicid: TopicId,
    tag: NoticeKind,
    #[schemars(example = &"流感疫苗")]
    title: String,
    #[schemars(example = &"周六上午可以接种。")]
    content: String,
    createtime: Time,
    /// Its further facts, as the line's `data` has them.
    data: LineSubject,
    /// Whether it had come before the line of its tag was last read.
    read: bool,
}

impl From<(Topic, bool)> for Told {
    fn from((topic, read): (Topic, bool)) -> Self {
        let Line { data, .. } = topic.line(topic.createtime);
        let Topic { topicid, tag, title, content, createtime, .. } = topic;
        Self { topicid, tag, title, content, createtime, data, read }
    }
}

/// The notices that one has been told.
pub async fn list(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<Wanted>,
) -> Result<Json<List<Told>>> {
    let Wanted { tag, before, limit } = wanted;
    let told = app
        .read(move |store| notice_history::list(store, &caller.uid, tag, before.as_ref(), limit.and_one()));
    let told = told.await?.into_iter().map(Told::from).collect();
    Ok(Json(List::page(told, limit, |told: &Told| told.topicid.to_string())))
}

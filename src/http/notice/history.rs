//! The notices that one has received, also those that are no longer the newest of their kind.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::caller::Member;
use crate::http::extract::page::{Limit, List};
use crate::http::extract::query::Query;
use crate::model::{NoticeKind, Time, TopicId};
use crate::protocol::objects::{ItemContent, ItemSubject};
use crate::store::topic::Topic;
use crate::store::topic_recipient;
use actix_web::web::{Data, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which notices are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct HistoryQuery {
    tag: Option<NoticeKind>,
    before: Option<TopicId>,
    #[serde(default)]
    limit: Limit,
}

/// A notice as who was told it sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReceivedNotice")]
pub struct ReceivedNotice {
    topicid: TopicId,
    tag: NoticeKind,
    #[schemars(example = &"流感疫苗")]
    title: String,
    #[schemars(example = &"周六上午可以接种。")]
    content: String,
    createtime: Time,
    /// Its further facts, as the line's `data` has them.
    data: ItemSubject,
    /// Whether it had come before the line of its tag was last read.
    read: bool,
}

impl From<(Topic, bool)> for ReceivedNotice {
    fn from((topic, read): (Topic, bool)) -> Self {
        let ItemContent { data, .. } = topic.item_content(topic.createtime);
        let Topic { topicid, tag, title, content, createtime, .. } = topic;
        Self { topicid, tag, title, content, createtime, data, read }
    }
}

/// Lists the notices that one has received.
pub async fn list(
    app: Data<App>,
    Member(caller): Member,
    Query(wanted): Query<HistoryQuery>,
) -> Result<Json<List<ReceivedNotice>>> {
    let HistoryQuery { tag, before, limit } = wanted;
    let topics = app.read(move |connection| {
        topic_recipient::list_topics(connection, &caller.uid, tag, before.as_ref(), limit.and_one())
    });
    let received = topics.await?.into_iter().map(ReceivedNotice::from).collect();
    Ok(Json(List::page(received, limit, |notice: &ReceivedNotice| notice.topicid.to_string())))
}

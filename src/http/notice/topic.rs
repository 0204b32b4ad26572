//! What doctors' notices and administrators' announcements have in common: their text, their list and
//! the report of how far one has reached.

use crate::app::App;
use crate::error::Result;
use crate::http::extract::page::{Limit, List};
use crate::model::{Caller, ClientId, Content, NoticeKind, Time, Title, TopicId, Uid};
use crate::store::topic::{self, Facts, NewTopic, Topic};
use crate::store::topic_recipient::{self, Reach};
use actix_web::web::Json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The words of a notice.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Words {
    #[schemars(example = &"流感疫苗")]
    title: Title,
    #[schemars(example = &"周六上午可以接种。")]
    content: Content,
    #[schemars(example = &"desk-17")]
    clientid: Option<ClientId>,
}

impl Words {
    /// The topic with this text; it says who sends it.
    pub fn into_topic(self, kind: NoticeKind, author: &Caller, mut facts: Facts) -> NewTopic {
        let Self { title, content, clientid } = self;
        let from = json!({ "uid": author.uid, "name": author.name, "role": author.role });
        facts.insert("from".to_owned(), from);
        NewTopic { kind, author: author.uid.clone(), clientid, title, content, facts }
    }
}

/// How many were told.
#[derive(Serialize, JsonSchema)]
pub struct SentCount {
    /// People.
    pub sent: i64,
}

/// Which notices are asked for.
#[derive(Deserialize, JsonSchema)]
pub struct TopicQuery {
    before: Option<TopicId>,
    #[serde(default)]
    limit: Limit,
}

/// A notice as its author sees it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SentNotice")]
pub struct ListedTopic {
    topicid: TopicId,
    #[schemars(example = &"流感疫苗")]
    title: String,
    #[schemars(example = &"周六上午可以接种。")]
    content: String,
    createtime: Time,
    sent: i64,
}

impl From<Topic> for ListedTopic {
    fn from(topic: Topic) -> Self {
        let Topic { topicid, title, content, createtime, sent, .. } = topic;
        Self { topicid, title, content, createtime, sent }
    }
}

impl TopicQuery {
    /// Lists a page of the notices of this kind by this author, or by anybody.
    pub async fn list(
        self,
        app: &App,
        kind: NoticeKind,
        author: Option<Uid>,
    ) -> Result<Json<List<ListedTopic>>> {
        let Self { before, limit } = self;
        let topics = app.read(move |connection| {
            topic::list(connection, kind, author.as_ref(), before.as_ref(), limit.and_one())
        });
        let items = topics.await?.into_iter().map(ListedTopic::from).collect();
        Ok(Json(List::page(items, limit, |item: &ListedTopic| item.topicid.to_string())))
    }
}

/// Of which notice a report is asked for.
#[derive(Deserialize, JsonSchema)]
pub struct TopicChoice {
    topicid: TopicId,
}

impl TopicChoice {
    /// Reports how far the notice has reached, if it is of one of these kinds and by this author, where
    /// one is given.
    pub async fn report(
        self,
        app: &App,
        kinds: &'static [NoticeKind],
        author: Option<Uid>,
    ) -> Result<Json<Reach>> {
        let reach = app.read(move |connection| {
            topic_recipient::count_reach(connection, &self.topicid, kinds, author.as_ref())
        });
        Ok(Json(reach.await?))
    }
}

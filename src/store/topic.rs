//! Topics: notices, each stored once, however many people receive it.
//!
//! A topic with a scope is an announcement: its audience is walked in the order of the ids, and the
//! topic stores how far that has come. Recipients are in `topic_recipient`.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, platform_topic, social_signed};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{
    Audience, ClientId, CommunityId, Content, ContractStatus, NoticeKind, Role, Stid, Time, Title, TopicId,
    Uid,
};
use crate::protocol::objects::{ItemContent, ItemSubject};
use diesel::dsl::not;
use diesel::prelude::*;
use serde_json::{Map, Value};

/// Further facts of a notice, such as a link, as JSON fields.
pub type Facts = Map<String, Value>;

/// A topic to insert.
#[derive(Debug, Clone)]
pub struct NewTopic {
    /// The kind of notice.
    pub kind: NoticeKind,
    /// Who sends it.
    pub author: Uid,
    /// The author's own number for it, which makes sending it again safe.
    pub clientid: Option<ClientId>,
    /// The heading.
    pub title: Title,
    /// The text.
    pub content: Content,
    /// Further facts.
    pub facts: Facts,
}

/// The audience of an announcement: whoever belongs to it both when it is made and when their batch is
/// sent.
#[derive(Debug, Clone)]
pub enum Scope {
    /// Everybody of these roles.
    Platform(Audience),
    /// Those of these roles who belong to a community.
    Community(CommunityId, Audience),
    /// The residents under contract in force with a team.
    Team(Stid),
}

/// A topic as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = platform_topic)]
pub struct Topic {
    /// Its id.
    pub topicid: TopicId,
    /// The kind of notice.
    pub tag: NoticeKind,
    /// The heading.
    pub title: String,
    /// The text.
    pub content: String,
    data: String,
    audience: Option<Audience>,
    communityid: Option<CommunityId>,
    stid: Option<Stid>,
    /// When it was made.
    pub createtime: Time,
    /// The last recipient of an announcement so far; its audience is walked in the order of the ids.
    progress: String,
    /// The number of recipients so far.
    pub sent: i64,
    /// Whether the whole audience has received it.
    pub finished: bool,
    /// Whom the audience ends with; who comes after them had no account when it was made.
    lastuid: Option<Uid>,
}

impl Topic {
    /// The part of an inbox item that is the same for all recipients.
    pub fn item_content(&self, updatetime: Time) -> ItemContent {
        let mut facts: Facts = serde_json::from_str(&self.data).unwrap_or_default();
        facts.insert("topicid".to_owned(), self.topicid.as_str().into());
        let data = ItemSubject::Notice(Value::Object(facts));
        ItemContent { tags: [self.tag.tag()], content: self.content.clone(), updatetime, data }
    }
}

impl Topic {
    /// Whether it says the same, to the same audience. Who sends it may have another name by now.
    fn is_same(&self, new: &NewTopic, scope: Option<&Scope>) -> bool {
        let mut facts: Facts = serde_json::from_str(&self.data).unwrap_or_default();
        facts.remove("from");
        let is_fact = |(name, fact): (&String, &Value)| name == "from" || facts.get(name) == Some(fact);
        let words = (self.tag, self.title.as_str(), self.content.as_str());
        let audience = (self.audience, self.communityid.as_ref(), self.stid.as_ref());
        words == (new.kind, new.title.as_str(), new.content.as_str())
            && audience == columns(scope)
            && new.facts.iter().all(is_fact)
    }
}

/// The columns of a scope.
fn columns(scope: Option<&Scope>) -> (Option<Audience>, Option<&CommunityId>, Option<&Stid>) {
    match scope {
        None => (None, None, None),
        Some(Scope::Platform(audience)) => (Some(*audience), None, None),
        Some(Scope::Community(communityid, audience)) => (Some(*audience), Some(communityid), None),
        Some(Scope::Team(stid)) => (None, None, Some(stid)),
    }
}

/// That a number was used for another notice.
pub const OTHER: Error = Error::Conflict("clientid: you have sent another notice under it");

/// Finds the topic that this author first sent under the same number; `FA_CONFLICT` where it says
/// something else or is for others.
pub fn find_sent_before(
    connection: &mut AnyConnection,
    new: &NewTopic,
    scope: Option<&Scope>,
) -> Result<Option<Topic>> {
    let Some(clientid) = &new.clientid else { return Ok(None) };
    let first = platform_topic::author.eq(&new.author).and(platform_topic::clientid.eq(clientid.as_str()));
    let first = platform_topic::table.filter(first).select(Topic::as_select()).first(connection);
    match first.optional()? {
        Some(first) if !Topic::is_same(&first, new, scope) => Err(OTHER),
        first => Ok(first),
    }
}

/// Inserts a topic; with a scope it is an announcement.
pub fn insert(tx: &mut Tx<'_>, new: &NewTopic, scope: Option<&Scope>) -> Result<TopicId> {
    let (topicid, now) = (TopicId::new(), tx.now);
    let (audience, communityid, stid) = columns(scope);
    let lastuid: Option<Uid> = match scope {
        Some(_) => account::table.select(diesel::dsl::max(account::uid)).first(&mut **tx)?,
        None => None,
    };
    diesel::insert_into(platform_topic::table)
        .values((
            platform_topic::topicid.eq(&topicid),
            platform_topic::tag.eq(new.kind),
            platform_topic::author.eq(&new.author),
            platform_topic::clientid.eq(new.clientid.as_ref().map(ClientId::as_str)),
            platform_topic::title.eq(new.title.as_str()),
            platform_topic::content.eq(new.content.as_str()),
            platform_topic::data.eq(Value::Object(new.facts.clone()).to_string()),
            platform_topic::audience.eq(audience),
            platform_topic::communityid.eq(communityid),
            platform_topic::stid.eq(stid),
            platform_topic::createtime.eq(now),
            platform_topic::finished.eq(false),
            platform_topic::lastuid.eq(lastuid),
        ))
        .execute(&mut **tx)?;
    Ok(topicid)
}

/// Finds a topic; fails with `FA_NOTFOUND` if there is none.
pub fn find(connection: &mut AnyConnection, topicid: &TopicId) -> Result<Topic> {
    let topic = platform_topic::table.find(topicid).select(Topic::as_select());
    topic.first(connection).optional()?.ok_or(Error::NotFound("topic"))
}

/// Finds a topic and locks it until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, topicid: &TopicId) -> Result<Topic> {
    diesel::update(platform_topic::table.find(topicid))
        .set(platform_topic::sent.eq(platform_topic::sent))
        .execute(&mut **tx)?;
    find(tx, topicid)
}

/// Lists the announcements whose audience has not received them all yet, oldest first.
pub fn list_unfinished(connection: &mut AnyConnection) -> Result<Vec<TopicId>> {
    // As the condition of the partial index says it.
    let unfinished = platform_topic::table.filter(not(platform_topic::finished));
    Ok(unfinished.order(platform_topic::topicid).select(platform_topic::topicid).load(connection)?)
}

/// A step forward in sending a topic.
#[derive(Debug)]
pub struct Progress<'a> {
    /// The last recipient of an announcement's batch.
    pub last: Option<&'a Uid>,
    /// The number of recipients in this step.
    pub sent: i64,
    /// Whether it was the last step.
    pub finished: bool,
}

/// Stores that a topic has been sent to more people.
pub fn add_progress(tx: &mut Tx<'_>, topicid: &TopicId, progress: &Progress<'_>) -> Result<()> {
    let Progress { last, sent, finished } = progress;
    diesel::update(platform_topic::table.find(topicid))
        .set((
            last.map(|last| platform_topic::progress.eq(last.as_str())),
            platform_topic::sent.eq(platform_topic::sent + *sent),
            platform_topic::finished.eq(*finished),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists the next `limit` people of an announcement's audience who have not received it.
pub fn list_next_recipients(connection: &mut AnyConnection, topic: &Topic, limit: i64) -> Result<Vec<Uid>> {
    let mut people = account::table
        .filter(account::disabled.eq(false))
        .filter(account::uid.gt(&topic.progress))
        .order(account::uid)
        .limit(limit)
        .select(account::uid)
        .into_boxed();
    people = match topic.audience {
        Some(Audience::All) => people.filter(account::role.ne(Role::Admin)),
        Some(Audience::User) | None => people.filter(account::role.eq(Role::User)),
        Some(Audience::Doctor) => people.filter(account::role.eq(Role::Doctor)),
    };
    if let Some(lastuid) = &topic.lastuid {
        people = people.filter(account::uid.le(lastuid));
    }
    if let Some(communityid) = &topic.communityid {
        people = people.filter(account::communityid.eq(communityid));
    }
    if let Some(stid) = &topic.stid {
        let signed = social_signed::stid.eq(stid).and(social_signed::status.eq(ContractStatus::Signed));
        people = people
            .filter(account::uid.eq_any(social_signed::table.filter(signed).select(social_signed::uid)));
    }
    Ok(people.load(connection)?)
}

/// Lists the topics of a kind by this author, or by anybody, newest first, starting after the cursor.
pub fn list(
    connection: &mut AnyConnection,
    kind: NoticeKind,
    author: Option<&Uid>,
    before: Option<&TopicId>,
    limit: i64,
) -> Result<Vec<Topic>> {
    let mut topics =
        platform_topic::table.filter(platform_topic::tag.eq(kind)).select(Topic::as_select()).into_boxed();
    if let Some(author) = author {
        topics = topics.filter(platform_topic::author.eq(author));
    }
    if let Some(before) = before {
        topics = topics.filter(platform_topic::topicid.lt(before));
    }
    Ok(topics.order(platform_topic::topicid.desc()).limit(limit).load(connection)?)
}

//! Topics: what is told apart from rooms, kept once however many are told, and how far it has come.
//!
//! A topic with a scope is announced: its audience is told a part at a time, each part in a
//! transaction of its own, so that an announcement to everybody holds nobody up. How a part lands
//! on people's lines is in `line`.

use super::line;
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, mailbox, platform_topic, social_message, social_signed, topic_recipient};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{
    Audience, ClientId, CommunityId, Content, ContractStatus, NoticeKind, Role, Stid, Time, Title, TopicId,
    Uid,
};
use crate::protocol::shape::{Line, LineSubject};
use diesel::prelude::*;
use serde_json::{Map, Value};

/// How many people are told in one transaction: some milliseconds' work.
const PART: i64 = 500;

/// Further facts of a notice, such as a link.
pub type Facts = Map<String, Value>;

/// Something to be told.
#[derive(Debug, Clone)]
pub struct NewTopic {
    /// What it is.
    pub kind: NoticeKind,
    /// Who tells it.
    pub author: Uid,
    /// The author's own number for it, which makes telling it again safe.
    pub clientid: Option<ClientId>,
    /// The heading.
    pub title: Title,
    /// The words.
    pub content: Content,
    /// Further facts, such as a link.
    pub facts: Facts,
}

/// Whom an announcement is for: who belongs to it when it is made, and still when their turn comes.
#[derive(Debug, Clone)]
pub enum Scope {
    /// Everybody of these roles.
    Platform(Audience),
    /// Those of these roles who belong to a community.
    Community(CommunityId, Audience),
    /// The residents under contract in force with a team.
    Team(Stid),
}

/// A topic as it is kept.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = platform_topic)]
pub struct Topic {
    /// The topic.
    pub topicid: TopicId,
    /// What it is.
    pub tag: NoticeKind,
    /// The heading.
    pub title: String,
    /// The words.
    pub content: String,
    data: String,
    audience: Option<Audience>,
    communityid: Option<CommunityId>,
    stid: Option<Stid>,
    /// When it was made.
    pub createtime: Time,
    progress: String,
    /// How many have been told.
    pub sent: i64,
    /// Whether all have been told.
    pub finished: bool,
}

impl Topic {
    /// The part of an inbox item that all who have it share.
    pub fn line(&self, updatetime: Time) -> Line {
        let mut facts: Facts = serde_json::from_str(&self.data).unwrap_or_default();
        facts.insert("topicid".to_owned(), self.topicid.as_str().into());
        let data = LineSubject::Notice(Value::Object(facts));
        Line { tags: [self.tag.tag()], content: self.content.clone(), updatetime, data }
    }
}

/// What was made when this author first told something under this number.
pub fn find_first(connection: &mut AnyConnection, new: &NewTopic) -> Result<Option<Topic>> {
    let Some(clientid) = &new.clientid else { return Ok(None) };
    let first = platform_topic::author.eq(&new.author).and(platform_topic::clientid.eq(clientid.as_str()));
    Ok(platform_topic::table.filter(first).select(Topic::as_select()).first(connection).optional()?)
}

/// Makes a topic and tells it to these people, each named once.
pub fn tell(tx: &mut Tx<'_>, new: &NewTopic, to: &[Uid]) -> Result<TopicId> {
    let topicid = insert(tx, new, None)?;
    let topic = find(tx, &topicid)?;
    line::deliver(tx, &topic, to)?;
    set_progress(tx, &topicid, "", to.len() as i64, true)?;
    Ok(topicid)
}

/// Makes a topic that is to be told to everybody in the scope, by `go_on`; told before under the
/// same number, it is that one.
pub fn announce(tx: &mut Tx<'_>, new: &NewTopic, scope: &Scope) -> Result<TopicId> {
    match find_first(tx, new)? {
        Some(first) => Ok(first.topicid),
        None => insert(tx, new, Some(scope)),
    }
}

fn insert(tx: &mut Tx<'_>, new: &NewTopic, scope: Option<&Scope>) -> Result<TopicId> {
    let (topicid, now) = (TopicId::new(), tx.now);
    let (audience, communityid, stid) = match scope {
        None => (None, None, None),
        Some(Scope::Platform(audience)) => (Some(*audience), None, None),
        Some(Scope::Community(communityid, audience)) => (Some(*audience), Some(communityid), None),
        Some(Scope::Team(stid)) => (None, None, Some(stid)),
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
        ))
        .execute(&mut **tx)?;
    Ok(topicid)
}

fn find(connection: &mut AnyConnection, topicid: &TopicId) -> Result<Topic> {
    let topic = platform_topic::table.find(topicid).select(Topic::as_select());
    topic.first(connection).optional()?.ok_or(Error::NotFound("topic"))
}

/// The topics of which not all have been told yet, oldest first.
pub fn list_unfinished(connection: &mut AnyConnection) -> Result<Vec<TopicId>> {
    let unfinished = platform_topic::table.filter(platform_topic::finished.eq(false));
    Ok(unfinished.order(platform_topic::topicid).select(platform_topic::topicid).load(connection)?)
}

/// Tells the next part of a topic's audience; how many were told in all, once they have been. The
/// topic's row is locked first, so that whoever goes on with it, nobody is told twice.
pub fn go_on(tx: &mut Tx<'_>, topicid: &TopicId) -> Result<Option<i64>> {
    diesel::update(platform_topic::table.find(topicid))
        .set(platform_topic::sent.eq(platform_topic::sent))
        .execute(&mut **tx)?;
    let topic = find(tx, topicid)?;
    if topic.finished {
        return Ok(Some(topic.sent));
    }
    let part = next_part(tx, &topic)?;
    line::deliver(tx, &topic, &part)?;
    let (told, finished) = (part.len() as i64, (part.len() as i64) < PART);
    let progress = part.last().map_or(topic.progress.as_str(), Uid::as_str);
    set_progress(tx, topicid, progress, told, finished)?;
    Ok(finished.then_some(topic.sent + told))
}

fn set_progress(tx: &mut Tx<'_>, topicid: &TopicId, progress: &str, told: i64, finished: bool) -> Result<()> {
    diesel::update(platform_topic::table.find(topicid))
        .set((
            platform_topic::progress.eq(progress),
            platform_topic::sent.eq(platform_topic::sent + told),
            platform_topic::finished.eq(finished),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

/// Those of the audience who come after the last one told, in the order of their ids.
fn next_part(connection: &mut AnyConnection, topic: &Topic) -> Result<Vec<Uid>> {
    let mut people = account::table
        .filter(account::disabled.eq(false).and(account::createtime.le(topic.createtime)))
        .filter(account::uid.gt(&topic.progress))
        .order(account::uid)
        .limit(PART)
        .select(account::uid)
        .into_boxed();
    people = match topic.audience {
        Some(Audience::All) => people.filter(account::role.ne(Role::Admin)),
        Some(Audience::User) | None => people.filter(account::role.eq(Role::User)),
        Some(Audience::Doctor) => people.filter(account::role.eq(Role::Doctor)),
    };
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

/// The topics of a kind that somebody, or anybody, has told, newest first, those before the cursor.
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

/// Those of these people who have been told.
pub fn list_told(connection: &mut AnyConnection, topicid: &TopicId, among: &[Uid]) -> Result<Vec<Uid>> {
    let told = topic_recipient::table.filter(topic_recipient::topicid.eq(topicid));
    let told = told.filter(topic_recipient::uid.eq_any(among));
    Ok(told.select(topic_recipient::uid).load(connection)?)
}

/// How far a topic has reached: numbers of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Reach {
    /// In whose message list it is.
    pub stored: i64,
    /// To a device of whom it went out.
    pub delivered: i64,
    /// A device of whom has acknowledged it.
    pub acknowledged: i64,
    /// Who has read it.
    pub read: i64,
}

/// How far a topic of one of these kinds has reached; `FA_NOTFOUND` where the author, if one is
/// named, is another.
pub fn report(
    connection: &mut AnyConnection,
    topicid: &TopicId,
    kinds: &[NoticeKind],
    author: Option<&Uid>,
) -> Result<Reach> {
    let topic = platform_topic::table.find(topicid).filter(platform_topic::tag.eq_any(kinds));
    let told: Option<(NoticeKind, Uid)> =
        topic.select((platform_topic::tag, platform_topic::author)).first(connection).optional()?;
    let (kind, told_by) = told.ok_or(Error::NotFound("topic"))?;
    if author.is_some_and(|author| *author != told_by) {
        return Err(Error::NotFound("topic"));
    }
    let recipients = || topic_recipient::table.filter(topic_recipient::topicid.eq(topicid));
    let mailboxes = || recipients().inner_join(mailbox::table.on(mailbox::uid.eq(topic_recipient::uid)));
    let reached = mailbox::sent.ge(topic_recipient::seq).or(mailbox::acked.ge(topic_recipient::seq));
    let line = social_message::uid.eq(topic_recipient::uid).and(social_message::tag.eq(kind));
    let read = social_message::read_total.ge(topic_recipient::number);
    Ok(Reach {
        stored: recipients().count().get_result(connection)?,
        delivered: mailboxes().filter(reached).count().get_result(connection)?,
        acknowledged: mailboxes()
            .filter(mailbox::acked.ge(topic_recipient::seq))
            .count()
            .get_result(connection)?,
        read: recipients()
            .inner_join(social_message::table.on(line))
            .filter(read)
            .count()
            .get_result(connection)?,
    })
}

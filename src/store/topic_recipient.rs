//! The recipients of topics: under which number of their pushes, and as which of their notices of that
//! kind, each has received it; and how far a topic has reached.

use super::topic::Topic;
use crate::db::bulk::{column, insert_many};
use crate::db::connection::AnyConnection;
use crate::db::prepared::run_prepared_on;
use crate::db::schema::{mailbox, platform_topic, social_message, topic_recipient};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{NoticeKind, TopicId, Uid};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};

/// A recipient of a topic.
#[derive(Debug, Insertable)]
#[diesel(table_name = topic_recipient, treat_none_as_default_value = false)]
pub struct Recipient<'a> {
    /// Who.
    pub uid: &'a Uid,
    /// The topic.
    pub topicid: &'a TopicId,
    /// The number of the push that told them.
    pub seq: i64,
    /// Its number among their notices of this kind: 1, 2, 3 …
    pub number: i64,
}

/// Inserts recipients.
pub fn insert(tx: &mut Tx<'_>, recipients: &[Recipient<'_>]) -> Result<()> {
    if let AnyConnection::Postgres(connection) = &mut **tx {
        return Ok(insert_lists(connection, recipients)?);
    }
    insert_many!(tx, topic_recipient::table, recipients);
    Ok(())
}

/// A list for each column.
fn insert_lists(connection: &mut PgConnection, recipients: &[Recipient<'_>]) -> QueryResult<()> {
    let insert = sql_query(
        "INSERT INTO topic_recipient (uid, topicid, seq, number) \
         SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])",
    )
    .bind::<Array<Text>, _>(column(recipients, |recipient| recipient.uid))
    .bind::<Array<Text>, _>(column(recipients, |recipient| recipient.topicid))
    .bind::<Array<BigInt>, _>(column(recipients, |recipient| recipient.seq))
    .bind::<Array<BigInt>, _>(column(recipients, |recipient| recipient.number));
    run_prepared_on!(connection, insert)
}

/// Lists those of these people who have received a topic.
pub fn list_among(connection: &mut AnyConnection, topicid: &TopicId, people: &[Uid]) -> Result<Vec<Uid>> {
    let recipients = topic_recipient::table.filter(topic_recipient::topicid.eq(topicid));
    let among = recipients.filter(topic_recipient::uid.eq_any(people));
    Ok(among.select(topic_recipient::uid).load(connection)?)
}

/// Lists the notices that somebody has received, newest first, starting after the cursor; each with
/// whether it has been read.
pub fn list_topics(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<NoticeKind>,
    before: Option<&TopicId>,
    limit: i64,
) -> Result<Vec<(Topic, bool)>> {
    let entry = social_message::uid.eq(topic_recipient::uid).and(social_message::tag.eq(platform_topic::tag));
    let mut received = topic_recipient::table
        .inner_join(platform_topic::table)
        .inner_join(social_message::table.on(entry))
        .filter(topic_recipient::uid.eq(uid))
        .select((Topic::as_select(), social_message::read_total.ge(topic_recipient::number)))
        .into_boxed();
    if let Some(tag) = tag {
        received = received.filter(platform_topic::tag.eq(tag));
    }
    if let Some(before) = before {
        received = received.filter(topic_recipient::topicid.lt(before));
    }
    Ok(received.order(topic_recipient::topicid.desc()).limit(limit).load(connection)?)
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

/// Counts how far a topic of one of these kinds has reached. Fails with `FA_NOTFOUND` if it is not by
/// this author, where one is given.
pub fn count_reach(
    connection: &mut AnyConnection,
    topicid: &TopicId,
    kinds: &[NoticeKind],
    author: Option<&Uid>,
) -> Result<Reach> {
    let topic = platform_topic::table.find(topicid).filter(platform_topic::tag.eq_any(kinds));
    let found: Option<(NoticeKind, Uid)> =
        topic.select((platform_topic::tag, platform_topic::author)).first(connection).optional()?;
    let (kind, sent_by) = found.ok_or(Error::NotFound("topic"))?;
    if author.is_some_and(|author| *author != sent_by) {
        return Err(Error::NotFound("topic"));
    }
    let recipients = || topic_recipient::table.filter(topic_recipient::topicid.eq(topicid));
    let mailboxes = || recipients().inner_join(mailbox::table.on(mailbox::uid.eq(topic_recipient::uid)));
    let reached = mailbox::sent.ge(topic_recipient::seq).or(mailbox::acked.ge(topic_recipient::seq));
    let entry = social_message::uid.eq(topic_recipient::uid).and(social_message::tag.eq(kind));
    let read = social_message::read_total.ge(topic_recipient::number);
    Ok(Reach {
        stored: recipients().count().get_result(connection)?,
        delivered: mailboxes().filter(reached).count().get_result(connection)?,
        acknowledged: mailboxes()
            .filter(mailbox::acked.ge(topic_recipient::seq))
            .count()
            .get_result(connection)?,
        read: recipients()
            .inner_join(social_message::table.on(entry))
            .filter(read)
            .count()
            .get_result(connection)?,
    })
}

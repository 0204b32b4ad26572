//! Inbox entries of notices: one for each person and kind of notice, which shows the newest.
//!
//! A person's mailbox is the lock of their entries: whoever writes or reads them locks it first
//! (`mailbox::lock`). The notices themselves are in `topic`; entries of rooms are in `inbox`.

use super::topic::Topic;
use crate::db::bulk::{column, insert_many};
use crate::db::connection::AnyConnection;
use crate::db::paging::Cursor;
use crate::db::prepared::prepared_on;
use crate::db::schema::{platform_topic, social_message};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{MessageId, NoticeKind, Tag, Time, TopicId, Uid};
use crate::protocol::objects::{InboxItem, RecipientView};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};
use std::collections::HashSet;

/// An entry.
#[derive(Debug, Insertable, Queryable, QueryableByName)]
#[diesel(table_name = social_message, treat_none_as_default_value = false)]
pub struct Entry {
    /// Whose inbox it is in.
    pub uid: Uid,
    /// The kind of notice.
    pub tag: NoticeKind,
    /// Its id in the inbox.
    pub messageid: MessageId,
    /// The newest notice.
    pub topicid: TopicId,
    /// The number of notices so far.
    pub total: i64,
    /// How many of them have been read.
    pub read_total: i64,
    /// When the newest notice came.
    pub updatetime: Time,
}

impl Entry {
    /// The recipient's own part of the inbox item, while `topic` is the newest notice.
    pub fn into_recipient(self, topic: &Topic) -> RecipientView {
        let Self { messageid, uid, total, read_total, .. } = self;
        RecipientView { messageid, uid, title: topic.title.clone(), unread: total - read_total }
    }
}

/// Puts a topic into the entries of these people, each listed once; inserts entries that are missing.
pub fn upsert(tx: &mut Tx<'_>, topic: &Topic, uids: &[Uid]) -> Result<Vec<Entry>> {
    let now = tx.now;
    let first = |uid: &Uid| Entry {
        uid: uid.clone(),
        tag: topic.tag,
        messageid: MessageId::new(),
        topicid: topic.topicid.clone(),
        total: 1,
        read_total: 0,
        updatetime: now,
    };
    if let AnyConnection::Postgres(connection) = &mut **tx {
        return Ok(upsert_lists(connection, &uids.iter().map(first).collect::<Vec<_>>())?);
    }
    let entries = social_message::table.filter(social_message::tag.eq(topic.tag));
    let mut entries: Vec<Entry> = diesel::update(entries.filter(social_message::uid.eq_any(uids)))
        .set((
            social_message::topicid.eq(&topic.topicid),
            social_message::total.eq(social_message::total + 1),
            social_message::updatetime.eq(now),
        ))
        .returning(social_message::all_columns)
        .get_results(&mut **tx)?;
    let updated: HashSet<&Uid> = entries.iter().map(|entry| &entry.uid).collect();
    let new: Vec<_> = uids.iter().filter(|uid| !updated.contains(uid)).map(first).collect();
    insert_many!(tx, social_message::table, new);
    entries.extend(new);
    Ok(entries)
}

/// A list for each column of what first entries are; of those that are there only the newest notice changes.
fn upsert_lists(connection: &mut PgConnection, entries: &[Entry]) -> QueryResult<Vec<Entry>> {
    let upsert = sql_query(
        "INSERT INTO social_message (uid, tag, messageid, topicid, total, read_total, updatetime) \
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], \
         $7::bigint[]) ON CONFLICT (uid, tag) DO UPDATE SET topicid = excluded.topicid, \
         total = social_message.total + 1, updatetime = excluded.updatetime RETURNING *",
    )
    .bind::<Array<Text>, _>(column(entries, |entry| &entry.uid))
    .bind::<Array<Text>, _>(column(entries, |entry| entry.tag))
    .bind::<Array<Text>, _>(column(entries, |entry| &entry.messageid))
    .bind::<Array<Text>, _>(column(entries, |entry| &entry.topicid))
    .bind::<Array<BigInt>, _>(column(entries, |entry| entry.total))
    .bind::<Array<BigInt>, _>(column(entries, |entry| entry.read_total))
    .bind::<Array<BigInt>, _>(column(entries, |entry| entry.updatetime));
    prepared_on!(connection, upsert, load::<Entry>)
}

/// Lists somebody's entries as inbox items, the one that changed last first, starting after the cursor.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<Tag>,
    before: Option<&Cursor<MessageId>>,
    limit: i64,
) -> Result<Vec<InboxItem>> {
    let mut entries = social_message::table
        .inner_join(platform_topic::table)
        .filter(social_message::uid.eq(uid))
        .select((social_message::all_columns, Topic::as_select()))
        .into_boxed();
    if let Some(tag) = tag {
        entries = entries.filter(social_message::tag.eq(tag.as_str()));
    }
    if let Some(Cursor(updatetime, messageid)) = before {
        let same_time =
            social_message::updatetime.eq(*updatetime).and(social_message::messageid.lt(messageid));
        entries = entries.filter(social_message::updatetime.lt(*updatetime).or(same_time));
    }
    let order = (social_message::updatetime.desc(), social_message::messageid.desc());
    let rows = entries.order(order).limit(limit).load::<(Entry, Topic)>(connection)?;
    Ok(rows.into_iter().map(|(entry, topic)| item(entry, &topic)).collect())
}

fn item(entry: Entry, topic: &Topic) -> InboxItem {
    let content = topic.item_content(entry.updatetime);
    InboxItem { recipient: entry.into_recipient(topic), content }
}

/// Finds how many notices of somebody's entry are unread.
pub fn find_unread(connection: &mut AnyConnection, uid: &Uid, messageid: &MessageId) -> Result<Option<i64>> {
    let own = social_message::messageid.eq(messageid).and(social_message::uid.eq(uid));
    let unread = social_message::total - social_message::read_total;
    Ok(social_message::table.filter(own).select(unread).first(connection).optional()?)
}

/// Marks all notices of somebody's entry as read.
pub fn set_read(tx: &mut Tx<'_>, uid: &Uid, messageid: &MessageId) -> Result<()> {
    let own = social_message::messageid.eq(messageid).and(social_message::uid.eq(uid));
    diesel::update(social_message::table.filter(own))
        .set(social_message::read_total.eq(social_message::total))
        .execute(&mut **tx)?;
    Ok(())
}

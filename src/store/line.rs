//! Notices on people's lines: each person has one line for each kind, which shows the newest.
//!
//! A person's mailbox is the lock of their lines: whoever puts a notice on one, or reads it, locks
//! that first. What is told is in `topic`; lines of rooms are in `inbox`.

use super::alert;
use super::inbox::Cursor;
use super::mailbox;
use super::topic::Topic;
use crate::db::bulk::{MANY, insert_many};
use crate::db::connection::AnyConnection;
use crate::db::schema::{platform_topic, social_message, topic_recipient};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{MessageId, NoticeKind, Tag, Time, TopicId, Uid};
use crate::protocol::push::{Push, ReadMark};
use crate::protocol::shape::{InboxItem, Place};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// Somebody's line with its numbers: how many notices there were, how many have been read.
#[derive(Insertable, Queryable)]
#[diesel(table_name = social_message, treat_none_as_default_value = false)]
struct LineRow {
    uid: Uid,
    tag: NoticeKind,
    messageid: MessageId,
    topicid: TopicId,
    total: i64,
    read_total: i64,
    updatetime: Time,
}

/// That somebody was told: under which number of their pushes, as which of their line's notices.
#[derive(Insertable)]
#[diesel(table_name = topic_recipient, treat_none_as_default_value = false)]
struct RecipientRow<'a> {
    uid: &'a Uid,
    topicid: &'a TopicId,
    seq: i64,
    number: i64,
}

/// Puts a topic on the lines of these people, each named once, and tells them.
pub(super) fn deliver(tx: &mut Tx<'_>, topic: &Topic, to: &[Uid]) -> Result<()> {
    let before = mailbox::lock(tx, to.iter())?;
    for uids in to.chunks(MANY) {
        let lines = put(tx, topic, uids)?;
        keep_recipients(tx, topic, &lines, &before)?;
        let place = |line: LineRow| Place {
            messageid: line.messageid,
            uid: line.uid,
            title: topic.title.clone(),
            unread: line.total - line.read_total,
        };
        let places = lines.into_iter().map(place).collect();
        tx.push(Push::notice(topic.tag, places, topic.line(tx.now)));
    }
    Ok(())
}

/// Counts the notice on the lines there are, and makes those there are not.
fn put(tx: &mut Tx<'_>, topic: &Topic, uids: &[Uid]) -> Result<Vec<LineRow>> {
    let now = tx.now;
    let lines = social_message::table.filter(social_message::tag.eq(topic.tag));
    let mut lines: Vec<LineRow> = diesel::update(lines.filter(social_message::uid.eq_any(uids)))
        .set((
            social_message::topicid.eq(&topic.topicid),
            social_message::total.eq(social_message::total + 1),
            social_message::updatetime.eq(now),
        ))
        .returning(social_message::all_columns)
        .get_results(&mut **tx)?;
    let there: HashSet<&Uid> = lines.iter().map(|line| &line.uid).collect();
    let line = |uid: &Uid| LineRow {
        uid: uid.clone(),
        tag: topic.tag,
        messageid: MessageId::new(),
        topicid: topic.topicid.clone(),
        total: 1,
        read_total: 0,
        updatetime: now,
    };
    let new: Vec<_> = uids.iter().filter(|uid| !there.contains(uid)).map(line).collect();
    insert_many!(tx, social_message::table, new);
    lines.extend(new);
    Ok(lines)
}

fn keep_recipients(
    tx: &mut Tx<'_>,
    topic: &Topic,
    lines: &[LineRow],
    before: &BTreeMap<Uid, i64>,
) -> Result<()> {
    // The push that is queued for them is the next one of their mailbox, which is locked.
    let seq = |uid| before.get(uid).map_or(0, |last| last + 1);
    let topicid = &topic.topicid;
    let rows: Vec<_> = lines
        .iter()
        .map(|LineRow { uid, total, .. }| RecipientRow { uid, topicid, seq: seq(uid), number: *total })
        .collect();
    insert_many!(tx, topic_recipient::table, rows);
    Ok(())
}

/// Somebody's lines of notices, the one that changed last first, as `inbox::list`.
pub(super) fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<Tag>,
    before: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<InboxItem>> {
    let mut lines = social_message::table
        .inner_join(platform_topic::table)
        .filter(social_message::uid.eq(uid))
        .select((social_message::all_columns, Topic::as_select()))
        .into_boxed();
    if let Some(tag) = tag {
        lines = lines.filter(social_message::tag.eq(tag.as_str()));
    }
    if let Some(Cursor { updatetime, messageid }) = before {
        let same_time =
            social_message::updatetime.eq(*updatetime).and(social_message::messageid.lt(messageid));
        lines = lines.filter(social_message::updatetime.lt(*updatetime).or(same_time));
    }
    let order = (social_message::updatetime.desc(), social_message::messageid.desc());
    let rows = lines.order(order).limit(limit).load::<(LineRow, Topic)>(connection)?;
    Ok(rows.into_iter().map(|(line, topic)| item(line, &topic)).collect())
}

fn item(line: LineRow, topic: &Topic) -> InboxItem {
    let LineRow { uid, messageid, total, read_total, updatetime, .. } = line;
    let place = Place { messageid, uid, title: topic.title.clone(), unread: total - read_total };
    InboxItem { place, line: topic.line(updatetime) }
}

/// Marks a line as read, all that it has held so far, and tells its owner's devices.
pub(super) fn read(tx: &mut Tx<'_>, uid: &Uid, messageid: &MessageId) -> Result<()> {
    mailbox::lock(tx, std::iter::once(uid))?;
    let own = social_message::messageid.eq(messageid).and(social_message::uid.eq(uid));
    let unread: Option<i64> = social_message::table
        .filter(own)
        .select(social_message::total - social_message::read_total)
        .first(&mut **tx)
        .optional()?;
    if unread.ok_or(Error::NotFound("message"))? > 0 {
        diesel::update(social_message::table.filter(own))
            .set(social_message::read_total.eq(social_message::total))
            .execute(&mut **tx)?;
        alert::withdraw_line(tx, uid, messageid.as_str())?;
        let mark = ReadMark::Line { messageid: messageid.clone(), uid: uid.clone() };
        tx.push(Push::Read(vec![uid.clone()], mark));
    }
    Ok(())
}

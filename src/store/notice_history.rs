//! What somebody has been told: every notice, where their line of a tag shows the newest alone.

use crate::db::connection::AnyConnection;
use crate::db::schema::{platform_topic, social_message, topic_recipient};
use crate::error::Result;
use crate::model::{NoticeKind, TopicId, Uid};
use crate::store::topic::Topic;
use diesel::prelude::*;

/// The notices that somebody was told, newest first, those before the cursor; of each whether it
/// has been read.
pub fn list(
    connection: &mut AnyConnection,
    uid: &Uid,
    tag: Option<NoticeKind>,
    before: Option<&TopicId>,
    limit: i64,
) -> Result<Vec<(Topic, bool)>> {
    let line = social_message::uid.eq(topic_recipient::uid).and(social_message::tag.eq(platform_topic::tag));
    let mut told = topic_recipient::table
        .inner_join(platform_topic::table)
        .inner_join(social_message::table.on(line))
        .filter(topic_recipient::uid.eq(uid))
        .select((Topic::as_select(), social_message::read_total.ge(topic_recipient::number)))
        .into_boxed();
    if let Some(tag) = tag {
        told = told.filter(platform_topic::tag.eq(tag));
    }
    if let Some(before) = before {
        told = told.filter(topic_recipient::topicid.lt(before));
    }
    Ok(told.order(topic_recipient::topicid.desc()).limit(limit).load(connection)?)
}

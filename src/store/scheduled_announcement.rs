//! Announcements that wait for their time. Once it has come they are topics (`topic`), and no longer here.

use crate::db::connection::AnyConnection;
use crate::db::schema::scheduled_announcement;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Audience, ClientId, CommunityId, NoticeKind, ScheduleId, Time, Uid};
use crate::store::topic::{Facts, NewTopic, Scope};
use diesel::prelude::*;
use serde_json::Value;

/// An announcement that waits.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = scheduled_announcement, treat_none_as_default_value = false)]
pub struct ScheduledAnnouncement {
    /// Its id, as long as it waits.
    pub scheduleid: ScheduleId,
    /// Who has scheduled it.
    pub author: Uid,
    clientid: Option<String>,
    /// The kind of notice.
    pub tag: NoticeKind,
    /// The heading.
    pub title: String,
    /// The text.
    pub content: String,
    data: String,
    /// Whom it is for.
    pub audience: Audience,
    /// The community that they belong to, where it is for one.
    pub communityid: Option<CommunityId>,
    /// When it is sent.
    pub sendtime: Time,
    /// When it was scheduled.
    pub createtime: Time,
}

impl ScheduledAnnouncement {
    /// What is to be sent to whom and when.
    pub fn new(
        new: &NewTopic,
        audience: Audience,
        communityid: Option<&CommunityId>,
        sendtime: Time,
    ) -> Self {
        Self {
            scheduleid: ScheduleId::new(),
            author: new.author.clone(),
            clientid: new.clientid.as_ref().map(|clientid| clientid.as_str().to_owned()),
            tag: new.kind,
            title: new.title.as_str().to_owned(),
            content: new.content.as_str().to_owned(),
            data: Value::Object(new.facts.clone()).to_string(),
            audience,
            communityid: communityid.cloned(),
            sendtime,
            createtime: Time::now(),
        }
    }

    /// Its further facts, such as a link and who has scheduled it.
    pub fn facts(&self) -> Facts {
        serde_json::from_str(&self.data).unwrap_or_default()
    }

    /// Whom it is for.
    pub fn scope(&self) -> Scope {
        match &self.communityid {
            Some(communityid) => Scope::Community(communityid.clone(), self.audience),
            None => Scope::Platform(self.audience),
        }
    }

    /// Whether it says the same to the same at the same time. Who sends it may have another name by now.
    pub fn is_same(&self, other: &Self) -> bool {
        let Self { scheduleid, data, createtime, .. } = self.clone();
        let (mut own, mut others) = (self.facts(), other.facts());
        own.remove("from");
        others.remove("from");
        own == others && self == &Self { scheduleid, data, createtime, ..other.clone() }
    }

    /// The topic that it becomes.
    pub fn into_topic(self) -> Result<NewTopic> {
        let facts = self.facts();
        let Self { author, clientid, tag: kind, title, content, .. } = self;
        Ok(NewTopic {
            kind,
            author,
            clientid: clientid.map(ClientId::try_from).transpose().map_err(Error::inside)?,
            title: title.try_into().map_err(Error::inside)?,
            content: content.try_into().map_err(Error::inside)?,
            facts,
        })
    }
}

/// Finds what this author has scheduled under the same number.
pub fn find_by_clientid(
    connection: &mut AnyConnection,
    author: &Uid,
    clientid: &ClientId,
) -> Result<Option<ScheduledAnnouncement>> {
    let same =
        scheduled_announcement::author.eq(author).and(scheduled_announcement::clientid.eq(clientid.as_str()));
    let found = scheduled_announcement::table.filter(same).select(ScheduledAnnouncement::as_select());
    Ok(found.first(connection).optional()?)
}

/// How many wait.
pub fn count(connection: &mut AnyConnection) -> Result<i64> {
    Ok(scheduled_announcement::table.count().get_result(connection)?)
}

/// Schedules it.
pub fn insert(tx: &mut Tx<'_>, new: &ScheduledAnnouncement) -> Result<()> {
    diesel::insert_into(scheduled_announcement::table).values(new).execute(&mut **tx)?;
    Ok(())
}

/// Lists those that wait, the next one first.
pub fn list(connection: &mut AnyConnection, limit: i64) -> Result<Vec<ScheduledAnnouncement>> {
    let order = (scheduled_announcement::sendtime, scheduled_announcement::scheduleid);
    let waiting = scheduled_announcement::table.order(order).limit(limit);
    Ok(waiting.select(ScheduledAnnouncement::as_select()).load(connection)?)
}

/// Finds the one whose time has come first.
pub fn find_due(connection: &mut AnyConnection, now: Time) -> Result<Option<ScheduleId>> {
    let due = scheduled_announcement::table.filter(scheduled_announcement::sendtime.le(now));
    let first = due.order((scheduled_announcement::sendtime, scheduled_announcement::scheduleid));
    Ok(first.select(scheduled_announcement::scheduleid).first(connection).optional()?)
}

/// Takes one out; nobody else can then. `None` where somebody else has.
pub fn take(tx: &mut Tx<'_>, scheduleid: &ScheduleId) -> Result<Option<ScheduledAnnouncement>> {
    let taken = diesel::delete(scheduled_announcement::table.find(scheduleid));
    Ok(taken.returning(scheduled_announcement::all_columns).get_result(&mut **tx).optional()?)
}

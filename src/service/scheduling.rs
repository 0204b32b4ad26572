//! Announcements for later: scheduling them, taking them back, and sending each once when its time has come.
//!
//! One that waits is a row that gives way to a topic in one transaction. So of those who send it and those who take it
//! back one alone succeeds, whatever node they are on, and from then on it is an announcement like any other.

use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Role, ScheduleId, Time, TopicId};
use crate::service::communities;
use crate::store::account;
use crate::store::scheduled_announcement::{self, ScheduledAnnouncement};
use crate::store::topic::{self, NewTopic};
use std::time::Duration;

/// How many may wait.
pub const MOST: i64 = 100;
/// How far ahead they may be.
const FURTHEST: Duration = Duration::from_secs(366 * 86_400);

/// Schedules an announcement. What was scheduled before under the same number is not scheduled again.
pub fn schedule(tx: &mut Tx<'_>, new: &NewTopic, wanted: &ScheduledAnnouncement) -> Result<ScheduleId> {
    if let Some(communityid) = &wanted.communityid {
        communities::require_open(tx, communityid)?;
    }
    if let Some(first) = find_before(tx, new)? {
        return if first.is_same(wanted) { Ok(first.scheduleid) } else { Err(topic::OTHER) };
    }
    if topic::find_sent_before(tx, new, Some(&wanted.scope()))?.is_some() {
        return Err(Error::State("it has been sent already"));
    }
    check_time(wanted.sendtime, tx.now)?;
    // Two at once would each see the other's place as free.
    account::lock_first(tx, Role::Admin)?;
    if scheduled_announcement::count(tx)? >= MOST {
        return Err(Error::State("100 announcements wait already"));
    }
    scheduled_announcement::insert(tx, wanted)?;
    Ok(wanted.scheduleid.clone())
}

fn check_time(sendtime: Time, now: Time) -> Result<()> {
    match (sendtime <= now, sendtime > now + FURTHEST) {
        (true, _) => Err(Error::param("sendtime", "must be in the future")),
        (false, true) => Err(Error::param("sendtime", "must be within 366 days")),
        (false, false) => Ok(()),
    }
}

/// Finds what waits under the number of this one.
pub fn find_before(tx: &mut Tx<'_>, new: &NewTopic) -> Result<Option<ScheduledAnnouncement>> {
    match &new.clientid {
        Some(clientid) => scheduled_announcement::find_by_clientid(tx, &new.author, clientid),
        None => Ok(None),
    }
}

/// Takes an announcement back; `FA_NOTFOUND` once it is being sent.
pub fn take_back(tx: &mut Tx<'_>, scheduleid: &ScheduleId) -> Result<()> {
    match scheduled_announcement::take(tx, scheduleid)? {
        Some(_) => Ok(()),
        None => Err(Error::NotFound("announcement")),
    }
}

/// Makes a topic of an announcement whose time has come, unless somebody else has, or its number was used meanwhile: of two
/// requests at once neither sees the other. A community that was closed meanwhile still has its people.
pub fn begin(tx: &mut Tx<'_>, scheduleid: &ScheduleId) -> Result<Option<TopicId>> {
    let Some(due) = scheduled_announcement::take(tx, scheduleid)? else { return Ok(None) };
    let scope = due.scope();
    let new = due.into_topic()?;
    match topic::find_sent_before(tx, &new, Some(&scope)) {
        Ok(None) => topic::insert(tx, &new, Some(&scope)).map(Some),
        Ok(Some(_)) => Ok(None),
        Err(Error::Conflict(_)) => {
            log::warn!("the announcement {scheduleid} was not sent: another one has its clientid");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

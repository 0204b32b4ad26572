//! Notices: sending them to residents, announcing them to an audience, and marking them as read.
//!
//! An announcement is stored first and then sent batch by batch, each batch in a transaction of its
//! own, so that an announcement to everybody holds nobody up.

use crate::db::bulk::MANY;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{MessageId, Stid, TopicId, Uid};
use crate::protocol::pushes::{Push, ReadMark};
use crate::service::{communities, scheduling};
use crate::store::topic::{self, NewTopic, Progress, Scope, Topic};
use crate::store::topic_recipient::{self, Recipient};
use crate::store::{alert, contract, mailbox, notice_inbox, team};
use std::collections::BTreeSet;

/// How many people receive an announcement in one transaction: some milliseconds of work.
const BATCH: usize = 500;

/// Sends a notice to these people, each listed once.
pub fn send(tx: &mut Tx<'_>, new: &NewTopic, to: &[Uid]) -> Result<TopicId> {
    let topicid = topic::insert(tx, new, None)?;
    let topic = topic::find(tx, &topicid)?;
    deliver(tx, &topic, to)?;
    topic::add_progress(tx, &topicid, &Progress { last: None, sent: to.len() as i64, finished: true })?;
    Ok(topicid)
}

/// Sends a doctor's notice to a resident under contract in force with a team of the doctor. One that
/// was sent before under the same number is not sent again.
pub fn send_to_resident(tx: &mut Tx<'_>, new: &NewTopic, resident: &Uid) -> Result<()> {
    match send_to_residents(tx, new, std::slice::from_ref(resident))?.is_empty() {
        true => Err(Error::Permission("there is no contract in force with your team")),
        false => Ok(()),
    }
}

/// Sends a doctor's notice to those of these residents who are under contract in force with a team of
/// the doctor; returns them. One that was sent before under the same number is not sent again.
pub fn send_to_residents(tx: &mut Tx<'_>, new: &NewTopic, residents: &[Uid]) -> Result<BTreeSet<Uid>> {
    let bound = BTreeSet::from_iter(contract::list_bound(tx, &new.author, residents)?);
    let Some(first) = topic::find_sent_before(tx, new, None)? else {
        if !bound.is_empty() {
            send(tx, new, &Vec::from_iter(bound.clone()))?;
        }
        return Ok(bound);
    };
    let told = BTreeSet::from_iter(topic_recipient::list_among(tx, &first.topicid, residents)?);
    // Who is not bound any more was told all the same.
    match told.is_superset(&bound) && told.len() as i64 == first.sent {
        true => Ok(told),
        false => Err(topic::OTHER),
    }
}

/// Stores a doctor's announcement to all residents under contract with a team of the doctor.
pub fn announce_to_team(tx: &mut Tx<'_>, new: &NewTopic, stid: &Stid) -> Result<TopicId> {
    team::find(tx, stid)?;
    match team::has_doctor(tx, stid, &new.author)? {
        true => announce(tx, new, &Scope::Team(stid.clone())),
        false => Err(Error::Permission("you are not a doctor of this team")),
    }
}

/// Stores an announcement, which [`send_next_batch`] sends. Returns the first one if it was stored
/// before under the same number.
pub fn announce(tx: &mut Tx<'_>, new: &NewTopic, scope: &Scope) -> Result<TopicId> {
    match scope {
        Scope::Community(communityid, _) => communities::require_open(tx, communityid)?,
        Scope::Platform(_) | Scope::Team(_) => {}
    }
    if scheduling::find_before(tx, new)?.is_some() {
        return Err(topic::OTHER);
    }
    match topic::find_sent_before(tx, new, Some(scope))? {
        Some(first) => Ok(first.topicid),
        None => topic::insert(tx, new, Some(scope)),
    }
}

/// Sends an announcement to the next batch of its audience; returns the number of all recipients once
/// everybody has received it. The topic is locked first, so that whoever goes on with it, nobody
/// receives it twice.
pub fn send_next_batch(tx: &mut Tx<'_>, topicid: &TopicId) -> Result<Option<i64>> {
    let topic = topic::lock(tx, topicid)?;
    if topic.finished {
        return Ok(Some(topic.sent));
    }
    let batch = topic::list_next_recipients(tx, &topic, BATCH as i64)?;
    deliver(tx, &topic, &batch)?;
    let (sent, finished) = (batch.len() as i64, batch.len() < BATCH);
    topic::add_progress(tx, topicid, &Progress { last: batch.last(), sent, finished })?;
    Ok(finished.then_some(topic.sent + sent))
}

/// Puts a topic into the inboxes of these people, each listed once, and pushes it to them.
fn deliver(tx: &mut Tx<'_>, topic: &Topic, to: &[Uid]) -> Result<()> {
    let last_seqs = mailbox::lock(tx, to.iter())?;
    for uids in to.chunks(MANY) {
        let entries = notice_inbox::upsert(tx, topic, uids)?;
        let recipients = entries.iter().map(|entry| Recipient {
            uid: &entry.uid,
            topicid: &topic.topicid,
            // The push below is the next one of the mailbox, which is locked.
            seq: last_seqs.get(&entry.uid).map_or(0, |last| last + 1),
            number: entry.total,
        });
        topic_recipient::insert(tx, &recipients.collect::<Vec<_>>())?;
        let recipients = entries.into_iter().map(|entry| entry.into_recipient(topic)).collect();
        tx.push(Push::notice(topic.tag, recipients, topic.item_content(tx.now)));
    }
    Ok(())
}

/// Marks all notices of somebody's inbox entry as read, and tells their devices.
pub fn mark_read(tx: &mut Tx<'_>, uid: &Uid, messageid: &MessageId) -> Result<()> {
    mailbox::lock(tx, std::iter::once(uid))?;
    let unread = notice_inbox::find_unread(tx, uid, messageid)?.ok_or(Error::NotFound("message"))?;
    if unread > 0 {
        notice_inbox::set_read(tx, uid, messageid)?;
        alert::withdraw_line(tx, uid, messageid.as_str())?;
        let mark = ReadMark::Item { messageid: messageid.clone(), uid: uid.clone() };
        tx.push(Push::Read(vec![uid.clone()], mark));
    }
    Ok(())
}

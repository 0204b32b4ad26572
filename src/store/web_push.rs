//! What is sent to browsers by Web Push, a row for each browser, until its push service has taken it. Made of alerts,
//! which say afterwards that browsers were told.

use super::web_subscription;
use crate::db::bulk::insert_many;
use crate::db::connection::AnyConnection;
use crate::db::schema::{alert, mailbox, web_push, web_subscription as subscription};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{AlertKind, DeliveryState, MessageId, RoomId, Time, Uid};
use crate::protocol::alert::Withdrawal;
use crate::store::receipts::{self, DeliveryReceipt};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// What the browsers of one person are to be told, of one room or other thing.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWebPush {
    /// The alerts that it is made of, the newest last.
    pub alertids: Vec<i64>,
    /// For whom.
    pub uid: Uid,
    /// The newest push in it.
    pub seq: i64,
    /// How urgent it is.
    pub kind: AlertKind,
    /// What withdraws it.
    pub topic: Option<String>,
    /// The newest message's number in the room.
    pub topicseq: Option<i64>,
    /// Who wrote, each with the number of their newest message.
    pub authors: BTreeMap<String, i64>,
    /// When the oldest push in it was pushed.
    pub createtime: Time,
    /// The browsers, and what each is sent.
    pub copies: Vec<Copy>,
}

/// What a browser is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The token that has subscribed the browser.
    pub token: Vec<u8>,
    /// What it is told of the newest alert.
    pub payload: String,
    /// The same without a word of that.
    pub silent: String,
}

#[derive(Insertable)]
#[diesel(table_name = web_push, treat_none_as_default_value = false)]
struct New<'a> {
    pushid: String,
    token: &'a [u8],
    uid: &'a Uid,
    seq: i64,
    kind: AlertKind,
    topic: Option<&'a str>,
    topicseq: Option<i64>,
    payload: &'a str,
    silent: &'a str,
    alone: bool,
    authors: &'a str,
    createtime: Time,
    due: Time,
}

/// Queues what browsers are told of those alerts that were not withdrawn meanwhile; where the newest was, without its words.
pub fn insert(tx: &mut Tx<'_>, new: &NewWebPush) -> Result<()> {
    let left = set_webpushed(tx, &new.alertids)?;
    if left.is_empty() {
        return Ok(());
    }
    let mut older = 0;
    if let Some(topic) = &new.topic {
        // What waits of the same room is told by what is new.
        let waiting = web_push::table.filter(web_push::topic.eq(topic).and(web_push::uid.eq(&new.uid)));
        older = diesel::delete(waiting).execute(&mut **tx)?;
    }
    let has_newest = new.alertids.last().is_some_and(|newest| left.contains(newest));
    let alone = older == 0 && left.len() == 1;
    let (now, authors) = (tx.now, serde_json::to_string(&new.authors).map_err(Error::inside)?);
    let rows = new.copies.iter().map(|Copy { token, payload, silent }| New {
        pushid: MessageId::new().to_string(),
        token,
        uid: &new.uid,
        seq: new.seq,
        kind: new.kind,
        topic: new.topic.as_deref(),
        topicseq: new.topicseq,
        payload: if has_newest { payload } else { silent },
        silent,
        alone,
        authors: &authors,
        createtime: new.createtime,
        due: now,
    });
    let rows: Vec<_> = rows.collect();
    insert_many!(tx, web_push::table, rows);
    Ok(())
}

/// Notes that browsers are told of these; returns those that are still there.
fn set_webpushed(tx: &mut Tx<'_>, alertids: &[i64]) -> Result<Vec<i64>> {
    let these = diesel::update(alert::table.filter(alert::alertid.eq_any(alertids)));
    Ok(these.set(alert::webpushed.eq(true)).returning(alert::alertid).get_results(&mut **tx)?)
}

/// Takes back what waits and is obsolete.
pub(super) fn withdraw(tx: &mut Tx<'_>, withdrawal: &Withdrawal) -> Result<()> {
    let about = |topic: &str| web_push::topic.eq(topic.to_owned());
    match withdrawal {
        Withdrawal::Call(callid) => {
            diesel::delete(web_push::table.filter(about(callid.as_str()))).execute(&mut **tx)?
        }
        Withdrawal::Read { roomid, uid, roomseq } => {
            let read = about(roomid.as_str()).and(web_push::uid.eq(uid)).and(web_push::topicseq.le(roomseq));
            diesel::delete(web_push::table.filter(read)).execute(&mut **tx)?
        }
        // It may show the words that were withdrawn; what else is in it is told without them.
        Withdrawal::Message { roomid, roomseq } => {
            let last = || web_push::table.filter(about(roomid.as_str()).and(web_push::topicseq.eq(roomseq)));
            diesel::delete(last().filter(web_push::alone)).execute(&mut **tx)?;
            diesel::update(last()).set(web_push::payload.eq(web_push::silent)).execute(&mut **tx)?
        }
    };
    Ok(())
}

/// Takes back what waits of a line of somebody's message list that is no room's.
pub(super) fn withdraw_line(tx: &mut Tx<'_>, uid: &Uid, messageid: &str) -> Result<()> {
    let theirs = web_push::table.filter(web_push::topic.eq(messageid).and(web_push::uid.eq(uid)));
    diesel::delete(theirs).execute(&mut **tx)?;
    Ok(())
}

/// Where a browser is reached.
#[derive(Debug, Clone, Queryable)]
pub struct Address {
    /// The address at its push service.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: Vec<u8>,
    /// The secret that it shares with who sends.
    pub auth: Vec<u8>,
}

/// What is to be sent to a browser.
#[derive(Debug, Clone, Queryable)]
pub struct Outgoing {
    /// The row.
    pub pushid: String,
    /// For whom.
    pub uid: Uid,
    /// The newest push in it, and the newest that they have acknowledged.
    pub marks: (i64, i64),
    /// How urgent it is.
    pub kind: AlertKind,
    /// What withdraws it.
    pub topic: Option<String>,
    /// What is sent.
    pub payload: String,
    /// See [`NewWebPush::authors`].
    authors: String,
    /// When the oldest push in it was pushed.
    pub createtime: Time,
    /// How often it has failed.
    pub tries: i32,
    /// Where; `None` where the browser is subscribed no more.
    pub address: Option<Address>,
}

/// Up to `limit` of what is due, the longest waiting first.
pub fn list_due(
    connection: &mut AnyConnection,
    kinds: &[AlertKind],
    now: Time,
    limit: i64,
) -> Result<Vec<Outgoing>> {
    let subscribed = subscription::table.on(subscription::token.eq(web_push::token));
    let due = web_push::table
        .inner_join(mailbox::table.on(mailbox::uid.eq(web_push::uid)))
        .left_join(subscribed)
        .filter(web_push::kind.eq_any(kinds).and(web_push::due.le(now)))
        .order((web_push::due, web_push::pushid))
        .limit(limit)
        .select((
            web_push::pushid,
            web_push::uid,
            (web_push::seq, mailbox::acked),
            web_push::kind,
            web_push::topic,
            web_push::payload,
            web_push::authors,
            web_push::createtime,
            web_push::tries,
            (subscription::endpoint, subscription::p256dh, subscription::auth).nullable(),
        ));
    Ok(due.load(connection)?)
}

/// The push service has taken it. Returns the authors of the messages in it, who may be told.
pub fn accepted(tx: &mut Tx<'_>, sent: &Outgoing) -> Result<Vec<DeliveryReceipt>> {
    delete(tx, &sent.pushid)?;
    let authors: BTreeMap<String, i64> = serde_json::from_str(&sent.authors).map_err(Error::inside)?;
    let mut told = Vec::new();
    for (author, roomseq) in authors {
        let author = Uid::try_from(author).map_err(Error::inside)?;
        let roomid = RoomId::try_from(sent.topic.clone().unwrap_or_default()).map_err(Error::inside)?;
        receipts::advance(tx, &roomid, &sent.uid, DeliveryState::Notified, roomseq)?;
        told.push(DeliveryReceipt { author, roomid, roomseq, uid: sent.uid.clone() });
    }
    Ok(told)
}

/// The browser is subscribed no more.
pub fn end(tx: &mut Tx<'_>, sent: &Outgoing) -> Result<()> {
    if let Some(Address { endpoint, .. }) = &sent.address {
        web_subscription::delete_endpoint(tx, endpoint)?;
    }
    delete(tx, &sent.pushid)
}

/// It failed in passing: it is due again then.
pub fn postpone(tx: &mut Tx<'_>, pushid: &str, due: Time) -> Result<()> {
    let again = (web_push::due.eq(due), web_push::tries.eq(web_push::tries + 1));
    diesel::update(web_push::table.find(pushid)).set(again).execute(&mut **tx)?;
    Ok(())
}

/// There is nothing more to do for it.
pub fn delete(tx: &mut Tx<'_>, pushid: &str) -> Result<()> {
    diesel::delete(web_push::table.find(pushid)).execute(&mut **tx)?;
    Ok(())
}

/// Throws away up to `limit` from before `before`; returns how many.
pub fn prune(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<usize> {
    let old = web_push::table.filter(web_push::createtime.lt(before)).select(web_push::pushid).limit(limit);
    let old: Vec<String> = old.load(&mut **tx)?;
    let count = diesel::delete(web_push::table.filter(web_push::pushid.eq_any(&old))).execute(&mut **tx)?;
    Ok(count)
}

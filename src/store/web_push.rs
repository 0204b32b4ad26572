//! What is sent to browsers by Web Push, a row for each browser, until its push service has taken it. Made of alerts,
//! which say afterwards that browsers were told. What it looks like is made when it is sent (`mobile::web_payload`).

use super::web_subscription;
use crate::db::bulk::insert_many;
use crate::db::connection::AnyConnection;
use crate::db::schema::{alert, mailbox, web_push, web_subscription as subscription};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{AlertKind, DeliveryState, Language, MessageId, Role, RoomId, Time, Uid};
use crate::protocol::alert::Withdrawal;
use crate::store::receipts::{self, DeliveryReceipt};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// How many things a push tells of at most; of more, the newest.
pub const MOST_ITEMS: usize = 100;

/// One of the things that a push tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The number of the push that it was.
    pub seq: i64,
    /// The message's number in the room, if it is one.
    pub roomseq: Option<i64>,
    /// Who is told that they were notified of it.
    pub author: Option<Uid>,
    /// Who wrote, or what it is about.
    pub title: String,
    /// What kind of thing, or the text.
    pub text: String,
}

/// What the browsers of one person are to be told, of one room or other thing.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWebPush {
    /// For whom.
    pub uid: Uid,
    /// How urgent it is.
    pub kind: AlertKind,
    /// What it is about: it takes the place of what waits about the same.
    pub tag: String,
    /// Where a tap leads, if anywhere.
    pub place: Option<String>,
    /// What it tells of, each with its alert, the newest last.
    pub items: Vec<(i64, Item)>,
    /// When it is no news any more.
    pub expires: Time,
    /// The tokens that have subscribed the browsers.
    pub tokens: Vec<Vec<u8>>,
}

#[derive(Insertable)]
#[diesel(table_name = web_push, treat_none_as_default_value = false)]
struct New<'a> {
    pushid: String,
    token: &'a [u8],
    uid: &'a Uid,
    kind: AlertKind,
    tag: &'a str,
    place: Option<&'a str>,
    items: String,
    expires: Time,
    due: Time,
    tries: i32,
}

/// Queues what browsers are told of those alerts that were not withdrawn meanwhile, with what waits about the same.
pub fn insert(tx: &mut Tx<'_>, new: &NewWebPush) -> Result<()> {
    let left = set_webpushed(tx, &new.items)?;
    let fresh = new.items.iter().filter(|(alertid, _)| left.contains(alertid));
    let fresh: Vec<Item> = fresh.map(|(_, item)| item.clone()).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let mut waiting = take_waiting(tx, new)?;
    let mut rows = Vec::new();
    for token in &new.tokens {
        let (mut items, due, tries) = waiting.remove(token).unwrap_or((Vec::new(), tx.now, 0));
        items.extend(fresh.iter().cloned());
        items.drain(..items.len().saturating_sub(MOST_ITEMS));
        rows.push(New {
            pushid: MessageId::new().to_string(),
            token,
            uid: &new.uid,
            kind: new.kind,
            tag: &new.tag,
            place: new.place.as_deref(),
            items: to_json(&items)?,
            expires: new.expires,
            due,
            tries,
        });
    }
    insert_many!(tx, web_push::table, rows);
    Ok(())
}

/// What waits, by browser: what it tells of, when it is due, how often it has failed.
type Waiting = HashMap<Vec<u8>, (Vec<Item>, Time, i32)>;

/// Takes out what waits about the same.
fn take_waiting(tx: &mut Tx<'_>, new: &NewWebPush) -> Result<Waiting> {
    let same = web_push::table.filter(web_push::tag.eq(&new.tag).and(web_push::uid.eq(&new.uid)));
    let columns = (web_push::token, web_push::items, web_push::due, web_push::tries);
    let rows: Vec<(Vec<u8>, String, Time, i32)> =
        diesel::delete(same).returning(columns).get_results(&mut **tx)?;
    rows.into_iter().map(|(token, items, due, tries)| Ok((token, (from_json(&items)?, due, tries)))).collect()
}

/// Notes that browsers are told of these; returns the alerts that are still there.
fn set_webpushed(tx: &mut Tx<'_>, items: &[(i64, Item)]) -> Result<Vec<i64>> {
    let these = alert::alertid.eq_any(items.iter().map(|(alertid, _)| *alertid));
    let these = diesel::update(alert::table.filter(these.and(alert::webpushed.eq(false))));
    Ok(these.set(alert::webpushed.eq(true)).returning(alert::alertid).get_results(&mut **tx)?)
}

fn to_json(items: &[Item]) -> Result<String> {
    serde_json::to_string(items).map_err(Error::inside)
}

fn from_json(items: &str) -> Result<Vec<Item>> {
    serde_json::from_str(items).map_err(Error::inside)
}

/// Locks what waits, so that nobody sends or changes it meanwhile: each with what it tells of.
macro_rules! lock {
    ($tx:expr, $which:expr) => {{
        let these = diesel::update(web_push::table.filter($which)).set(web_push::tries.eq(web_push::tries));
        these.returning((web_push::pushid, web_push::items)).get_results(&mut **$tx)?
    }};
}

/// Takes back what waits and is obsolete.
pub(super) fn withdraw(tx: &mut Tx<'_>, withdrawal: &Withdrawal) -> Result<()> {
    let about = |tag: &str| web_push::tag.eq(tag.to_owned());
    match withdrawal {
        Withdrawal::Call(callid) => {
            diesel::delete(web_push::table.filter(about(callid.as_str()))).execute(&mut **tx)?;
            Ok(())
        }
        Withdrawal::Read { roomid, uid, roomseq } => {
            let rows = lock!(tx, about(roomid.as_str()).and(web_push::uid.eq(uid)));
            thin_out(tx, rows, |item| item.roomseq.is_none_or(|seq| seq > *roomseq))
        }
        Withdrawal::Message { roomid, roomseq } => {
            let rows = lock!(tx, about(roomid.as_str()));
            thin_out(tx, rows, |item| item.roomseq != Some(*roomseq))
        }
    }
}

/// Of these rows only what is left is told, if anything.
fn thin_out(tx: &mut Tx<'_>, rows: Vec<(String, String)>, is_left: impl Fn(&Item) -> bool) -> Result<()> {
    for (pushid, items) in rows {
        let mut items = from_json(&items)?;
        let before = items.len();
        items.retain(&is_left);
        match items.len() {
            0 => delete(tx, &pushid)?,
            left if left < before => {
                let items = web_push::items.eq(to_json(&items)?);
                diesel::update(web_push::table.find(&pushid)).set(items).execute(&mut **tx)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Takes back what waits of a line of somebody's message list that is no room's.
pub(super) fn withdraw_line(tx: &mut Tx<'_>, uid: &Uid, messageid: &str) -> Result<()> {
    let theirs = web_push::table.filter(web_push::tag.eq(messageid).and(web_push::uid.eq(uid)));
    diesel::delete(theirs).execute(&mut **tx)?;
    Ok(())
}

/// A browser as it is subscribed.
#[derive(Debug, Clone, Queryable)]
pub struct Address {
    /// The address at its push service.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: Vec<u8>,
    /// The secret that it shares with who sends.
    pub auth: Vec<u8>,
    /// In which role its owner is logged in there.
    pub role: Role,
    /// The language of its pages.
    pub language: Language,
    /// Whether its notifications may show names and words.
    pub words: bool,
}

/// What is to be sent to a browser.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The row.
    pub pushid: String,
    /// For whom.
    pub uid: Uid,
    /// How urgent it is.
    pub kind: AlertKind,
    /// See [`NewWebPush::tag`].
    pub tag: String,
    /// See [`NewWebPush::place`].
    pub place: Option<String>,
    /// What it tells of and has not been acknowledged, the newest last.
    pub items: Vec<Item>,
    /// When it is no news any more.
    pub expires: Time,
    /// How often it has failed.
    pub tries: i32,
    /// Where; `None` where the browser is subscribed no more.
    pub address: Option<Address>,
}

type Row = (String, Uid, i64, AlertKind, (String, Option<String>), String, (Time, i32), Option<Address>);

fn outgoing(
    (pushid, uid, acked, kind, (tag, place), items, (expires, tries), address): Row,
) -> Result<Outgoing> {
    let items = from_json(&items)?.into_iter().filter(|item| item.seq > acked).collect();
    Ok(Outgoing { pushid, uid, kind, tag, place, items, expires, tries, address })
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
            mailbox::acked,
            web_push::kind,
            (web_push::tag, web_push::place),
            web_push::items,
            (web_push::expires, web_push::tries),
            (
                subscription::endpoint,
                subscription::p256dh,
                subscription::auth,
                subscription::role,
                subscription::language,
                subscription::words,
            )
                .nullable(),
        ));
    due.load::<Row>(connection)?.into_iter().map(outgoing).collect()
}

/// The push service has taken it. Returns the authors of the messages in it that were not withdrawn meanwhile, who may
/// be told: none where what is new has taken its place, which tells of them again.
pub fn accepted(tx: &mut Tx<'_>, sent: &Outgoing) -> Result<Vec<DeliveryReceipt>> {
    let row = diesel::delete(web_push::table.find(&sent.pushid)).returning(web_push::items);
    let items: Option<String> = row.get_result(&mut **tx).optional()?;
    let items = items.map_or(Ok(Vec::new()), |items| from_json(&items))?;
    let written = items.into_iter().filter_map(|item| Some((item.author?, item.roomseq?)));
    let newest: BTreeMap<Uid, i64> = written.collect();
    let mut told = Vec::new();
    for (author, roomseq) in newest {
        let roomid = RoomId::try_from(sent.tag.clone()).map_err(Error::inside)?;
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

/// Its push service is left alone: it is due then.
pub fn hold(tx: &mut Tx<'_>, pushid: &str, due: Time) -> Result<()> {
    diesel::update(web_push::table.find(pushid)).set(web_push::due.eq(due)).execute(&mut **tx)?;
    Ok(())
}

/// There is nothing more to do for it.
pub fn delete(tx: &mut Tx<'_>, pushid: &str) -> Result<()> {
    diesel::delete(web_push::table.find(pushid)).execute(&mut **tx)?;
    Ok(())
}

/// Throws away up to `limit` that are no news any more; returns how many.
pub fn prune(tx: &mut Tx<'_>, limit: i64) -> Result<usize> {
    let old = web_push::table.filter(web_push::expires.lt(tx.now)).select(web_push::pushid).limit(limit);
    let old: Vec<String> = old.load(&mut **tx)?;
    let count = diesel::delete(web_push::table.filter(web_push::pushid.eq_any(&old))).execute(&mut **tx)?;
    Ok(count)
}

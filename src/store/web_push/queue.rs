//! Queues what browsers are to be told, together with what waits about the same.

use super::row::{Item, MOST_ITEMS, New, from_json, lock, to_json};
use crate::db::bulk::insert_many;
use crate::db::connection::AnyConnection;
use crate::db::schema::{alert, web_push};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{AlertKind, MessageId, Time, Uid};
use diesel::prelude::*;
use std::collections::HashMap;

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

/// Queues what browsers are told of those alerts that were not withdrawn meanwhile, with what waits about the same.
pub fn insert(tx: &mut Tx<'_>, new: &NewWebPush) -> Result<()> {
    let left = set_webpushed(tx, &new.items)?;
    let fresh = new.items.iter().filter(|(alertid, _)| left.contains(alertid));
    let fresh: Vec<Item> = fresh.map(|(_, item)| item.clone()).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let mut waiting = lock_waiting(tx, new)?;
    let mut rows = Vec::new();
    for token in &new.tokens {
        match waiting.remove(token) {
            Some((pushid, earlier)) => replace(tx, &pushid, new, &[&earlier[..], &fresh[..]].concat())?,
            None => rows.push(row(new, token, tx.now, &fresh)?),
        }
    }
    insert_many!(tx, web_push::table, rows);
    Ok(())
}

/// Notes that browsers are told of these; returns the alerts that are still there.
fn set_webpushed(tx: &mut Tx<'_>, items: &[(i64, Item)]) -> Result<Vec<i64>> {
    let these = alert::alertid.eq_any(items.iter().map(|(alertid, _)| *alertid));
    let these = diesel::update(alert::table.filter(these.and(alert::webpushed.eq(false))));
    Ok(these.set(alert::webpushed.eq(true)).returning(alert::alertid).get_results(&mut **tx)?)
}

/// What waits, by browser: the row, and what it tells of.
type Waiting = HashMap<Vec<u8>, (String, Vec<Item>)>;

/// Locks what waits about the same.
fn lock_waiting(tx: &mut Tx<'_>, new: &NewWebPush) -> Result<Waiting> {
    let same = web_push::tag.eq(&new.tag).and(web_push::uid.eq(&new.uid));
    let columns = (web_push::token, web_push::pushid, web_push::items);
    let rows: Vec<(Vec<u8>, String, String)> = lock!(tx, same, columns);
    rows.into_iter().map(|(token, pushid, items)| Ok((token, (pushid, from_json(&items)?)))).collect()
}

/// Puts what is told by now into the row of what waits. It stays one row, for whoever waits for it to take something
/// out of it; but it gets another id, as whoever is sending what it was is not to be done with it.
fn replace(tx: &mut Tx<'_>, pushid: &str, new: &NewWebPush, items: &[Item]) -> Result<()> {
    let changed = (
        web_push::pushid.eq(MessageId::new().to_string()),
        web_push::kind.eq(new.kind),
        web_push::place.eq(&new.place),
        web_push::items.eq(newest(items)?),
        web_push::expires.eq(new.expires),
    );
    diesel::update(web_push::table.find(pushid)).set(changed).execute(&mut **tx)?;
    Ok(())
}

fn row<'a>(new: &'a NewWebPush, token: &'a [u8], now: Time, items: &[Item]) -> Result<New<'a>> {
    Ok(New {
        pushid: MessageId::new().to_string(),
        token,
        uid: &new.uid,
        kind: new.kind,
        tag: &new.tag,
        place: new.place.as_deref(),
        items: newest(items)?,
        expires: new.expires,
        due: Some(now),
        tries: 0,
        ended: None,
    })
}

fn newest(items: &[Item]) -> Result<String> {
    to_json(&items[items.len().saturating_sub(MOST_ITEMS)..])
}

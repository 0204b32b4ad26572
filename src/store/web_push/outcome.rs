//! Notes what becomes of what is sent to browsers.

use super::outgoing::{Address, Outgoing};
use super::row::{New, from_json, lock};
use crate::db::schema::web_push;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{AlertKind, DeliveryState, MessageId, RoomId, Time, Uid};
use crate::store::receipts::{self, DeliveryReceipt};
use crate::store::web_subscription;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// A call is about to ring in a browser. That it rings no more is told there from then on, whatever becomes of the
/// ringing, and is news until `expires`. False where it is over already, and must not ring.
pub fn begin_to_ring(tx: &mut Tx<'_>, push: &Outgoing, expires: Time) -> Result<bool> {
    type Row = (Vec<u8>, String);
    let same = web_push::pushid.eq(&push.pushid);
    let locked: Vec<Row> = lock!(tx, same, (web_push::token, web_push::items));
    let Some((token, items)) = locked.into_iter().next() else { return Ok(false) };
    let kept = web_push::tag.eq(&push.tag).and(web_push::token.eq(&token)).and(web_push::due.is_null());
    if diesel::select(diesel::dsl::exists(web_push::table.filter(kept))).get_result(&mut **tx)? {
        return Ok(true);
    }
    let end = New {
        pushid: MessageId::new().to_string(),
        token: &token,
        uid: &push.uid,
        kind: AlertKind::Call,
        tag: &push.tag,
        place: push.place.as_deref(),
        items,
        expires,
        due: None,
        tries: 0,
        ended: None,
    };
    diesel::insert_into(web_push::table).values(end).execute(&mut **tx)?;
    Ok(true)
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

/// Their push service is left alone: they are due then.
pub fn hold(tx: &mut Tx<'_>, pushids: &[&str], due: Time) -> Result<()> {
    let these = web_push::table.filter(web_push::pushid.eq_any(pushids.iter().copied()));
    diesel::update(these).set(web_push::due.eq(due)).execute(&mut **tx)?;
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

//! Takes back what waits for browsers and is obsolete. What their push services have taken is not taken back; but of a
//! call that rings it is told that it rings no more.

use super::outcome::delete;
use super::row::{Item, from_json, lock, to_json};
use crate::db::schema::web_push;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{CallId, RingEnd, Uid};
use crate::protocol::alert::Withdrawal;
use diesel::prelude::*;

/// Takes back what waits and is obsolete.
pub(in crate::store) fn withdraw(tx: &mut Tx<'_>, withdrawal: &Withdrawal) -> Result<()> {
    let about = |tag: &str| web_push::tag.eq(tag.to_owned());
    let columns = (web_push::pushid, web_push::items);
    match withdrawal {
        Withdrawal::Call { callid, end } => stop_ringing(tx, callid, *end),
        Withdrawal::Read { roomid, uid, roomseq } => {
            let rows = lock!(tx, about(roomid.as_str()).and(web_push::uid.eq(uid)), columns);
            thin_out(tx, rows, |item| item.roomseq.is_none_or(|seq| seq > *roomseq))
        }
        Withdrawal::Message { roomid, roomseq } => {
            let rows = lock!(tx, about(roomid.as_str()), columns);
            thin_out(tx, rows, |item| item.roomseq != Some(*roomseq))
        }
    }
}

/// A call rings no more: where it may ring already its end is due, and nowhere else it rings.
fn stop_ringing(tx: &mut Tx<'_>, callid: &CallId, end: RingEnd) -> Result<()> {
    let about = web_push::tag.eq(callid.as_str());
    let rings = about.and(web_push::due.is_not_null()).and(web_push::ended.is_null());
    // In this order: who lets it ring has the row of it, and is waited for.
    diesel::delete(web_push::table.filter(rings)).execute(&mut **tx)?;
    let due = (web_push::due.eq(tx.now), web_push::ended.eq(end));
    diesel::update(web_push::table.filter(about.and(web_push::due.is_null()))).set(due).execute(&mut **tx)?;
    Ok(())
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
pub(in crate::store) fn withdraw_line(tx: &mut Tx<'_>, uid: &Uid, messageid: &str) -> Result<()> {
    let theirs = web_push::table.filter(web_push::tag.eq(messageid).and(web_push::uid.eq(uid)));
    diesel::delete(theirs).execute(&mut **tx)?;
    Ok(())
}

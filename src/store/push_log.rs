//! The log of durable pushes: read for replay, rewritten when a message is withdrawn, pruned when old.
//!
//! It is written in `outbox`; how far each person has come is in `mailbox`.

use super::mailbox;
use crate::db::connection::AnyConnection;
use crate::db::schema::{mailbox as mailboxes, push_body, push_log};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DialogId, Time, Uid};
use crate::protocol::frame::Frame;
use crate::protocol::pushes::PushKind;
use diesel::prelude::*;

/// How many bytes of pushes are read at once: a quarter of what may wait for a connection, so that a page
/// does not look like a slow reader.
const PAGE_BYTES: usize = 256 * 1024;

/// A row of the log with what its push shares with others, where it shares something.
type Row = (i64, String, Option<String>, Option<String>, Option<String>);

/// The pushes of `uid` after `since`, in order, at most `limit` and at most a page's bytes, but one at least
/// if there is any; and whether there are more.
pub fn list_after(
    connection: &mut AnyConnection,
    uid: &Uid,
    since: i64,
    limit: usize,
) -> Result<(Vec<Frame>, bool)> {
    let (mut frames, mut bytes) = (Vec::new(), 0);
    // One more than is asked for tells whether there are more.
    for row in rows_between(uid, since, i64::MAX, limit as i64 + 1).load_iter::<Row, _>(connection)? {
        let frame = frame(row?);
        bytes += frame.shared.len() + frame.own.as_ref().map_or(0, |own| own.len());
        if frames.len() == limit || (bytes > PAGE_BYTES && !frames.is_empty()) {
            return Ok((frames, true));
        }
        frames.push(frame);
    }
    Ok((frames, false))
}

/// The pushes of `uid` after `since` and up to `until`, in order, at most `limit`.
pub fn list_between(
    connection: &mut AnyConnection,
    uid: &Uid,
    since: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Frame>> {
    let rows: Vec<Row> = rows_between(uid, since, until, limit).load(connection)?;
    Ok(rows.into_iter().map(frame).collect())
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rows_between<'a>(uid: &'a Uid, since: i64, until: i64, limit: i64) -> _ {
    push_log::table
        .left_join(push_body::table)
        .filter(push_log::uid.eq(uid).and(push_log::seq.gt(since)).and(push_log::seq.le(until)))
        .order(push_log::seq)
        .limit(limit)
        .select((
            push_log::seq,
            push_log::name,
            push_log::own,
            push_log::shared,
            push_body::shared.nullable(),
        ))
}

fn frame((seq, name, own, alone, shared): Row) -> Frame {
    Frame {
        seq,
        name: name.into(),
        own: own.map(Into::into),
        shared: alone.or(shared).unwrap_or_else(|| "{}".to_owned()).into(),
    }
}

/// Puts `shared` in the place of what the recipients of every push of a message share.
pub fn set_shared(tx: &mut Tx<'_>, dialogid: &DialogId, shared: &str) -> Result<()> {
    let alone = push_log::table.filter(push_log::dialogid.eq(dialogid));
    diesel::update(alone).set(push_log::shared.eq(shared)).execute(&mut **tx)?;
    let kept_once = push_body::table.filter(push_body::dialogid.eq(dialogid));
    diesel::update(kept_once).set(push_body::shared.eq(shared)).execute(&mut **tx)?;
    Ok(())
}

/// Lists who was reminded of a message.
pub fn list_reminded(connection: &mut AnyConnection, dialogid: &DialogId) -> Result<Vec<Uid>> {
    let alone = push_log::dialogid.eq(dialogid).and(push_log::name.eq(PushKind::Remind.name()));
    let mut people: Vec<Uid> = push_log::table.filter(alone).select(push_log::uid).load(connection)?;
    let bodies = push_body::table.filter(push_body::dialogid.eq(dialogid)).select(push_body::bodyid);
    let bodies: Vec<DialogId> = bodies.load(connection)?;
    let shared = push_log::bodyid.eq_any(&bodies).and(push_log::name.eq(PushKind::Remind.name()));
    people.extend(push_log::table.filter(shared).select(push_log::uid).load::<Uid>(connection)?);
    Ok(people)
}

/// Deletes the oldest pushes of these people, as far as they are from before `before`, at most `limit`
/// of each; returns how many. What several shared goes with the last of them.
pub fn prune(tx: &mut Tx<'_>, uids: &[Uid], before: Time, limit: i64) -> Result<usize> {
    uids.iter().map(|uid| prune_mailbox(tx, uid, before, limit)).sum()
}

fn prune_mailbox(tx: &mut Tx<'_>, uid: &Uid, before: Time, limit: i64) -> Result<usize> {
    let pruned = mailbox::find(tx, uid)?.pruned;
    let oldest: Vec<(i64, Time, Option<DialogId>)> = push_log::table
        .filter(push_log::uid.eq(uid).and(push_log::seq.gt(pruned)))
        .order(push_log::seq)
        .limit(limit)
        .select((push_log::seq, push_log::createtime, push_log::bodyid))
        .load(&mut **tx)?;
    let old: Vec<_> = oldest.into_iter().take_while(|(_, createtime, _)| *createtime < before).collect();
    let Some((last, ..)) = old.last() else { return Ok(0) };
    diesel::update(mailboxes::table.find(uid)).set(mailboxes::pruned.eq(last)).execute(&mut **tx)?;
    diesel::delete(push_log::table.filter(push_log::uid.eq(uid).and(push_log::seq.le(last))))
        .execute(&mut **tx)?;
    let bodies: Vec<_> = old.iter().filter_map(|(_, _, bodyid)| bodyid.as_ref()).collect();
    if !bodies.is_empty() {
        delete_unused_bodies(tx, &bodies)?;
    }
    Ok(old.len())
}

fn delete_unused_bodies(tx: &mut Tx<'_>, bodyids: &[&DialogId]) -> Result<()> {
    let used = push_log::table.filter(push_log::bodyid.eq(push_body::bodyid.nullable()));
    let unused = push_body::bodyid.eq_any(bodyids.iter().copied());
    diesel::delete(push_body::table.filter(unused.and(diesel::dsl::not(diesel::dsl::exists(used)))))
        .execute(&mut **tx)?;
    Ok(())
}

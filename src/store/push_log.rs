//! The log of durable pushes: read for replay, rewritten when a message is withdrawn, pruned when old.
//!
//! It is written in `outbox`; how far each person has come is in `mailbox`, how SQLite keeps it in `push_chain`.

use super::push_chain::{self, Kept};
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared_on;
use crate::db::schema::{push_body, push_log};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{DialogId, Time, Uid};
use crate::protocol::frame::Frame;
use crate::protocol::pushes::PushKind;
use diesel::connection::DefaultLoadingMode;
use diesel::prelude::*;
use std::time::Duration;

/// How many bytes of pushes are read at once: a quarter of what may wait for a connection, so that a page
/// does not look like a slow reader.
const PAGE_BYTES: usize = 256 * 1024;

/// How far back what is missed is looked for first.
const LATELY: Duration = Duration::from_secs(86_400);

/// How far apart the time of a push and those of the ids in it may be.
const CLOCKS: Duration = Duration::from_secs(86_400);

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
    // One more than is asked for tells whether there are more.
    let most = limit as i64 + 1;
    match connection {
        AnyConnection::Sqlite(connection) => page(
            push_chain::list(connection, uid, since, i64::MAX, most)?.map(|kept| Ok(kept?.into())),
            limit,
        ),
        AnyConnection::Postgres(connection) => read_on(connection, since, |connection, from| {
            let rows = rows_between(uid, since, i64::MAX, most, from);
            let rows = prepared_on!(connection, rows, load_iter::<Row, DefaultLoadingMode>)?;
            page(rows.map(|row| row.map(frame)), limit)
        }),
    }
}

/// As many of these rows as a page takes, and whether there are more.
fn page(pushes: impl Iterator<Item = QueryResult<Frame>>, limit: usize) -> Result<(Vec<Frame>, bool)> {
    let (mut frames, mut bytes) = (Vec::new(), 0);
    for frame in pushes {
        let frame = frame?;
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
    match connection {
        AnyConnection::Sqlite(connection) => {
            let pushes = push_chain::list(connection, uid, since, until, limit)?;
            Ok(pushes.map(|kept| kept.map(Frame::from)).collect::<QueryResult<_>>()?)
        }
        AnyConnection::Postgres(connection) => {
            let (frames, _) = read_on(connection, since, |connection, from| {
                let rows = rows_between(uid, since, until, limit, from)
                    .load_iter::<Row, DefaultLoadingMode>(connection)?;
                Ok((rows.map(|row| row.map(frame)).collect::<QueryResult<_>>()?, false))
            })?;
            Ok(frames)
        }
    }
}

/// Reads by `read` what comes after `since`. Each day is a table, and most have missed no more than
/// the last hours: as numbers are dense, the days before those are looked at only where the next number is not there.
fn read_on(
    connection: &mut PgConnection,
    since: i64,
    mut read: impl FnMut(&mut PgConnection, Time) -> Result<(Vec<Frame>, bool)>,
) -> Result<(Vec<Frame>, bool)> {
    let lately = read(connection, Time::now() - LATELY)?;
    match lately.0.first().is_some_and(|first| first.seq == since + 1) {
        true => Ok(lately),
        false => read(connection, Time::from_millis(0)),
    }
}

#[diesel::dsl::auto_type(no_type_alias)]
fn rows_between<'a>(uid: &'a Uid, since: i64, until: i64, limit: i64, from: Time) -> _ {
    push_log::table
        .left_join(push_body::table)
        .filter(push_log::uid.eq(uid).and(push_log::seq.gt(since)).and(push_log::seq.le(until)))
        .filter(push_log::createtime.ge(from))
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
    Kept { seq, name, own, alone, shared }.into()
}

impl From<Kept> for Frame {
    fn from(Kept { seq, name, own, alone, shared }: Kept) -> Self {
        let shared = alone.or(shared).unwrap_or_else(|| "{}".to_owned());
        Self { seq, name: name.into(), own: own.map(Into::into), shared: shared.into() }
    }
}

/// Puts `shared` in the place of what the recipients of every push of a message share.
pub fn set_shared(tx: &mut Tx<'_>, dialogid: &DialogId, shared: &str) -> Result<()> {
    let since = made(dialogid);
    let alone = push_log::dialogid.eq(dialogid).and(push_log::createtime.ge(since));
    diesel::update(push_log::table.filter(alone)).set(push_log::shared.eq(shared)).execute(&mut **tx)?;
    let kept_once = push_body::dialogid.eq(dialogid).and(push_body::bodyid.ge(DialogId::least_from(since)));
    diesel::update(push_body::table.filter(kept_once))
        .set(push_body::shared.eq(shared))
        .execute(&mut **tx)?;
    Ok(())
}

/// Lists who was reminded of a message.
pub fn list_reminded(connection: &mut AnyConnection, dialogid: &DialogId) -> Result<Vec<Uid>> {
    let since = made(dialogid);
    let reminders = || {
        let reminders = push_log::name.eq(PushKind::Remind.name()).and(push_log::createtime.ge(since));
        push_log::table.filter(reminders).select(push_log::uid)
    };
    let mut people: Vec<Uid> = reminders().filter(push_log::dialogid.eq(dialogid)).load(connection)?;
    let bodies = push_body::dialogid.eq(dialogid).and(push_body::bodyid.ge(DialogId::least_from(since)));
    let bodies = push_body::table.filter(bodies).select(push_body::bodyid);
    let bodies: Vec<DialogId> = bodies.load(connection)?;
    people.extend(reminders().filter(push_log::bodyid.eq_any(&bodies)).load::<Uid>(connection)?);
    Ok(people)
}

/// Before all pushes of a message, whatever clock they were made by.
fn made(dialogid: &DialogId) -> Time {
    dialogid.made_at() - CLOCKS
}

/// Deletes the oldest pushes, as far as they are from before `before`, at most `limit`; returns how many. What several
/// shared is deleted by `prune_bodies`. On SQLite.
pub fn prune(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<usize> {
    match &mut **tx {
        AnyConnection::Sqlite(connection) => Ok(push_chain::prune(connection, before, limit)?),
        AnyConnection::Postgres(_) => Err(Error::inside("here pushes go by the day")),
    }
}

/// Deletes what several pushes from before `before` shared, as far as none of them is left, beginning after
/// `after`, and looking at `limit` at the most; returns where it has come, `None` at the end.
pub fn prune_bodies(tx: &mut Tx<'_>, before: Time, after: &str, limit: i64) -> Result<Option<DialogId>> {
    let old = push_body::bodyid.gt(after).and(push_body::bodyid.lt(DialogId::least_from(before - CLOCKS)));
    let old = push_body::table.filter(old).order(push_body::bodyid).limit(limit).select(push_body::bodyid);
    let mut old: Vec<DialogId> = old.load(&mut **tx)?;
    let used = push_log::table.filter(push_log::bodyid.eq(push_body::bodyid.nullable()));
    let unused = push_body::bodyid.eq_any(&old).and(diesel::dsl::not(diesel::dsl::exists(used)));
    diesel::delete(push_body::table.filter(unused)).execute(&mut **tx)?;
    Ok(old.pop())
}

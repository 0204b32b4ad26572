//! How a transaction's pushes are kept: under each recipient's next number, and as alerts for phones.
//!
//! What is kept is read in `push_log`; `keep` is the database's `KeepPushes`.

use super::mailbox::Wanted;
use super::push_chain::Link;
use super::{alert, mailbox, push_chain as chain};
use crate::db::bulk::column;
use crate::db::connection::AnyConnection;
use crate::db::prepared::run_prepared_on;
use crate::db::schema::{push_body, push_chain};
use crate::db::transaction::{Alerting, Tx};
use crate::error::{Error, Result};
use crate::model::{DialogId, Slots, Time, Uid};
use crate::protocol::frame::{Delivery, Frame};
use crate::protocol::pushes::Push;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A push that a transaction has queued, encoded once, with the delivery to each who hears it.
pub struct Queued {
    /// What it tells.
    pub push: Push,
    /// To whom, under which number, in the order of the push's audience.
    pub deliveries: Vec<Delivery>,
    /// What all recipients share.
    shared: Arc<str>,
}

impl Queued {
    /// Encodes a push; its deliveries have no number yet.
    fn new(push: Push) -> Result<Self> {
        let encoded = push.encode().map_err(Error::inside)?;
        let (name, shared) = (push.name(), Arc::<str>::from(encoded.shared));
        let delivery = |(uid, own): (Uid, Option<String>)| Delivery {
            uid,
            frame: Frame { seq: 0, name: name.into(), own: own.map(Into::into), shared: shared.clone() },
            slots: Slots::NONE,
        };
        let deliveries = encoded.own.into_iter().map(delivery).collect();
        Ok(Self { push, deliveries, shared })
    }
}

/// Keeps the pushes, each under its recipients' next numbers.
pub fn keep(tx: &mut Tx<'_>, pushes: Vec<Push>) -> Result<Vec<Delivery>> {
    if pushes.is_empty() {
        return Ok(Vec::new());
    }
    let mut queue = pushes.into_iter().map(Queued::new).collect::<Result<Vec<_>>>()?;
    let links = number(tx, &mut queue)?;
    insert(tx, &queue, &links)?;
    if let Some(alerting) = tx.alerting() {
        keep_alerts(tx, alerting, &queue)?;
    }
    Ok(queue.into_iter().flat_map(|queued| queued.deliveries).collect())
}

fn keep_alerts(tx: &mut Tx<'_>, Alerting { gather, text, .. }: Alerting, queue: &[Queued]) -> Result<()> {
    let previews: Vec<_> =
        queue.iter().map(|queued| (queued.push.mobile_preview(text), &queued.deliveries[..])).collect();
    alert::keep(tx, gather, &previews)
}

/// Gives each delivery its recipient's next number; returns where each is to stand in the log of SQLite.
fn number(tx: &mut Tx<'_>, queue: &mut [Queued]) -> Result<Vec<Link>> {
    let before = match &mut **tx {
        AnyConnection::Sqlite(connection) => chain::newest(connection)?,
        AnyConnection::Postgres(_) => 0,
    };
    let mut wanted = BTreeMap::<Uid, Wanted>::new();
    for (Delivery { uid, .. }, pushid) in deliveries(queue).zip(before + 1..) {
        let wanted = wanted.entry(uid.clone()).or_default();
        *wanted = Wanted { count: wanted.count + 1, pushid };
    }
    let mut reserved = mailbox::reserve_seqs(tx, wanted)?;
    let mut link = |(Delivery { uid, frame, slots }, pushid): (&mut Delivery, i64)| {
        let reserved = reserved.get_mut(uid).ok_or_else(|| Error::inside("a recipient without a mailbox"))?;
        let previous = std::mem::replace(&mut reserved.pushid, pushid);
        reserved.last += 1;
        (frame.seq, *slots) = (reserved.last, reserved.slots);
        Ok(Link::new(pushid, previous))
    };
    deliveries(queue).zip(before + 1..).map(&mut link).collect()
}

fn deliveries(queue: &mut [Queued]) -> impl Iterator<Item = &mut Delivery> {
    queue.iter_mut().flat_map(|queued| &mut queued.deliveries)
}

/// A push in the log of one recipient.
struct Row<'a> {
    uid: &'a Uid,
    seq: i64,
    name: &'a str,
    own: Option<&'a str>,
    shared: Option<&'a str>,
    dialogid: Option<&'a DialogId>,
    bodyid: Option<&'a DialogId>,
}

/// What several recipients share, kept once.
struct Body<'a> {
    bodyid: DialogId,
    dialogid: Option<&'a DialogId>,
    shared: &'a str,
}

/// Writes the pushes; what several people hear is kept apart from their rows.
fn insert(tx: &mut Tx<'_>, queue: &[Queued], links: &[Link]) -> Result<()> {
    let body = |queued: &Queued| queued.deliveries.len() > 1;
    let bodies: Vec<Option<Body<'_>>> =
        queue.iter().map(|queued| body(queued).then(|| queued.body())).collect();
    let rows: Vec<_> =
        queue.iter().zip(&bodies).flat_map(|(queued, body)| queued.rows(body.as_ref())).collect();
    let bodies: Vec<_> = bodies.iter().flatten().collect();
    let now = tx.now;
    match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            bodies.iter().try_for_each(|body| insert_body(connection, body))?;
            rows.iter().zip(links).try_for_each(|(row, link)| insert_row(connection, row, *link, now))?;
        }
        AnyConnection::Postgres(connection) => {
            if !bodies.is_empty() {
                insert_bodies(connection, &bodies)?;
            }
            insert_rows(connection, &rows, now)?;
        }
    }
    Ok(())
}

impl Queued {
    fn body(&self) -> Body<'_> {
        Body { bodyid: DialogId::new(), dialogid: self.push.dialogid(), shared: &self.shared }
    }

    /// The rows of its recipients, with what they share where `body` does not keep it.
    fn rows<'a>(&'a self, body: Option<&'a Body<'_>>) -> impl Iterator<Item = Row<'a>> {
        let alone = body.is_none();
        self.deliveries.iter().map(move |Delivery { uid, frame, .. }| Row {
            uid,
            seq: frame.seq,
            name: &frame.name,
            own: frame.own.as_deref(),
            shared: alone.then_some(&*self.shared),
            dialogid: self.push.dialogid().filter(|_| alone),
            bodyid: body.map(|body| &body.bodyid),
        })
    }
}

fn insert_body(connection: &mut SqliteConnection, body: &Body<'_>) -> QueryResult<()> {
    let new = (
        push_body::bodyid.eq(&body.bodyid),
        push_body::dialogid.eq(body.dialogid),
        push_body::shared.eq(body.shared),
    );
    run_prepared_on!(connection, diesel::insert_into(push_body::table).values(new))
}

fn insert_row(
    connection: &mut SqliteConnection,
    row: &Row<'_>,
    Link { pushid, back }: Link,
    now: Time,
) -> QueryResult<()> {
    let new = (
        push_chain::pushid.eq(pushid),
        push_chain::back.eq(back),
        push_chain::uid.eq(row.uid),
        push_chain::seq.eq(row.seq),
        push_chain::name.eq(row.name),
        push_chain::own.eq(row.own),
        push_chain::shared.eq(row.shared),
        push_chain::dialogid.eq(row.dialogid),
        push_chain::bodyid.eq(row.bodyid),
        push_chain::createtime.eq(now),
    );
    run_prepared_on!(connection, diesel::insert_into(push_chain::table).values(new))?;
    chain::mark(connection, row.uid, row.seq, pushid)
}

fn insert_bodies(connection: &mut PgConnection, bodies: &[&Body<'_>]) -> QueryResult<()> {
    let insert = sql_query(
        "INSERT INTO push_body (bodyid, dialogid, shared) \
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[])",
    )
    .bind::<Array<Text>, _>(column(bodies, |body| &body.bodyid))
    .bind::<Array<Nullable<Text>>, _>(column(bodies, |body| body.dialogid))
    .bind::<Array<Text>, _>(column(bodies, |body| body.shared));
    run_prepared_on!(connection, insert)
}

/// A list for each column.
fn insert_rows(connection: &mut PgConnection, rows: &[Row<'_>], now: Time) -> QueryResult<()> {
    let insert = sql_query(
        "INSERT INTO push_log (createtime, uid, seq, name, own, shared, dialogid, bodyid) \
         SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], \
         $8::text[])",
    )
    .bind::<BigInt, _>(now)
    .bind::<Array<Text>, _>(column(rows, |row| row.uid))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.seq))
    .bind::<Array<Text>, _>(column(rows, |row| row.name))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.own))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.shared))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.dialogid))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.bodyid));
    run_prepared_on!(connection, insert)
}

//! How connections come and go, in transactions that lock their accounts' mailboxes, in the order of the ids.

use super::{Columns, device, is_one, slot};
use crate::db::bulk::column;
use crate::db::connection::AnyConnection;
use crate::db::prepared::{prepared_on, run_prepared_on};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::connection::Held;
use crate::model::{DeviceId, Node, SessionId, Slot, Uid};
use crate::store::node::NOW;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Text};
use std::collections::{BTreeSet, HashMap};

/// A connection whose place another one has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Displaced {
    /// Whose.
    pub uid: Uid,
    /// Its device.
    pub deviceid: DeviceId,
    /// The node that has it.
    pub slot: Slot,
}

/// Locks the mailboxes of accounts until the transaction ends; returns the epoch of the newest registration of each.
pub fn lock(tx: &mut Tx<'_>, uids: &BTreeSet<&Uid>) -> Result<HashMap<Uid, i64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        uid: Uid,
        #[diesel(sql_type = BigInt)]
        epoch: i64,
    }
    let lock =
        sql_query("SELECT uid, epoch FROM mailbox WHERE uid = ANY($1) ORDER BY uid COLLATE \"C\" FOR UPDATE")
            .bind::<Array<Text>, _>(uids.iter().collect::<Vec<_>>());
    let rows: Vec<Row> = prepared_on!(tx.postgres()?, lock, load)?;
    Ok(rows.into_iter().map(|Row { uid, epoch }| (uid, epoch)).collect())
}

/// Enters connections of a node, whose accounts' mailboxes are locked, each unless one after it has its place;
/// returns those whose places they take. As long as the node has no life they have no rows: its next life enters them.
pub fn enter(tx: &mut Tx<'_>, node: Option<Node>, held: &[Held]) -> Result<Vec<Displaced>> {
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let displaced = displace(tx, held)?;
    if let Some(node) = node {
        insert(tx, node, held)?;
    }
    let epochs: Vec<_> = held.iter().map(|held| (&held.uid, held.epoch)).collect();
    follow(tx, &epochs)?;
    Ok(displaced)
}

fn displace(tx: &mut Tx<'_>, held: &[Held]) -> Result<Vec<Displaced>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        uid: Uid,
        #[diesel(sql_type = Text)]
        deviceid: String,
        #[diesel(sql_type = Integer)]
        slot: i32,
    }
    let Columns { uids, deviceids, epochs, .. } = Columns::of(held);
    let delete = sql_query(
        "DELETE FROM connection USING unnest($1::text[], $2::text[], $3::bigint[]) AS held (uid, deviceid, epoch) \
         WHERE connection.uid = held.uid AND ($4 OR connection.deviceid = held.deviceid) \
         AND connection.epoch < held.epoch RETURNING connection.uid, connection.deviceid, slot",
    )
    .bind::<Array<Text>, _>(uids)
    .bind::<Array<Text>, _>(deviceids)
    .bind::<Array<BigInt>, _>(epochs)
    .bind::<Bool, _>(is_one(tx.connections()));
    let rows: Vec<Row> = prepared_on!(tx.postgres()?, delete, load)?;
    let displaced =
        |row: Row| Ok(Displaced { uid: row.uid, deviceid: device(row.deviceid)?, slot: slot(row.slot)? });
    rows.into_iter().map(displaced).collect()
}

fn insert(tx: &mut Tx<'_>, node: Node, held: &[Held]) -> Result<()> {
    let Columns { uids, deviceids, sessions, epochs } = Columns::of(held);
    let insert = sql_query(
        "INSERT INTO connection (uid, deviceid, session, epoch, token, acks, entered, slot, incarnation) \
         SELECT held.*, $9, $10 FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[], \
         $6::boolean[], $7::bigint[]) AS held (uid, deviceid, session, epoch, token, acks, entered) \
         WHERE NOT EXISTS (SELECT FROM connection AS newer WHERE newer.uid = held.uid \
         AND ($8 OR newer.deviceid = held.deviceid) AND newer.epoch > held.epoch) \
         ON CONFLICT (uid, deviceid) DO UPDATE SET slot = excluded.slot, incarnation = excluded.incarnation",
    )
    .bind::<Array<Text>, _>(uids)
    .bind::<Array<Text>, _>(deviceids)
    .bind::<Array<BigInt>, _>(sessions)
    .bind::<Array<BigInt>, _>(epochs)
    .bind::<Array<Binary>, _>(column(held, |held| &held.token.0[..]))
    .bind::<Array<Bool>, _>(column(held, |held| held.acks))
    .bind::<Array<BigInt>, _>(column(held, |held| held.entered.millis()))
    .bind::<Bool, _>(is_one(tx.connections()))
    .bind::<Integer, _>(i32::from(node.slot.number()))
    .bind::<BigInt, _>(node.incarnation.0);
    Ok(run_prepared_on!(tx.postgres()?, insert)?)
}

/// Lets mailboxes, which are locked, follow the connections; epochs never go back.
fn follow(tx: &mut Tx<'_>, epochs: &[(&Uid, i64)]) -> Result<()> {
    let update = sql_query(
        "UPDATE mailbox SET epoch = greatest(mailbox.epoch, held.epoch), slots = coalesce((SELECT \
         bit_or(1::bigint << slot) FROM connection WHERE connection.uid = mailbox.uid), 0) \
         FROM (SELECT uid, max(epoch) AS epoch FROM unnest($1::text[], $2::bigint[]) AS held (uid, epoch) \
         GROUP BY uid) AS held WHERE mailbox.uid = held.uid",
    )
    .bind::<Array<Text>, _>(column(epochs, |(uid, _)| *uid))
    .bind::<Array<BigInt>, _>(column(epochs, |(_, epoch)| *epoch));
    Ok(run_prepared_on!(tx.postgres()?, update)?)
}

/// A connection that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Whose it was.
    pub uid: Uid,
    /// The connection.
    pub session: SessionId,
}

/// Takes connections away that are gone, as far as they have their places still.
pub fn leave(tx: &mut Tx<'_>, gone: &[Gone]) -> Result<()> {
    lock(tx, &gone.iter().map(|gone| &gone.uid).collect())?;
    let delete = sql_query(
        "DELETE FROM connection USING unnest($1::text[], $2::bigint[]) AS gone (uid, session) \
         WHERE connection.uid = gone.uid AND connection.session = gone.session",
    )
    .bind::<Array<Text>, _>(column(gone, |gone| &gone.uid))
    .bind::<Array<BigInt>, _>(column(gone, |gone| gone.session.number()));
    run_prepared_on!(tx.postgres()?, delete)?;
    let epochs: Vec<_> = gone.iter().map(|gone| (&gone.uid, 0)).collect();
    follow(tx, &epochs)
}

/// Up to `limit` connections of nodes that do not live: their lives are numbered between those of the living.
pub fn list_dead(store: &mut AnyConnection, limit: i64) -> Result<Vec<Gone>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        uid: Uid,
        #[diesel(sql_type = BigInt)]
        session: i64,
    }
    let AnyConnection::Postgres(store) = store else { return Ok(Vec::new()) };
    let dead = sql_query(format!(
        "WITH living AS (SELECT incarnation FROM node WHERE until > {NOW}), gap AS (\
         SELECT lag(incarnation, 1, 0::bigint) OVER (ORDER BY incarnation) AS low, incarnation AS high FROM living \
         UNION ALL SELECT coalesce(max(incarnation), 0), {MAX} FROM living) \
         SELECT uid, session FROM gap JOIN LATERAL (SELECT uid, session FROM connection \
         WHERE incarnation > low AND incarnation < high LIMIT $1) AS dead ON TRUE LIMIT $1",
        MAX = i64::MAX
    ))
    .bind::<BigInt, _>(limit);
    let rows: Vec<Row> = dead.load(store)?;
    Ok(rows
        .into_iter()
        .map(|row| Gone { uid: row.uid, session: SessionId::of_number(row.session) })
        .collect())
}

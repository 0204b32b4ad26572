//! Who is connected to any of the nodes that live, and how.

use super::device;
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared_on;
use crate::db::schema::{connection, mailbox};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DeviceId, Node, Time, Uid};
use crate::store::node;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};
use std::collections::HashMap;

/// Those of these people who are connected.
pub fn list_connected_of(store: &mut AnyConnection, people: &[Uid]) -> Result<Vec<Uid>> {
    let AnyConnection::Postgres(store) = store else { return Ok(Vec::new()) };
    let theirs = connection::table.filter(connection::uid.eq_any(people));
    let living = theirs.filter(connection::incarnation.eq_any(node::living()));
    Ok(living.select(connection::uid).distinct().load(store)?)
}

/// The connections of these people: since when they have been there, by the clocks of their nodes, and whether their
/// clients acknowledge what they take in.
pub fn list_statuses(store: &mut AnyConnection, people: &[Uid]) -> Result<Vec<(Uid, Time, bool)>> {
    let AnyConnection::Postgres(store) = store else { return Ok(Vec::new()) };
    let theirs = connection::table.filter(connection::uid.eq_any(people));
    let living = theirs.filter(connection::incarnation.eq_any(node::living()));
    Ok(living.select((connection::uid, connection::entered, connection::acks)).load(store)?)
}

/// Who is connected from which devices: at most `limit` people in falling order of their ids, those before `before`.
pub fn list(
    store: &mut AnyConnection,
    before: Option<&Uid>,
    limit: i64,
) -> Result<Vec<(Uid, Vec<DeviceId>)>> {
    let AnyConnection::Postgres(store) = store else { return Ok(Vec::new()) };
    let mut people = connection::table
        .filter(connection::incarnation.eq_any(node::living()))
        .group_by(connection::uid)
        .select(connection::uid)
        .order(connection::uid.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        people = people.filter(connection::uid.lt(before));
    }
    let people: Vec<Uid> = people.load(store)?;
    let theirs = connection::table
        .filter(connection::uid.eq_any(&people).and(connection::incarnation.eq_any(node::living())))
        .order(connection::epoch.desc());
    let mut devices = HashMap::<Uid, Vec<DeviceId>>::new();
    for (uid, deviceid) in
        theirs.select((connection::uid, connection::deviceid)).load::<(Uid, String)>(store)?
    {
        devices.entry(uid).or_default().push(device(deviceid)?);
    }
    Ok(people.into_iter().map(|uid| (uid.clone(), devices.remove(&uid).unwrap_or_default())).collect())
}

/// Somebody's connections to one node.
#[derive(Debug, QueryableByName)]
pub struct Theirs {
    /// Whose.
    #[diesel(sql_type = Text)]
    pub uid: Uid,
    /// Their numbers.
    #[diesel(sql_type = Array<BigInt>)]
    pub sessions: Vec<i64>,
}

/// The connections to a node that entered before a time, of up to `limit` people after `after`, in the order of their
/// ids.
pub fn list_of_node(
    store: &mut AnyConnection,
    node: Node,
    before: Time,
    after: &str,
    limit: i64,
) -> Result<Vec<Theirs>> {
    let AnyConnection::Postgres(store) = store else { return Ok(Vec::new()) };
    let theirs = sql_query(
        "SELECT uid, array_agg(session) AS sessions FROM connection WHERE incarnation = $1 AND entered < $2 \
         AND uid > $3 GROUP BY uid ORDER BY uid LIMIT $4",
    )
    .bind::<BigInt, _>(node.incarnation.0)
    .bind::<BigInt, _>(before)
    .bind::<Text, _>(after)
    .bind::<BigInt, _>(limit);
    Ok(theirs.load(store)?)
}

/// Those of these people who are connected and of whom their contacts do not know it become present.
pub fn set_present(tx: &mut Tx<'_>, people: &[Uid]) -> Result<Vec<Uid>> {
    let come = sql_query(
        "WITH come AS MATERIALIZED (SELECT uid FROM mailbox WHERE uid = ANY($1) AND slots <> 0 AND NOT present \
         ORDER BY uid COLLATE \"C\" FOR UPDATE) \
         UPDATE mailbox SET present = TRUE FROM come WHERE mailbox.uid = come.uid RETURNING mailbox.uid",
    )
    .bind::<Array<Text>, _>(people);
    whom(prepared_on!(tx.postgres()?, come, load)?)
}

/// Up to `limit` people who are connected no more and whose contacts do not know it.
pub fn list_left(store: &mut AnyConnection, limit: i64) -> Result<Vec<Uid>> {
    let left = mailbox::table.filter(mailbox::present.and(mailbox::slots.eq(0))).order(mailbox::uid);
    Ok(left.select(mailbox::uid).limit(limit).load(store)?)
}

/// Those of these people who are connected no more and whose contacts do not know it are no longer present.
pub fn set_absent(tx: &mut Tx<'_>, people: &[Uid]) -> Result<Vec<Uid>> {
    let left = sql_query(
        "WITH gone AS MATERIALIZED (SELECT uid FROM mailbox WHERE uid = ANY($1) AND slots = 0 AND present \
         ORDER BY uid COLLATE \"C\" FOR UPDATE) \
         UPDATE mailbox SET present = FALSE FROM gone WHERE mailbox.uid = gone.uid RETURNING mailbox.uid",
    )
    .bind::<Array<Text>, _>(people);
    whom(prepared_on!(tx.postgres()?, left, load)?)
}

#[derive(QueryableByName)]
struct Whom {
    #[diesel(sql_type = Text)]
    uid: Uid,
}

fn whom(rows: Vec<Whom>) -> Result<Vec<Uid>> {
    Ok(rows.into_iter().map(|row| row.uid).collect())
}

/// The app of a connection acknowledges what it takes in.
pub fn set_acks(tx: &mut Tx<'_>, uid: &Uid, deviceid: &DeviceId) -> Result<()> {
    let AnyConnection::Postgres(store) = &mut **tx else { return Ok(()) };
    let own = connection::table.find((uid, deviceid.as_str()));
    diesel::update(own).set(connection::acks.eq(true)).execute(store)?;
    Ok(())
}

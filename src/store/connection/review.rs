//! Whether the connections that a node holds have their places still: what it was told of it may have been lost.

use super::{Columns, device, is_one};
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared_on;
use crate::error::Result;
use crate::model::connection::{ConnectionPolicy, Held};
use crate::model::{DeviceId, Node};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};

/// A connection that a node holds and that has not its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The connection.
    pub held: Held,
    /// The one that has taken its place, if one has; if none has, it is to enter again.
    pub newer: Option<Newer>,
}

/// A connection that has taken a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    /// Its device.
    pub deviceid: DeviceId,
    /// Its registration.
    pub epoch: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Nullable<Text>)]
    deviceid: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    epoch: Option<i64>,
}

/// Those of the connections that a node holds which have not their rows. On PostgreSQL, where others write, too.
pub fn list_missing(
    store: &mut AnyConnection,
    node: Option<Node>,
    policy: ConnectionPolicy,
    held: &[Held],
) -> Result<Vec<Missing>> {
    let AnyConnection::Postgres(store) = store else { return Ok(Vec::new()) };
    let Columns { uids, deviceids, sessions, epochs } = Columns::of(held);
    let query = sql_query(
        "SELECT number, newer.deviceid, newer.epoch \
         FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) WITH ORDINALITY \
         AS held (uid, deviceid, session, epoch, number) LEFT JOIN connection AS own ON own.uid = held.uid \
         AND own.deviceid = held.deviceid AND own.session = held.session AND own.incarnation = $6 \
         LEFT JOIN LATERAL (SELECT deviceid, epoch FROM connection AS other WHERE other.uid = held.uid \
         AND ($5 OR other.deviceid = held.deviceid) AND other.epoch > held.epoch ORDER BY epoch DESC LIMIT 1) \
         AS newer ON TRUE WHERE own.uid IS NULL",
    )
    .bind::<Array<Text>, _>(uids)
    .bind::<Array<Text>, _>(deviceids)
    .bind::<Array<BigInt>, _>(sessions)
    .bind::<Array<BigInt>, _>(epochs)
    .bind::<Bool, _>(is_one(policy))
    .bind::<BigInt, _>(node.map_or(0, |node| node.incarnation.0));
    let rows: Vec<Row> = prepared_on!(store, query, load)?;
    rows.into_iter().filter_map(|row| missing(row, held)).collect()
}

fn missing(Row { number, deviceid, epoch }: Row, held: &[Held]) -> Option<Result<Missing>> {
    // Ordinals begin with 1.
    let held = held.get(usize::try_from(number - 1).ok()?)?.clone();
    let newer = deviceid.zip(epoch).map(|(deviceid, epoch)| Ok(Newer { deviceid: device(deviceid)?, epoch }));
    Some(newer.transpose().map(|newer| Missing { held, newer }))
}

//! The history of logins: the networks that somebody has logged in from, and the record of
//! connections with the device and the address of each. Both are bounded for each account, and by age.

use crate::db::bulk::column;
use crate::db::connection::AnyConnection;
use crate::db::prepared::{prepared_on, run_prepared_on};
use crate::db::schema::{known_address, login_record};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DeviceId, MessageId, Platform, Time, TokenHash, Uid};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use std::collections::BTreeSet;

/// How many networks of one account are remembered.
const MOST_NETWORKS: i64 = 50;
/// How many connections of one account are on record.
const MOST_CONNECTIONS: i64 = 500;

/// A connection of an account.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The account.
    pub uid: &'a Uid,
    /// The token that it registers with.
    pub token: TokenHash,
    /// Where it comes from.
    pub origin: &'a Origin,
}

/// Where a connection comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The device.
    pub deviceid: DeviceId,
    /// The kind of device.
    pub platform: Option<Platform>,
    /// The network address.
    pub address: String,
}

impl Origin {
    /// The kind of device, as it is kept.
    pub fn platform(&self) -> Option<&str> {
        self.platform.as_ref().map(Platform::as_str)
    }
}

/// Returns whether somebody has logged in from this network before.
pub fn is_known_network(connection: &mut AnyConnection, uid: &Uid, network: &str) -> Result<bool> {
    let known = known_address::table.find((uid, network));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(connection)?)
}

/// Remembers a network that somebody logs in from; of many, those of long ago are forgotten.
pub fn remember_network(tx: &mut Tx<'_>, uid: &Uid, network: &str) -> Result<()> {
    let now = tx.now;
    let known = known_address::table.find((uid, network));
    if diesel::update(known).set(known_address::seen.eq(now)).execute(&mut **tx)? == 1 {
        return Ok(());
    }
    diesel::insert_into(known_address::table)
        .values((known_address::uid.eq(uid), known_address::address.eq(network), known_address::seen.eq(now)))
        .execute(&mut **tx)?;
    let theirs = known_address::table.filter(known_address::uid.eq(uid));
    let newest_first = theirs.order((known_address::seen.desc(), known_address::address));
    let surplus = newest_first.offset(MOST_NETWORKS).limit(MOST_NETWORKS).select(known_address::address);
    for address in surplus.load::<String>(&mut **tx)? {
        diesel::delete(known_address::table.find((uid, address))).execute(&mut **tx)?;
    }
    Ok(())
}

/// Inserts a record of each connection; of many of an account, the oldest ones go.
pub fn insert_connections(tx: &mut Tx<'_>, arrivals: &[Arrival<'_>]) -> Result<()> {
    let now = tx.now;
    let uids: BTreeSet<_> = arrivals.iter().map(|arrival| arrival.uid).collect();
    match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            arrivals.iter().try_for_each(|arrival| insert_one(connection, arrival, now))?;
            uids.iter().try_for_each(|uid| delete_surplus(connection, uid))?;
        }
        AnyConnection::Postgres(connection) => {
            insert_all(connection, arrivals, now)?;
            delete_all_surplus(connection, &uids)?;
        }
    }
    Ok(())
}

fn insert_one(connection: &mut SqliteConnection, arrival: &Arrival<'_>, now: Time) -> QueryResult<()> {
    let Arrival { uid, origin, .. } = arrival;
    let new = (
        login_record::uid.eq(uid),
        login_record::createtime.eq(now),
        login_record::recordid.eq(MessageId::new()),
        login_record::deviceid.eq(origin.deviceid.as_str()),
        login_record::platform.eq(origin.platform()),
        login_record::address.eq(&origin.address),
    );
    run_prepared_on!(connection, diesel::insert_into(login_record::table).values(new))
}

fn delete_surplus(connection: &mut SqliteConnection, uid: &Uid) -> QueryResult<()> {
    let theirs = login_record::table.filter(login_record::uid.eq(uid)).order(login_record::recordid.desc());
    let oldest = theirs.offset(MOST_CONNECTIONS).limit(1).select(login_record::recordid);
    let oldest: Option<String> = prepared_on!(&mut *connection, oldest, get_result).optional()?;
    if let Some(oldest) = oldest {
        let old = login_record::uid.eq(uid).and(login_record::recordid.le(oldest));
        diesel::delete(login_record::table.filter(old)).execute(connection)?;
    }
    Ok(())
}

/// A list for each column.
fn insert_all(connection: &mut PgConnection, arrivals: &[Arrival<'_>], now: Time) -> QueryResult<()> {
    let insert = sql_query(
        "INSERT INTO login_record (createtime, uid, recordid, deviceid, platform, address) \
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])",
    )
    .bind::<BigInt, _>(now)
    .bind::<Array<Text>, _>(column(arrivals, |arrival| arrival.uid))
    .bind::<Array<Text>, _>(column(arrivals, |_| MessageId::new()))
    .bind::<Array<Text>, _>(column(arrivals, |arrival| arrival.origin.deviceid.as_str()))
    .bind::<Array<Nullable<Text>>, _>(column(arrivals, |arrival| arrival.origin.platform()))
    .bind::<Array<Text>, _>(column(arrivals, |arrival| &arrival.origin.address));
    run_prepared_on!(connection, insert)
}

fn delete_all_surplus(connection: &mut PgConnection, uids: &BTreeSet<&Uid>) -> QueryResult<()> {
    let delete = sql_query(
        "DELETE FROM login_record USING (SELECT uid, (SELECT recordid FROM login_record \
         WHERE login_record.uid = these.uid ORDER BY recordid DESC OFFSET $2 LIMIT 1) AS oldest \
         FROM unnest($1::text[]) AS these (uid)) AS surplus \
         WHERE login_record.uid = surplus.uid AND recordid <= oldest",
    )
    .bind::<Array<Text>, _>(uids.iter().collect::<Vec<_>>())
    .bind::<BigInt, _>(MOST_CONNECTIONS);
    run_prepared_on!(connection, delete)
}

/// Deletes up to `limit` records of connections, and as many remembered networks, from before `before`;
/// returns how many of the one that had more.
pub fn prune(tx: &mut Tx<'_>, before: Time, limit: i64) -> Result<usize> {
    let old = login_record::table.filter(login_record::createtime.lt(before)).limit(limit);
    let old: Vec<(String, String)> =
        old.select((login_record::uid, login_record::recordid)).load(&mut **tx)?;
    for (uid, recordid) in &old {
        diesel::delete(login_record::table.find((uid, recordid))).execute(&mut **tx)?;
    }
    let unseen = known_address::table.filter(known_address::seen.lt(before)).limit(limit);
    let unseen: Vec<(String, String)> =
        unseen.select((known_address::uid, known_address::address)).load(&mut **tx)?;
    for (uid, address) in &unseen {
        diesel::delete(known_address::table.find((uid, address))).execute(&mut **tx)?;
    }
    Ok(old.len().max(unseen.len()))
}

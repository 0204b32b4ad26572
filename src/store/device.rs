//! Devices: which account a device belongs to, the one that registered from it last. What the vendor of
//! notices is to know of it is in `device_alias`.

use super::device_alias::{want_alias, want_aliases};
use super::login_history::Arrival;
use crate::db::bulk::column;
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared_on;
use crate::db::schema::device;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DeviceId, Platform, Time, TokenHash, Uid};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text};
use std::collections::{BTreeSet, HashSet};

/// How many devices one account may have; of more, those that registered longest ago are nobody's.
const MOST_DEVICES: i64 = 20;
/// How many of the others are taken from it at once.
const MOST_RELEASED: i64 = 100;

/// What a device that is there already becomes. Its app is known to acknowledge as long as it is the same
/// account's.
macro_rules! upsert {
    ($rows:literal) => {
        concat!(
            "INSERT INTO device (deviceid, uid, platform, updatetime, token, acks) ",
            $rows,
            " ON CONFLICT (deviceid) DO UPDATE SET uid = excluded.uid, platform = excluded.platform, \
             updatetime = excluded.updatetime, token = excluded.token, \
             acks = device.acks AND device.uid = excluded.uid RETURNING deviceid, acks"
        )
    };
}

/// A device that has been given to an account.
#[derive(QueryableByName)]
struct Given {
    #[diesel(sql_type = Text)]
    deviceid: String,
    #[diesel(sql_type = Bool)]
    acks: bool,
}

/// Gives devices, each of which is there once, to accounts; returns those whose apps are known to acknowledge.
pub fn register(tx: &mut Tx<'_>, arrivals: &[Arrival<'_>]) -> Result<HashSet<String>> {
    let now = tx.now;
    let given = match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            let give = |arrival| give(connection, arrival, now);
            arrivals.iter().map(give).collect::<QueryResult<_>>()?
        }
        AnyConnection::Postgres(connection) => give_all(connection, arrivals, now)?,
    };
    let wanted = arrivals.iter().map(|Arrival { uid, origin, .. }| {
        (origin.deviceid.as_str(), (origin.platform() != Some(Platform::WEB)).then_some(*uid))
    });
    want_aliases(tx, &wanted.collect::<Vec<_>>())?;
    release_surplus(tx, &arrivals.iter().map(|arrival| arrival.uid).collect())?;
    Ok(given.into_iter().filter(|given| given.acks).map(|given| given.deviceid).collect())
}

fn give(connection: &mut SqliteConnection, arrival: &Arrival<'_>, now: Time) -> QueryResult<Given> {
    let Arrival { uid, token, origin } = arrival;
    let upsert = sql_query(upsert!("VALUES ($1, $2, $3, $4, $5, FALSE)"))
        .bind::<Text, _>(origin.deviceid.as_str())
        .bind::<Text, _>(uid)
        .bind::<Nullable<Text>, _>(origin.platform())
        .bind::<BigInt, _>(now)
        .bind::<Binary, _>(&token.0[..]);
    prepared_on!(connection, upsert, get_result)
}

/// A list for each column. In the order of their ids, so that no two transactions wait for each other.
fn give_all(connection: &mut PgConnection, arrivals: &[Arrival<'_>], now: Time) -> QueryResult<Vec<Given>> {
    let upsert = sql_query(upsert!(
        "SELECT deviceid, uid, platform, $1, token, FALSE \
         FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[]) AS new (deviceid, uid, platform, token) \
         ORDER BY deviceid COLLATE \"C\""
    ))
    .bind::<BigInt, _>(now)
    .bind::<Array<Text>, _>(column(arrivals, |arrival| arrival.origin.deviceid.as_str()))
    .bind::<Array<Text>, _>(column(arrivals, |arrival| arrival.uid))
    .bind::<Array<Nullable<Text>>, _>(column(arrivals, |arrival| arrival.origin.platform()))
    .bind::<Array<Binary>, _>(column(arrivals, |arrival| &arrival.token.0[..]));
    prepared_on!(connection, upsert, load)
}

fn release_surplus(tx: &mut Tx<'_>, uids: &BTreeSet<&Uid>) -> Result<()> {
    let deviceids: Vec<String> = match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            let mut all = Vec::new();
            for uid in uids {
                let newest_first = device::table.filter(device::uid.eq(uid)).order(device::updatetime.desc());
                let surplus = newest_first.offset(MOST_DEVICES).limit(MOST_RELEASED);
                all.extend(prepared_on!(&mut *connection, surplus.select(device::deviceid), load::<String>)?);
            }
            all
        }
        AnyConnection::Postgres(connection) => list_surplus(connection, uids)?,
    };
    deviceids.iter().try_for_each(|deviceid| release(tx, deviceid))
}

fn list_surplus(connection: &mut PgConnection, uids: &BTreeSet<&Uid>) -> QueryResult<Vec<String>> {
    let surplus = sql_query(
        "SELECT deviceid FROM unnest($1::text[]) AS these (uid) CROSS JOIN LATERAL (SELECT deviceid FROM device \
         WHERE device.uid = these.uid ORDER BY updatetime DESC OFFSET $2 LIMIT $3) AS surplus",
    )
    .bind::<Array<Text>, _>(uids.iter().collect::<Vec<_>>())
    .bind::<BigInt, _>(MOST_DEVICES)
    .bind::<BigInt, _>(MOST_RELEASED);
    let surplus: Vec<Surplus> = prepared_on!(connection, surplus, load)?;
    Ok(surplus.into_iter().map(|surplus| surplus.deviceid).collect())
}

/// A device of which its account has too many.
#[derive(QueryableByName)]
struct Surplus {
    #[diesel(sql_type = Text)]
    deviceid: String,
}

/// The device's app acknowledges what it takes in.
pub fn set_acks(tx: &mut Tx<'_>, uid: &Uid, deviceid: &DeviceId) -> Result<()> {
    let own = device::table.find(deviceid.as_str()).filter(device::uid.eq(uid));
    diesel::update(own).set(device::acks.eq(true)).execute(&mut **tx)?;
    Ok(())
}

/// Takes the devices from their account that registered with this token.
pub fn release_token(tx: &mut Tx<'_>, token: TokenHash) -> Result<()> {
    let with_it = device::table.filter(device::token.eq(&token.0[..])).select(device::deviceid);
    let deviceids: Vec<String> = with_it.load(&mut **tx)?;
    deviceids.iter().try_for_each(|deviceid| release(tx, deviceid))
}

/// Takes all devices from an account.
pub fn release_account(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    let theirs = device::table.filter(device::uid.eq(uid)).select(device::deviceid);
    let deviceids: Vec<String> = theirs.load(&mut **tx)?;
    deviceids.iter().try_for_each(|deviceid| release(tx, deviceid))
}

/// Takes a device from the account, unless it has registered since `entered`.
pub fn release_replaced(tx: &mut Tx<'_>, uid: &Uid, deviceid: &DeviceId, entered: Time) -> Result<()> {
    let same = device::table.find(deviceid.as_str());
    let same = same.filter(device::uid.eq(uid).and(device::updatetime.le(entered)));
    match same.select(device::deviceid).first::<String>(&mut **tx).optional()? {
        Some(deviceid) => release(tx, &deviceid),
        None => Ok(()),
    }
}

/// Takes a device from this account, if it is theirs.
pub fn release_of(tx: &mut Tx<'_>, uid: &Uid, deviceid: &DeviceId) -> Result<()> {
    let theirs = device::table.find(deviceid.as_str()).filter(device::uid.eq(uid)).select(device::deviceid);
    match theirs.first::<String>(&mut **tx).optional()? {
        Some(deviceid) => release(tx, &deviceid),
        None => Ok(()),
    }
}

fn release(tx: &mut Tx<'_>, deviceid: &str) -> Result<()> {
    diesel::delete(device::table.find(deviceid)).execute(&mut **tx)?;
    want_alias(tx, deviceid, None)
}

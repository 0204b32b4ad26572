//! The history of logins: the networks that somebody has logged in from, and the record of
//! connections with the device and the address of each. Both are bounded for each account, and by age.

use crate::db::connection::AnyConnection;
use crate::db::schema::{known_address, login_record};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DeviceId, MessageId, Platform, Time, Uid};
use diesel::prelude::*;

/// How many networks of one account are remembered.
const MOST_NETWORKS: i64 = 50;
/// How many connections of one account are on record.
const MOST_CONNECTIONS: i64 = 500;

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

/// Inserts a record of a connection; of many, the oldest ones go.
pub fn insert_connection(tx: &mut Tx<'_>, uid: &Uid, origin: &Origin) -> Result<()> {
    let now = tx.now;
    diesel::insert_into(login_record::table)
        .values((
            login_record::uid.eq(uid),
            login_record::createtime.eq(now),
            login_record::recordid.eq(MessageId::new()),
            login_record::deviceid.eq(origin.deviceid.as_str()),
            login_record::platform.eq(origin.platform.as_ref().map(Platform::as_str)),
            login_record::address.eq(&origin.address),
        ))
        .execute(&mut **tx)?;
    let theirs = login_record::table.filter(login_record::uid.eq(uid)).order(login_record::recordid.desc());
    let oldest = theirs.offset(MOST_CONNECTIONS).limit(1).select(login_record::recordid);
    if let Some(oldest) = oldest.first::<String>(&mut **tx).optional()? {
        let old = login_record::uid.eq(uid).and(login_record::recordid.le(oldest));
        diesel::delete(login_record::table.filter(old)).execute(&mut **tx)?;
    }
    Ok(())
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

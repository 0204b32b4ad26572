//! The history of logins: the networks that somebody has logged in from, and the record of
//! connections with the device and the address of each.

use crate::db::connection::AnyConnection;
use crate::db::schema::{known_address, login_record};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{DeviceId, MessageId, Uid};
use diesel::prelude::*;

/// Where a connection comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The device.
    pub deviceid: DeviceId,
    /// The kind of device.
    pub platform: Option<String>,
    /// The network address.
    pub address: String,
}

/// Returns whether somebody has logged in from this network before.
pub fn is_known_network(connection: &mut AnyConnection, uid: &Uid, network: &str) -> Result<bool> {
    let known = known_address::table.find((uid, network));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(connection)?)
}

/// Inserts a network that somebody has logged in from for the first time.
pub fn insert_known_network(tx: &mut Tx<'_>, uid: &Uid, network: &str) -> Result<()> {
    diesel::insert_into(known_address::table)
        .values((known_address::uid.eq(uid), known_address::address.eq(network)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Inserts a record of a connection.
pub fn insert_connection(tx: &mut Tx<'_>, uid: &Uid, origin: &Origin) -> Result<()> {
    let now = tx.now;
    diesel::insert_into(login_record::table)
        .values((
            login_record::uid.eq(uid),
            login_record::createtime.eq(now),
            login_record::recordid.eq(MessageId::new()),
            login_record::deviceid.eq(origin.deviceid.as_str()),
            login_record::platform.eq(origin.platform.as_deref()),
            login_record::address.eq(&origin.address),
        ))
        .execute(&mut **tx)?;
    Ok(())
}

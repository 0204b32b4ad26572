//! Who may come in: tokens (kept as hashes), where somebody came from before, and the record of
//! connections with the devices they came from.

use super::device;
use crate::db::connection::AnyConnection;
use crate::db::schema::{account, known_address, login_record, token};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Caller, DeviceId, MessageId, Role, Time, TokenHash, Uid};
use diesel::prelude::*;

/// Makes a token good until `expires`.
pub fn insert_token(tx: &mut Tx<'_>, uid: &Uid, hash: TokenHash, expires: Time) -> Result<()> {
    diesel::insert_into(token::table)
        .values((token::hash.eq(&hash.0[..]), token::uid.eq(uid), token::expires.eq(expires)))
        .execute(&mut **tx)?;
    Ok(())
}

/// Whose token it is, if it is good and the account is open.
pub fn find_caller(connection: &mut AnyConnection, hash: TokenHash) -> Result<Option<Caller>> {
    let found: Option<(Uid, Role, String, Time)> = token::table
        .find(&hash.0[..])
        .inner_join(account::table)
        .filter(token::expires.gt(Time::now()).and(account::disabled.eq(false)))
        .select((account::uid, account::role, account::name, token::expires))
        .first(connection)
        .optional()?;
    Ok(found.map(|(uid, role, name, expires)| Caller { uid, role, name, token: hash, expires }))
}

/// Makes a token void; the devices that registered with it are nobody's.
pub fn revoke(tx: &mut Tx<'_>, hash: TokenHash) -> Result<()> {
    device::release_token(tx, hash)?;
    diesel::delete(token::table.find(&hash.0[..])).execute(&mut **tx)?;
    Ok(())
}

/// Makes all tokens of an account void; its devices are nobody's.
pub fn revoke_all(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    device::release_account(tx, uid)?;
    diesel::delete(token::table.filter(token::uid.eq(uid))).execute(&mut **tx)?;
    Ok(())
}

/// Throws away the tokens that have run out.
pub fn delete_expired(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now;
    Ok(diesel::delete(token::table.filter(token::expires.le(now))).execute(&mut **tx)?)
}

/// Whether somebody has logged in from there before.
pub fn is_known_address(connection: &mut AnyConnection, uid: &Uid, address: &str) -> Result<bool> {
    let known = known_address::table.find((uid, address));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(connection)?)
}

/// Remembers that somebody has logged in from there.
pub fn remember_address(tx: &mut Tx<'_>, uid: &Uid, address: &str) -> Result<()> {
    if !is_known_address(tx, uid, address)? {
        diesel::insert_into(known_address::table)
            .values((known_address::uid.eq(uid), known_address::address.eq(address)))
            .execute(&mut **tx)?;
    }
    Ok(())
}

/// Where a connection comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The device.
    pub deviceid: DeviceId,
    /// What kind of device it is.
    pub platform: Option<String>,
    /// The network address.
    pub address: String,
}

/// Records a connection, and gives the device to the account; returns whether its app is known to
/// acknowledge.
pub fn record(tx: &mut Tx<'_>, uid: &Uid, origin: &Origin, token: TokenHash) -> Result<bool> {
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
    device::register(tx, uid, origin, token)
}

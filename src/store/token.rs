//! Tokens: who may come in. Only their hashes are kept.

use crate::db::connection::AnyConnection;
use crate::db::schema::{account, token};
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::{Caller, Role, Time, TokenHash, Uid};
use diesel::dsl::auto_type;
use diesel::prelude::*;

/// Inserts a token that is valid until `expires`.
pub fn insert(tx: &mut Tx<'_>, uid: &Uid, hash: TokenHash, expires: Time) -> Result<()> {
    diesel::insert_into(token::table)
        .values((token::hash.eq(&hash.0[..]), token::uid.eq(uid), token::expires.eq(expires)))
        .execute(&mut **tx)?;
    Ok(())
}

/// The token with its account, if it is valid at a time and the account is open.
#[auto_type]
pub(super) fn valid<'a>(hash: &'a [u8], at: Time) -> _ {
    let open = token::expires.gt(at).and(account::disabled.eq(false));
    token::table.find(hash).inner_join(account::table).filter(open)
}

/// Finds whose token it is, if it is valid and the account is open.
pub fn find_caller(connection: &mut AnyConnection, hash: TokenHash) -> Result<Option<Caller>> {
    let found: Option<(Uid, Role, String, Time)> = valid(&hash.0, Time::now())
        .select((account::uid, account::role, account::name, token::expires))
        .first(connection)
        .optional()?;
    Ok(found.map(|(uid, role, name, expires)| Caller { uid, role, name, token: hash, expires }))
}

/// Deletes a token.
pub fn delete(tx: &mut Tx<'_>, hash: TokenHash) -> Result<()> {
    diesel::delete(token::table.find(&hash.0[..])).execute(&mut **tx)?;
    Ok(())
}

/// Deletes all tokens of an account.
pub fn delete_of_account(tx: &mut Tx<'_>, uid: &Uid) -> Result<()> {
    diesel::delete(token::table.filter(token::uid.eq(uid))).execute(&mut **tx)?;
    Ok(())
}

/// Deletes the tokens that have expired; returns how many.
pub fn delete_expired(tx: &mut Tx<'_>) -> Result<usize> {
    let now = tx.now;
    Ok(diesel::delete(token::table.filter(token::expires.le(now))).execute(&mut **tx)?)
}

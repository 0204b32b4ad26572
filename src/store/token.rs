//! Tokens: who may come in. Only their hashes are kept.

use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared_on;
use crate::db::schema::{account, token};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Caller, Role, Time, TokenHash, Uid};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// What is read of a token and its account.
type Row = (Vec<u8>, Time, Uid, Role, String);
const ROW: (token::hash, token::expires, account::uid, account::role, account::name) =
    (token::hash, token::expires, account::uid, account::role, account::name);

/// Inserts a token that is valid until `expires`.
pub fn insert(tx: &mut Tx<'_>, uid: &Uid, hash: TokenHash, expires: Time) -> Result<()> {
    diesel::insert_into(token::table)
        .values((token::hash.eq(&hash.0[..]), token::uid.eq(uid), token::expires.eq(expires)))
        .execute(&mut **tx)?;
    Ok(())
}

/// The token with its account, if it is valid at a time and the account is open.
#[auto_type]
fn valid<'a>(hash: &'a [u8], at: Time) -> _ {
    let open: is_valid = is_valid(at);
    token::table.find(hash).inner_join(account::table).filter(open)
}

/// That a token is valid at a time, and its account open.
#[auto_type]
pub(super) fn is_valid(at: Time) -> _ {
    token::expires.gt(at).and(account::disabled.eq(false))
}

/// Those of these tokens that are valid, likewise.
#[auto_type]
fn these<'a>(hashes: Vec<&'a [u8]>, at: Time) -> _ {
    let open: is_valid = is_valid(at);
    token::table.inner_join(account::table).filter(token::hash.eq_any(hashes).and(open))
}

/// Hashes as they are kept.
pub(super) fn bytes(hashes: &[TokenHash]) -> Vec<&[u8]> {
    hashes.iter().map(|hash| &hash.0[..]).collect()
}

/// Finds whose token it is, if it is valid and the account is open.
pub fn find_caller(connection: &mut AnyConnection, hash: TokenHash) -> Result<Option<Caller>> {
    let found: Option<Row> = valid(&hash.0, Time::now()).select(ROW).first(connection).optional()?;
    found.map(caller).transpose()
}

/// The valid token of an account whose hash begins so, if the account is open.
pub fn find_beginning(
    connection: &mut AnyConnection,
    uid: &Uid,
    beginning: &[u8; 8],
) -> Result<Option<Caller>> {
    let open: is_valid = is_valid(Time::now());
    let (first, last) = (&beginning[..], [&beginning[..], &[0xff; 24]].concat());
    let found = token::table.inner_join(account::table).filter(token::hash.between(first, last));
    let found: Option<Row> =
        found.filter(token::uid.eq(uid).and(open)).select(ROW).first(connection).optional()?;
    found.map(caller).transpose()
}

fn caller((hash, expires, uid, role, name): Row) -> Result<Caller> {
    Ok(Caller { uid, role, name, token: from_bytes(hash)?, expires })
}

/// Those of these tokens that are valid, and whose accounts are open.
pub fn list_valid(tx: &mut Tx<'_>, hashes: &[TokenHash]) -> Result<HashSet<TokenHash>> {
    let now = tx.now;
    let found: Vec<Vec<u8>> = match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            let find = |hash: &TokenHash| {
                let hash = valid(&hash.0, now).select(token::hash);
                prepared_on!(&mut *connection, hash, get_result).optional()
            };
            hashes.iter().map(find).filter_map(Result::transpose).collect::<QueryResult<_>>()?
        }
        AnyConnection::Postgres(connection) => {
            prepared_on!(connection, these(bytes(hashes), now).select(token::hash), load)?
        }
    };
    found.into_iter().map(from_bytes).collect()
}

/// Those of these tokens that are not valid, or whose accounts are closed. On PostgreSQL, where others write, too.
pub fn list_void(connection: &mut AnyConnection, tokens: Vec<TokenHash>) -> Result<HashSet<TokenHash>> {
    let AnyConnection::Postgres(connection) = connection else { return Ok(HashSet::new()) };
    let these = these(bytes(&tokens), Time::now()).select(token::hash);
    let valid: Vec<Vec<u8>> = prepared_on!(connection, these, load)?;
    let valid = valid.into_iter().map(from_bytes).collect::<Result<HashSet<_>>>()?;
    Ok(tokens.into_iter().filter(|token| !valid.contains(token)).collect())
}

/// A token's hash as it is kept.
pub(super) fn from_bytes(hash: Vec<u8>) -> Result<TokenHash> {
    hash.try_into().map(TokenHash).map_err(|_| Error::inside("a token's hash is not of 32 bytes"))
}

/// Whose these tokens are, as far as they are valid and their accounts open; those are kept from being
/// deleted until the transaction ends.
pub fn lock_callers(tx: &mut Tx<'_>, hashes: &[TokenHash]) -> Result<HashMap<TokenHash, Caller>> {
    let now = tx.now;
    let found: Vec<Row> = match &mut **tx {
        // The embedded database has one writer.
        AnyConnection::Sqlite(connection) => {
            let find = |hash: &TokenHash| {
                let row = valid(&hash.0, now).select(ROW);
                prepared_on!(&mut *connection, row, get_result).optional()
            };
            hashes.iter().map(find).filter_map(Result::transpose).collect::<QueryResult<_>>()?
        }
        AnyConnection::Postgres(connection) => {
            let these = these(bytes(hashes), now).select(ROW).order(token::hash).for_key_share();
            prepared_on!(connection, these, load)?
        }
    };
    found.into_iter().map(|row| caller(row).map(|caller| (caller.token, caller))).collect()
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

/// Lists up to `limit` tokens that have expired, each with its owner.
pub fn list_expired(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(Uid, TokenHash)>> {
    let expired = token::table.filter(token::expires.le(tx.now)).order(token::expires).limit(limit);
    let rows: Vec<(Uid, Vec<u8>)> = expired.select((token::uid, token::hash)).load(&mut **tx)?;
    let with_hash = |(uid, hash): (Uid, Vec<u8>)| Ok((uid, from_bytes(hash)?));
    rows.into_iter().map(with_hash).collect()
}

/// Finds when the next token expires.
pub fn find_next_expiry(connection: &mut AnyConnection) -> Result<Option<Time>> {
    let next = token::table.order(token::expires).select(token::expires);
    Ok(next.first(connection).optional()?)
}

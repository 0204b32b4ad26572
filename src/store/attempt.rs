//! Buckets that several nodes have together, on PostgreSQL: what slows who guesses passwords, on whichever node. One
//! process alone has them in memory.
//!
//! A row says when its bucket will be full, by the database's clock; a bucket that was never taken from has none.

use super::node::NOW;
use crate::db::bulk::column;
use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared_on;
use crate::db::schema::attempt;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// The longest that a token may take to come back, in milliseconds: a hundred years.
const LONGEST: u128 = 100 * 365 * 86_400_000;

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Names it; only a hash is kept of whom it slows.
    key: String,
    /// How many tokens there are in a full one.
    burst: i64,
    /// How long a token takes to come back, in milliseconds.
    refill: i64,
}

impl Bucket {
    /// The bucket of this name.
    pub fn new(name: &str, burst: u32, refill: Duration) -> Self {
        let key = Sha256::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { key, burst: burst.into(), refill: refill.as_millis().min(LONGEST) as i64 }
    }
}

/// Takes a token of each. `FA_LIMIT` where one is empty, with the time until it has a token; the transaction has to
/// fail with it, so that none is taken.
pub fn take_all(tx: &mut Tx<'_>, buckets: &[Bucket]) -> Result<()> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        wait: i64,
    }
    let take = sql_query(format!(
        "WITH taken AS (SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS taken (key, burst, refill)), \
         now AS (SELECT {NOW} AS now), \
         full_at AS (INSERT INTO attempt (key, at) SELECT key, now + refill FROM taken, now ORDER BY key \
         ON CONFLICT (key) DO UPDATE SET at = greatest(attempt.at - {NOW}, 0) + excluded.at RETURNING key, at) \
         SELECT at - now - refill * burst AS wait FROM full_at JOIN taken USING (key), now"
    ))
    .bind::<Array<Text>, _>(column(buckets, |bucket| &bucket.key))
    .bind::<Array<BigInt>, _>(column(buckets, |bucket| bucket.burst))
    .bind::<Array<BigInt>, _>(column(buckets, |bucket| bucket.refill));
    let waits: Vec<Row> = prepared_on!(tx.postgres()?, take, load)?;
    match waits.into_iter().map(|row| row.wait).max().and_then(|wait| u64::try_from(wait).ok()) {
        Some(wait) if wait > 0 => Err(Error::limit(Duration::from_millis(wait))),
        Some(_) | None => Ok(()),
    }
}

/// Puts a token back into each.
pub fn give_back(tx: &mut Tx<'_>, buckets: &[Bucket]) -> Result<()> {
    for Bucket { key, refill, .. } in buckets {
        let bucket = attempt::table.find(key);
        diesel::update(bucket).set(attempt::at.eq(attempt::at - refill)).execute(tx.postgres()?)?;
    }
    Ok(())
}

/// Fills them.
pub fn fill(tx: &mut Tx<'_>, buckets: &[Bucket]) -> Result<()> {
    let these = attempt::table.filter(attempt::key.eq_any(column(buckets, |bucket| &bucket.key)));
    diesel::delete(these).execute(tx.postgres()?)?;
    Ok(())
}

/// Deletes those that are full.
pub fn prune(tx: &mut Tx<'_>) -> Result<()> {
    let AnyConnection::Postgres(store) = &mut **tx else { return Ok(()) };
    // What differs from row to row, as that clock does, is looked up in no index; a query for it does not.
    let now = sql::<BigInt>(&format!("(SELECT {NOW})"));
    diesel::delete(attempt::table.filter(attempt::at.le(now))).execute(store)?;
    Ok(())
}

//! The brakes that several nodes have together: on guessing passwords, and on making accounts. One process alone has them in
//! memory (`limits`).

use crate::db::transaction::Tx;
use crate::error::Result;
use crate::limits::keyed::SharedBucket;
use crate::limits::login::Forgiven;
use crate::store::attempt::{self, Bucket};

/// Counts an attempt; `FA_LIMIT` with the time to wait where there were too many.
pub fn take_all(tx: &mut Tx<'_>, buckets: &[SharedBucket]) -> Result<()> {
    attempt::take_all(tx, &kept(buckets))
}

/// The password was right: the attempt does not count, and earlier failures there are forgotten.
pub fn forgive(tx: &mut Tx<'_>, Forgiven { filled, given_back }: &Forgiven) -> Result<()> {
    attempt::fill(tx, &kept(filled))?;
    attempt::give_back(tx, &kept(given_back))
}

fn kept(buckets: &[SharedBucket]) -> Vec<Bucket> {
    let kept = |SharedBucket { key, rate }: &SharedBucket| Bucket::new(key, rate.burst, rate.refill);
    buckets.iter().map(kept).collect()
}

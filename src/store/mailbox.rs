//! Mailboxes: how far each person's pushes have come. A mailbox's row is the lock of all that is one
//! person's own; the pushes themselves are in `push_log`.

use super::token::{bytes, from_bytes, is_valid};
use crate::db::bulk::MANY;
use crate::db::connection::AnyConnection;
use crate::db::prepared::{prepared_on, run_prepared_on};
use crate::db::schema::{account, mailbox, mailbox_chain, token};
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Slots, Time, TokenHash, Uid};
use diesel::dsl::{auto_type, sql};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use std::collections::{BTreeMap, HashMap};

/// How far somebody's pushes have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = mailbox)]
pub struct Mailbox {
    /// The newest push.
    pub seq: i64,
    /// The newest one acknowledged.
    pub acked: i64,
    /// The newest one no longer held.
    pub pruned: i64,
    /// The newest one that is known to have gone out to a device.
    pub sent: i64,
}

impl Mailbox {
    /// Whether every push after `since` is still held; not so where `since` is of another store.
    pub fn holds_after(&self, since: i64) -> bool {
        (self.pruned..=self.seq).contains(&since)
    }
}

/// Makes the mailbox of a new account.
pub fn insert(connection: &mut AnyConnection, uid: &Uid) -> Result<()> {
    diesel::insert_into(mailbox::table).values(mailbox::uid.eq(uid)).execute(connection)?;
    Ok(())
}

/// How far the pushes of `uid` have come.
pub fn find(connection: &mut AnyConnection, uid: &Uid) -> Result<Mailbox> {
    Ok(mailbox::table.find(uid).select(Mailbox::as_select()).first(connection)?)
}

/// The mailboxes of those whose tokens these are, as far as they are valid and the accounts open.
pub fn list_by_tokens(
    connection: &mut AnyConnection,
    hashes: &[TokenHash],
) -> Result<HashMap<TokenHash, Mailbox>> {
    let now = Time::now();
    let columns = (token::hash, (mailbox::seq, mailbox::acked, mailbox::pruned, mailbox::sent));
    let found: Vec<(Vec<u8>, Mailbox)> = match connection {
        AnyConnection::Sqlite(connection) => {
            let find = |hash: &TokenHash| {
                let one = of_valid(now).filter(token::hash.eq(&hash.0[..]));
                prepared_on!(&mut *connection, one.select(columns), get_result).optional()
            };
            hashes.iter().map(find).filter_map(QueryResult::transpose).collect::<QueryResult<_>>()?
        }
        AnyConnection::Postgres(connection) => {
            let these = of_valid(now).filter(token::hash.eq_any(bytes(hashes)));
            prepared_on!(connection, these.select(columns), load)?
        }
    };
    found.into_iter().map(|(hash, mailbox)| Ok((from_bytes(hash)?, mailbox))).collect()
}

/// The tokens that are valid at a time, each with the mailbox of its account.
#[auto_type]
fn of_valid(at: Time) -> _ {
    let of_account = mailbox::table.on(mailbox::uid.eq(account::uid));
    let open: is_valid = is_valid(at);
    token::table.inner_join(account::table).inner_join(of_account).filter(open)
}

/// Everything up to `seq` has been taken in; never goes back, never beyond what was pushed.
pub fn acknowledge(connection: &mut AnyConnection, uid: &Uid, seq: i64) -> Result<()> {
    let later = mailbox::acked.lt(seq).and(mailbox::seq.ge(seq));
    diesel::update(mailbox::table.find(uid).filter(later)).set(mailbox::acked.eq(seq)).execute(connection)?;
    Ok(())
}

/// Everything up to `seq` has gone out to a device; never goes back.
pub fn set_sent(tx: &mut Tx<'_>, uid: &Uid, seq: i64) -> Result<()> {
    let later = mailbox::table.find(uid).filter(mailbox::sent.lt(seq));
    diesel::update(later).set(mailbox::sent.eq(seq)).execute(&mut **tx)?;
    Ok(())
}

/// How many pushes somebody gets, and where the newest of them is to stand in the log of SQLite.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// How many.
    pub count: i64,
    /// The newest one's place.
    pub pushid: i64,
}

/// Numbers that are reserved for somebody's pushes.
#[derive(Debug, Clone, Copy)]
pub struct Reserved {
    /// The last one used before.
    pub last: i64,
    /// Where its push stands in the log of SQLite.
    pub pushid: i64,
    /// Where the recipient is connected.
    pub slots: Slots,
}

#[derive(QueryableByName)]
struct ReservedRow {
    #[diesel(sql_type = Text)]
    uid: Uid,
    #[diesel(sql_type = BigInt)]
    last: i64,
    #[diesel(sql_type = BigInt)]
    slots: i64,
}

/// Reserves for each person as many numbers as they get pushes. The order of the ids is the order of the locks, so
/// that two transactions never wait for each other.
pub fn reserve_seqs(tx: &mut Tx<'_>, wanted: BTreeMap<Uid, Wanted>) -> Result<BTreeMap<Uid, Reserved>> {
    let people = wanted.len();
    let reserved: BTreeMap<_, _> = match &mut **tx {
        AnyConnection::Sqlite(connection) => {
            let reserve =
                |(uid, wanted)| reserve_one(connection, &uid, wanted).map(|reserved| (uid, reserved));
            wanted.into_iter().map(reserve).collect::<QueryResult<_>>()?
        }
        AnyConnection::Postgres(connection) => {
            let reserved = |ReservedRow { uid, last, slots }| {
                (uid, Reserved { last, pushid: 0, slots: Slots::of_bits(slots) })
            };
            reserve_all(connection, &wanted)?.into_iter().map(reserved).collect()
        }
    };
    match reserved.len() == people {
        true => Ok(reserved),
        false => Err(diesel::result::Error::NotFound.into()),
    }
}

fn reserve_one(
    connection: &mut SqliteConnection,
    uid: &Uid,
    Wanted { count, pushid }: Wanted,
) -> QueryResult<Reserved> {
    use mailbox_chain as chain;
    let newest =
        (chain::seq.eq(chain::seq + count), chain::previous.eq(chain::pushid), chain::pushid.eq(pushid));
    let update =
        diesel::update(chain::table.find(uid)).set(newest).returning((chain::seq - count, chain::previous));
    let (last, pushid) = prepared_on!(connection, update, get_result)?;
    Ok(Reserved { last, pushid, slots: Slots::NONE })
}

/// An update alone would lock in no order.
fn reserve_all(
    connection: &mut PgConnection,
    wanted: &BTreeMap<Uid, Wanted>,
) -> QueryResult<Vec<ReservedRow>> {
    let update = sql_query(
        "WITH locked AS MATERIALIZED (SELECT uid FROM mailbox WHERE uid = ANY($1) \
         ORDER BY uid COLLATE \"C\" FOR UPDATE) \
         UPDATE mailbox SET seq = seq + more.count FROM locked \
         JOIN unnest($1::text[], $2::bigint[]) AS more (uid, count) ON more.uid = locked.uid \
         WHERE mailbox.uid = locked.uid RETURNING mailbox.uid, seq - more.count AS last, slots",
    )
    .bind::<Array<Text>, _>(wanted.keys().collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(wanted.values().map(|wanted| wanted.count).collect::<Vec<_>>());
    prepared_on!(connection, update, load)
}

/// Locks these people's mailboxes, and with them all that is one person's own, in the order of the
/// ids, as an update of many rows has no order; returns the last number that each has used. The
/// embedded database has one writer, and nobody to wait for.
pub fn lock<'u>(tx: &mut Tx<'_>, uids: impl Iterator<Item = &'u Uid>) -> Result<BTreeMap<Uid, i64>> {
    let mut uids: Vec<_> = uids.collect();
    uids.sort_unstable();
    let mut numbers = BTreeMap::new();
    for uids in uids.chunks(MANY) {
        let these = mailbox::table.filter(mailbox::uid.eq_any(uids.iter().copied()));
        let rows: Vec<(Uid, i64)> = match &mut **tx {
            AnyConnection::Sqlite(connection) => {
                these.select((mailbox::uid, mailbox::seq)).load(connection)?
            }
            AnyConnection::Postgres(connection) => {
                let by_bytes = these.order(sql::<Text>("uid COLLATE \"C\"")).for_update();
                prepared_on!(connection, by_bytes.select((mailbox::uid, mailbox::seq)), load)?
            }
        };
        numbers.extend(rows);
    }
    match numbers.len() == uids.len() {
        true => Ok(numbers),
        false => Err(diesel::result::Error::NotFound.into()),
    }
}

/// Somebody's newest push from before a time, if there is any.
#[derive(Debug, QueryableByName)]
pub struct Last {
    /// Whose.
    #[diesel(sql_type = Text)]
    pub uid: Uid,
    /// Its number; `None` where all before it has been thrown away.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub seq: Option<i64>,
}

/// The newest push from before `before` of each of the people after `after`, in the order of their ids; of
/// PostgreSQL's partitions no more than those of that time are looked at.
pub fn list_last(connection: &mut AnyConnection, before: Time, after: &str, limit: i64) -> Result<Vec<Last>> {
    let last = sql_query(
        "SELECT uid, (SELECT max(seq) FROM push_log WHERE push_log.uid = mailbox.uid AND createtime < $1 \
         AND seq > pruned) AS seq FROM mailbox WHERE uid > $2 ORDER BY uid LIMIT $3",
    )
    .bind::<BigInt, _>(before)
    .bind::<Text, _>(after)
    .bind::<BigInt, _>(limit);
    Ok(last.load(connection)?)
}

/// Everything up to these numbers is no longer held; never goes back. On PostgreSQL.
pub fn set_pruned(tx: &mut Tx<'_>, last: &BTreeMap<Uid, i64>) -> Result<()> {
    lock(tx, last.keys())?;
    let update = sql_query(
        "UPDATE mailbox SET pruned = last.seq FROM unnest($1::text[], $2::bigint[]) AS last (uid, seq) \
         WHERE mailbox.uid = last.uid AND pruned < last.seq",
    )
    .bind::<Array<Text>, _>(last.keys().collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(last.values().collect::<Vec<_>>());
    match &mut **tx {
        AnyConnection::Postgres(connection) => Ok(run_prepared_on!(connection, update)?),
        AnyConnection::Sqlite(_) => Err(Error::inside("here pushes are deleted one by one")),
    }
}

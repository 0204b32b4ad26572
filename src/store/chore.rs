//! What one of several nodes does for all: which of them, by the database's clock. On PostgreSQL alone.

use super::node::{LEASE, NOW};
use crate::db::connection::AnyConnection;
use crate::db::schema::chore;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::Node;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use std::time::Duration;

/// All of it is done by the same node.
const ALL: &str = "all";

/// Has a node that lives do it, or go on doing it, for as long as its lease is good; false where another one does. Whose lease
/// seems good, as the database's clock went back, but who lives no more, does it no more.
pub fn hold(tx: &mut Tx<'_>, Node { incarnation, .. }: Node) -> Result<bool> {
    let hold = sql_query(format!(
        "INSERT INTO chore (name, holder, term, until) VALUES ($1, $2, 1, {NOW} + {LEASE}) \
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, \
         term = chore.term + (chore.holder <> excluded.holder)::int \
         WHERE chore.holder = excluded.holder OR chore.until <= {NOW} \
         OR NOT EXISTS (SELECT FROM node WHERE incarnation = chore.holder AND node.until > {NOW})"
    ));
    Ok(hold.bind::<Text, _>(ALL).bind::<BigInt, _>(incarnation.0).execute(&mut **tx)? > 0)
}

/// For how long nobody has renewed the lease of it; `None` where nobody has it, or has left it to others.
pub fn age(connection: &mut AnyConnection) -> Result<Option<Duration>> {
    let held = chore::table.filter(chore::name.eq(ALL).and(chore::until.gt(0)));
    let age = sql::<BigInt>(&format!("{NOW} + {LEASE} - until"));
    let age: Option<i64> = held.select(age).first(connection).optional()?;
    Ok(age.map(|age| Duration::from_millis(age.try_into().unwrap_or_default())))
}

/// Leaves it to others.
pub fn release(tx: &mut Tx<'_>, Node { incarnation, .. }: Node) -> Result<()> {
    let own = chore::table.filter(chore::holder.eq(incarnation.0));
    diesel::update(own).set(chore::until.eq(0)).execute(&mut **tx)?;
    Ok(())
}

//! What one of several nodes does for all: which of them, by the database's clock. On PostgreSQL alone.

use super::node::{LEASE, NOW};
use crate::db::schema::chore;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::model::Node;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

/// All of it is done by the same node.
const ALL: &str = "all";

/// Has a node that lives do it, or go on doing it, for as long as its lease is good; false where another one does.
pub fn hold(tx: &mut Tx<'_>, Node { incarnation, .. }: Node) -> Result<bool> {
    let hold = sql_query(format!(
        "INSERT INTO chore (name, holder, term, until) VALUES ($1, $2, 1, {NOW} + {LEASE}) \
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, \
         term = chore.term + (chore.holder <> excluded.holder)::int \
         WHERE chore.holder = excluded.holder OR chore.until <= {NOW}"
    ));
    Ok(hold.bind::<Text, _>(ALL).bind::<BigInt, _>(incarnation.0).execute(&mut **tx)? > 0)
}

/// Leaves it to others.
pub fn release(tx: &mut Tx<'_>, Node { incarnation, .. }: Node) -> Result<()> {
    let own = chore::table.filter(chore::holder.eq(incarnation.0));
    diesel::update(own).set(chore::until.eq(0)).execute(&mut **tx)?;
    Ok(())
}

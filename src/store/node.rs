//! The nodes that serve one database together, on PostgreSQL. One process alone is in no row.

use crate::db::schema::node;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// The incarnations of the nodes that live, by the database's clock.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn living() -> _ {
    let now: SqlLiteral<BigInt> = now();
    node::table.filter(node::until.gt(now)).select(node::incarnation)
}

/// Milliseconds since 1970.
fn now() -> SqlLiteral<BigInt> {
    sql("(extract(epoch FROM clock_timestamp()) * 1000)::bigint")
}

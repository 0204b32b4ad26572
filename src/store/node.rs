//! The nodes that serve one database together, on PostgreSQL. One process alone is in no row.
//!
//! A node lives as long as it renews its lease, by the database's clock. Who was taken for dead is so: it enters anew.

use crate::db::connection::AnyConnection;
use crate::db::schema::node;
use crate::db::transaction::Tx;
use crate::error::{Error, Result};
use crate::model::{Incarnation, Node, Slot};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Integer, Text};
use schemars::JsonSchema;
use serde::Serialize;

/// Milliseconds since 1970.
pub(super) const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
/// How long a lease is good, in milliseconds.
pub(super) const LEASE: i64 = 10_000;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    slot: i32,
    #[diesel(sql_type = BigInt)]
    incarnation: i64,
}

impl TryFrom<Row> for Node {
    type Error = Error;

    fn try_from(Row { slot, incarnation }: Row) -> Result<Self> {
        let slot = u8::try_from(slot).map_err(Error::inside)?;
        let slot = Slot::try_from(slot).map_err(Error::inside)?;
        Ok(Self { slot, incarnation: Incarnation(incarnation) })
    }
}

/// Begins a life in this slot, or in the lowest one that is free; `None` where it is taken, or all are.
pub fn enter(tx: &mut Tx<'_>, slot: Option<Slot>, name: &str, version: &str) -> Result<Option<Node>> {
    let (lowest, highest) = slot.map_or((0, Slot::COUNT - 1), |slot| (slot.number(), slot.number()));
    diesel::delete(node::table.filter(node::until.le(now()))).execute(&mut **tx)?;
    let insert = sql_query(format!(
        "INSERT INTO node (slot, incarnation, name, version, until) \
         SELECT slot, nextval('incarnation'), $1, $2, {NOW} + {LEASE} FROM generate_series({lowest}, {highest}) AS slot \
         WHERE slot NOT IN (SELECT slot FROM node) ORDER BY slot LIMIT 1 RETURNING slot, incarnation"
    ));
    let entered = insert.bind::<Text, _>(name).bind::<Text, _>(version).get_result::<Row>(&mut **tx);
    entered.optional()?.map(Node::try_from).transpose()
}

/// Renews a life's lease; returns all who live, among whom it is not where it was taken for dead.
pub fn renew(tx: &mut Tx<'_>, Node { incarnation, .. }: Node) -> Result<Vec<Node>> {
    let own = node::table.filter(node::incarnation.eq(incarnation.0).and(node::until.gt(now())));
    diesel::update(own).set(node::until.eq(until())).execute(&mut **tx)?;
    list_living(tx)
}

/// Ends a life.
pub fn leave(tx: &mut Tx<'_>, Node { incarnation, .. }: Node) -> Result<()> {
    diesel::delete(node::table.filter(node::incarnation.eq(incarnation.0))).execute(&mut **tx)?;
    Ok(())
}

/// A node as those see it who watch over the service.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ServiceNode")]
pub struct NamedNode {
    /// What its settings call it.
    #[schemars(example = &"one")]
    name: String,
    /// The version that it runs.
    #[schemars(example = &"0.2.0")]
    version: String,
    /// Whether it is about to end, and sends people to the others.
    leaving: bool,
}

/// Lists who lives as they are called, by their slots.
pub fn list_named(connection: &mut AnyConnection) -> Result<Vec<NamedNode>> {
    let living = node::table.filter(node::until.gt(now())).order(node::slot);
    let rows = living.select((node::name, node::version, node::leaving)).load(connection)?;
    Ok(rows.into_iter().map(|(name, version, leaving)| NamedNode { name, version, leaving }).collect())
}

/// Lists who lives, by their slots.
fn list_living(connection: &mut AnyConnection) -> Result<Vec<Node>> {
    let living = node::table.filter(node::until.gt(now())).order(node::slot);
    let rows: Vec<(i32, i64)> = living.select((node::slot, node::incarnation)).load(connection)?;
    rows.into_iter().map(|(slot, incarnation)| Row { slot, incarnation }.try_into()).collect()
}

/// The incarnations of those who live.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn living() -> _ {
    let now: SqlLiteral<BigInt> = now();
    node::table.filter(node::until.gt(now)).select(node::incarnation)
}

fn now() -> SqlLiteral<BigInt> {
    sql(NOW)
}

fn until() -> SqlLiteral<BigInt> {
    sql(&format!("{NOW} + {LEASE}"))
}

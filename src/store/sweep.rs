//! Which mailboxes have other pushes than connections were told of. On PostgreSQL, where others write, too.

use crate::db::connection::AnyConnection;
use crate::db::prepared::prepared_on;
use crate::error::Result;
use crate::model::Uid;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};

/// Somebody's mailbox, and what was asked of it.
#[derive(Debug, QueryableByName)]
pub struct Differing {
    /// Whose.
    #[diesel(sql_type = Text)]
    pub uid: Uid,
    /// The newest push that they were told of.
    #[diesel(sql_type = BigInt)]
    pub told: i64,
    /// The newest push.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
}

/// Those of these people whose newest push is another than this one.
pub fn list_differing(connection: &mut AnyConnection, told: &[(Uid, i64)]) -> Result<Vec<Differing>> {
    let AnyConnection::Postgres(connection) = connection else { return Ok(Vec::new()) };
    let differing = sql_query(
        "SELECT mailbox.uid, told.seq AS told, mailbox.seq FROM unnest($1::text[], $2::bigint[]) AS told (uid, seq) \
         JOIN mailbox ON mailbox.uid = told.uid WHERE mailbox.seq <> told.seq",
    )
    .bind::<Array<Text>, _>(told.iter().map(|(uid, _)| uid).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(told.iter().map(|(_, seq)| *seq).collect::<Vec<_>>());
    Ok(prepared_on!(connection, differing, load)?)
}

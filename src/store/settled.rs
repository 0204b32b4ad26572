//! Up to where what is written is settled: nothing with an older id will come any more. Whoever follows the ids of
//! messages or accounts goes no further.

use crate::db::connection::AnyConnection;
use crate::error::Result;
use crate::model::Time;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::time::Duration;

/// How far the clocks of several nodes, and of their database, may be apart.
const SKEW: Duration = Duration::from_secs(2);

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = BigInt)]
    millis: i64,
}

/// Before when all ids are committed that ever will be. What is written gets its id in the transaction that writes it,
/// whichever of PostgreSQL's nodes that is; so nothing that is still under way has an id from before it began. SQLite has
/// one writer, which gives ids in the order of its commits: whatever comes stands at the end. What a clock that was ahead
/// has dated after now is not settled until then: when the clock is right again, others come before it.
pub fn settled_before(connection: &mut AnyConnection) -> Result<Time> {
    const OLDEST: &str = "SELECT CAST(floor(extract(epoch FROM \
         coalesce(min(xact_start), clock_timestamp())) * 1000) AS BIGINT) AS millis FROM pg_stat_activity \
         WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()";
    match connection {
        AnyConnection::Sqlite(_) => Ok(Time::now()),
        AnyConnection::Postgres(connection) => {
            let oldest: Moment = diesel::sql_query(OLDEST).get_result(connection)?;
            Ok(Time::from_millis(oldest.millis) - SKEW)
        }
    }
}

//! What time it is, as far as the store can tell.

use super::node::NOW;
use super::push_chain;
use crate::db::connection::AnyConnection;
use crate::error::Result;
use crate::model::Time;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::time::Duration;

/// How long a service may be still, or off, before the computer's clock is doubted.
const STILL: Duration = Duration::from_secs(86_400);

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = BigInt)]
    millis: i64,
}

/// The present: PostgreSQL's, the computer's beside SQLite.
pub fn now(connection: &mut AnyConnection) -> Result<Time> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(Time::now()),
        AnyConnection::Postgres(connection) => {
            let now: Moment = diesel::sql_query(format!("SELECT {NOW} AS millis")).get_result(connection)?;
            Ok(Time::from_millis(now.millis))
        }
    }
}

/// The latest that it is for certain: the computer's clock may be ahead. It is then ahead of PostgreSQL's, or more than
/// a day ahead of the newest push that SQLite has.
pub fn certain_now(connection: &mut AnyConnection) -> Result<Time> {
    let certain = match connection {
        AnyConnection::Sqlite(connection) => {
            push_chain::newest_time(connection)?.map(|newest| newest + STILL)
        }
        AnyConnection::Postgres(_) => Some(now(connection)?),
    };
    Ok(certain.map_or(Time::now(), |certain| certain.min(Time::now())))
}

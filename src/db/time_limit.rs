//! A time limit on what may be long, for both databases.
//!
//! PostgreSQL has one of its own. SQLite has none: there a statement asks `in_time` at every row that it
//! looks at, which fails it when the time is up.

use crate::error::Error;
use diesel::prelude::*;
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Bool};
use diesel::sqlite::Sqlite;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// What is answered when the time is up.
const TOO_LONG: Error = Error::Unready("this takes too long: ask for less");
/// What a statement fails with then, on SQLite and on PostgreSQL.
const UP: [&str; 2] = ["the time limit is up", "statement timeout"];

diesel::define_sql_function! {
    /// True at each row while there is time; then the statement fails. There is none on PostgreSQL.
    fn in_time(row: BigInt) -> Bool;
}

thread_local! {
    /// When the time of what this thread asks for is up.
    static END: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Whether there is time, at one row.
#[derive(Debug)]
struct InTime(bool);

impl ToSql<Bool, Sqlite> for InTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> diesel::serialize::Result {
        match self.0 {
            true => {
                out.set_value(1_i32);
                Ok(IsNull::No)
            }
            false => Err(UP[0].into()),
        }
    }
}

/// Makes `in_time` known to a connection.
pub(super) fn register(connection: &mut SqliteConnection) -> QueryResult<()> {
    in_time_utils::register_nondeterministic_impl(connection, |_: i64| {
        InTime(END.get().is_none_or(|end| Instant::now() < end))
    })
}

/// Asks by `ask`; statements that look for `in_time` fail when this time is up.
pub(super) fn within<T>(limit: Duration, ask: impl FnOnce() -> T) -> T {
    END.set(Some(Instant::now() + limit));
    let answer = ask();
    END.set(None);
    answer
}

/// What PostgreSQL is told at the beginning of a transaction.
pub(super) fn statement(limit: Duration) -> String {
    format!("SET LOCAL statement_timeout = {}", limit.as_millis())
}

/// Says what it is where the time was up.
pub(super) fn explain(error: Error) -> Error {
    let cause = match &error {
        Error::Store(cause) => cause.to_string(),
        Error::Unavailable(cause) => cause.to_string(),
        _ => return error,
    };
    match UP.iter().any(|up| cause.contains(up)) {
        true => TOO_LONG,
        false => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_ended() {
        let mut store = SqliteConnection::establish(":memory:").unwrap();
        register(&mut store).unwrap();
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
             SELECT count(*) FROM n WHERE in_time(i)";
        for _ in 0..2 {
            let count = || diesel::sql_query(endless).execute(&mut store);
            let error = within(Duration::from_millis(20), count).unwrap_err();
            assert!(matches!(explain(error.into()), Error::Unready(_)));
        }
        let few = endless.replace("FROM n)", "FROM n WHERE i < 9)");
        within(Duration::from_secs(60), || diesel::sql_query(few).execute(&mut store)).unwrap();
    }
}

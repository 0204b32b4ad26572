//! Many rows by one statement: diesel has that for each of the databases, but not for both.

/// How many rows share a statement: SQLite binds 32,766 values, and a row has at most eleven.
pub const MANY: usize = 2000;

/// A column of some rows, as PostgreSQL takes it as one value.
pub fn column<'r, Row, Value>(rows: &'r [Row], of: impl Fn(&'r Row) -> Value) -> Vec<Value> {
    rows.iter().map(of).collect()
}

/// Inserts a slice of rows into a table. The rows' type writes an absent value as such and does
/// not leave it out (`treat_none_as_default_value = false`), so that they make one statement.
macro_rules! insert_many {
    ($tx:expr, $table:expr, $rows:expr) => {
        for rows in $rows.chunks($crate::db::bulk::MANY) {
            let insert = diesel::insert_into($table).values(rows);
            match &mut **$tx {
                AnyConnection::Postgres(connection) => insert.execute(connection)?,
                AnyConnection::Sqlite(connection) => insert.execute(connection)?,
            };
        }
    };
}

pub(crate) use insert_many;

//! Rows that are written past the server, many to a statement.

use diesel::connection::SimpleConnection;
use jiayi::auth::token;
use jiayi::db::connection::AnyConnection;
use std::fmt::Write;

/// How many rows share a statement, and how many statements a transaction: the server may write in between.
const ROWS: usize = 500;
const STATEMENTS: usize = 40;
/// What is made up need not outlast a power failure.
const SQLITE: &str = "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000";
const POSTGRES: &str = "SET synchronous_commit = off";

/// Spares what only keeps data safe.
pub fn hurry(store: &mut AnyConnection) {
    let how = match store {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    };
    store.batch_execute(how).unwrap();
}

/// Lets PostgreSQL see how large the tables have become, as it does by itself within minutes.
pub fn take_stock(store: &mut AnyConnection) {
    if let AnyConnection::Postgres(_) = store {
        store.batch_execute("VACUUM ANALYZE").unwrap();
    }
}

/// Rows of one table that wait to be written.
pub struct Rows {
    insert: String,
    text: String,
    rows: usize,
    statements: usize,
}

impl Rows {
    /// For these columns of a table: `table (column, …)`.
    pub fn new(table: &str) -> Self {
        let insert = format!("INSERT INTO {table} VALUES ");
        Self { insert, text: String::new(), rows: 0, statements: 0 }
    }

    /// Adds a row: `(value, …)`.
    pub fn add(&mut self, store: &mut AnyConnection, row: &str) {
        if self.rows == 0 {
            self.text.push_str(&self.insert);
        } else {
            self.text.push(',');
        }
        self.text.push_str(row);
        self.rows += 1;
        if self.rows == ROWS {
            self.text.push(';');
            (self.rows, self.statements) = (0, self.statements + 1);
        }
        if self.statements == STATEMENTS {
            self.write(store);
        }
    }

    /// Writes what waits.
    pub fn write(&mut self, store: &mut AnyConnection) {
        if !self.text.is_empty() {
            store.batch_execute(&format!("BEGIN; {}; COMMIT", self.text.trim_end_matches(';'))).unwrap();
        }
        (self.rows, self.statements) = (0, 0);
        self.text.clear();
    }
}

/// Logs somebody in under a token of one's choice.
pub fn log_in(store: &mut AnyConnection, uid: &str, token: &str) {
    let mut hash = String::new();
    for byte in token::hash(token).0 {
        write!(hash, "{byte:02x}").unwrap();
    }
    let hash = match store {
        AnyConnection::Sqlite(_) => format!("X'{hash}'"),
        AnyConnection::Postgres(_) => format!("'\\x{hash}'"),
    };
    let row = format!("INSERT INTO token (hash, uid, expires) VALUES ({hash}, '{uid}', {})", i64::MAX);
    store.batch_execute(&row).unwrap();
}

//! One connection type over both databases, and the pools of them.
//!
//! The URL's scheme chooses: `sqlite://PATH` or `postgres://…`. What is written and read is not here.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::path::PathBuf;
use std::time::Duration;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

mod any {
    // What the macro makes has no docs of its own.
    #![allow(missing_docs)]

    /// A connection to either database; queries are written once, for both.
    #[derive(diesel::MultiConnection)]
    pub enum AnyConnection {
        /// A server that several nodes share.
        Postgres(diesel::PgConnection),
        /// The embedded database.
        Sqlite(diesel::SqliteConnection),
    }
}

pub use any::AnyConnection;

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A server, by its whole URL.
    Postgres(String),
    /// A file of the embedded database.
    Sqlite(PathBuf),
}

/// Why a database could not be opened; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither of the two schemes.
    #[error("database_url must begin with sqlite:// or postgres://")]
    Scheme,
    /// The file's folder could not be made.
    #[error("cannot make the folder of the database: {0}; check database_url and its permissions")]
    Folder(#[from] std::io::Error),
    /// No connection.
    #[error("cannot open the database: {0}; check database_url, and that the server runs and lets you in")]
    Connect(#[from] diesel::ConnectionError),
    /// A connection that could not be set up.
    #[error("cannot set up the database: {0}")]
    SetUp(#[from] diesel::result::Error),
    /// The tables could not be made or altered.
    #[error("cannot migrate the database: {0}")]
    Migrate(String),
    /// The pool could not be filled.
    #[error("cannot open the database: {0}; check that it lets in as many connections as configured")]
    Pool(#[from] r2d2::Error),
}

impl Address {
    /// Reads a URL.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        match url.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            _ => Err(OpenError::Scheme),
        }
    }

    /// A connection for reading and writing.
    pub fn connect(&self) -> Result<AnyConnection, OpenError> {
        match self {
            Self::Postgres(url) => Ok(AnyConnection::Postgres(PgConnection::establish(url)?)),
            Self::Sqlite(path) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
                connection.batch_execute(PRAGMAS)?;
                Ok(AnyConnection::Sqlite(connection))
            }
        }
    }

    /// Makes or alters the tables; returns the names of the migrations that ran.
    pub fn migrate(&self) -> Result<Vec<String>, OpenError> {
        let ran = match &mut self.connect()? {
            AnyConnection::Postgres(connection) => {
                // Two nodes that start together: the second waits and finds nothing left to do.
                connection.batch_execute("SELECT pg_advisory_lock(6361)")?;
                let ran = connection.run_pending_migrations(POSTGRES).map(names);
                connection.batch_execute("SELECT pg_advisory_unlock(6361)")?;
                ran
            }
            AnyConnection::Sqlite(connection) => connection.run_pending_migrations(SQLITE).map(names),
        };
        ran.map_err(|error| OpenError::Migrate(error.to_string()))
    }

    /// A pool of `size` connections.
    pub fn pool(&self, size: u32) -> Result<Pool, OpenError> {
        Ok(r2d2::Pool::builder()
            .max_size(size)
            .connection_timeout(Duration::from_secs(5))
            .test_on_check_out(matches!(self, Self::Postgres(_)))
            .build(self.clone())?)
    }
}

fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

/// WAL lets readers go on beside the one writer; FULL makes a commit survive power loss.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; \
     PRAGMA wal_autocheckpoint = 4000;";

/// Connections that are handed out and taken back.
pub type Pool = r2d2::Pool<Address>;

impl r2d2::ManageConnection for Address {
    type Connection = AnyConnection;
    type Error = OpenError;

    fn connect(&self) -> Result<AnyConnection, OpenError> {
        Self::connect(self)
    }

    fn is_valid(&self, connection: &mut AnyConnection) -> Result<(), OpenError> {
        Ok(connection.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, _: &mut AnyConnection) -> bool {
        std::thread::panicking()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_database() {
        assert_eq!(Address::parse("sqlite://data/x.db").unwrap(), Address::Sqlite("data/x.db".into()));
        assert!(matches!(Address::parse("postgres://h/d").unwrap(), Address::Postgres(_)));
        for wrong in ["", "sqlite://", "mysql://h/d", "data.db"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn both_databases_have_the_same_migrations() {
        let list = |db| {
            let folder = std::fs::read_dir(format!("migrations/{db}")).unwrap();
            let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(list("sqlite"), list("postgres"));
    }
}

//! One connection type over both databases, and how a connection is made.
//!
//! The URL's scheme chooses: `sqlite://PATH` or `postgres://…`. What is written and read is not here.

use crate::db::folders;
pub use crate::db::open_error::OpenError;
use crate::db::postgres::{PostgresSettings, Server};
use crate::db::time_limit;
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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
    /// A server.
    Postgres(Server),
    /// A file of the embedded database.
    Sqlite(PathBuf),
}

impl Address {
    /// Reads a URL; `settings` are for PostgreSQL alone.
    pub fn new(url: &str, settings: PostgresSettings) -> Result<Self, OpenError> {
        match url.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(Server::new(url, settings)?)),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            _ => Err(OpenError::Scheme),
        }
    }

    /// The same with the settings' defaults.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        Self::new(url, PostgresSettings::default())
    }

    /// How many connections there may be for what is quick.
    pub fn connections(&self) -> u32 {
        match self {
            Self::Postgres(server) => server.settings().connections,
            Self::Sqlite(_) => SQLITE_READERS,
        }
    }

    /// How long a piece of work may take until it is given up; `None` for as long as it wants.
    pub fn longest_work(&self) -> Option<Duration> {
        match self {
            Self::Postgres(server) => Some(server.longest_work()),
            Self::Sqlite(_) => None,
        }
    }

    /// A connection for reading and writing; the file of SQLite is made where there is none.
    pub fn connect(&self) -> Result<AnyConnection, OpenError> {
        match self {
            Self::Postgres(server) => Ok(AnyConnection::Postgres(server.connect()?)),
            Self::Sqlite(path) => Ok(AnyConnection::Sqlite(open_file(path)?)),
        }
    }

    /// A connection for looking, which changes nothing, not even the files beside that of SQLite.
    pub fn look(&self) -> Result<AnyConnection, OpenError> {
        match self {
            Self::Postgres(server) => Ok(AnyConnection::Postgres(server.connect_once()?)),
            Self::Sqlite(path) => match path.try_exists() {
                Ok(true) => Ok(AnyConnection::Sqlite(SqliteConnection::establish(&read_only_uri(path))?)),
                Ok(false) => Err(OpenError::None(path.clone())),
                Err(error) => Err(OpenError::Hidden(path.clone(), error)),
            },
        }
    }
}

/// A file of SQLite, which is made where there is none.
pub(super) fn open_file(path: &Path) -> Result<SqliteConnection, OpenError> {
    make_file(path)?;
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
    connection.batch_execute(&format!("PRAGMA busy_timeout = {BUSY_TIMEOUT}; {PRAGMAS}"))?;
    use_wal(&mut connection)?;
    time_limit::register(&mut connection)?;
    Ok(connection)
}

/// Makes a file of SQLite, with its folder, where there is none.
pub(super) fn make_file(path: &Path) -> Result<(), OpenError> {
    if let Some(folder) = path.parent() {
        folders::create(folder)?;
    }
    if !path.exists() {
        // With the rights that SQLite would give it.
        std::fs::OpenOptions::new().append(true).create(true).mode(0o644).open(path)?;
        folders::give_away(path)?;
    }
    Ok(())
}

/// The file to be read alone. Without a log beside it, it stands for itself, and none is made.
fn read_only_uri(path: &Path) -> String {
    let beside = |ending: &str| path.with_file_name(format!("{}{ending}", file_name(path))).exists();
    let mode = if beside("-wal") && beside("-shm") { "mode=ro" } else { "mode=ro&immutable=1" };
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?{mode}")
}

/// The name of the file of a database, to which SQLite adds endings.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Connections for reading; the one writer has its own.
const SQLITE_READERS: u32 = 8;

/// Milliseconds for which one program waits for another that writes.
pub(super) const BUSY_TIMEOUT: u32 = 10_000;

/// FULL makes a commit survive power loss. The cache, in KiB, bounds what each of a dozen connections keeps
/// of the file; the system keeps the rest.
const PRAGMAS: &str = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
     PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000;";

/// WAL lets readers go on beside the one writer. Two who make a new file at once: SQLite does not let the
/// second wait for this, so it tries again.
fn use_wal(connection: &mut SqliteConnection) -> diesel::QueryResult<()> {
    let begun = Instant::now();
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if error.to_string().contains("locked") && begun.elapsed().as_secs() < 10 => {
                std::thread::sleep(Duration::from_millis(10));
            }
            outcome => return outcome,
        }
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
}

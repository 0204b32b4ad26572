//! One connection type over both databases, and how a connection is made.
//!
//! The URL's scheme chooses: `sqlite://PATH` or `postgres://…`. What is written and read is not here.

use crate::db::time_limit;
use diesel::connection::{CacheSize, SimpleConnection};
use diesel::{Connection, PgConnection, SqliteConnection};
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
    #[error(
        "cannot open the database: {}; check database_url, and that the server runs and lets you in",
        one_line(.0)
    )]
    Connect(#[from] diesel::ConnectionError),
    /// A connection that could not be set up.
    #[error("cannot set up the database: {0}")]
    SetUp(#[from] diesel::result::Error),
    /// The tables could not be made or altered.
    #[error("cannot migrate the database: {0}")]
    Migrate(String),
    /// Somebody else migrates, or has left their lock behind.
    #[error(
        "another migration has held advisory lock 6361 of the database for 10 s: wait for its end; if none \
         is running, end the session that holds it (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"
    )]
    Locked,
    /// The database is newer than the program.
    #[error(
        "the database was migrated ({0}) by a newer version of jiayi: install that version, or restore the \
         backup from before it"
    )]
    Newer(String),
}

/// What PostgreSQL says has line breaks, which a line of the log has not.
fn one_line(error: &diesel::ConnectionError) -> String {
    error.to_string().lines().map(str::trim).collect::<Vec<_>>().join(" ")
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

    /// A connection for reading and writing; the file of SQLite is made where there is none.
    pub fn connect(&self) -> Result<AnyConnection, OpenError> {
        match self {
            Self::Postgres(url) => connect_postgres(url),
            Self::Sqlite(path) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
                connection.batch_execute(PRAGMAS)?;
                use_wal(&mut connection)?;
                time_limit::register(&mut connection)?;
                Ok(AnyConnection::Sqlite(connection))
            }
        }
    }

    /// A connection for looking, which changes nothing, not even the files beside that of SQLite.
    pub fn look(&self) -> Result<AnyConnection, OpenError> {
        match self {
            Self::Postgres(url) => {
                let mut connection = connect_postgres(url)?;
                // A pooler may give the next client what this one has prepared.
                connection.set_prepared_statement_cache_size(CacheSize::Disabled);
                Ok(connection)
            }
            Self::Sqlite(path) => {
                Ok(AnyConnection::Sqlite(SqliteConnection::establish(&read_only_uri(path))?))
            }
        }
    }
}

fn connect_postgres(url: &str) -> Result<AnyConnection, OpenError> {
    Ok(AnyConnection::Postgres(PgConnection::establish(&with_time_limits(url))?))
}

/// How soon a server that has vanished is noticed: within 15 s in whatever state a connection is.
const TIME_LIMITS: [(&str, &str); 5] = [
    ("connect_timeout", "4"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "9000"),
];

/// The URL with those limits that it does not set itself.
fn with_time_limits(url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let is_set = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let mut url = url.to_owned();
    for (name, value) in TIME_LIMITS.iter().filter(|(name, _)| !is_set(name)) {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&format!("{name}={value}"));
    }
    url
}

/// The file to be read alone. Without a log beside it, it stands for itself, and none is made.
fn read_only_uri(path: &Path) -> String {
    let beside = |ending: &str| path.with_file_name(format!("{}{ending}", file_name(path))).exists();
    let mode = if beside("-wal") && beside("-shm") { "mode=ro" } else { "immutable=1" };
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?{mode}")
}

/// The name of the file of a database, to which SQLite adds endings.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// FULL makes a commit survive power loss. The cache, in KiB, bounds what each of a dozen connections keeps of
/// the file; the system keeps the rest.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
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

    #[test]
    fn a_server_that_vanishes_is_noticed_unless_the_url_says_otherwise() {
        let url = with_time_limits("postgres://h/d");
        assert!(url.starts_with("postgres://h/d?connect_timeout=4&keepalives_idle=5&"), "{url}");
        assert!(url.contains("&tcp_user_timeout=9000"), "{url}");
        let url = with_time_limits("postgres://h/d?connect_timeout=60&options=x");
        assert!(url.starts_with("postgres://h/d?connect_timeout=60&options=x&keepalives_idle=5"), "{url}");
        assert_eq!(url.matches("connect_timeout").count(), 1);
    }
}

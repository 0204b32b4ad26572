//! Why a database could not be opened, in words that say what to do.

use std::path::PathBuf;

/// Why a database could not be opened; the text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither of the two schemes.
    #[error("database_url must begin with sqlite:// or postgres://")]
    Scheme,
    /// A URL that cannot be read. It is not told, as it may have a password.
    #[error(
        "database_url is malformed: it must be like postgres://USER:PASSWORD@HOST:PORT/NAME?PARAMETER=VALUE, with \
         %40 for an @ in a name or password, %2F for /, %3F for ?, %23 for #, %25 for %, and parameters of libpq"
    )]
    Malformed,
    /// No file.
    #[error("there is no database at {}; name the service's file of settings (--config), check database_url, or start the server, which makes it", .0.display())]
    None(PathBuf),
    /// Whether there is a file is not for who asks.
    #[error("{}: {}; run this as who runs the server: runuser -u jiayi -- jiayi …", .0.display(), .1)]
    Hidden(PathBuf, std::io::Error),
    /// The file or its folder could not be made.
    #[error("cannot make the database or its folder: {0}; check database_url and its permissions")]
    Folder(#[from] std::io::Error),
    /// No connection.
    #[error("cannot open the database: {}; {}", one_line(.0), advice(.0))]
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
    /// The URL asks for TLS, and this build has none.
    #[error(
        "sslmode asks for TLS, which this build does not speak: take one that was built with \
         `cargo build --release --features postgres-tls`"
    )]
    NoTls,
    /// A pooler that the settings do not name.
    #[error(
        "a pooler in transaction mode stands before the database: set database.pooler to \"transaction\", or to \
         \"transaction_prepared\" where it is a PgBouncer from 1.21 with max_prepared_statements"
    )]
    UnnamedPooler,
    /// Another server has the file of SQLite.
    #[error(
        "another server runs on the database {}: end it first, or name another database (database_url). Several \
         servers at once want PostgreSQL",
        .0.display()
    )]
    Served(PathBuf),
    /// The database is newer than the program.
    #[error(
        "the database was migrated ({0}) by a newer version of jiayi: install that version, or restore the \
         backup from before it"
    )]
    Newer(String),
}

impl OpenError {
    /// Why PostgreSQL's library made no connection. What it says of a URL repeats parts of it.
    pub(super) fn of_postgres(error: diesel::ConnectionError) -> Self {
        const OF_A_URL: [&str; 7] = [
            "invalid ",
            "missing ",
            "extra ",
            "forbidden ",
            "unexpected ",
            "end of string ",
            "could not match ",
        ];
        let text = error.to_string();
        match OF_A_URL.iter().any(|beginning| text.starts_with(beginning))
            || text.contains("may not be empty in URI")
        {
            true => Self::Malformed,
            false => Self::Connect(error),
        }
    }
}

/// What PostgreSQL says has line breaks, which a line of the log has not.
fn one_line(error: &diesel::ConnectionError) -> String {
    error.to_string().lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// What to do where there is no connection.
fn advice(error: &diesel::ConnectionError) -> &'static str {
    let error = error.to_string();
    if error.contains("certificate") {
        return "check that database_url has the name that is in the server's certificate, and in sslrootcert the \
                file of the authority that signed it";
    }
    // What SQLite says.
    if error.contains("database file") {
        return "check database_url, and that the file and its folder belong to who runs this (chown)";
    }
    "check database_url, and that the server runs and lets you in"
}

//! The schema's history: running what is lacking, and refusing a database that is newer than the program.

use crate::db::connection::{Address, AnyConnection, OpenError, open_file};
use crate::db::partitions;
use crate::model::Time;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// One after the other: whoever migrates holds this lock, and nobody waits for it in silence. What alters a
/// large table takes its time.
const LOCK: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_xact_lock(6361); \
     SET LOCAL lock_timeout TO DEFAULT";

/// How the schema of a database compares with the one that this program knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaAge {
    /// It is the same.
    Current,
    /// So many migrations have not run yet.
    Behind(usize),
    /// A newer version of the program has run this migration.
    Newer(String),
}

impl Address {
    /// Makes or alters the tables, and makes those of these days; returns the migrations that ran. On both databases all of it is one
    /// transaction, which also a pooler keeps on one connection, and whoever comes second waits for it.
    pub fn migrate(&self) -> Result<Vec<String>, OpenError> {
        match self {
            Self::Postgres(server) => server.connect_once()?.transaction(|connection| {
                connection.batch_execute(LOCK).map_err(locked)?;
                let ran = run(connection, POSTGRES)?;
                partitions::make(connection, Time::now())?;
                Ok(ran)
            }),
            Self::Sqlite(path) => {
                open_file(path)?.immediate_transaction(|connection| run(connection, SQLITE))
            }
        }
    }
}

fn locked(error: diesel::result::Error) -> OpenError {
    match error.to_string().contains("lock timeout") {
        true => OpenError::Locked,
        false => error.into(),
    }
}

fn run<DB: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<DB>,
    known: EmbeddedMigrations,
) -> Result<Vec<String>, OpenError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Migrate(error.to_string());
    let applied = connection.applied_migrations().map_err(failed)?;
    if let SchemaAge::Newer(version) = compare(applied.iter().map(ToString::to_string)) {
        return Err(OpenError::Newer(version));
    }
    let ran = connection.run_pending_migrations(known).map_err(failed)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// Looks at the schema and changes nothing.
pub fn age(connection: &mut AnyConnection) -> QueryResult<SchemaAge> {
    use crate::db::schema::__diesel_schema_migrations::{table, version};
    match table.select(version).load::<String>(connection) {
        Ok(applied) => Ok(compare(applied)),
        Err(error) if is_no_table(&error) => Ok(compare([])),
        Err(error) => Err(error),
    }
}

/// Whether a migration has run, by its number.
pub fn has_run(connection: &mut AnyConnection, number: &str) -> QueryResult<bool> {
    use crate::db::schema::__diesel_schema_migrations::{table, version};
    Ok(table.filter(version.eq(number)).count().get_result::<i64>(connection)? > 0)
}

/// Whether what failed asked for a table that is not there.
pub fn is_no_table(error: &diesel::result::Error) -> bool {
    let text = error.to_string();
    text.contains("no such table") || text.contains("does not exist")
}

/// How a schema on which these migrations have run compares with the one that this program knows.
pub fn compare(applied: impl IntoIterator<Item = String>) -> SchemaAge {
    let (known, applied) = (versions(), applied.into_iter().collect::<Vec<_>>());
    match applied.iter().filter(|version| !known.contains(version)).max() {
        Some(version) => SchemaAge::Newer(version.clone()),
        None if applied.len() < known.len() => SchemaAge::Behind(known.len() - applied.len()),
        None => SchemaAge::Current,
    }
}

/// The versions that this program knows, which are the same for both databases.
fn versions() -> Vec<String> {
    use diesel::migration::{Migration, MigrationSource};
    let known: Vec<Box<dyn Migration<diesel::sqlite::Sqlite>>> = SQLITE.migrations().unwrap_or_default();
    known.iter().map(|migration| migration.name().version().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_database_is_told_from_an_older_one() {
        let known = versions();
        assert_eq!(compare(known.clone()), SchemaAge::Current);
        assert_eq!(compare(known[1..].to_vec()), SchemaAge::Behind(1));
        assert_eq!(compare([]), SchemaAge::Behind(known.len()));
        assert_eq!(compare(["9999".to_owned()]), SchemaAge::Newer("9999".to_owned()));
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

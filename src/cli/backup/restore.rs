//! `jiayi backup restore`: puts a backup in the place that the settings name, where nothing is yet. Whether that place takes it is in
//! `place`.

use super::create::copy_file;
use super::place;
use super::verify::{self, Kind};
use super::{DATABASE, DUMP, postgres, with_ending};
use crate::cli::Failure;
use crate::config::Config;
use crate::db::connection::Address;
use crate::db::folders;
use std::fs;
use std::path::Path;

/// What becomes of a backup that lacks uploaded files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incomplete {
    /// It is refused.
    Refused,
    /// It is put back without them, and they are named.
    Accepted,
}

/// Puts the backup in the folder `from` back; the server must not run. All that can be refused is refused before anything changes; then the
/// files come first: a database never names one that is not there yet.
pub fn run(config: &Config, from: &Path, incomplete: Incomplete) -> Result<(), Failure> {
    let database = config.database()?;
    let _unserved = place::require_free(&database)?;
    let found = verify::read(from)?;
    match incomplete {
        Incomplete::Refused => found.require_files()?,
        Incomplete::Accepted => found.print_lacking(),
    }
    match (&database, found.kind) {
        (Address::Sqlite(_), Kind::Sqlite) | (Address::Postgres(_), Kind::Postgres) => {}
        (Address::Sqlite(_), Kind::Postgres) => {
            return Err("the backup is PostgreSQL's: set database_url".into());
        }
        (Address::Postgres(_), Kind::Sqlite) => return Err("the backup is SQLite's: set database_url".into()),
    }
    let files = place::files(from, &config.files_folder, &found.list)?;
    place::require_room(&database, &config.files_folder, &files, &found.list)?;
    for file in &files {
        copy_file(&file.from, &file.to).map_err(|error| broken_off(&file.to, &error))?;
    }
    match &database {
        Address::Sqlite(path) => {
            put_database_back(path, from).map_err(|error| broken_off(path, &*error))?;
        }
        Address::Postgres(server) => {
            postgres::restore(server, &from.join(DUMP))?;
            if let Err(error) = postgres::analyze(server) {
                eprintln!("all is restored, but ANALYZE failed: {error}");
            }
        }
    }
    println!("restored from {}", from.display());
    Ok(())
}

/// What is there by then is the backup's, and is known again.
fn broken_off(at: &Path, error: &dyn std::error::Error) -> String {
    format!("{}: {error}; the restore is not whole: run it again when that is mended", at.display())
}

fn put_database_back(database: &Path, from: &Path) -> Result<(), Failure> {
    let part = with_ending(database, ".part");
    copy_file(&from.join(DATABASE), &part)?;
    // Unlike a renaming, a link overwrites nothing.
    fs::hard_link(&part, database)?;
    fs::remove_file(&part)?;
    Ok(folders::keep_name(database)?)
}

//! `jiayi backup restore`: puts a backup in the place that the settings name, where nothing is yet.

use super::create::copy_file;
use super::verify::{self, Kind};
use super::{DATABASE, DUMP, FILES, manifest, postgres, refuse_existing, with_ending};
use crate::cli::Failure;
use crate::config::Config;
use crate::db::connection::Address;
use crate::db::files::Folder;
use crate::db::folders;
use std::fs;
use std::path::Path;

/// What SQLite keeps beside a database. It belongs to the one that lay there, has its newest messages, and would change the
/// other.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Puts the backup in the folder `from` back; the server must not run. All that can be asked is asked before anything changes; then the
/// files come first: a database never names one that is not there yet.
pub fn run(config: &Config, from: &Path) -> Result<(), Failure> {
    let database = config.database()?;
    match &database {
        Address::Sqlite(path) => {
            refuse_existing(path)?;
            for ending in BESIDE {
                refuse_existing(&with_ending(path, ending))?;
            }
        }
        Address::Postgres(server) => postgres::require_empty(server)?,
    }
    match (&database, verify::read(from)?.kind) {
        (Address::Sqlite(path), Kind::Sqlite) => {
            put_files_back(config, from)?;
            put_database_back(path, from)?;
        }
        (Address::Postgres(server), Kind::Postgres) => {
            put_files_back(config, from)?;
            postgres::restore(server, &from.join(DUMP))?;
            if let Err(error) = postgres::analyze(server) {
                eprintln!("all is restored, but ANALYZE failed: {error}");
            }
        }
        (Address::Sqlite(_), Kind::Postgres) => {
            return Err("the backup is PostgreSQL's: set database_url".into());
        }
        (Address::Postgres(_), Kind::Sqlite) => return Err("the backup is SQLite's: set database_url".into()),
    }
    println!("restored from {}", from.display());
    Ok(())
}

fn put_database_back(database: &Path, from: &Path) -> Result<(), Failure> {
    let part = with_ending(database, ".part");
    copy_file(&from.join(DATABASE), &part)?;
    // Unlike a renaming, a link overwrites nothing.
    fs::hard_link(&part, database)?;
    fs::remove_file(&part)?;
    Ok(folders::keep_name(database)?)
}

fn put_files_back(config: &Config, from: &Path) -> Result<(), Failure> {
    let to = Folder::new(config.files_folder.clone());
    manifest::for_each(from, |name, digest| match name.strip_prefix(FILES) {
        Ok(name) => put_back(&from.join(FILES).join(name), &to.root().join(name), digest),
        Err(_) => Ok(()),
    })
}

/// Copies a file. The same that is there already stays.
fn put_back(from: &Path, to: &Path, expected: &str) -> Result<(), Failure> {
    match manifest::digest(to) {
        Ok((there, _)) if there == expected => Ok(()),
        Ok(_) => Err(format!("{} is another file: move it away", to.display()).into()),
        Err(_) => Ok(copy_file(from, to)?),
    }
}

//! `jiayi backup verify`: whether a backup is whole and can be put back, without putting it anywhere.

use super::create::PART;
use super::{DATABASE, DUMP, content, manifest, postgres};
use crate::cli::Failure;
use crate::db::connection::Address;
use crate::db::copy;
use crate::db::migration::{self, SchemaAge};
use std::path::Path;

/// Whose database a backup has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SQLite's.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

/// Reads all of the backup in `folder`, and says what is wrong with it.
pub fn run(folder: &Path) -> Result<(), Failure> {
    let Found { files, missing, .. } = read(folder)?;
    println!("{} is whole: {files} files as they were written", folder.display());
    if missing > 0 {
        println!("{missing} files were missing when it was made");
    }
    Ok(())
}

/// What a backup has.
pub struct Found {
    /// Whose database.
    pub kind: Kind,
    /// Of how many files it consists.
    pub files: usize,
    /// How many files of messages were missing when it was made.
    missing: usize,
}

/// Reads all of a backup.
pub fn read(folder: &Path) -> Result<Found, Failure> {
    require_database(folder)?;
    let files = manifest::compare(folder)?;
    let (kind, missing) = look(folder)?;
    Ok(Found { kind, files, missing })
}

/// The list is written as the backup grows: one that was broken off has a list without a database, or none of its files.
fn require_database(folder: &Path) -> Result<(), Failure> {
    let mut is_listed = false;
    manifest::for_each(folder, |name, _| {
        is_listed |= name == Path::new(DATABASE) || name == Path::new(DUMP);
        Ok(())
    })?;
    let is_part = folder.to_string_lossy().ends_with(PART);
    match is_listed && !is_part {
        true => Ok(()),
        false => Err(format!("{} is no whole backup: it was broken off", folder.display()).into()),
    }
}

/// Looks at the database of a backup; returns whose it is, and how many of its files were missing when the backup was made.
fn look(folder: &Path) -> Result<(Kind, usize), Failure> {
    let (database, dump) = (folder.join(DATABASE), folder.join(DUMP));
    match (database.exists(), dump.exists()) {
        (true, _) => Ok((Kind::Sqlite, look_at_database(folder, &database)?)),
        (false, true) => Ok((Kind::Postgres, look_at_dump(folder, &dump)?)),
        (false, false) => Err(format!("there is no backup: {} is missing", database.display()).into()),
    }
}

/// It is whole, its files are there, and it is not of a newer version.
fn look_at_database(folder: &Path, database: &Path) -> Result<usize, Failure> {
    let mut store = Address::Sqlite(database.to_owned()).look()?;
    if let Some(damage) = copy::find_damage(&mut store)? {
        return Err(format!("the backup is damaged: {damage}").into());
    }
    refuse_newer(migration::age(&mut store)?)?;
    content::require_files_of_sqlite(folder, &mut store)
}

/// The same of a dump.
fn look_at_dump(folder: &Path, dump: &Path) -> Result<usize, Failure> {
    postgres::look(dump)?;
    let mut applied = Vec::new();
    postgres::for_each_row(dump, "__diesel_schema_migrations", ["version"], |[version]| {
        applied.push(version.to_owned());
    })?;
    refuse_newer(migration::compare(applied))?;
    content::require_files_of_postgres(folder)
}

fn refuse_newer(age: SchemaAge) -> Result<(), Failure> {
    match age {
        SchemaAge::Current | SchemaAge::Behind(_) => Ok(()),
        SchemaAge::Newer(version) => {
            Err(format!("the backup ({version}) is of a newer version of jiayi: install that version first")
                .into())
        }
    }
}

//! `jiayi backup verify`: whether a backup is whole and can be put back, without putting it anywhere.

use super::create::PART;
use super::{DATABASE, DUMP, manifest, postgres};
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
    let (_, files) = read(folder)?;
    println!("{} is whole: {files} files as they were written", folder.display());
    Ok(())
}

/// Reads all of a backup; returns whose database it has, and how many files it consists of.
pub fn read(folder: &Path) -> Result<(Kind, usize), Failure> {
    require_database(folder)?;
    let files = manifest::compare(folder)?;
    Ok((look(folder)?, files))
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

/// Looks at the database of a backup; returns whose it is.
fn look(folder: &Path) -> Result<Kind, Failure> {
    let (database, dump) = (folder.join(DATABASE), folder.join(DUMP));
    match (database.exists(), dump.exists()) {
        (true, _) => look_at_database(&database).map(|()| Kind::Sqlite),
        (false, true) => postgres::look(&dump).map(|()| Kind::Postgres),
        (false, false) => Err(format!("there is no backup: {} is missing", database.display()).into()),
    }
}

/// It is whole, and not of a newer version.
fn look_at_database(database: &Path) -> Result<(), Failure> {
    let mut store = Address::Sqlite(database.to_owned()).look()?;
    if let Some(damage) = copy::find_damage(&mut store)? {
        return Err(format!("the backup is damaged: {damage}").into());
    }
    match migration::age(&mut store)? {
        SchemaAge::Current | SchemaAge::Behind(_) => Ok(()),
        SchemaAge::Newer(version) => {
            Err(format!("the backup ({version}) is of a newer version of jiayi: install that version first")
                .into())
        }
    }
}

//! `jiayi backup verify`: whether a backup is whole and can be put back, without putting it anywhere.

use super::content::{self, Files};
use super::create::PART;
use super::manifest::List;
use super::{DATABASE, DUMP, postgres};
use crate::cli::Failure;
use crate::db::backup_folder::LIST;
use crate::db::connection::Address;
use crate::db::copy;
use crate::db::migration::{self, SchemaAge};
use std::path::{Path, PathBuf};

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
    let found = read(folder)?;
    found.require_files()?;
    println!("{} is whole: {} files as they were written", folder.display(), found.list.len());
    if found.files.missing > 0 {
        println!("{} files were missing when it was made", found.files.missing);
    }
    Ok(())
}

/// What a backup has.
pub struct Found {
    folder: PathBuf,
    /// Whose database.
    pub kind: Kind,
    /// Of what it consists; each of it is there, and what was written.
    pub list: List,
    files: Files,
}

impl Found {
    /// Fails where the backup lacks uploaded files that were there when it was made.
    pub fn require_files(&self) -> Result<(), Failure> {
        let Some(such_as) = self.files.lacking.first() else { return Ok(()) };
        Err(format!(
            "{} lacks {} files that its database or its {LIST} names, such as {such_as}: they were taken away, or the list was cut or is \
             of another backup. Put them back, or, where they are lost, restore --without-missing-files, which lists them",
            self.folder.display(),
            self.files.lacking.len(),
        )
        .into())
    }

    /// Says which these are, a line each.
    pub fn print_lacking(&self) {
        for file in &self.files.lacking {
            println!("missing: {file}");
        }
    }
}

/// Reads all of a backup. It may lack uploaded files: `Found::require_files` is for who wants it whole.
pub fn read(folder: &Path) -> Result<Found, Failure> {
    let mut list = List::read(folder)?;
    require_database(folder, &list)?;
    let absent = list.compare()?;
    let (kind, mut files) = look(folder, &list)?;
    let names = absent.iter().filter_map(|name| name.file_name());
    files.lacking.extend(names.map(|name| name.to_string_lossy().into_owned()));
    Ok(Found { folder: folder.to_owned(), kind, list, files })
}

/// The list is written as the backup grows: one that was broken off has a list without a database, or none of its files.
fn require_database(folder: &Path, list: &List) -> Result<(), Failure> {
    let is_part = folder.to_string_lossy().ends_with(PART);
    match (list.names(DATABASE) || list.names(DUMP)) && !is_part {
        true => Ok(()),
        false => Err(format!("{} is no whole backup: it was broken off", folder.display()).into()),
    }
}

/// Looks at the database of a backup; returns whose it is, and what it says of files.
fn look(folder: &Path, list: &List) -> Result<(Kind, Files), Failure> {
    match list.names(DATABASE) {
        true => Ok((Kind::Sqlite, look_at_database(folder, list)?)),
        false => Ok((Kind::Postgres, look_at_dump(folder, list)?)),
    }
}

/// It is whole, and not of a newer version.
fn look_at_database(folder: &Path, list: &List) -> Result<Files, Failure> {
    let mut store = Address::Sqlite(folder.join(DATABASE)).look()?;
    let damage = copy::find_damage(&mut store).unwrap_or_else(|error| Some(error.to_string()));
    if let Some(damage) = damage {
        return Err(format!("the backup is damaged: {damage}").into());
    }
    refuse_newer(migration::age(&mut store)?)?;
    content::files_of_sqlite(folder, list, &mut store)
}

/// The same of a dump.
fn look_at_dump(folder: &Path, list: &List) -> Result<Files, Failure> {
    let dump = folder.join(DUMP);
    postgres::look(&dump)?;
    let mut applied = Vec::new();
    postgres::for_each_row(&dump, "__diesel_schema_migrations", ["version"], |[version]| {
        applied.push(version.to_owned());
    })?;
    refuse_newer(migration::compare(applied))?;
    content::files_of_postgres(folder, list)
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

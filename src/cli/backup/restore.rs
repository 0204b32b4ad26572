//! `jiayi restore`: puts a backup in the place that the settings name, where nothing is yet.

use crate::cli::Failure;
use crate::cli::backup::{DATABASE, FILES, copy_file, for_each_file, refuse_existing, with_ending};
use crate::config::Config;
use crate::db::connection::Address;
use crate::db::copy;
use crate::db::files::Folder;
use crate::db::folders;
use crate::db::migration::{self, SchemaAge};
use crate::model::FileId;
use std::fs;
use std::io;
use std::path::Path;

/// What SQLite keeps beside a database. It belongs to the one that lay there, and would change the other.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Puts the backup in the folder `from` back; the server must not run.
pub fn run(config: &Config, from: &Path) -> Result<(), Failure> {
    let Address::Sqlite(database) = config.database()? else {
        return Err("PostgreSQL is restored by its own tools: run pg_restore into an empty database, then \
             copy the files back to files_folder"
            .into());
    };
    let backup = from.join(DATABASE);
    refuse_existing(&database)?;
    check(&backup)?;
    let (old, new) = (Folder::new(from.join(FILES)), Folder::new(config.files_folder.clone()));
    let mut missing = 0;
    for_each_file(&backup, |fileid, size| {
        missing += usize::from(!put_back(&old, &new, fileid, size)?);
        Ok(())
    })?;
    let part = with_ending(&database, ".part");
    copy_file(&backup, &part)?;
    for ending in BESIDE {
        remove(&with_ending(&database, ending))?;
    }
    // Unlike a renaming, a link overwrites nothing.
    fs::hard_link(&part, &database)?;
    fs::remove_file(&part)?;
    folders::keep_name(&database)?;
    println!("restored {} from {}", database.display(), from.display());
    match missing {
        0 => Ok(()),
        _ => Err(format!("{missing} files that messages name are missing in the backup").into()),
    }
}

/// The backup is whole, and not of a newer version.
fn check(backup: &Path) -> Result<(), Failure> {
    if !backup.exists() {
        return Err(format!("there is no backup: {} is missing", backup.display()).into());
    }
    let mut store = Address::Sqlite(backup.to_owned()).look()?;
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

/// Copies a file; false where the backup lacks it. One that is there already, whole, stays.
fn put_back(old: &Folder, new: &Folder, fileid: &FileId, size: u64) -> Result<bool, Failure> {
    let (from, to) = (old.path(fileid), new.path(fileid));
    match fs::metadata(&to) {
        Ok(there) if there.len() == size => Ok(true),
        Ok(_) => Err(format!("{} is another file: move it away", to.display()).into()),
        Err(_) => match copy_file(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                println!("missing in the backup: {}", from.display());
                Ok(false)
            }
            outcome => Ok(outcome.map(|_| true)?),
        },
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

//! The folder in which backups lie that are named by their time, and what is in one: what those who make backups and those who watch
//! over them both know. How one is made and put back is in `cli::backup`.

use crate::db::connection::Address;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The name of a backup that is given none: the time, UTC.
pub const BY_TIME: &str = "%Y-%m-%d_%H%M%S";
/// The name of SQLite's database in a backup.
pub const DATABASE: &str = "jiayi.db";
/// That of PostgreSQL's, as `pg_dump --format=custom` writes it.
pub const DUMP: &str = "jiayi.dump";
/// The name of the list of what a backup consists of.
pub const LIST: &str = "SHA256SUMS";

/// The backups in a folder that were given no name, the oldest first.
pub fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let name = |path: &PathBuf| path.file_name().is_some_and(|name| is_a_time(&name.to_string_lossy()));
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let mut backups: Vec<_> =
        entries.into_iter().filter(name).filter(|path| path.join(LIST).exists()).collect();
    backups.sort_unstable();
    Ok(backups)
}

/// Whether a backup that was given no name could be called so.
pub fn is_a_time(name: &str) -> bool {
    chrono::NaiveDateTime::parse_from_str(name, BY_TIME).is_ok()
}

/// How many backups of this database a folder has, and how old the newest is. There are none in a folder that is not there; fails
/// where it cannot be read.
pub fn count(folder: &Path, database: &Address) -> io::Result<(usize, Option<Duration>)> {
    let part = match database {
        Address::Postgres(_) => DUMP,
        Address::Sqlite(_) => DATABASE,
    };
    let mut backups = match list(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        outcome => outcome?,
    };
    backups.retain(|backup| backup.join(part).exists());
    let newest = backups.last().map(|newest| fs::metadata(newest)?.modified()).transpose()?;
    // One from the future, by its clock, is new.
    let age = newest.map(|made| SystemTime::now().duration_since(made).unwrap_or_default());
    Ok((backups.len(), age))
}

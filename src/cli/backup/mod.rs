//! `jiayi backup`: a whole copy of the database and of the uploaded files in a folder, made while the server runs, looked at, and
//! put back. What lies in such a folder is said here; the commands are a file each.

pub mod create;
mod manifest;
mod postgres;
pub mod restore;
pub mod verify;

use std::path::{Path, PathBuf};

/// The name of SQLite's database in the folder.
pub(super) const DATABASE: &str = "jiayi.db";
/// That of PostgreSQL's, as `pg_dump --format=custom` writes it.
pub(super) const DUMP: &str = "jiayi.dump";
/// The folder of uploaded files in it.
const FILES: &str = "files";

/// The same path with an ending of its name.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Nothing is ever overwritten.
fn refuse_existing(path: &Path) -> Result<(), super::Failure> {
    match path.exists() {
        true => Err(format!("{} is there already: move it away, or name another", path.display()).into()),
        false => Ok(()),
    }
}

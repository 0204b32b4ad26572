//! `jiayi backup`: a whole copy of the database and of the uploaded files in a folder, made while the server runs, looked at, and
//! put back. What lies in such a folder is said here; the commands are a file each.

mod content;
pub mod create;
mod manifest;
mod place;
mod postgres;
pub mod restore;
pub mod verify;

use crate::db::backup_folder::{DATABASE, DUMP};
use std::path::{Path, PathBuf};

/// The folder of uploaded files in it.
const FILES: &str = "files";
/// The list of the files that the database knows and that were not there, an id a line; there is none where all were.
const MISSING: &str = "missing";

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

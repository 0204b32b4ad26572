//! The lock of the server on SQLite's file: one server serves it, as what it knows of who is connected is in its memory. Commands
//! need none, but for `restore`, which wants nobody to serve. PostgreSQL has none either: what several nodes may do there is the
//! cluster's affair.
//!
//! The lock is on an empty file beside the database, which stays. On the database itself it would meet SQLite's own locks where the system
//! does not tell the two kinds apart (NFS, BSD), and closing it would end SQLite's.

use crate::db::connection::{Address, OpenError, make_file};
use crate::db::folders;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Takes the lock on a database until the process ends; the file of SQLite is made where there is none. Fails at once where another
/// server has it.
pub fn serve_alone(address: &Address) -> Result<(), OpenError> {
    let Address::Sqlite(path) = address else { return Ok(()) };
    make_file(path)?;
    let name = name(path)?;
    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&name)?;
    folders::give_away(&name)?;
    take(&file, path)?;
    std::mem::forget(file);
    Ok(())
}

/// Fails where a server serves the database, or the one that lay there; none begins as long as what is returned is kept. `None` where
/// no server has ever served there.
pub fn require_unserved(path: &Path) -> Result<Option<File>, OpenError> {
    let file = match OpenOptions::new().append(true).open(name(path)?) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        outcome => outcome?,
    };
    take(&file, path)?;
    Ok(Some(file))
}

fn take(file: &File, path: &Path) -> Result<(), OpenError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(OpenError::Served(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Beside the file itself, by whatever link it is named.
fn name(path: &Path) -> io::Result<PathBuf> {
    let mut name = match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        outcome => outcome?,
    };
    name.as_mut_os_string().push("-lock");
    Ok(name)
}

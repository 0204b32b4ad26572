//! The lock of the server on SQLite's file: one server serves it, as what it knows of who is connected is in its memory. Commands
//! need none. PostgreSQL has none either: what several nodes may do there is the cluster's affair.

use crate::db::connection::{Address, OpenError, make_file};
use std::fs::{File, TryLockError};

/// Takes the lock on a database until the process ends; the file of SQLite is made where there is none. Fails at once where another
/// server has it. Called before the process opens the database: closing any descriptor of a file ends the locks that SQLite has on it.
pub fn serve_alone(address: &Address) -> Result<(), OpenError> {
    let Address::Sqlite(path) = address else { return Ok(()) };
    make_file(path)?;
    let file = File::open(path)?;
    match file.try_lock() {
        Ok(()) => {
            std::mem::forget(file);
            Ok(())
        }
        Err(TryLockError::WouldBlock) => Err(OpenError::Served(path.clone())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

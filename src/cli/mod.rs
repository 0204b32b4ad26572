//! The commands of the program, a file each. What they are is said in `arguments`.

pub mod admin;
pub mod arguments;
pub mod backup;
pub mod check;
mod check_machine;
mod check_proxy;
mod check_url;
pub mod demo;
pub mod health;
pub mod migrate;
pub mod push;
pub mod search;
pub mod serve;
pub mod stats;
mod systemd;
mod waiting;

use crate::config::Config;
use crate::db::connection::{Address, AnyConnection};
use crate::db::database::Database;
use crate::db::migration::{self, SchemaAge};
use crate::db::open_error::OpenError;
use crate::metrics::Metrics;
use crate::store;
use std::sync::Arc;

/// Why a command failed; its text says what to do.
pub type Failure = Box<dyn std::error::Error>;

/// The database for a command that changes something in it: there already, and of this version. Nobody is connected to this process:
/// there is nothing to push to.
fn open(config: &Config) -> Result<Database, Failure> {
    let database = config.database()?;
    look(&database)?;
    Ok(store::open(&database, None, config.connections, Arc::new(drop), Metrics::new()?.writes)?)
}

/// A connection for looking at a database whose tables are those of this version.
fn look(database: &Address) -> Result<AnyConnection, Failure> {
    let mut store = database.look()?;
    match migration::age(&mut store)? {
        SchemaAge::Current => Ok(store),
        SchemaAge::Behind(_) => Err("the database is of an earlier version: run jiayi migrate first".into()),
        SchemaAge::Newer(version) => Err(OpenError::Newer(version).into()),
    }
}

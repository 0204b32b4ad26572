//! `jiayi stats`: how much there is of what, read from the store, whether or not the server runs.

use crate::cli::Failure;
use crate::config::Config;
use crate::db::connection::{Address, AnyConnection};
use crate::model::Time;
use crate::store::search::index;
use crate::store::statistics;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

const MIB: i64 = 1024 * 1024;

#[derive(QueryableByName)]
struct Size {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Prints a line for each number.
pub fn run(config: &Config) -> Result<(), Failure> {
    let address = config.database()?;
    let mut store = super::look(&address)?;
    let counts = statistics::count(&mut store, Time::now()).map_err(|error| error.explain())?;
    let messages = index::count_messages(&mut store).map_err(|error| error.explain())?;
    for (what, count) in [
        ("residents", counts.users),
        ("doctors", counts.doctors),
        ("doctors on duty", counts.onduty),
        ("administrators", counts.admins),
        ("communities", counts.communities),
        ("teams", counts.teams),
        ("contracts applied for", counts.applied),
        ("contracts in force", counts.signed),
        ("questions that wait", counts.waiting),
        ("messages", messages),
        ("MiB of database", size(&address, &mut store)? / MIB),
    ] {
        println!("{what:<24} {count:>12}");
    }
    Ok(())
}

fn size(address: &Address, store: &mut AnyConnection) -> Result<i64, Failure> {
    match address {
        Address::Sqlite(path) => Ok(std::fs::metadata(path)?.len() as i64),
        Address::Postgres(_) => {
            let size: Size = diesel::sql_query("SELECT pg_database_size(current_database()) AS bytes")
                .get_result(store)?;
            Ok(size.bytes)
        }
    }
}

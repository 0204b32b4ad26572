//! `jiayi migrate`: makes or alters the tables, for those who do not want `serve` to do it.

use crate::cli::Failure;
use crate::config::Config;

/// Runs the migrations that have not run yet, and names them.
pub fn run(config: &Config) -> Result<(), Failure> {
    let ran = config.database()?.migrate()?;
    match ran.as_slice() {
        [] => println!("nothing to do: the database is up to date"),
        ran => ran.iter().for_each(|name| println!("ran migration {name}")),
    }
    Ok(())
}

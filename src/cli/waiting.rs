//! Waits, at the start, for a database server that is not there yet, and says so: in the log, and to whoever
//! asks over HTTP meanwhile.

use crate::cli::Failure;
use crate::db::connection::{Address, OpenError};
use crate::error::{Error, Result};
use crate::http::extract::response::Done;
use crate::http::ops::health;
use actix_web::web::{Json, get, to};
use actix_web::{App, HttpServer};
use std::net::TcpListener;
use std::time::Duration;

/// How long until the database is tried again.
const PAUSE: Duration = Duration::from_secs(2);

/// Returns when the database is there and migrated; fails where waiting is of no use.
pub async fn for_database(address: &Address, listener: &TcpListener) -> Result<(), Failure> {
    let Err(mut error) = migrate(address).await? else { return Ok(()) };
    let app = || App::new().route("/healthz", get().to(health::healthz)).default_service(to(not_yet));
    let server = HttpServer::new(app).workers(1).shutdown_timeout(1).disable_signals();
    let server = server.listen(listener.try_clone()?)?.run();
    let answering = server.handle();
    actix_web::rt::spawn(server);
    while may_come(address, &error) {
        log::warn!("waiting for the database: {error}");
        tokio::time::sleep(PAUSE).await;
        match migrate(address).await? {
            Ok(()) => {
                answering.stop(true).await;
                return Ok(());
            }
            Err(still) => error = still,
        }
    }
    Err(error.into())
}

async fn migrate(address: &Address) -> Result<Result<(), OpenError>, Failure> {
    let address = address.clone();
    Ok(tokio::task::spawn_blocking(move || address.migrate().map(drop)).await?)
}

/// Whether it may go well later. A file is there or it is not.
fn may_come(address: &Address, error: &OpenError) -> bool {
    match (address, error) {
        (Address::Sqlite(_), _) => false,
        (Address::Postgres(_), OpenError::Connect(_) | OpenError::SetUp(_) | OpenError::Locked) => true,
        (
            Address::Postgres(_),
            OpenError::Scheme
            | OpenError::Malformed
            | OpenError::None(_)
            | OpenError::Hidden(..)
            | OpenError::Folder(_)
            | OpenError::Migrate(_)
            | OpenError::NoTls
            | OpenError::UnnamedPooler
            | OpenError::Served(_)
            | OpenError::Newer(_),
        ) => false,
    }
}

async fn not_yet() -> Result<Json<Done>> {
    Err(Error::Unready("the server waits for its database"))
}

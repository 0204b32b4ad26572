//! For those who run the server: is it alive, is it ready. And what is answered where there is nothing.

use super::body::Done;
use crate::app::App;
use crate::error::{Error, Result};
use crate::store::account;
use actix_web::web::{Data, Json};

/// The process is alive.
pub async fn healthz() -> Json<Done> {
    Json(Done {})
}

/// The store answers.
pub async fn readyz(app: Data<App>) -> Result<Json<Done>> {
    app.read(|store| account::any(store).map(drop)).await?;
    Ok(Json(Done {}))
}

/// There is no such address.
pub async fn nothing_here() -> Result<Json<Done>> {
    Err(Error::NotFound("address"))
}

//! For those who run the server: is it alive, is it ready. And what is answered where there is nothing.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::body::Done;
use crate::mobile::vendor_client::VendorHealth;
use crate::store::account;
use actix_web::web::{Data, Json};

/// The process is alive.
pub async fn healthz() -> Json<Done> {
    Json(Done {})
}

/// The store answers, and the vendor of mobile notices takes our keys, where there is one.
pub async fn readyz(app: Data<App>) -> Result<Json<Done>> {
    app.read(|store| account::any(store).map(drop)).await?;
    match app.vendor().map(|vendor| vendor.health()) {
        Some(VendorHealth::Unauthorized) => {
            Err(Error::Unready("push: the vendor refuses the keys; no notice is sent"))
        }
        Some(VendorHealth::Unknown | VendorHealth::Healthy) | None => Ok(Json(Done {})),
    }
}

/// There is no such address.
pub async fn nothing_here() -> Result<Json<Done>> {
    Err(Error::NotFound("address"))
}

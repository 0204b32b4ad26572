//! For those who run the server: whether it is alive, and whether it is ready.

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::extract::response::Done;
use crate::mobile::vendor_client::VendorHealth;
use actix_web::web::{Data, Json};

/// The process is alive.
pub async fn healthz() -> Json<Done> {
    Json(Done {})
}

/// The store takes what is written, this process is one of the nodes where there are several, and the vendor of mobile notices takes our keys, where there is one.
pub async fn readyz(app: Data<App>) -> Result<Json<Done>> {
    app.check_store().await?;
    if app.waits_for_slot() {
        return Err(Error::Unready("cluster: this process is not one of the nodes yet"));
    }
    match app.vendor().map(|vendor| vendor.health()) {
        Some(VendorHealth::Unauthorized) => {
            Err(Error::Unready("push: the vendor refuses the keys; no notice is sent"))
        }
        Some(VendorHealth::Unknown | VendorHealth::Healthy) | None => Ok(Json(Done {})),
    }
}

//! `/client-address`: from where a request seems to come, and why, by which `jiayi check` finds what the proxies before the server get
//! wrong. Strangers are told nothing: who asks proves that they know `metrics_token`, and without one nobody is answered.

use crate::app::App;
use crate::auth::operator;
use crate::error::{Error, Result};
use crate::http::extract::client_address::{client_address, forwarded_for, peer_address};
use crate::http::extract::peer;
use actix_web::HttpRequest;
use actix_web::web::{Data, Json, ServiceConfig, get};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where it is asked.
pub const PATH: &str = "/client-address";

/// From where a request seems to come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Seen {
    /// Who has made the connection.
    pub peer: IpAddr,
    /// Whether that is one of `trusted_proxies`.
    pub trusted: bool,
    /// For whom proxies say they forward, the nearest one last; `None` for what is no address.
    pub forwarded: Vec<Option<IpAddr>>,
    /// Whom the server takes for the client.
    pub client: IpAddr,
}

/// Tells actix of the address.
pub fn mount(config: &mut ServiceConfig) {
    config.route(PATH, get().to(show));
}

async fn show(request: HttpRequest, app: Data<App>) -> Result<Json<Seen>> {
    let (token, proof) = (&app.config().metrics_token, peer::bearer(&request));
    match (token, proof) {
        (Some(token), Some(proof)) if operator::is_proof(&token.0, &proof) => Ok(Json(look(&request, &app))),
        (Some(_) | None, Some(_) | None) => {
            Err(Error::Auth("this is for jiayi check, which knows metrics_token"))
        }
    }
}

fn look(request: &HttpRequest, app: &App) -> Seen {
    let peer = peer_address(request);
    Seen {
        peer,
        trusted: app.config().trusts(peer),
        forwarded: forwarded_for(request),
        client: client_address(request, app.config()),
    }
}

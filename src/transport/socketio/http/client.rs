//! The client library, for pages that load it from where it always was.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::{self, ServiceConfig},
};

/// Understood by this server over any transport, and by pages written for 1.x and 2.x.
const LIBRARY: &str = include_str!("../../../../static/vendor/socket.io-client-2.5.0.min.js");

/// Serves the library as `socket.io.js` under `path`.
pub fn configure(path: &str, config: &mut ServiceConfig) {
    config.route(&format!("{path}/socket.io.js"), web::get().to(library));
}

async fn library() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
        .content_type("text/javascript; charset=UTF-8")
        .body(LIBRARY)
}

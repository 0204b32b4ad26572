//! The client library, for pages that load it from where it always was.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH},
    web::{self, ServiceConfig},
};

/// Understood by this server over any transport, and by pages written for 1.x and 2.x.
const LIBRARY: &str = include_str!("../../../../static/vendor/socket.io-client-2.5.0.min.js");
/// Its name among its versions.
const TAG: &str = "\"socket.io-client-2.5.0\"";

/// Serves the library as `socket.io.js` under `path`.
pub fn configure(path: &str, config: &mut ServiceConfig) {
    config.route(&format!("{path}/socket.io.js"), web::get().to(library));
}

async fn library(request: HttpRequest) -> HttpResponse {
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|tag| tag == TAG);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
        .insert_header((ETAG, HeaderValue::from_static(TAG)));
    if known {
        return response.finish();
    }
    response.content_type("text/javascript; charset=UTF-8").body(LIBRARY)
}

//! The JavaScript client, for pages that load it from the server, as those written for 1.x and 2.x do.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH},
    web::{self, ServiceConfig},
};

/// The last version that pages written for clients 1.x and 2.x can use.
const LIBRARY: &str = include_str!("../../assets/socket.io-client-2.5.0.min.js");
/// Identifies this version in caches.
const ETAG_VALUE: &str = "\"socket.io-client-2.5.0\"";

/// Serves the client as `socket.io.js` under `path`.
pub(crate) fn mount(path: &str, config: &mut ServiceConfig) {
    let resource = web::resource(format!("{path}/socket.io.js"));
    config.service(resource.route(web::get().to(library)).route(web::head().to(library)));
}

async fn library(request: HttpRequest) -> HttpResponse {
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|tag| tag == ETAG_VALUE);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")))
        .insert_header((ETAG, HeaderValue::from_static(ETAG_VALUE)));
    if known {
        return response.finish();
    }
    response.content_type("text/javascript; charset=UTF-8").body(LIBRARY)
}

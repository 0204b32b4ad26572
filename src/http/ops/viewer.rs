//! `/docs`: the description of the interface to look at, with nothing loaded from elsewhere.

use crate::error::{Error, Result};
use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{self, Path, ServiceConfig, get, head};

const PAGE: &[u8] = include_bytes!("../../../static/docs/index.html");
const START: &[u8] = include_bytes!("../../../static/docs/start.js");
const SCRIPT: &[u8] = include_bytes!("../../../static/vendor/swagger-ui-5.35.0.min.js.gz");
const STYLE: &[u8] = include_bytes!("../../../static/vendor/swagger-ui-5.35.0.min.css.gz");

/// Our own scripts and answers only; the viewer styles what it shows by itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Tells actix of the page and of what it loads.
pub fn mount(config: &mut ServiceConfig) {
    config.service(web::resource("/docs").route(get().to(page)).route(head().to(page)));
    config.service(web::resource("/docs/{file}").route(get().to(file)).route(head().to(file)));
}

async fn page() -> HttpResponse {
    answer("text/html; charset=utf-8", None, PAGE)
}

async fn file(name: Path<String>) -> Result<HttpResponse> {
    const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
    match name.as_str() {
        "start.js" => Ok(answer(JAVASCRIPT, None, START)),
        "swagger-ui.js" => Ok(answer(JAVASCRIPT, Some("gzip"), SCRIPT)),
        "swagger-ui.css" => Ok(answer("text/css; charset=utf-8", Some("gzip"), STYLE)),
        _ => Err(Error::NotFound("page")),
    }
}

fn answer(kind: &'static str, encoding: Option<&'static str>, bytes: &'static [u8]) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "no-cache"));
    if let Some(encoding) = encoding {
        response.insert_header((CONTENT_ENCODING, encoding));
    }
    response.body(bytes)
}

//! The pages for browsers and what they load: the folder `static`, embedded in the program.
//!
//! They contain no data and need no token. A debug build reads them from the folder at each
//! request, so that a change shows without a build. What is in the folder: `static/README.md`.

use crate::error::{Error, Result};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETag, EntityTag, Header, HeaderName, IfNoneMatch,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::web::{self, Path, ServiceConfig, get, head};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::future::ready;

#[derive(RustEmbed)]
#[folder = "static/"]
// Only what pages load: not the tools, the tests and the description of the package there.
#[include = "*.css"]
#[include = "*.html"]
#[include = "*.js"]
#[include = "*.svg"]
#[exclude = "*node_modules/*"]
#[exclude = "vendor/*"]
struct Files;

/// What a page may do: load scripts and styles of this server, show pictures and sounds of this
/// server and those that a person has chosen, and talk to this server. Inline code, other servers,
/// strings as code or markup, and frames around the page are forbidden.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// Camera and microphone are for video calls and voice messages of our own pages.
const PERMISSIONS: &str = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()";

/// The address of each page, and its file. Addresses are published: they stay as they are.
const PAGES: [(&str, &str); 4] = [
    ("/", "index.html"),
    ("/resident", "resident.html"),
    ("/practice", "practice.html"),
    ("/office", "office.html"),
];

/// Adds the routes of the pages and of `/static/…`, which they load. They are no part of the
/// described interface.
pub fn mount(config: &mut ServiceConfig) {
    for (address, name) in PAGES {
        let page = move |request: HttpRequest| ready(answer(&request, name));
        config.service(web::resource(address).route(get().to(page)).route(head().to(page)));
    }
    config.service(web::resource("/static/{file:.+}").route(get().to(file)).route(head().to(file)));
}

async fn file(request: HttpRequest, path: Path<String>) -> Result<HttpResponse> {
    answer(&request, &path)
}

fn answer(request: &HttpRequest, path: &str) -> Result<HttpResponse> {
    let file = Files::get(path).ok_or(Error::NotFound("page"))?;
    let tag = etag(&file);
    match is_cached(request, &tag) {
        true => Ok(with_headers(HttpResponse::NotModified(), tag).finish()),
        false => {
            let kind = (CONTENT_TYPE, content_type(&file));
            Ok(with_headers(HttpResponse::Ok(), tag).insert_header(kind).body(file.data.into_owned()))
        }
    }
}

/// Adds the headers that every page and file bears.
fn with_headers(mut response: HttpResponseBuilder, tag: EntityTag) -> HttpResponseBuilder {
    response
        .insert_header(ETag(tag))
        // Browsers keep a file but ask for it each time, so that a new version of the server shows at once.
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((HeaderName::from_static("permissions-policy"), PERMISSIONS))
        .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"));
    response
}

fn etag(file: &EmbeddedFile) -> EntityTag {
    let hash = file.metadata.sha256_hash();
    EntityTag::new_strong(hash[..16].iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether the browser already has this version of the file.
fn is_cached(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|cached| cached.weak_eq(tag)),
        Ok(IfNoneMatch::Any) | Err(_) => false,
    }
}

fn content_type(file: &EmbeddedFile) -> String {
    match file.metadata.mimetype() {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    }
}

//! The pages for browsers and what they load: the folder `static`, embedded in the program.
//!
//! They hold nothing of anybody's and are open to everybody. A debug build reads them from the
//! folder at each request, so that a change shows without a build.

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

/// What a page may do: load our own scripts and styles, show its own and chosen pictures and
/// sounds, talk to this server. Nothing inline, nothing from elsewhere, no string becomes code or
/// markup, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// Camera and microphone are for video calls and voice messages of our own pages.
const PERMISSIONS: &str = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()";

/// Each page with its file.
const PAGES: [(&str, &str); 4] = [
    ("/", "index.html"),
    ("/resident", "resident.html"),
    ("/practice", "practice.html"),
    ("/office", "office.html"),
];

/// Tells actix of the pages and of `/static/…`, what they load. They are no calls of the
/// interface, and are not described as such.
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
    let tag = tag(&file);
    match holds(request, &tag) {
        true => Ok(guarded(HttpResponse::NotModified(), tag).finish()),
        false => {
            let kind = (CONTENT_TYPE, content_type(&file));
            Ok(guarded(HttpResponse::Ok(), tag).insert_header(kind).body(file.data.into_owned()))
        }
    }
}

fn guarded(mut response: HttpResponseBuilder, tag: EntityTag) -> HttpResponseBuilder {
    response
        .insert_header(ETag(tag))
        // Kept, but asked for each time: a new version of the server is seen at once.
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

fn tag(file: &EmbeddedFile) -> EntityTag {
    let hash = file.metadata.sha256_hash();
    EntityTag::new_strong(hash[..16].iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether the browser has the file already.
fn holds(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|held| held.weak_eq(tag)),
        Ok(IfNoneMatch::Any) | Err(_) => false,
    }
}

fn content_type(file: &EmbeddedFile) -> String {
    match file.metadata.mimetype() {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    }
}

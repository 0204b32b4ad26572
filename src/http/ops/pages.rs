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
use serde_json::json;
use std::future::ready;
use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(RustEmbed)]
#[folder = "static/"]
// Only what pages load: not the tools, the tests and the description of the package there.
#[include = "*.css"]
#[include = "*.html"]
#[include = "*.js"]
#[include = "*.png"]
#[include = "*.svg"]
#[include = "*.webmanifest"]
#[exclude = "*node_modules/*"]
#[exclude = "vendor/*"]
struct Files;

/// What a page may do: load scripts and styles of this server, show pictures and sounds of this
/// server and those that a person has chosen, and talk to this server. Inline code, other servers,
/// strings as code or markup, and frames around the page are forbidden. The one trusted type is the
/// address of the service worker.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types jiayi-worker";

/// Camera and microphone are for video calls and voice messages of our own pages.
const PERMISSIONS: &str = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()";

/// The address of each page, and its file. Addresses are published: they stay as they are.
const PAGES: [(&str, &str); 4] = [
    ("/", "index.html"),
    ("/resident", "resident.html"),
    ("/practice", "practice.html"),
    ("/office", "office.html"),
];

/// What the service worker keeps for when there is no net, by the beginning of a file's name. Pages come by
/// their addresses.
const KEPT: [&str; 5] = ["app/", "client/", "icon", "manifest/", "style"];

/// Adds the routes of the pages and of `/static/…`, which they load. They are no part of the
/// described interface.
pub fn mount(config: &mut ServiceConfig) {
    for (address, name) in PAGES {
        let page = move |request: HttpRequest| ready(answer(&request, name));
        config.service(web::resource(address).route(get().to(page)).route(head().to(page)));
    }
    config.service(web::resource("/worker.js").route(get().to(worker)).route(head().to(worker)));
    config.service(web::resource("/static/{file:.+}").route(get().to(file)).route(head().to(file)));
}

/// The service worker, which may keep the pages as it stands at the root. It names all that it keeps and their
/// version, so that browsers find another worker whenever any of them has changed.
async fn worker(request: HttpRequest) -> Result<HttpResponse> {
    let script = Files::get("worker.js").ok_or(Error::NotFound("page"))?;
    let (version, files) = (version(), kept());
    let tag = EntityTag::new_strong(version.clone());
    if is_cached(&request, &tag) {
        return Ok(with_headers(HttpResponse::NotModified(), tag).finish());
    }
    let head = format!("const VERSION = {};\nconst FILES = {};\n", json!(version), json!(files));
    let body = [head.as_bytes(), &script.data].concat();
    Ok(with_headers(HttpResponse::Ok(), tag).insert_header((CONTENT_TYPE, content_type(&script))).body(body))
}

/// The addresses of all that the service worker keeps.
fn kept() -> Vec<String> {
    let files = Files::iter().filter(|name| KEPT.iter().any(|start| name.starts_with(start)));
    PAGES
        .map(|(address, _)| address.to_owned())
        .into_iter()
        .chain(files.map(|name| format!("/static/{name}")))
        .collect()
}

/// What changes with any of the files, and with the headers that are kept with them.
fn version() -> String {
    let mut hasher = DefaultHasher::new();
    (POLICY, PERMISSIONS).hash(&mut hasher);
    for name in Files::iter() {
        (&name, Files::get(&name).map(|file| file.metadata.sha256_hash())).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
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

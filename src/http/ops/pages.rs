//! The pages for browsers and what they load, with the headers that guard them.
//!
//! They contain no data and need no token. What they are and where they come from is in `site`.

use crate::error::{Error, Result};
use crate::http::ops::embedded::PAGES;
use crate::http::ops::site::{Site, WORKER, split_version};
use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETag, Encoding,
    EntityTag, HOST, Header, HeaderName, IfNoneMatch, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use actix_web::web::{self, Path, ServiceConfig, get, head};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use std::future::ready;

/// What a page may do: load scripts and styles of this server, show pictures and sounds of this
/// server and those that a person has chosen, and talk to this server. Inline code, other servers,
/// strings as code or markup, and frames around the page are forbidden. The one trusted type is the
/// address of the service worker.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    media-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types jiayi-worker; connect-src 'self'";

/// The policy on the host that a request names: Safari before 16 does not count WebSockets as `'self'`.
fn policy(request: &HttpRequest) -> String {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    match !host.is_empty() && host.chars().all(is_plain) {
        true => format!("{POLICY} wss://{host} ws://{host}"),
        false => POLICY.to_owned(),
    }
}

/// Camera and microphone are for video calls and voice messages of our own pages.
const PERMISSIONS: &str = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()";

/// What browsers do with a file that they have.
#[derive(Clone, Copy)]
enum Keeping {
    /// They ask whether it is still the same, so that a new version of the server shows at once.
    Asking,
    /// Its address is of this version alone.
    ForGood,
}

impl Keeping {
    fn as_str(self) -> &'static str {
        match self {
            Self::Asking => "no-cache",
            Self::ForGood => "public, max-age=31536000, immutable",
        }
    }
}

/// Adds the routes of the pages and of `/static/…`, which they load. They are no part of the
/// described interface.
pub fn mount(config: &mut ServiceConfig) {
    for (address, name) in PAGES.into_iter().chain([("/worker.js", WORKER)]) {
        let page = move |request: HttpRequest| ready(answer(&request, name));
        config.service(web::resource(address).route(get().to(page)).route(head().to(page)));
    }
    config.service(web::resource("/static/{file:.+}").route(get().to(file)).route(head().to(file)));
}

async fn file(request: HttpRequest, path: Path<String>) -> Result<HttpResponse> {
    answer(&request, &path)
}

/// The file at a path below `static`. While servers are renewed, what is asked for in another version is answered in
/// this one, as that is better than nothing; its header says which it is.
fn answer(request: &HttpRequest, path: &str) -> Result<HttpResponse> {
    let site = Site::current((POLICY, PERMISSIONS));
    let (version, name) = split_version(path);
    let asset = site.asset(name).ok_or(Error::NotFound("page"))?;
    let keeping = if version == Some(&site.version) { Keeping::ForGood } else { Keeping::Asking };
    let policy = policy(request);
    let with_headers = |response| with_headers(response, &asset.tag, keeping, &site.version, &policy);
    if is_cached(request, &asset.tag) {
        return Ok(with_headers(HttpResponse::NotModified()).finish());
    }
    let mut response = with_headers(HttpResponse::Ok());
    response.insert_header((CONTENT_TYPE, asset.kind.as_str()));
    Ok(match asset.packed.as_ref().filter(|_| takes_gzip(request)) {
        Some(packed) => response.insert_header((CONTENT_ENCODING, "gzip")).body(packed.clone()),
        None => response.body(asset.bytes.clone()),
    })
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let offered = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request)
        .is_ok_and(|accepted| accepted.negotiate(offered.iter()) == Some(Encoding::gzip()))
}

/// Adds the headers that every page and file bears.
fn with_headers(
    mut response: HttpResponseBuilder,
    tag: &EntityTag,
    keeping: Keeping,
    version: &str,
    policy: &str,
) -> HttpResponseBuilder {
    response
        .insert_header(ETag(tag.clone()))
        .insert_header((CACHE_CONTROL, keeping.as_str()))
        .insert_header((VARY, "accept-encoding, origin"))
        // The service worker keeps files of one version only.
        .insert_header((HeaderName::from_static("jiayi-version"), version))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((HeaderName::from_static("permissions-policy"), PERMISSIONS))
        .insert_header((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"));
    response
}

/// Whether the browser already has this version of the file.
fn is_cached(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|cached| cached.weak_eq(tag)),
        Ok(IfNoneMatch::Any) | Err(_) => false,
    }
}

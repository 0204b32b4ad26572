//! What browsers are told beside an answer: which pages may read it (CORS), that it is not to be kept, and that
//! it is what its `Content-Type` says.
//!
//! Socket.IO answers its own preflights, in its crate.

use crate::app::App;
use crate::error::Error as Refused;
use crate::http::extract::peer::{self, Page};
use crate::http::ops::observe::edit_headers;
use actix_web::Error;
use actix_web::HttpResponse;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::web::Data;

/// What a page of a configured origin may do, beside what any page may.
const PREFLIGHT: [(HeaderName, &str); 3] = [
    (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST"),
    (ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type, Jiayi-Role, X-Request-Id"),
    (ACCESS_CONTROL_MAX_AGE, "600"),
];

/// Answers preflights of configured origins, refuses what other pages would change, and adds to every
/// answer what browsers are told.
pub async fn tell_browser<B: MessageBody>(
    app: Data<App>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let page = page(&request, &app);
    let reader = request.headers().get(ORIGIN).filter(|_| page == Page::Allowed).cloned();
    let answer = match page {
        Page::Allowed if is_preflight(&request) => {
            Ok(request.into_response(preflight()).map_into_right_body())
        }
        Page::Foreign if changes_something(&request) => Err(FOREIGN.into()),
        Page::Own | Page::Allowed | Page::Foreign | Page::None => {
            next.call(request).await.map(ServiceResponse::map_into_left_body)
        }
    };
    edit_headers(answer, |headers| tell(headers, reader))
}

/// The page that sent the request; Socket.IO looks for itself.
fn page(request: &ServiceRequest, app: &App) -> Page {
    match request.path().starts_with("/socket.io") {
        true => Page::None,
        false => peer::page(request.request(), app.config()),
    }
}

fn is_preflight(request: &ServiceRequest) -> bool {
    *request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Whether a form on any page can send the request, and logs somebody in by it or uses a cookie: a form
/// bears no `Authorization`.
fn changes_something(request: &ServiceRequest) -> bool {
    *request.method() == Method::POST && !request.headers().contains_key(AUTHORIZATION)
}

const FOREIGN: Refused = Refused::Permission("a page of this origin may change nothing here: see origins");

fn preflight() -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    PREFLIGHT.into_iter().for_each(|header| {
        response.insert_header(header);
    });
    response.finish()
}

fn tell(headers: &mut HeaderMap, reader: Option<HeaderValue>) {
    if let Some(origin) = reader {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After, X-Request-Id"));
    }
    // Answers are somebody's own, tokens among them. What may be kept says so itself.
    for (name, value) in [(CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (VARY, "Origin")]
    {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

//! Pages of which origins may connect. Also a WebSocket from elsewhere is refused, and a POST that
//! a browser sends without asking first: the cookies that come with them are a user's.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap, HeaderValue},
};

use super::super::{error::RequestError, options::Origins};

/// The origin to echo, if the request came from a page at all.
pub(super) fn admit(request: &HttpRequest, origins: &Origins) -> Result<Option<HeaderValue>, RequestError> {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return Ok(None);
    };
    let allowed = match origins {
        Origins::Any => true,
        Origins::Only(list) => {
            list.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()) || is_own(request, origin)
        }
    };
    if allowed { Ok(Some(origin.clone())) } else { Err(RequestError::Forbidden) }
}

/// Tells the browser that the page may read the answer. Clients 1.x always send credentials, so
/// the origin is named, never `*`.
pub(super) fn allow(origin: Option<HeaderValue>, headers: &mut HeaderMap) {
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else {
        return;
    };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Authorization"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Whether the page came from this very host; the scheme does not count, because a proxy may have
/// taken TLS off.
fn is_own(request: &HttpRequest, origin: &HeaderValue) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let page = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    match (host, page) {
        (Some(host), Some((_, page))) => host.eq_ignore_ascii_case(page),
        _ => false,
    }
}

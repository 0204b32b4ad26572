//! Which web pages may connect, by their origin. WebSockets and POST requests are checked too, which
//! browsers send without asking first: they carry the cookies of a user.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderMap, HeaderValue},
};

use crate::options::Origins;

use super::error::RequestError;

/// Returns the origin of a request that is allowed, or `None` if it does not come from a page.
pub(super) fn allowed_origin(
    request: &HttpRequest,
    origins: &Origins,
) -> Result<Option<HeaderValue>, RequestError> {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return Ok(None);
    };
    let allowed = match origins {
        Origins::Any => true,
        Origins::Only(list) => {
            list.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
                || is_same_host(request, origin)
        }
    };
    if allowed { Ok(Some(origin.clone())) } else { Err(RequestError::Forbidden) }
}

/// Tells the browser that a page of `origin` may read the answer. Clients 1.x always send
/// credentials, for which `*` is not valid.
pub(super) fn add_headers(origin: Option<HeaderValue>, headers: &mut HeaderMap) {
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

/// Whether the page was loaded from this host. The scheme is not compared, because a proxy may
/// terminate TLS.
fn is_same_host(request: &HttpRequest, origin: &HeaderValue) -> bool {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let page = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    match (host, page) {
        (Some(host), Some((_, page))) => !page.is_empty() && host.eq_ignore_ascii_case(page),
        _ => false,
    }
}

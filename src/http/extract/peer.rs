//! Which page a request comes from, and the tokens that it bears: origin, header, cookies. Which address it
//! comes from is in `client_address`.

use crate::app::registration::HandshakeTokens;
use crate::config::Config;
use crate::model::Role;
use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};

fn header<'r>(request: &'r HttpRequest, name: &HeaderName) -> Option<&'r str> {
    request.headers().get(name)?.to_str().ok()
}

/// The name of the cookie that bears the token of a role.
pub fn cookie_name(role: Role) -> &'static str {
    match role {
        Role::User => "jiayi_user",
        Role::Doctor => "jiayi_doctor",
        Role::Admin => "jiayi_admin",
    }
}

/// The token in `Authorization: Bearer …`.
pub fn bearer(request: &HttpRequest) -> Option<String> {
    let (scheme, token) = header(request, &AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// The token in the cookie of a role.
pub fn cookie(request: &HttpRequest, role: Role) -> Option<String> {
    Some(request.cookie(cookie_name(role))?.value().to_owned())
}

/// The role that a page names in `Jiayi-Role`, as a browser may hold cookies of several.
pub fn role(request: &HttpRequest) -> Option<Role> {
    let named = header(request, &HeaderName::from_static("jiayi-role"))?;
    Role::try_from(named.to_owned()).ok()
}

/// Where a request comes from, as a browser tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// A page of this server's own.
    Own,
    /// A page of a configured origin.
    Allowed,
    /// Any other page.
    Foreign,
    /// No page: an app, a tool, or a browser that reads and does not say for whom.
    None,
}

/// The page that sent the request. `file://` and `null` name nobody: they are allowed where they are
/// configured, and never of themselves.
pub fn page(request: &HttpRequest, config: &Config) -> Page {
    let Some(origin) = header(request, &ORIGIN) else {
        let site = header(request, &HeaderName::from_static("sec-fetch-site"));
        return if site == Some("cross-site") { Page::Foreign } else { Page::None };
    };
    let host = header(request, &HOST).unwrap_or_default();
    let is_own = |(_, rest): (&str, &str)| !rest.is_empty() && rest.eq_ignore_ascii_case(host);
    match origin.split_once("://").is_some_and(is_own) {
        true => Page::Own,
        false if config.origins.iter().any(|allowed| allowed == origin) => Page::Allowed,
        false => Page::Foreign,
    }
}

/// Whether the page that sent the request is one of ours or of a configured origin; false without
/// an `Origin`, which today's browsers always send with what changes something.
pub fn is_allowed_origin(request: &HttpRequest, config: &Config) -> bool {
    matches!(page(request, config), Page::Own | Page::Allowed)
}

/// Every token that a handshake bears; cookies count only from an allowed origin.
pub fn tokens(request: &HttpRequest, config: &Config) -> HandshakeTokens {
    let query = || {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        pairs.into_iter().find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
    };
    let any = bearer(request).or_else(query);
    let cookies = match is_allowed_origin(request, config) {
        true => Role::ALL.iter().filter_map(|role| Some((*role, cookie(request, *role)?))).collect(),
        false => Vec::new(),
    };
    HandshakeTokens { any, cookies }
}

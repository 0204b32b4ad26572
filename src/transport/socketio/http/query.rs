//! The query string of every request.

use actix_web::{HttpRequest, web};

use super::super::{
    engine::{
        packet::{Dialect, Version},
        sid::Sid,
    },
    error::RequestError,
    options::Transports,
};

/// What a request asks for.
pub(super) struct Query {
    pub transport: Transport,
    pub sid: Option<Sid>,
    pub pairs: Vec<(String, String)>,
}

/// The value of `transport`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Polling,
    WebSocket,
}

impl Query {
    pub fn parse(request: &HttpRequest, allowed: Transports) -> Result<Self, RequestError> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let pairs = pairs.map_err(|_| RequestError::BadRequest)?.into_inner();
        let transport = match find(&pairs, "transport") {
            Some("polling") if allowed.polling() => Transport::Polling,
            Some("websocket") if allowed.websocket() => Transport::WebSocket,
            Some(_) | None => return Err(RequestError::UnknownTransport),
        };
        let sid = find(&pairs, "sid").map(Sid::from_client);
        Ok(Query { transport, sid, pairs })
    }

    /// Asked only of a request that opens: later ones are what their session is.
    pub fn dialect(&self) -> Result<Dialect, RequestError> {
        let version = match find(&self.pairs, "EIO") {
            Some("3") => Version::V3,
            Some("4") => Version::V4,
            Some(_) | None => return Err(RequestError::UnsupportedVersion),
        };
        let base64 = find(&self.pairs, "b64");
        let base64 = base64.is_some_and(|flag| !matches!(flag, "" | "0" | "false"));
        Ok(Dialect { version, base64 })
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

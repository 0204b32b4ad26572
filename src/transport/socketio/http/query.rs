//! The query string of every request.

use actix_web::{HttpRequest, web};

use super::super::{
    engine::{packet::Version, sid::Sid},
    error::RequestError,
    options::Transports,
};

/// What a request asks for.
pub(super) struct Query {
    pub transport: Transport,
    pub sid: Option<Sid>,
    pub base64: bool,
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
        let value = |name| {
            pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let transport = match value("transport") {
            Some("polling") if allowed.polling() => Transport::Polling,
            Some("websocket") if allowed.websocket() => Transport::WebSocket,
            Some(_) | None => return Err(RequestError::UnknownTransport),
        };
        let sid = value("sid").map(Sid::from_client);
        let base64 = value("b64").is_some_and(|flag| !matches!(flag, "" | "0" | "false"));
        Ok(Query { transport, sid, base64, pairs })
    }

    /// Asked only of a request that opens: later ones are what their session is.
    pub fn version(&self) -> Result<Version, RequestError> {
        let eio = self.pairs.iter().find(|(key, _)| key == "EIO");
        match eio.map(|(_, value)| value.as_str()) {
            Some("3") => Ok(Version::V3),
            Some("4") => Ok(Version::V4),
            Some(_) | None => Err(RequestError::UnsupportedVersion),
        }
    }
}

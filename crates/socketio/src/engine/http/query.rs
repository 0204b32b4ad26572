//! The query string of a request.

use actix_web::{HttpRequest, web};

use crate::{handshake::EngineVersion, options::Transports};

use super::{
    super::{codec::packet::Encoding, session_id::SessionId},
    error::RequestError,
};

/// The parsed query string.
pub(super) struct Query {
    pub(super) transport: TransportName,
    /// The session of the request. A request without one opens a session.
    pub(super) session: Option<SessionId>,
    pairs: Vec<(String, String)>,
}

/// The value of the parameter `transport`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransportName {
    Polling,
    WebSocket,
}

impl Query {
    pub(super) fn parse(request: &HttpRequest, allowed: Transports) -> Result<Self, RequestError> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let pairs = pairs.map_err(|_| RequestError::BadRequest)?.into_inner();
        let transport = match find(&pairs, "transport") {
            Some("polling") if allowed.allow_polling() => TransportName::Polling,
            Some("websocket") if allowed.allow_websocket() => TransportName::WebSocket,
            Some(_) | None => return Err(RequestError::UnknownTransport),
        };
        let session = find(&pairs, "sid").map(SessionId::from_client);
        Ok(Query { transport, session, pairs })
    }

    /// The encoding that a new session is to use. Later requests of a session use that of the
    /// session, and their parameters are ignored.
    pub(super) fn encoding(&self) -> Result<Encoding, RequestError> {
        let version = match find(&self.pairs, "EIO") {
            Some("3") => EngineVersion::V3,
            Some("4") => EngineVersion::V4,
            Some(_) | None => return Err(RequestError::UnsupportedVersion),
        };
        let base64 = find(&self.pairs, "b64");
        let base64 = base64.is_some_and(|flag| !matches!(flag, "" | "0" | "false"));
        Ok(Encoding { version, base64 })
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

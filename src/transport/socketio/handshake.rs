//! What is known of a client when it opens a connection, and who makes of it what runs on top.

use std::net::SocketAddr;

use actix_web::{HttpRequest, http::header::HeaderMap};

use super::engine::{channel::Channel, packet::Version};

/// The request that opened a connection.
#[derive(Debug, Clone)]
pub struct Handshake {
    /// Its headers, cookies among them.
    pub headers: HeaderMap,
    /// Its query, decoded.
    pub query: Vec<(String, String)>,
    /// Who sent it; a proxy, where there is one.
    pub peer: Option<SocketAddr>,
    /// The generation of the client.
    pub version: Version,
}

/// Makes the channel of each new connection. Shared by all workers.
pub trait Service: Clone + Send + 'static {
    /// What runs on top of a connection.
    type Channel: Channel;

    /// A client opens a connection.
    fn open(&self, handshake: Handshake) -> Self::Channel;
}

impl Handshake {
    pub(super) fn new(request: &HttpRequest, query: Vec<(String, String)>, version: Version) -> Self {
        let headers = request.headers().clone();
        Handshake { headers, query, peer: request.peer_addr(), version }
    }

    /// The first parameter of that name.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

//! What the server knows of a client when the client opens a connection.

use actix_web::HttpRequest;

/// The request that opened a connection.
#[derive(Debug, Clone, Copy)]
pub struct Handshake<'a> {
    /// The HTTP request, with its headers, cookies, query string and peer address.
    pub request: &'a HttpRequest,
    /// The protocol version that the client speaks.
    pub version: EngineVersion,
}

/// A version of the Engine.IO protocol, as the query parameter `EIO` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineVersion {
    /// Engine.IO 3 and Socket.IO protocol 4: clients 1.x and 2.x. The client sends the pings.
    V3,
    /// Engine.IO 4 and Socket.IO protocol 5: clients 3.x and 4.x. The server sends the pings.
    V4,
}

//! What is known of a client when it opens a connection, and who makes of it what runs on top.

use actix_web::HttpRequest;

use super::engine::{channel::Channel, packet::Version};

/// How a connection was opened.
#[derive(Debug, Clone, Copy)]
pub struct Handshake<'a> {
    /// The request that did it.
    pub request: &'a HttpRequest,
    /// The generation of the client.
    pub version: Version,
}

/// Makes the channel of each new connection. Shared by all workers.
pub trait Service: Clone + Send + 'static {
    /// What runs on top of a connection.
    type Channel: Channel;

    /// A client opens a connection.
    fn open(&self, handshake: Handshake<'_>) -> Self::Channel;
}

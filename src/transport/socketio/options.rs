//! What can be set about the transport, and its bounds.

use std::time::Duration;

/// Settings of one mounted server. All bounds hold per connection, unless they say otherwise.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often a connection is pinged (by us in Engine.IO 4, by the client in 3).
    pub ping_interval: Duration,
    /// How long an answer to a ping may take. Also how long a connection that the application
    /// closed waits for the poll that takes its last packets.
    pub ping_timeout: Duration,
    /// How long a connection may be in no namespace.
    pub connect_timeout: Duration,
    /// How long a WebSocket may take to prove itself and take over from polling.
    pub probe_timeout: Duration,
    /// How long what was begun may take to come to its end: an upload, the attachments of a packet.
    pub packet_timeout: Duration,
    /// Longest packet, and longest body of a POST, in bytes.
    pub max_payload: usize,
    /// Packets that may wait for a client to take them when there is more for it; one that is
    /// slower is closed.
    pub max_queue: usize,
    /// Likewise, in bytes.
    pub max_queue_bytes: usize,
    /// Messages from other actors that may wait in the mailbox of a connection.
    pub mailbox: usize,
    /// Connections of the whole server.
    pub max_sessions: usize,
    /// Connections of the whole server from which not one packet has come yet.
    pub max_silent: usize,
    /// What clients may connect with.
    pub transports: Transports,
    /// Pages of which other origins may connect.
    pub origins: Origins,
}

/// The transports that are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transports {
    /// Polling, WebSocket, and the upgrade from the one to the other.
    All,
    /// Polling alone.
    Polling,
    /// WebSocket alone.
    WebSocket,
}

/// Whose pages may connect, beside those that this very host served. Clients that are no browsers
/// send no origin and always may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Anybody's: only where no cookie says who is asking.
    Any,
    /// These, as browsers write them: `https://example.org`.
    Only(Vec<String>),
}

impl Transports {
    /// Whether polling is among them.
    pub fn polling(self) -> bool {
        match self {
            Transports::All | Transports::Polling => true,
            Transports::WebSocket => false,
        }
    }

    /// Whether WebSocket is among them.
    pub fn websocket(self) -> bool {
        match self {
            Transports::All | Transports::WebSocket => true,
            Transports::Polling => false,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(45),
            probe_timeout: Duration::from_secs(10),
            packet_timeout: Duration::from_secs(30),
            max_payload: 100_000,
            max_queue: 4096,
            max_queue_bytes: 1 << 20,
            mailbox: 1024,
            max_sessions: 100_000,
            max_silent: 10_000,
            transports: Transports::All,
            origins: Origins::Only(Vec::new()),
        }
    }
}

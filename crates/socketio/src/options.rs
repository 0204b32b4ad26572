//! The settings of a server: timeouts, limits, transports and origins.

use std::time::Duration;

use crate::websocket::FrameLimits;

/// The settings of a server. Limits are per connection unless they say otherwise.
#[derive(Debug, Clone)]
pub struct Options {
    /// Time between two pings, which the server sends in Engine.IO 4 and the client in Engine.IO 3.
    /// 25 seconds by default.
    pub ping_interval: Duration,
    /// Time to answer a ping. After the application has closed a connection on polling, also the
    /// time for the client to fetch the last packets. 20 seconds by default.
    pub ping_timeout: Duration,
    /// Time that a client may be in no namespace. 45 seconds by default.
    pub connect_timeout: Duration,
    /// Time for a WebSocket to complete the upgrade from polling. 10 seconds by default.
    pub upgrade_timeout: Duration,
    /// Time to send a whole request body, or all attachments of a packet. 30 seconds by default.
    pub packet_timeout: Duration,
    /// Maximum length of a packet, and of the body of a POST request, in bytes. 100,000 by default.
    pub max_payload: usize,
    /// How many frames of any kind a client may send on a WebSocket in a second, on average; four times
    /// that in a burst. Who sends more is read more slowly. 1,000 by default.
    pub max_frames_per_second: u32,
    /// How many packets may wait for the client when another one is sent. A slower client is
    /// disconnected. 4,096 by default.
    pub max_queued_packets: usize,
    /// The same limit in bytes. 1 MiB by default.
    pub max_queued_bytes: usize,
    /// Capacity of the mailbox through which other actors reach a connection. 1,024 by default.
    pub mailbox_capacity: usize,
    /// Maximum number of connections of the server. 100,000 by default.
    pub max_connections: usize,
    /// Maximum number of connections of the server whose client has sent no packet yet. 10,000 by
    /// default.
    pub max_silent_connections: usize,
    /// The transports that clients may use. All by default.
    pub transports: Transports,
    /// The origins whose pages may connect. Only the server's own by default.
    pub origins: Origins,
}

/// The transports that a server offers. Deserializes from `all`, `polling` and `websocket`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transports {
    /// Long-polling, WebSocket, and the upgrade from polling to WebSocket.
    All,
    /// Long-polling only.
    Polling,
    /// WebSocket only.
    WebSocket,
}

/// The origins of the web pages that may connect. Pages that were loaded from the server's own host
/// and clients that send no `Origin` header, which are not browsers, may always connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Any origin. Unsafe where the application identifies users by cookies, because a page of any
    /// site could then connect in their name.
    Any,
    /// These origins, written as browsers write them: `https://example.org`.
    Only(Vec<String>),
}

impl Transports {
    pub(crate) fn allow_polling(self) -> bool {
        match self {
            Transports::All | Transports::Polling => true,
            Transports::WebSocket => false,
        }
    }

    pub(crate) fn allow_websocket(self) -> bool {
        match self {
            Transports::All | Transports::WebSocket => true,
            Transports::Polling => false,
        }
    }
}

impl Options {
    pub(crate) fn frame_limits(&self) -> FrameLimits {
        FrameLimits { max_size: self.max_payload, per_second: self.max_frames_per_second }
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(45),
            upgrade_timeout: Duration::from_secs(10),
            packet_timeout: Duration::from_secs(30),
            max_payload: 100_000,
            max_frames_per_second: 1000,
            max_queued_packets: 4096,
            max_queued_bytes: 1 << 20,
            mailbox_capacity: 1024,
            max_connections: 100_000,
            max_silent_connections: 10_000,
            transports: Transports::All,
            origins: Origins::Only(Vec::new()),
        }
    }
}

//! Why a connection ended, and what a WebSocket client is told about it.

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisconnectReason {
    /// The client closed the connection.
    ClientClosed,
    /// The WebSocket was lost, or the client abandoned a request.
    TransportLost,
    /// The client did not answer a ping, or did not send one, within
    /// [`ping_interval`](crate::Options::ping_interval) and
    /// [`ping_timeout`](crate::Options::ping_timeout).
    PingTimeout,
    /// The client was in no namespace for [`connect_timeout`](crate::Options::connect_timeout).
    ConnectTimeout,
    /// A request body, or the attachments of a packet, took longer than
    /// [`packet_timeout`](crate::Options::packet_timeout).
    PacketTimeout,
    /// The client violated the protocol.
    ParseError,
    /// A packet or a request body was longer than [`max_payload`](crate::Options::max_payload).
    PayloadTooLarge,
    /// The client did not take its packets in time: more than
    /// [`max_queued_packets`](crate::Options::max_queued_packets) or
    /// [`max_queued_bytes`](crate::Options::max_queued_bytes) were waiting.
    SlowClient,
    /// The client sent two polls or two POST requests at the same time.
    ConcurrentRequests,
    /// The application closed the connection.
    ServerClosed,
    /// The server is shutting down.
    ServerShutdown,
}

/// The close frame that ends a WebSocket. Clients on polling receive a close packet, which carries
/// neither code nor reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseFrame {
    /// A close code as in RFC 6455. The codes from 4000 to 4999 are free for applications.
    pub code: u16,
    /// At most 123 bytes.
    pub reason: String,
}

impl DisconnectReason {
    /// The close frame that is sent unless the application chooses another one. `None` where the
    /// WebSocket is already closed, or is closed without a code.
    pub fn close_frame(self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            DisconnectReason::ClientClosed
            | DisconnectReason::TransportLost
            | DisconnectReason::ServerClosed
            | DisconnectReason::ConcurrentRequests => return None,
            DisconnectReason::PingTimeout => (1001, "ping timeout"),
            DisconnectReason::ConnectTimeout => (1001, "connect timeout"),
            DisconnectReason::PacketTimeout => (1001, "packet timeout"),
            DisconnectReason::ParseError => (1002, "malformed packet"),
            DisconnectReason::PayloadTooLarge => (1009, "packet too big"),
            DisconnectReason::SlowClient => (1008, "too slow"),
            DisconnectReason::ServerShutdown => (1001, "server going down"),
        };
        Some(CloseFrame { code, reason: reason.to_owned() })
    }
}

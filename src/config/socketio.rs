//! The settings of Socket.IO.

use actix_socketio::Transports;
use serde::Deserialize;
use std::time::Duration;

/// Settings of Socket.IO; in the environment `JIAYI_SOCKETIO__…`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SocketIo {
    /// Seconds in which a client must have joined the main namespace.
    pub connect_seconds: u32,
    /// Sessions that one network address may hold in which nobody has registered.
    pub sessions_before_login: usize,
    /// Bytes of the longest packet, and of the longest body of a POST.
    pub max_payload: usize,
    /// What clients may connect with.
    pub transports: Transports,
}

impl Default for SocketIo {
    fn default() -> Self {
        Self {
            connect_seconds: 45,
            sessions_before_login: 500,
            max_payload: 100_000,
            transports: Transports::All,
        }
    }
}

impl SocketIo {
    /// How long a client has for joining the main namespace.
    pub fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_seconds.into())
    }
}

//! Connections: how many are open, and why others were closed.

use super::set::MetricSet;
use crate::error::Result;
use crate::model::Role;
use prometheus::{IntCounterVec, IntGaugeVec};
use std::sync::Arc;

/// The transport of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// `/ws`.
    WebSocket,
    /// `/socket.io/`.
    SocketIo,
}

impl Transport {
    fn as_str(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::SocketIo => "socketio",
        }
    }
}

/// All connections of this node.
pub struct Connections {
    open: IntGaugeVec,
    closed: IntCounterVec,
}

impl Connections {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let open = set.gauges(
            "jiayi_connections",
            "Connections to this node; role none has not registered yet.",
            &["transport", "role"],
        )?;
        let closed = set.counters(
            "jiayi_connections_closed_total",
            "Connections that ended, by what ended them; client went by itself or was lost.",
            &["transport", "reason"],
        )?;
        let connections = Self { open, closed };
        for transport in [Transport::WebSocket, Transport::SocketIo] {
            for role in [None, Some(Role::User), Some(Role::Doctor), Some(Role::Admin)] {
                connections.open_of(transport, role).set(0);
            }
        }
        Ok(connections)
    }

    /// Counts a connection that has been opened.
    pub fn opened(self: &Arc<Self>, transport: Transport) -> Counted {
        self.open_of(transport, None).inc();
        Counted { all: self.clone(), transport, role: None, reason: "client" }
    }

    fn open_of(&self, transport: Transport, role: Option<Role>) -> prometheus::IntGauge {
        self.open.with_label_values(&[transport.as_str(), role.map_or("none", Role::as_str)])
    }
}

/// One open connection; it counts as closed when this is dropped.
pub struct Counted {
    all: Arc<Connections>,
    transport: Transport,
    role: Option<Role>,
    reason: &'static str,
}

impl Counted {
    /// Counts the connection under the role that it has registered with.
    pub fn registered(&mut self, role: Role) {
        self.all.open_of(self.transport, self.role).dec();
        self.role = Some(role);
        self.all.open_of(self.transport, self.role).inc();
    }

    /// Sets why the connection is about to end; without it, the client has ended it.
    pub fn ends(&mut self, reason: &'static str) {
        self.reason = reason;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.all.closed.with_label_values(&[self.transport.as_str(), self.reason]).inc();
        self.all.open_of(self.transport, self.role).dec();
    }
}

//! Connections: how many there are, and why those ended that were.

use super::Figures;
use crate::error::Result;
use crate::model::Role;
use prometheus::{IntCounterVec, IntGaugeVec};
use std::sync::Arc;

/// What a connection is made over.
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
    pub(super) fn new(figures: &Figures) -> Result<Self> {
        let open = figures.gauges(
            "jiayi_connections",
            "Connections to this node; role none has not registered yet.",
            &["transport", "role"],
        )?;
        let closed = figures.counters(
            "jiayi_connections_closed_total",
            "Connections that ended, by what ended them; client went by itself or was lost.",
            &["transport", "reason"],
        )?;
        let connections = Self { open, closed };
        for transport in [Transport::WebSocket, Transport::SocketIo] {
            for role in [None, Some(Role::User), Some(Role::Doctor), Some(Role::Admin)] {
                connections.stand(transport, role).set(0);
            }
        }
        Ok(connections)
    }

    /// A connection has been opened.
    pub fn opened(self: &Arc<Self>, transport: Transport) -> Counted {
        self.stand(transport, None).inc();
        Counted { all: self.clone(), transport, role: None, reason: "client" }
    }

    fn stand(&self, transport: Transport, role: Option<Role>) -> prometheus::IntGauge {
        self.open.with_label_values(&[transport.as_str(), role.map_or("none", Role::as_str)])
    }
}

/// One connection, counted until this is dropped.
pub struct Counted {
    all: Arc<Connections>,
    transport: Transport,
    role: Option<Role>,
    reason: &'static str,
}

impl Counted {
    /// It has registered.
    pub fn registered(&mut self, role: Role) {
        self.all.stand(self.transport, self.role).dec();
        self.role = Some(role);
        self.all.stand(self.transport, self.role).inc();
    }

    /// Why it is about to end, where that is not the client's doing.
    pub fn ends(&mut self, reason: &'static str) {
        self.reason = reason;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.all.closed.with_label_values(&[self.transport.as_str(), self.reason]).inc();
        self.all.stand(self.transport, self.role).dec();
    }
}

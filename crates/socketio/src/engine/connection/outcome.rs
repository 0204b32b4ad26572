//! What a handler asked for while it was called.

use crate::disconnect::{CloseFrame, DisconnectReason};

use super::super::codec::packet::EncodedPacket;

/// What one call of a handler asked for.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) packets: Vec<EncodedPacket>,
    pub(crate) close: Option<CloseRequest>,
}

/// How the connection is to be closed.
pub(crate) enum CloseRequest {
    /// When the client has taken all packets.
    AfterPackets(Option<CloseFrame>),
    /// At once, through a fault of the client.
    Now(DisconnectReason),
}

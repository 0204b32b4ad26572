//! How a connection handles what comes by a WebSocket.

use actix::Handler;

use crate::disconnect::DisconnectReason;

use super::{
    super::codec::packet::PacketError,
    Connection, EngineHandler,
    messages::{WebSocketClosed, WebSocketPacket},
    transport::Transport,
};

impl<C: EngineHandler> Handler<WebSocketPacket> for Connection<C> {
    type Result = ();

    fn handle(&mut self, message: WebSocketPacket, context: &mut Self::Context) {
        let WebSocketPacket { from, packet } = message;
        match (&self.transport, packet) {
            (Transport::WebSocket(id), Ok(packet)) if *id == from => self.receive(packet, context),
            (Transport::WebSocket(id), Err(error)) if *id == from => {
                self.disconnect(error.into(), context);
            }
            (Transport::WebSocket(_), _) => {}
            (Transport::Polling(_), packet) => self.probe_packet(from, packet.ok(), context),
        }
    }
}

impl<C: EngineHandler> Handler<WebSocketClosed> for Connection<C> {
    type Result = ();

    fn handle(&mut self, message: WebSocketClosed, context: &mut Self::Context) {
        let WebSocketClosed { id, reason } = message;
        match &self.transport {
            Transport::WebSocket(current) if *current == id => self.disconnect(reason, context),
            Transport::WebSocket(_) => {}
            Transport::Polling(_) => self.end_probe(id, context),
        }
    }
}

impl From<PacketError> for DisconnectReason {
    fn from(error: PacketError) -> DisconnectReason {
        match error {
            PacketError::Malformed => DisconnectReason::ParseError,
            PacketError::TooBig => DisconnectReason::PayloadTooLarge,
        }
    }
}

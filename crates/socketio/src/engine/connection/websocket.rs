//! How a connection sends and receives packets on a WebSocket, be it the transport or one that is probed.

use actix::Context;

use crate::{
    disconnect::DisconnectReason,
    websocket::{Event, Failure, Message, Socket, WebSocketActor},
};

use super::{
    super::codec::packet::{Packet, PacketError, decode_binary, decode_text},
    Connection, EngineHandler,
    transport::Transport,
};

impl<C: EngineHandler> Connection<C> {
    fn decode(&self, message: Message) -> Result<Packet, PacketError> {
        match message {
            Message::Text(text) => decode_text(&text, self.encoding.version),
            Message::Binary(data) => decode_binary(data, self.encoding.version),
        }
    }

    fn transport_event(&mut self, event: Event, context: &mut Context<Self>) {
        match event {
            Event::Message(message) => match self.decode(message) {
                Ok(packet) => self.receive(packet, context),
                Err(error) => self.disconnect(error.into(), context),
            },
            Event::Closed(frame) => self.end(DisconnectReason::ClientClosed, frame, context),
            Event::Failed(Failure::TooBig) => self.disconnect(DisconnectReason::PayloadTooLarge, context),
            Event::Failed(failure @ (Failure::NotUtf8 | Failure::Protocol(_))) => {
                self.end(DisconnectReason::ParseError, Some(failure.close_frame()), context);
            }
            Event::Lost(_) => self.disconnect(DisconnectReason::TransportLost, context),
        }
    }

    fn probe_event(&mut self, event: Event, context: &mut Context<Self>) {
        match event {
            Event::Message(message) => {
                let packet = self.decode(message).ok();
                self.probe_packet(packet, context);
            }
            Event::Closed(frame) => self.end_probe(frame, context),
            Event::Failed(failure) => self.end_probe(Some(failure.close_frame()), context),
            Event::Lost(_) => self.end_probe(None, context),
        }
    }
}

impl<C: EngineHandler> WebSocketActor for Connection<C> {
    fn socket(&mut self) -> Option<&mut Socket> {
        self.transport.socket()
    }

    fn on_event(&mut self, event: Event, context: &mut Context<Self>) {
        match &self.transport {
            Transport::Polling(_) => self.probe_event(event, context),
            Transport::WebSocket(_) => self.transport_event(event, context),
            Transport::Closed => {}
        }
    }

    /// Goes on: what waits is counted where it is sent.
    fn on_full(&mut self, _: &mut Context<Self>) {}

    fn on_flushed(&mut self) {
        if matches!(self.transport, Transport::WebSocket(_)) {
            self.waiting.set(false);
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

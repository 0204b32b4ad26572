//! What the packets of the client mean, in order.

use std::collections::HashMap;

use actix_web::web::{Bytes, Query};
use bytestring::ByteString;
use serde_json::{Value, json};

use crate::{
    disconnect::{CloseFrame, DisconnectReason},
    engine::{EngineContext, EngineHandler, SessionId},
    handshake::EngineVersion,
};

use super::{
    super::{
        assembly::Assembly,
        encode,
        event::{Ack, Event},
        namespaces::Namespaces,
        packet::{MalformedPacket, PacketType, SocketPacket, decode_args, decode_event},
    },
    Session, SocketContext, SocketHandler, Timeouts,
};

impl<H: SocketHandler> Session<H> {
    pub(in crate::socket) fn new(handler: H, version: EngineVersion, timeouts: Timeouts) -> Self {
        Session {
            handler,
            namespaces: Namespaces::new(timeouts.connect),
            assembly: Assembly::default(),
            assembly_timer: None,
            version,
            packet_timeout: timeouts.packet,
        }
    }

    pub(in crate::socket) fn call<R>(
        &mut self,
        engine: &mut EngineContext<'_, Self>,
        act: impl FnOnce(&mut H, &mut SocketContext<'_, H>) -> R,
    ) -> R {
        act(&mut self.handler, &mut SocketContext::new(&mut self.namespaces, engine.reborrow()))
    }

    fn receive_text(
        &mut self,
        text: &ByteString,
        engine: &mut EngineContext<'_, Self>,
    ) -> Result<(), MalformedPacket> {
        match self.assembly.start(SocketPacket::decode(text)?)? {
            Some(packet) => self.receive(&packet, &[], engine),
            None => {
                let expire = |_: &mut Self, engine: &mut EngineContext<'_, Self>| {
                    engine.fail(DisconnectReason::PacketTimeout);
                };
                self.assembly_timer = Some(engine.run_later(self.packet_timeout, expire));
                Ok(())
            }
        }
    }

    fn receive_binary(
        &mut self,
        data: Bytes,
        engine: &mut EngineContext<'_, Self>,
    ) -> Result<(), MalformedPacket> {
        let Some((packet, attachments)) = self.assembly.attach(data)? else {
            return Ok(());
        };
        if let Some(timer) = self.assembly_timer.take() {
            engine.cancel(timer);
        }
        self.receive(&packet, &attachments, engine)
    }

    /// Handles a packet whose attachments are complete.
    fn receive(
        &mut self,
        packet: &SocketPacket,
        attachments: &[Bytes],
        engine: &mut EngineContext<'_, Self>,
    ) -> Result<(), MalformedPacket> {
        let (namespace, query) = packet.split_namespace();
        match packet.packet_type {
            PacketType::Connect => self.connect(namespace, query, &packet.data, engine),
            PacketType::Disconnect => {
                self.disconnect(namespace, engine);
                Ok(())
            }
            PacketType::Event | PacketType::Ack if !self.namespaces.contains(namespace) => {
                Err(MalformedPacket)
            }
            PacketType::Event => self.event(packet, attachments, engine),
            PacketType::Ack => self.acknowledged(packet, attachments, engine),
        }
    }

    fn connect(
        &mut self,
        namespace: &str,
        query: Option<&str>,
        data: &str,
        engine: &mut EngineContext<'_, Self>,
    ) -> Result<(), MalformedPacket> {
        let auth = match self.version {
            EngineVersion::V3 => query.and_then(parse_query),
            EngineVersion::V4 => parse_auth(data)?,
        };
        match (self.namespaces.contains(namespace), self.version) {
            (false, _) => self.join(namespace, auth, engine),
            // These clients have joined `/` already, and may ask for it nevertheless.
            (true, EngineVersion::V3) => Ok(()),
            (true, EngineVersion::V4) => Err(MalformedPacket),
        }
    }

    fn join(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        engine: &mut EngineContext<'_, Self>,
    ) -> Result<(), MalformedPacket> {
        let id = match self.version {
            EngineVersion::V3 => None,
            EngineVersion::V4 => Some(SessionId::random("").map_err(|_| MalformedPacket)?),
        };
        let mark = engine.mark();
        engine.push(encode::connect(namespace, id.as_ref().map(SessionId::as_str)));
        let joined = self
            .namespaces
            .join(namespace, engine)
            .and_then(|()| self.call(engine, |handler, context| handler.connect(namespace, auth, context)));
        if let Err(message) = joined {
            self.namespaces.leave(namespace, engine);
            engine.rewind(mark);
            engine.push(encode::connect_error(namespace, &message, self.version));
        }
        Ok(())
    }

    fn disconnect(&mut self, namespace: &str, engine: &mut EngineContext<'_, Self>) {
        if self.namespaces.contains(namespace) {
            self.namespaces.leave(namespace, engine);
            self.call(engine, |handler, context| handler.disconnected(namespace, context));
        }
    }

    fn event(
        &mut self,
        packet: &SocketPacket,
        attachments: &[Bytes],
        engine: &mut EngineContext<'_, Self>,
    ) -> Result<(), MalformedPacket> {
        let (name, args) = decode_event(&packet.data)?;
        let (namespace, _) = packet.split_namespace();
        let ack = packet.ack_id.map(|id| Ack::new(namespace, id));
        let event = Event { name, args, attachments, ack };
        self.call(engine, |handler, context| handler.event(namespace, event, context));
        Ok(())
    }

    fn acknowledged(
        &mut self,
        packet: &SocketPacket,
        attachments: &[Bytes],
        engine: &mut EngineContext<'_, Self>,
    ) -> Result<(), MalformedPacket> {
        let args = decode_args(&packet.data)?;
        let id = packet.ack_id.ok_or(MalformedPacket)?;
        let (namespace, _) = packet.split_namespace();
        self.call(engine, |handler, context| {
            handler.acknowledged(namespace, id, &args, attachments, context);
        });
        Ok(())
    }
}

impl<H: SocketHandler> EngineHandler for Session<H> {
    const TEXT_IS_JSON: bool = true;

    fn opened(&mut self, engine: &mut EngineContext<'_, Self>) {
        self.namespaces.start_timer(engine);
        if self.version == EngineVersion::V3 && self.join("/", None, engine).is_err() {
            engine.close(None);
        }
    }

    fn text(&mut self, text: ByteString, engine: &mut EngineContext<'_, Self>) {
        if self.receive_text(&text, engine).is_err() {
            engine.fail(DisconnectReason::ParseError);
        }
    }

    fn binary(&mut self, data: Bytes, engine: &mut EngineContext<'_, Self>) {
        if self.receive_binary(data, engine).is_err() {
            engine.fail(DisconnectReason::ParseError);
        }
    }

    fn close_frame(&self, reason: DisconnectReason) -> Option<CloseFrame> {
        self.handler.close_frame(reason)
    }

    fn closed(&mut self, reason: DisconnectReason) {
        self.handler.closed(reason);
    }
}

fn parse_auth(data: &str) -> Result<Option<Value>, MalformedPacket> {
    if data.is_empty() {
        return Ok(None);
    }
    let auth: Value = serde_json::from_str(data).map_err(|_| MalformedPacket)?;
    if auth.is_object() { Ok(Some(auth)) } else { Err(MalformedPacket) }
}

fn parse_query(query: &str) -> Option<Value> {
    let pairs = Query::<HashMap<String, String>>::from_query(query).ok()?;
    Some(json!(pairs.into_inner()))
}

//! Socket.IO on one connection: which namespaces the client is in, and what its packets mean.

use std::{collections::HashMap, sync::Arc, time::Duration};

use actix::SpawnHandle;
use actix_web::web::{Bytes, Query};
use bytestring::ByteString;
use serde_json::{Value, json};

use super::{
    super::{
        engine::{
            channel::{Channel, Outbox},
            packet::Version,
            sid::Sid,
        },
        error::{Ending, Farewell},
    },
    application::{Ack, Event, SocketHandler},
    assembly::Assembly,
    encode,
    outbound::Outbound,
    packet::{Kind, Malformed, Packet, decode_args, decode_event},
};

/// Namespaces that one client may be in.
const MAX_NAMESPACES: usize = 16;

/// How long clients may take.
#[derive(Debug)]
pub struct Limits {
    /// To be in a namespace.
    pub connect: Duration,
    /// To send the attachments of a packet.
    pub packet: Duration,
}

/// The channel that speaks Socket.IO for a handler.
pub struct Session<H> {
    handler: H,
    membership: Membership,
    assembly: Assembly,
    assembling: Option<SpawnHandle>,
    version: Version,
    limits: Arc<Limits>,
}

/// The namespaces that a client is in; a client in none is put out in the end.
pub(super) struct Membership {
    namespaces: Vec<ByteString>,
    limit: Duration,
    waiting: Option<SpawnHandle>,
}

impl<H: SocketHandler> Session<H> {
    /// The session of a new connection.
    pub fn new(handler: H, version: Version, limits: Arc<Limits>) -> Self {
        let membership = Membership { namespaces: Vec::new(), limit: limits.connect, waiting: None };
        let assembly = Assembly::default();
        Session { handler, membership, assembly, assembling: None, version, limits }
    }

    /// Lets the handler act.
    pub(super) fn handle<R>(
        &mut self,
        out: &mut Outbox<'_, Self>,
        act: impl FnOnce(&mut H, &mut Outbound<'_, '_, H>) -> R,
    ) -> R {
        act(&mut self.handler, &mut Outbound::new(&mut self.membership, out))
    }

    fn take_in(
        &mut self,
        packet: &Packet,
        attachments: &[Bytes],
        out: &mut Outbox<'_, Self>,
    ) -> Result<(), Malformed> {
        let (namespace, query) = packet.split_namespace();
        match packet.kind {
            Kind::Connect => self.connect(namespace, query, &packet.data, out),
            Kind::Disconnect => self.disconnect(namespace, out),
            Kind::Event | Kind::Ack if !self.membership.contains(namespace) => Err(Malformed),
            Kind::Event => self.event(packet, attachments, out),
            Kind::Ack => self.acknowledged(packet, attachments, out),
        }
    }

    fn connect(
        &mut self,
        namespace: &str,
        query: Option<&str>,
        data: &str,
        out: &mut Outbox<'_, Self>,
    ) -> Result<(), Malformed> {
        let auth = match self.version {
            Version::V3 => query.and_then(parse_query),
            Version::V4 => parse_auth(data)?,
        };
        match (self.membership.contains(namespace), self.version) {
            (false, _) => self.join(namespace, auth, out),
            // They are in `/` before they ask.
            (true, Version::V3) => Ok(()),
            (true, Version::V4) => Err(Malformed),
        }
    }

    fn join(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        out: &mut Outbox<'_, Self>,
    ) -> Result<(), Malformed> {
        let sid = match self.version {
            Version::V3 => None,
            Version::V4 => Some(Sid::random().map_err(|_| Malformed)?),
        };
        let mark = out.mark();
        out.push(encode::connect(namespace, sid.as_ref().map(Sid::as_str)));
        let joined = self
            .membership
            .join(namespace, out)
            .and_then(|()| self.handle(out, |handler, out| handler.connect(namespace, auth, out)));
        if let Err(message) = joined {
            self.membership.leave(namespace, out);
            out.rewind(mark);
            out.push(encode::connect_error(namespace, &message, self.version));
        }
        Ok(())
    }

    fn disconnect(&mut self, namespace: &str, out: &mut Outbox<'_, Self>) -> Result<(), Malformed> {
        if self.membership.contains(namespace) {
            self.membership.leave(namespace, out);
            self.handle(out, |handler, out| handler.disconnected(namespace, out));
        }
        Ok(())
    }

    fn event(
        &mut self,
        packet: &Packet,
        attachments: &[Bytes],
        out: &mut Outbox<'_, Self>,
    ) -> Result<(), Malformed> {
        let (name, args) = decode_event(&packet.data)?;
        let (namespace, _) = packet.split_namespace();
        let ack = packet.ack.map(|id| Ack { namespace: namespace.into(), id });
        let event = Event { name, args, attachments, ack };
        self.handle(out, |handler, out| handler.event(namespace, event, out));
        Ok(())
    }

    fn acknowledged(
        &mut self,
        packet: &Packet,
        attachments: &[Bytes],
        out: &mut Outbox<'_, Self>,
    ) -> Result<(), Malformed> {
        let args = decode_args(&packet.data)?;
        let id = packet.ack.ok_or(Malformed)?;
        let (namespace, _) = packet.split_namespace();
        self.handle(out, |handler, out| {
            handler.acknowledged(namespace, id, &args, attachments, out);
        });
        Ok(())
    }

    fn take_text(&mut self, text: &ByteString, out: &mut Outbox<'_, Self>) -> Result<(), Malformed> {
        match self.assembly.text(Packet::decode(text)?)? {
            Some(packet) => self.take_in(&packet, &[], out),
            None => {
                let expire = |_: &mut Self, out: &mut Outbox<'_, Self>| out.fail(Ending::Unfinished);
                self.assembling = Some(out.later(self.limits.packet, expire));
                Ok(())
            }
        }
    }

    fn take_binary(&mut self, data: Bytes, out: &mut Outbox<'_, Self>) -> Result<(), Malformed> {
        let Some((packet, attachments)) = self.assembly.binary(data)? else {
            return Ok(());
        };
        if let Some(handle) = self.assembling.take() {
            out.cancel(handle);
        }
        self.take_in(&packet, &attachments, out)
    }
}

impl<H: SocketHandler> Channel for Session<H> {
    type Message = H::Message;

    const JSON: bool = true;

    fn opened(&mut self, out: &mut Outbox<'_, Self>) {
        self.membership.wait(out);
        if self.version == Version::V3 && self.join("/", None, out).is_err() {
            out.close(None);
        }
    }

    fn text(&mut self, text: ByteString, out: &mut Outbox<'_, Self>) {
        if self.take_text(&text, out).is_err() {
            out.fail(Ending::Malformed);
        }
    }

    fn binary(&mut self, data: Bytes, out: &mut Outbox<'_, Self>) {
        if self.take_binary(data, out).is_err() {
            out.fail(Ending::Malformed);
        }
    }

    fn message(&mut self, message: Self::Message, out: &mut Outbox<'_, Self>) {
        self.handle(out, |handler, out| handler.message(message, out));
    }

    fn farewell(&self, ending: Ending) -> Option<Farewell> {
        self.handler.farewell(ending)
    }

    fn closed(&mut self, ending: Ending) {
        self.handler.closed(ending);
    }
}

impl Membership {
    pub(super) fn contains(&self, namespace: &str) -> bool {
        self.namespaces.iter().any(|joined| *joined == namespace)
    }

    fn join<C: Channel>(&mut self, namespace: &str, out: &mut Outbox<'_, C>) -> Result<(), String> {
        if self.namespaces.len() >= MAX_NAMESPACES {
            return Err("Too many namespaces".to_owned());
        }
        self.namespaces.push(namespace.into());
        if let Some(handle) = self.waiting.take() {
            out.cancel(handle);
        }
        Ok(())
    }

    pub(super) fn leave<C: Channel>(&mut self, namespace: &str, out: &mut Outbox<'_, C>) {
        self.namespaces.retain(|joined| *joined != namespace);
        self.wait(out);
    }

    /// Gives a client that is in no namespace its time to join one.
    fn wait<C: Channel>(&mut self, out: &mut Outbox<'_, C>) {
        if self.namespaces.is_empty() && self.waiting.is_none() {
            self.waiting = Some(out.later(self.limit, |_, out| out.fail(Ending::Idle)));
        }
    }
}

fn parse_auth(data: &str) -> Result<Option<Value>, Malformed> {
    if data.is_empty() {
        return Ok(None);
    }
    let auth: Value = serde_json::from_str(data).map_err(|_| Malformed)?;
    if auth.is_object() { Ok(Some(auth)) } else { Err(Malformed) }
}

fn parse_query(query: &str) -> Option<Value> {
    let pairs = Query::<HashMap<String, String>>::from_query(query).ok()?;
    Some(json!(pairs.into_inner()))
}

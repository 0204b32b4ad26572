//! Events: those that a client sends, and those that the server sends to many clients.

use std::borrow::Cow;

use actix_web::web::Bytes;
use bytestring::ByteString;
use serde_json::value::RawValue;

use crate::engine::codec::packet::EncodedPacket;

use super::encode;

/// An event from a client.
#[derive(Debug)]
pub struct Event<'a> {
    /// The name of the event.
    pub name: Cow<'a, str>,
    /// The arguments, each of them valid JSON. The object `{"_placeholder":true,"num":n}` stands for
    /// the attachment with the index `n`.
    pub args: Vec<&'a RawValue>,
    /// The binary attachments.
    pub attachments: &'a [Bytes],
    /// Set if the client asks for an acknowledgement. It may be kept and sent later.
    pub ack: Option<Ack>,
}

/// Identifies the event that an acknowledgement answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    namespace: ByteString,
    id: u64,
}

impl Ack {
    /// Identifies an event by its namespace and by the id that the client gave it.
    pub fn new(namespace: &str, id: u64) -> Ack {
        Ack { namespace: namespace.into(), id }
    }

    /// The namespace of the event.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The id that the client gave the event.
    pub fn id(&self) -> u64 {
        self.id
    }
}

/// An event that is encoded once and can be sent to any number of clients, by
/// [`SocketContext::emit_encoded`](crate::SocketContext::emit_encoded).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedEvent {
    namespace: ByteString,
    packet: EncodedPacket,
}

impl EncodedEvent {
    /// Encodes an event. The arguments are those of
    /// [`SocketContext::emit`](crate::SocketContext::emit).
    pub fn new(namespace: &str, name: &str, args: &str) -> EncodedEvent {
        EncodedEvent::of_parts(namespace, name, &[args])
    }

    /// Encodes an event whose arguments come in parts, which are copied once.
    pub fn of_parts(namespace: &str, name: &str, args: &[&str]) -> EncodedEvent {
        let packet = encode::event(namespace, name, args, 0, None);
        EncodedEvent { namespace: namespace.into(), packet }
    }

    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    pub(crate) fn packet(&self) -> EncodedPacket {
        self.packet.clone()
    }
}

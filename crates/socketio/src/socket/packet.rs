//! One Socket.IO packet from a client: `type[attachments-][/namespace,][ack id][json]`. Decoding
//! copies no data. What the server sends is in [`super::encode`].

use std::borrow::Cow;

use bytestring::ByteString;
use serde_json::value::RawValue;
use thiserror::Error;

/// The most attachments that a packet may have.
pub(crate) const MAX_ATTACHMENTS: usize = 10;
/// The number of digits of the largest ack id that a client in JavaScript can count to.
const MAX_ACK_DIGITS: usize = 16;

/// A packet. If it has attachments, they follow it as binary messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SocketPacket {
    pub(crate) packet_type: PacketType,
    /// How many binary messages follow.
    pub(crate) attachments: usize,
    /// As the client sent it. In protocol 4, a query string may follow it.
    pub(crate) namespace: ByteString,
    /// The id of the acknowledgement that the client asks for or sends.
    pub(crate) ack_id: Option<u64>,
    /// JSON that has not been checked, or nothing.
    pub(crate) data: ByteString,
}

/// The types of packets that clients send. A connection error can only come from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PacketType {
    /// `0`
    Connect,
    /// `1`
    Disconnect,
    /// `2`, or `5` with attachments
    Event,
    /// `3`, or `6` with attachments
    Ack,
}

/// A client sent something that is not a valid Socket.IO packet, or is not allowed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("malformed Socket.IO packet")]
pub(crate) struct MalformedPacket;

impl SocketPacket {
    /// Decodes everything but the JSON.
    pub(crate) fn decode(text: &ByteString) -> Result<SocketPacket, MalformedPacket> {
        let mut rest: &str = text;
        let (packet_type, binary) = decode_type(take_char(&mut rest)?)?;
        let attachments = if binary { decode_attachments(&mut rest)? } else { 0 };
        let namespace = text.slice_ref(take_namespace(&mut rest));
        let ack_id = take_ack_id(&mut rest)?;
        let namespace = if namespace.is_empty() { ByteString::from_static("/") } else { namespace };
        Ok(SocketPacket { packet_type, attachments, namespace, ack_id, data: text.slice_ref(rest) })
    }

    /// The namespace without its query string, and the query string.
    pub(crate) fn split_namespace(&self) -> (&str, Option<&str>) {
        match self.namespace.split_once('?') {
            Some((namespace, query)) => (namespace, Some(query)),
            None => (&self.namespace, None),
        }
    }
}

/// Decodes the data of an event: its name and its arguments.
pub(crate) fn decode_event(data: &str) -> Result<(Cow<'_, str>, Vec<&RawValue>), MalformedPacket> {
    let mut args = decode_args(data)?;
    if args.is_empty() {
        return Err(MalformedPacket);
    }
    let name = args.remove(0).get();
    match name.as_bytes().first() {
        Some(b'"') => {
            let name: String = serde_json::from_str(name).map_err(|_| MalformedPacket)?;
            Ok((name.into(), args))
        }
        // Clients 1.x and 2.x can use a number as the name of an event.
        Some(b'0'..=b'9') => Ok((name.into(), args)),
        Some(_) | None => Err(MalformedPacket),
    }
}

/// Decodes the data of an acknowledgement: its arguments.
pub(crate) fn decode_args(data: &str) -> Result<Vec<&RawValue>, MalformedPacket> {
    serde_json::from_str(data).map_err(|_| MalformedPacket)
}

fn decode_type(digit: char) -> Result<(PacketType, bool), MalformedPacket> {
    match digit {
        '0' => Ok((PacketType::Connect, false)),
        '1' => Ok((PacketType::Disconnect, false)),
        '2' => Ok((PacketType::Event, false)),
        '3' => Ok((PacketType::Ack, false)),
        '5' => Ok((PacketType::Event, true)),
        '6' => Ok((PacketType::Ack, true)),
        _ => Err(MalformedPacket),
    }
}

fn decode_attachments(rest: &mut &str) -> Result<usize, MalformedPacket> {
    let (count, tail) = rest.split_once('-').ok_or(MalformedPacket)?;
    if !(1..=2).contains(&count.len()) || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MalformedPacket);
    }
    let count = count.parse().map_err(|_| MalformedPacket)?;
    *rest = tail;
    if count <= MAX_ATTACHMENTS { Ok(count) } else { Err(MalformedPacket) }
}

fn take_char(rest: &mut &str) -> Result<char, MalformedPacket> {
    let mut chars = rest.chars();
    let char = chars.next().ok_or(MalformedPacket)?;
    *rest = chars.as_str();
    Ok(char)
}

/// A namespace begins with a slash and extends to a comma, or to the end of the packet.
fn take_namespace<'a>(rest: &mut &'a str) -> &'a str {
    if !rest.starts_with('/') {
        return &rest[..0];
    }
    let (namespace, tail) = rest.split_once(',').unwrap_or((rest, ""));
    *rest = tail;
    namespace
}

fn take_ack_id(rest: &mut &str) -> Result<Option<u64>, MalformedPacket> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (id, tail) = rest.split_at(digits);
    *rest = tail;
    match digits {
        0 => Ok(None),
        1..=MAX_ACK_DIGITS => id.parse().map(Some).map_err(|_| MalformedPacket),
        _ => Err(MalformedPacket),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &'static str) -> Result<SocketPacket, MalformedPacket> {
        SocketPacket::decode(&ByteString::from_static(text))
    }

    fn packet(packet_type: PacketType, namespace: &'static str, data: &'static str) -> SocketPacket {
        let (namespace, data) = (namespace.into(), data.into());
        SocketPacket { packet_type, attachments: 0, namespace, ack_id: None, data }
    }

    #[test]
    fn all_parts_are_decoded() {
        assert_eq!(decode("0"), Ok(packet(PacketType::Connect, "/", "")));
        assert_eq!(decode("0/custom"), Ok(packet(PacketType::Connect, "/custom", "")));
        assert_eq!(decode("0/a,{\"t\":1}"), Ok(packet(PacketType::Connect, "/a", "{\"t\":1}")));
        assert_eq!(decode("1/a,"), Ok(packet(PacketType::Disconnect, "/a", "")));
        assert_eq!(decode("2[\"a\"]"), Ok(packet(PacketType::Event, "/", "[\"a\"]")));
        let full = packet(PacketType::Event, "/a", "[\"e\",{\"_placeholder\":true,\"num\":0}]");
        assert_eq!(
            decode("51-/a,7[\"e\",{\"_placeholder\":true,\"num\":0}]"),
            Ok(SocketPacket { attachments: 1, ack_id: Some(7), ..full })
        );
        let ack = packet(PacketType::Ack, "/", "[]");
        assert_eq!(decode("312[]"), Ok(SocketPacket { ack_id: Some(12), ..ack }));
    }

    #[test]
    fn anything_else_is_malformed() {
        for text in ["", "4", "9", "abc", "5[\"a\"]", "5-[]", "511-[]", "5x-[]", "5999-[]"] {
            assert_eq!(decode(text), Err(MalformedPacket), "{text}");
        }
        assert_eq!(decode("212345678901234567[]"), Err(MalformedPacket));
    }

    #[test]
    fn an_event_is_an_array_with_a_name() {
        let event = decode_event(r#"["a\u4e2d", 1, {"b": [2]}]"#);
        let (name, args) = event.expect("an event");
        assert_eq!(name, "a中");
        assert_eq!(args.iter().map(|arg| arg.get()).collect::<Vec<_>>(), ["1", r#"{"b": [2]}"#]);
        for data in ["", "{}", "[]", "[null]", "[[\"a\"]]", "[\"a\"", "[\"a\"] x", "abc[\"a\"]"] {
            assert!(decode_event(data).is_err(), "{data}");
        }
    }

    #[test]
    fn the_query_string_is_split_from_the_namespace() {
        let packet = decode("0/a?token=x,").expect("a packet");
        assert_eq!(packet.split_namespace(), ("/a", Some("token=x")));
    }
}

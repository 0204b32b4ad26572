//! One Socket.IO packet from a client: `type[n-][/nsp,][ackid][json]`. Pure, and copies nothing.

use std::borrow::Cow;

use bytestring::ByteString;
use serde_json::value::RawValue;
use thiserror::Error;

/// Attachments that one packet may have.
pub const MAX_ATTACHMENTS: usize = 10;
/// Digits of the largest ack id that a JavaScript client can count to.
const MAX_ACK_DIGITS: usize = 16;

/// A packet; those with attachments are complete when as many binaries have followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// What it is.
    pub kind: Kind,
    /// Binaries that follow it.
    pub attachments: usize,
    /// As the client gave it: in protocol 4, with a query behind it.
    pub namespace: ByteString,
    /// What an answer is to refer to.
    pub ack: Option<u64>,
    /// JSON, or nothing.
    pub data: ByteString,
}

/// What a client may send. A connect error is the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `0`
    Connect,
    /// `1`
    Disconnect,
    /// `2` and `5`
    Event,
    /// `3` and `6`
    Ack,
}

/// Not a Socket.IO packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("malformed Socket.IO packet")]
pub struct Malformed;

impl Packet {
    /// Reads all but the JSON.
    pub fn decode(text: &ByteString) -> Result<Packet, Malformed> {
        let mut rest: &str = text;
        let (kind, binary) = decode_kind(take_char(&mut rest)?)?;
        let attachments = if binary { decode_attachments(&mut rest)? } else { 0 };
        let namespace = text.slice_ref(take_namespace(&mut rest));
        let ack = take_ack(&mut rest)?;
        let namespace = if namespace.is_empty() { ByteString::from_static("/") } else { namespace };
        Ok(Packet { kind, attachments, namespace, ack, data: text.slice_ref(rest) })
    }

    /// The namespace without its query, and the query.
    pub fn split_namespace(&self) -> (&str, Option<&str>) {
        match self.namespace.split_once('?') {
            Some((namespace, query)) => (namespace, Some(query)),
            None => (&self.namespace, None),
        }
    }
}

/// Reads the arguments of an event: its name, and the rest.
pub fn decode_event(data: &str) -> Result<(Cow<'_, str>, Vec<&RawValue>), Malformed> {
    let mut args = decode_args(data)?;
    if args.is_empty() {
        return Err(Malformed);
    }
    let name = args.remove(0).get();
    match name.as_bytes().first() {
        Some(b'"') => {
            let name: String = serde_json::from_str(name).map_err(|_| Malformed)?;
            Ok((name.into(), args))
        }
        // Old clients may name their events by numbers.
        Some(b'0'..=b'9') => Ok((name.into(), args)),
        Some(_) | None => Err(Malformed),
    }
}

/// Reads the arguments of an ack.
pub fn decode_args(data: &str) -> Result<Vec<&RawValue>, Malformed> {
    serde_json::from_str(data).map_err(|_| Malformed)
}

fn decode_kind(digit: char) -> Result<(Kind, bool), Malformed> {
    match digit {
        '0' => Ok((Kind::Connect, false)),
        '1' => Ok((Kind::Disconnect, false)),
        '2' => Ok((Kind::Event, false)),
        '3' => Ok((Kind::Ack, false)),
        '5' => Ok((Kind::Event, true)),
        '6' => Ok((Kind::Ack, true)),
        _ => Err(Malformed),
    }
}

fn decode_attachments(rest: &mut &str) -> Result<usize, Malformed> {
    let (count, tail) = rest.split_once('-').ok_or(Malformed)?;
    if !(1..=2).contains(&count.len()) || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed);
    }
    let count = count.parse().map_err(|_| Malformed)?;
    *rest = tail;
    if count <= MAX_ATTACHMENTS { Ok(count) } else { Err(Malformed) }
}

fn take_char(rest: &mut &str) -> Result<char, Malformed> {
    let mut chars = rest.chars();
    let char = chars.next().ok_or(Malformed)?;
    *rest = chars.as_str();
    Ok(char)
}

/// A namespace begins with a slash and ends with a comma, or with the packet.
fn take_namespace<'a>(rest: &mut &'a str) -> &'a str {
    if !rest.starts_with('/') {
        return &rest[..0];
    }
    let (namespace, tail) = rest.split_once(',').unwrap_or((rest, ""));
    *rest = tail;
    namespace
}

fn take_ack(rest: &mut &str) -> Result<Option<u64>, Malformed> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (id, tail) = rest.split_at(digits);
    *rest = tail;
    match digits {
        0 => Ok(None),
        1..=MAX_ACK_DIGITS => id.parse().map(Some).map_err(|_| Malformed),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &'static str) -> Result<Packet, Malformed> {
        Packet::decode(&ByteString::from_static(text))
    }

    fn packet(kind: Kind, namespace: &'static str, data: &'static str) -> Packet {
        let (namespace, data) = (namespace.into(), data.into());
        Packet { kind, attachments: 0, namespace, ack: None, data }
    }

    #[test]
    fn all_parts_are_read() {
        assert_eq!(decode("0"), Ok(packet(Kind::Connect, "/", "")));
        assert_eq!(decode("0/custom"), Ok(packet(Kind::Connect, "/custom", "")));
        assert_eq!(decode("0/a,{\"t\":1}"), Ok(packet(Kind::Connect, "/a", "{\"t\":1}")));
        assert_eq!(decode("1/a,"), Ok(packet(Kind::Disconnect, "/a", "")));
        assert_eq!(decode("2[\"a\"]"), Ok(packet(Kind::Event, "/", "[\"a\"]")));
        let full = packet(Kind::Event, "/a", "[\"e\",{\"_placeholder\":true,\"num\":0}]");
        assert_eq!(
            decode("51-/a,7[\"e\",{\"_placeholder\":true,\"num\":0}]"),
            Ok(Packet { attachments: 1, ack: Some(7), ..full })
        );
        let ack = packet(Kind::Ack, "/", "[]");
        assert_eq!(decode("312[]"), Ok(Packet { ack: Some(12), ..ack }));
    }

    #[test]
    fn what_is_none_is_malformed() {
        for text in ["", "4", "9", "abc", "5[\"a\"]", "5-[]", "511-[]", "5x-[]", "5999-[]"] {
            assert_eq!(decode(text), Err(Malformed), "{text}");
        }
        assert_eq!(decode("212345678901234567[]"), Err(Malformed));
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
    fn a_query_is_split_off() {
        let packet = decode("0/a?token=x,").expect("a packet");
        assert_eq!(packet.split_namespace(), ("/a", Some("token=x")));
    }
}

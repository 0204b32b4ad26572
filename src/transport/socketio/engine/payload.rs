//! Several packets in one HTTP body. Protocol 4 is here; the older one is in
//! [`super::payload_v3`].
//!
//! Pure: no limit but that of the body, which the caller has checked.

use std::borrow::Cow;

use actix_web::web::Bytes;
use bytestring::ByteString;

use super::{
    packet::{Dialect, Packet, PacketError, Version, Wire, decode_text},
    payload_v3,
};

const SEPARATOR: char = '\x1e';

/// How a poll is to be answered.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// What was agreed upon.
    pub dialect: Dialect,
    /// All that is not ASCII stands within JSON strings, so that it may be escaped there.
    pub json: bool,
}

/// The body of an answer to a poll.
#[derive(Debug, PartialEq, Eq)]
pub enum Body {
    /// `text/plain`
    Text(String),
    /// `application/octet-stream`
    Binary(Vec<u8>),
}

/// Encodes the answer to a poll.
pub fn encode(wires: Vec<Wire>, format: Format) -> Body {
    match format.dialect.version {
        Version::V4 => Body::Text(encode_v4(wires)),
        Version::V3 => payload_v3::encode(wires, format),
    }
}

/// Decodes the body of a POST; `binary` tells that it came as `application/octet-stream`.
pub fn decode(body: Bytes, version: Version, binary: bool) -> Result<Vec<Packet>, PacketError> {
    if binary && version == Version::V3 {
        return payload_v3::decode_binary(&body);
    }
    let text = ByteString::try_from(body).map_err(|_| PacketError::Malformed)?;
    match version {
        Version::V4 => decode_v4(&text),
        Version::V3 => payload_v3::decode_text(&text),
    }
}

/// Writes all but ASCII as `\u` escapes, which JSON reads back as the same string.
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() * 2);
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => escaped.push(byte.into()),
            _ => escaped.push_str(&format!("\\u{unit:04x}")),
        }
    }
    Cow::Owned(escaped)
}

fn encode_v4(wires: Vec<Wire>) -> String {
    let mut body = String::with_capacity(wires.iter().map(|wire| wire.size() + 1).sum());
    for (index, wire) in wires.into_iter().enumerate() {
        if index > 0 {
            body.push(SEPARATOR);
        }
        body.push_str(&wire.into_text(Version::V4));
    }
    body
}

fn decode_v4(text: &ByteString) -> Result<Vec<Packet>, PacketError> {
    text.split(SEPARATOR).map(|part| decode_text(&text.slice_ref(part), Version::V4)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const V4: Dialect = Dialect { version: Version::V4, base64: false };

    #[test]
    fn protocol_4_joins_packets_with_a_record_separator() {
        let wires = vec![Wire::text("hello"), Wire::Binary(Bytes::from_static(&[1, 2, 3, 4]))];
        assert_eq!(
            encode(wires, Format { dialect: V4, json: true }),
            Body::Text("4hello\x1ebAQIDBA==".into())
        );
        let packets = decode(Bytes::from_static(b"4hello\x1ebAQIDBA==\x1e1"), Version::V4, false);
        let expected = vec![
            Packet::Text("hello".into()),
            Packet::Binary(Bytes::from_static(&[1, 2, 3, 4])),
            Packet::Close,
        ];
        assert_eq!(packets, Ok(expected));
    }

    #[test]
    fn one_bad_packet_spoils_the_payload() {
        for body in [&b"4a\x1eabc"[..], b"", b"4a\x1e", b"4\xff"] {
            let decoded = decode(Bytes::from_static(body), Version::V4, false);
            assert_eq!(decoded, Err(PacketError::Malformed));
        }
    }

    #[test]
    fn escapes_read_back_as_the_same_json() {
        let text = r#"["医生","😀","a\n"]"#;
        let escaped = escape(text);
        assert!(escaped.is_ascii());
        let parse = |text| serde_json::from_str::<serde_json::Value>(text).ok();
        assert_eq!(parse(&escaped), parse(text));
    }
}

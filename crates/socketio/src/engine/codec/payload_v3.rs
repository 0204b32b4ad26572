//! Payloads of Engine.IO protocol 3: a text format that prefixes each packet with its length, and a
//! binary format that also says whether the packet is text or binary.
//!
//! Clients 1.x encode the text format in UTF-8 twice, clients 2.x once, and their requests do not
//! tell which of them is asking. The server therefore writes ASCII wherever the content allows,
//! which both read the same way, and decodes twice what looks encoded twice.

use std::borrow::Cow;

use actix_web::web::Bytes;
use bytestring::ByteString;

use crate::handshake::EngineVersion;

use super::{
    packet::{self, EncodedPacket, Packet, PacketError},
    payload_format::{Body, PayloadFormat},
};

const TEXT: u8 = 0;
const BINARY: u8 = 1;
const END_OF_LENGTH: u8 = 0xff;
/// The most digits that a length may have; no body is longer than 999,999,999 bytes.
const MAX_DIGITS: usize = 9;

/// Encodes the answer to a poll.
pub(crate) fn encode(packets: Vec<EncodedPacket>, format: PayloadFormat) -> Body {
    let has_binary = packets.iter().any(|packet| matches!(packet, EncodedPacket::Binary(_)));
    if has_binary && !format.encoding.base64 {
        Body::Binary(encode_binary(packets))
    } else {
        Body::Text(encode_text(packets, format))
    }
}

/// Decodes `<length>:<packet>…`, where lengths count UTF-16 code units.
pub(crate) fn decode_text(text: &ByteString) -> Result<Vec<Packet>, PacketError> {
    let mut rest: &str = text;
    let mut packets = Vec::new();
    while !rest.is_empty() {
        let (digits, tail) = rest.split_once(':').ok_or(PacketError::Malformed)?;
        let (part, tail) = split_utf16(tail, parse_length(digits.bytes())?)?;
        let part = decode_twice(text.slice_ref(part));
        packets.push(packet::decode_text(&part, EngineVersion::V3)?);
        rest = tail;
    }
    non_empty(packets)
}

/// Decodes `00|01 <digits> ff <packet>…`, where lengths count bytes.
pub(crate) fn decode_binary(body: &Bytes) -> Result<Vec<Packet>, PacketError> {
    let mut rest = body.clone();
    let mut packets = Vec::new();
    while !rest.is_empty() {
        let kind = rest.split_to(1)[0];
        let digits = rest.iter().take(MAX_DIGITS + 1).position(|byte| *byte == END_OF_LENGTH);
        let digits = rest.split_to(digits.ok_or(PacketError::Malformed)?);
        let length = parse_length(digits.iter().map(|digit| digit.saturating_add(b'0')))?;
        if rest.len() <= length {
            return Err(PacketError::Malformed);
        }
        let _end_of_length = rest.split_to(1);
        packets.push(decode_part(kind, rest.split_to(length))?);
    }
    non_empty(packets)
}

fn encode_text(packets: Vec<EncodedPacket>, format: PayloadFormat) -> String {
    let mut body = String::new();
    for packet in packets {
        let text = packet.into_text(EngineVersion::V3);
        let text = if format.text_is_json { escape(&text) } else { (&*text).into() };
        body.push_str(&text.encode_utf16().count().to_string());
        body.push(':');
        body.push_str(&text);
    }
    body
}

/// Writes characters outside ASCII as `\u` escapes, which a JSON parser reads as the same string.
fn escape(text: &str) -> Cow<'_, str> {
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

fn encode_binary(packets: Vec<EncodedPacket>) -> Vec<u8> {
    let mut body = Vec::new();
    for packet in packets {
        match packet {
            EncodedPacket::Text(frame) => {
                let text = frame.to_text();
                push_header(&mut body, TEXT, text.len());
                body.extend_from_slice(text.as_bytes());
            }
            EncodedPacket::Binary(data) => {
                push_header(&mut body, BINARY, data.len() + 1);
                body.push(4);
                body.extend_from_slice(&data);
            }
        }
    }
    body
}

fn push_header(body: &mut Vec<u8>, kind: u8, length: usize) {
    body.push(kind);
    body.extend(length.to_string().bytes().map(|digit| digit - b'0'));
    body.push(END_OF_LENGTH);
}

fn decode_part(kind: u8, part: Bytes) -> Result<Packet, PacketError> {
    match kind {
        TEXT => {
            let text = ByteString::try_from(part).map_err(|_| PacketError::Malformed)?;
            packet::decode_text(&text, EngineVersion::V3)
        }
        BINARY => packet::decode_binary(part, EngineVersion::V3),
        _ => Err(PacketError::Malformed),
    }
}

fn parse_length(digits: impl ExactSizeIterator<Item = u8>) -> Result<usize, PacketError> {
    if !(1..=MAX_DIGITS).contains(&digits.len()) {
        return Err(PacketError::Malformed);
    }
    digits.into_iter().try_fold(0, |length, digit| match digit {
        b'0'..=b'9' => Ok(length * 10 + usize::from(digit - b'0')),
        _ => Err(PacketError::Malformed),
    })
}

fn split_utf16(text: &str, units: usize) -> Result<(&str, &str), PacketError> {
    let mut left = units;
    for (index, char) in text.char_indices() {
        if left == 0 {
            return Ok(text.split_at(index));
        }
        left = left.checked_sub(char.len_utf16()).ok_or(PacketError::Malformed)?;
    }
    if left == 0 { Ok((text, "")) } else { Err(PacketError::Malformed) }
}

/// Clients 1.x take the bytes of UTF-8 for characters and encode these once more. Undoes that if the
/// text can be the result of it.
fn decode_twice(text: ByteString) -> ByteString {
    if text.is_ascii() {
        return text;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|char| u8::try_from(char).ok()).collect();
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(decoded) => decoded.into(),
        None => text,
    }
}

/// Rejects an empty payload.
fn non_empty(packets: Vec<Packet>) -> Result<Vec<Packet>, PacketError> {
    if packets.is_empty() { Err(PacketError::Malformed) } else { Ok(packets) }
}

#[cfg(test)]
mod tests {
    use super::{super::packet::Encoding, *};

    const ENCODING: Encoding = Encoding { version: EngineVersion::V3, base64: true };
    const FORMAT: PayloadFormat = PayloadFormat { encoding: ENCODING, text_is_json: true };

    fn binary() -> Bytes {
        Bytes::from_static(&[1, 2, 3, 4])
    }

    #[test]
    fn lengths_of_text_count_utf16_code_units() {
        let raw = PayloadFormat { text_is_json: false, ..FORMAT };
        assert_eq!(encode(vec![EncodedPacket::text("😀")], raw), Body::Text("3:4😀".into()));
        let packets = decode_text(&"3:4😀6:4hello10:b4AQIDBA==".into());
        let expected =
            vec![Packet::Text("😀".into()), Packet::Text("hello".into()), Packet::Binary(binary())];
        assert_eq!(packets, Ok(expected));
    }

    #[test]
    fn a_length_that_splits_a_character_or_is_too_long_is_malformed() {
        for body in ["2:4😀", "9:4a", "abc", ":4a", "x:4", "", "0:", "9999999999:4", "1:"] {
            assert_eq!(decode_text(&body.into()), Err(PacketError::Malformed), "{body}");
        }
    }

    #[test]
    fn json_is_written_in_ascii() {
        let Body::Text(body) = encode(vec![EncodedPacket::text(r#"2["医"]"#)], FORMAT) else {
            panic!("text expected");
        };
        assert_eq!(body, r#"12:42["\u533b"]"#);
    }

    #[test]
    fn text_of_a_client_1_x_is_decoded_twice() {
        let twice: String = "医生".bytes().map(char::from).collect();
        let body = format!("{}:4{twice}", twice.chars().count() + 1);
        assert_eq!(decode_text(&body.into()), Ok(vec![Packet::Text("医生".into())]));
        assert_eq!(decode_text(&"3:4éa".into()), Ok(vec![Packet::Text("éa".into())]));
    }

    #[test]
    fn one_binary_packet_makes_the_whole_body_binary() {
        let packets = vec![EncodedPacket::text("hello"), EncodedPacket::Binary(binary())];
        let expected = [0, 6, 255, b'4', b'h', b'e', b'l', b'l', b'o', 1, 5, 255, 4, 1, 2, 3, 4].to_vec();
        let plain = PayloadFormat { encoding: Encoding { base64: false, ..ENCODING }, ..FORMAT };
        assert_eq!(encode(packets, plain), Body::Binary(expected.clone()));
        let packets = vec![Packet::Text("hello".into()), Packet::Binary(binary())];
        assert_eq!(decode_binary(&expected.into()), Ok(packets));
    }

    #[test]
    fn invalid_binary_bodies_are_malformed() {
        for body in [
            &[][..],
            &[0],
            &[0, 255],
            &[0, 2, 255, b'4'],
            &[2, 1, 255, b'4'],
            &[0, 200, 255, b'4'],
            &[1, 1, 255, 3],
            &[0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 255, b'4'],
        ] {
            let body = Bytes::copy_from_slice(body);
            assert_eq!(decode_binary(&body), Err(PacketError::Malformed), "{body:?}");
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

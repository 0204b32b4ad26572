//! Payloads of Engine.IO protocol 3: texts with their lengths, or a binary form with marked ones.
//!
//! Clients 1.x encode the text form in UTF-8 twice, clients 2.x do not, and nothing in their
//! requests tells them apart. So what we write is ASCII wherever the content allows, which both
//! read alike; and what looks encoded twice is decoded twice.

use actix_web::web::Bytes;
use bytestring::ByteString;

use super::{
    packet::{self, Packet, PacketError, Version, Wire},
    payload::{Body, Format, escape},
};

const TEXT: u8 = 0;
const BINARY: u8 = 1;
const END_OF_LENGTH: u8 = 0xff;
/// Digits of a length; no body is longer than this can say.
const MAX_DIGITS: usize = 9;

/// Encodes the answer to a poll.
pub fn encode(wires: Vec<Wire>, format: Format) -> Body {
    let has_binary = wires.iter().any(|wire| matches!(wire, Wire::Binary(_)));
    if has_binary && !format.dialect.base64 {
        Body::Binary(encode_binary(wires))
    } else {
        Body::Text(encode_text(wires, format))
    }
}

/// Decodes `<length>:<packet>…`; lengths count UTF-16 units.
pub fn decode_text(text: &ByteString) -> Result<Vec<Packet>, PacketError> {
    let mut rest: &str = text;
    let mut packets = Vec::new();
    while !rest.is_empty() {
        let (digits, tail) = rest.split_once(':').ok_or(PacketError::Malformed)?;
        let (part, tail) = split_utf16(tail, parse_length(digits.bytes())?)?;
        let part = decode_twice(text.slice_ref(part));
        packets.push(packet::decode_text(&part, Version::V3)?);
        rest = tail;
    }
    some(packets)
}

/// Decodes `00|01 <digits> ff <packet>…`; lengths count bytes.
pub fn decode_binary(body: &Bytes) -> Result<Vec<Packet>, PacketError> {
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
    some(packets)
}

fn encode_text(wires: Vec<Wire>, format: Format) -> String {
    let mut body = String::new();
    for wire in wires {
        let text = wire.into_text(Version::V3);
        let text = if format.json { escape(&text) } else { (&*text).into() };
        body.push_str(&text.encode_utf16().count().to_string());
        body.push(':');
        body.push_str(&text);
    }
    body
}

fn encode_binary(wires: Vec<Wire>) -> Vec<u8> {
    let mut body = Vec::new();
    for wire in wires {
        match wire {
            Wire::Text(text) => {
                push_header(&mut body, TEXT, text.len());
                body.extend_from_slice(text.as_bytes());
            }
            Wire::Binary(data) => {
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
            packet::decode_text(&text, Version::V3)
        }
        BINARY => packet::decode_binary(part, Version::V3),
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

/// Text of a client 1.x is UTF-8 whose bytes were taken for characters: undone where it is so.
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

/// An empty payload is no payload.
fn some(packets: Vec<Packet>) -> Result<Vec<Packet>, PacketError> {
    if packets.is_empty() { Err(PacketError::Malformed) } else { Ok(packets) }
}

#[cfg(test)]
mod tests {
    use super::{super::packet::Dialect, *};

    const DIALECT: Dialect = Dialect { version: Version::V3, base64: true };
    const FORMAT: Format = Format { dialect: DIALECT, json: true };

    fn binary() -> Bytes {
        Bytes::from_static(&[1, 2, 3, 4])
    }

    #[test]
    fn texts_bear_their_length_in_utf16_units() {
        let raw = Format { json: false, ..FORMAT };
        assert_eq!(encode(vec![Wire::text("😀")], raw), Body::Text("3:4😀".into()));
        let packets = decode_text(&"3:4😀6:4hello10:b4AQIDBA==".into());
        let expected =
            vec![Packet::Text("😀".into()), Packet::Text("hello".into()), Packet::Binary(binary())];
        assert_eq!(packets, Ok(expected));
    }

    #[test]
    fn a_length_that_cuts_a_character_or_overshoots_is_malformed() {
        for body in ["2:4😀", "9:4a", "abc", ":4a", "x:4", "", "0:", "9999999999:4", "1:"] {
            assert_eq!(decode_text(&body.into()), Err(PacketError::Malformed), "{body}");
        }
    }

    #[test]
    fn what_we_write_is_ascii_where_json_allows() {
        let Body::Text(body) = encode(vec![Wire::text(r#"2["医"]"#)], FORMAT) else {
            panic!("text expected");
        };
        assert_eq!(body, r#"12:42["\u533b"]"#);
    }

    #[test]
    fn a_client_1_x_encodes_twice() {
        let twice: String = "医生".bytes().map(char::from).collect();
        let body = format!("{}:4{twice}", twice.chars().count() + 1);
        assert_eq!(decode_text(&body.into()), Ok(vec![Packet::Text("医生".into())]));
        assert_eq!(decode_text(&"3:4éa".into()), Ok(vec![Packet::Text("éa".into())]));
    }

    #[test]
    fn binary_makes_the_whole_body_binary() {
        let wires = vec![Wire::text("hello"), Wire::Binary(binary())];
        let expected = [0, 6, 255, b'4', b'h', b'e', b'l', b'l', b'o', 1, 5, 255, 4, 1, 2, 3, 4].to_vec();
        let plain = Format { dialect: Dialect { base64: false, ..DIALECT }, ..FORMAT };
        assert_eq!(encode(wires, plain), Body::Binary(expected.clone()));
        let packets = vec![Packet::Text("hello".into()), Packet::Binary(binary())];
        assert_eq!(decode_binary(&expected.into()), Ok(packets));
    }

    #[test]
    fn broken_binary_bodies_are_malformed() {
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
}

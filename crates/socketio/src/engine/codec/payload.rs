//! Several packets in one HTTP body, as protocol 4 writes them; [`super::payload_v3`] has the older
//! format.
//!
//! Pure functions. Their caller limits the length of the body.

use actix_web::web::Bytes;
use bytestring::ByteString;

use crate::handshake::EngineVersion;

use super::{
    packet::{EncodedPacket, Packet, PacketError, decode_text},
    payload_format::{Body, BodyType, PayloadFormat},
    payload_v3,
};

const SEPARATOR: char = '\x1e';

/// Encodes the answer to a poll.
pub(crate) fn encode(packets: Vec<EncodedPacket>, format: PayloadFormat) -> Body {
    match format.encoding.version {
        EngineVersion::V4 => Body::Text(encode_v4(packets)),
        EngineVersion::V3 => payload_v3::encode(packets, format),
    }
}

/// Decodes the body of a POST.
pub(crate) fn decode(
    body: Bytes,
    version: EngineVersion,
    kind: BodyType,
) -> Result<Vec<Packet>, PacketError> {
    if kind == BodyType::Binary && version == EngineVersion::V3 {
        return payload_v3::decode_binary(&body);
    }
    let text = ByteString::try_from(body).map_err(|_| PacketError::Malformed)?;
    match version {
        EngineVersion::V4 => decode_v4(&text),
        EngineVersion::V3 => payload_v3::decode_text(&text),
    }
}

fn encode_v4(packets: Vec<EncodedPacket>) -> String {
    let mut body = String::with_capacity(packets.iter().map(|packet| packet.size() + 1).sum());
    for (index, packet) in packets.into_iter().enumerate() {
        if index > 0 {
            body.push(SEPARATOR);
        }
        body.push_str(&packet.into_text(EngineVersion::V4));
    }
    body
}

fn decode_v4(text: &ByteString) -> Result<Vec<Packet>, PacketError> {
    text.split(SEPARATOR).map(|part| decode_text(&text.slice_ref(part), EngineVersion::V4)).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::packet::Encoding, *};

    const V4: Encoding = Encoding { version: EngineVersion::V4, base64: false };

    #[test]
    fn protocol_4_joins_packets_with_a_record_separator() {
        let packets =
            vec![EncodedPacket::text("hello"), EncodedPacket::Binary(Bytes::from_static(&[1, 2, 3, 4]))];
        assert_eq!(
            encode(packets, PayloadFormat { encoding: V4, text_is_json: true }),
            Body::Text("4hello\x1ebAQIDBA==".into())
        );
        let packets =
            decode(Bytes::from_static(b"4hello\x1ebAQIDBA==\x1e1"), EngineVersion::V4, BodyType::Text);
        let expected = vec![
            Packet::Text("hello".into()),
            Packet::Binary(Bytes::from_static(&[1, 2, 3, 4])),
            Packet::Close,
        ];
        assert_eq!(packets, Ok(expected));
    }

    #[test]
    fn one_malformed_packet_makes_the_payload_malformed() {
        for body in [&b"4a\x1eabc"[..], b"", b"4a\x1e", b"4\xff"] {
            let decoded = decode(Bytes::from_static(body), EngineVersion::V4, BodyType::Text);
            assert_eq!(decoded, Err(PacketError::Malformed));
        }
    }
}

//! Properties of the decoders for arbitrary input: they do not panic, they produce no more data than
//! they were given, and they decode what was encoded.

use actix_web::web::Bytes;
use proptest::prelude::*;

use crate::{
    engine::codec::{
        packet::{EncodedPacket, Encoding, Packet},
        payload,
        payload_format::{Body, BodyType, PayloadFormat},
    },
    fuzzing,
    handshake::EngineVersion,
    socket::packet::{MAX_ATTACHMENTS, SocketPacket, decode_args, decode_event},
};

const VERSIONS: [EngineVersion; 2] = [EngineVersion::V3, EngineVersion::V4];

fn encoded_packet() -> impl Strategy<Value = EncodedPacket> {
    prop_oneof![
        "[^\u{1e}]{0,20}".prop_map(|text| EncodedPacket::text(&text)),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|data| EncodedPacket::Binary(data.into())),
    ]
}

fn decoded(packet: &EncodedPacket) -> Packet {
    match packet {
        EncodedPacket::Text(frame) => Packet::Text(frame.to_text()[1..].into()),
        EncodedPacket::Binary(data) => Packet::Binary(data.clone()),
    }
}

/// The length of decoded data in bytes.
fn size(packets: &[Packet]) -> usize {
    let size = |packet: &Packet| match packet {
        Packet::Text(text) | Packet::Ping(text) => text.len(),
        Packet::Binary(data) => data.len(),
        Packet::Close | Packet::Pong | Packet::Upgrade | Packet::Noop => 0,
    };
    packets.iter().map(size).sum()
}

fn body_type() -> impl Strategy<Value = BodyType> {
    prop_oneof![Just(BodyType::Text), Just(BodyType::Binary)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn decoders_do_not_panic(data in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzzing::decode(&data);
    }

    #[test]
    fn payloads_of_arbitrary_bytes(body in prop::collection::vec(any::<u8>(), 0..200), kind in body_type()) {
        for version in VERSIONS {
            if let Ok(packets) = payload::decode(body.clone().into(), version, kind) {
                prop_assert!(packets.len() <= body.len() + 1 && size(&packets) <= body.len());
            }
        }
    }

    #[test]
    fn payloads_that_are_almost_valid(body in "([0-9]{1,3}:|\u{1e}|\u{0}|\u{1}|b4?|[0-6]|[é医😀]){0,30}", kind in body_type()) {
        for version in VERSIONS {
            if let Ok(packets) = payload::decode(body.clone().into(), version, kind) {
                prop_assert!(size(&packets) <= body.len());
            }
        }
    }

    #[test]
    fn socket_packets_of_arbitrary_text(text in ".{0,60}|[0-6]([0-9]{0,3}-)?(/[a-z?=]*,?)?[0-9]*\\[.*\\]") {
        if let Ok(packet) = SocketPacket::decode(&text.as_str().into()) {
            prop_assert!(packet.attachments <= MAX_ATTACHMENTS);
            let _ = decode_event(&packet.data);
            let _ = decode_args(&packet.data);
        }
    }

    #[test]
    fn what_was_encoded_is_decoded(encoded in prop::collection::vec(encoded_packet(), 1..8), base64: bool) {
        for version in VERSIONS {
            let format = PayloadFormat { encoding: Encoding { version, base64 }, text_is_json: false };
            let (body, kind) = match payload::encode(encoded.clone(), format) {
                Body::Text(body) => (Bytes::from(body), BodyType::Text),
                Body::Binary(body) => (Bytes::from(body), BodyType::Binary),
            };
            // Text that looks encoded twice is decoded twice, and so comes back as another text.
            let ambiguous = version == EngineVersion::V3 && kind == BodyType::Text && encoded.iter().any(|packet| {
                matches!(packet, EncodedPacket::Text(frame) if !frame.to_text().is_ascii() && frame.to_text().chars().all(|c| (c as u32) < 256))
            });
            if !ambiguous {
                let packets: Vec<Packet> = encoded.iter().map(decoded).collect();
                prop_assert_eq!(payload::decode(body, version, kind), Ok(packets));
            }
        }
    }
}

/// Deeply nested JSON must not exhaust the stack.
#[test]
fn deeply_nested_json_does_not_overflow_the_stack() {
    let deep = format!("[\"e\",{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    let _ = decode_event(&deep);
}

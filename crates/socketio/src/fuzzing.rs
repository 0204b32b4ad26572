//! The entry point of the fuzz target in `fuzz`, compiled only for it and for tests.

use bytestring::ByteString;

use crate::{
    engine::codec::{
        packet::{decode_binary, decode_text},
        payload,
        payload_format::BodyType,
    },
    handshake::EngineVersion,
    socket::packet::{SocketPacket, decode_args, decode_event},
    websocket,
};

/// Passes `data` to every decoder, as what a client sent. None of them may panic.
pub fn decode(data: &[u8]) {
    websocket::decode(data);
    for version in [EngineVersion::V3, EngineVersion::V4] {
        for kind in [BodyType::Text, BodyType::Binary] {
            let _ = payload::decode(data.to_vec().into(), version, kind);
        }
        let _ = decode_binary(data.to_vec().into(), version);
        if let Ok(text) = ByteString::try_from(data) {
            let _ = decode_text(&text, version);
        }
    }
    let Ok(text) = ByteString::try_from(data) else { return };
    if let Ok(packet) = SocketPacket::decode(&text) {
        let _ = decode_event(&packet.data);
        let _ = decode_args(&packet.data);
    }
}

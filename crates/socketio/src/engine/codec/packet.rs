//! One Engine.IO packet: what a client may send, and what the server sends.
//!
//! Pure functions on values. How several packets share one HTTP body is in [`super::payload`].

use actix_web::web::Bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytestring::ByteString;
use thiserror::Error;

use crate::{handshake::EngineVersion, websocket::Frame};

/// How packets of one session are written. Fixed when the session is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub(crate) version: EngineVersion,
    /// The client asked for `b64=1`: binary data is sent as base64 in text.
    pub(crate) base64: bool,
}

/// A packet from a client. There is no `open` packet, as only servers send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Packet {
    /// `1`: the client closes the connection.
    Close,
    /// `2`, with the text that follows it (`probe` during an upgrade).
    Ping(ByteString),
    /// `3`
    Pong,
    /// `4` and a text message.
    Text(ByteString),
    /// A binary message.
    Binary(Bytes),
    /// `5`: the connection moves to the WebSocket that was probed.
    Upgrade,
    /// `6`
    Noop,
}

/// A packet of the server, encoded once for any transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EncodedPacket {
    /// A whole text packet, including its type digit, in the frame that a WebSocket carries it in.
    Text(Frame),
    /// The data of a binary message, which each transport marks in its own way.
    Binary(Bytes),
}

/// Why bytes are not a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum PacketError {
    /// The bytes violate the protocol.
    #[error("malformed packet")]
    Malformed,
    /// The packet is longer than [`crate::Options::max_payload`].
    #[error("packet too big")]
    TooBig,
}

impl EncodedPacket {
    /// `1`
    pub(crate) const CLOSE: EncodedPacket = EncodedPacket::Text(Frame::from_static(b"\x81\x011"));
    /// `2`
    pub(crate) const PING: EncodedPacket = EncodedPacket::Text(Frame::from_static(b"\x81\x012"));
    /// `6`: answers a poll for which there is nothing to send.
    pub(crate) const NOOP: EncodedPacket = EncodedPacket::Text(Frame::from_static(b"\x81\x016"));

    /// A text message: `4` and the text.
    pub(crate) fn text(text: &str) -> EncodedPacket {
        EncodedPacket::Text(Frame::text_of(&["4", text]))
    }

    /// The answer to a ping: `3` and the data of the ping.
    pub(crate) fn pong(data: &str) -> EncodedPacket {
        EncodedPacket::Text(Frame::text_of(&["3", data]))
    }

    /// Its length in bytes, as [`crate::Options::max_queued_bytes`] counts it.
    pub(crate) fn size(&self) -> usize {
        match self {
            EncodedPacket::Text(frame) => frame.bytes().len(),
            EncodedPacket::Binary(data) => data.len(),
        }
    }

    /// The packet in the frame that carries it on a WebSocket.
    pub(crate) fn into_frame(self, encoding: Encoding) -> Frame {
        match (self, encoding.version) {
            (EncodedPacket::Text(frame), _) => frame,
            (packet, version) if encoding.base64 => Frame::text(&packet.into_text(version)),
            (EncodedPacket::Binary(data), EngineVersion::V4) => Frame::binary_of(&[&data]),
            (EncodedPacket::Binary(data), EngineVersion::V3) => Frame::binary_of(&[&[4], &data]),
        }
    }

    /// The packet as text, for transports that cannot carry binary data.
    pub(crate) fn into_text(self, version: EngineVersion) -> ByteString {
        match self {
            EncodedPacket::Text(frame) => frame.to_text(),
            EncodedPacket::Binary(data) => {
                let marker = match version {
                    EngineVersion::V3 => "b4",
                    EngineVersion::V4 => "b",
                };
                [marker, &STANDARD.encode(data)].concat().into()
            }
        }
    }
}

/// Decodes a text packet, including a binary message in base64.
pub(crate) fn decode_text(text: &ByteString, version: EngineVersion) -> Result<Packet, PacketError> {
    let kind = *text.as_bytes().first().ok_or(PacketError::Malformed)?;
    if !kind.is_ascii() {
        return Err(PacketError::Malformed);
    }
    let data = || text.slice_ref(&text[1..]);
    match kind {
        b'1' => Ok(Packet::Close),
        b'2' => Ok(Packet::Ping(data())),
        b'3' => Ok(Packet::Pong),
        b'4' => Ok(Packet::Text(data())),
        b'5' => Ok(Packet::Upgrade),
        b'6' => Ok(Packet::Noop),
        b'b' => decode_base64(&text[1..], version),
        _ => Err(PacketError::Malformed),
    }
}

/// Decodes a binary WebSocket frame. In protocol 3 its first byte is the packet type.
pub(crate) fn decode_binary(data: Bytes, version: EngineVersion) -> Result<Packet, PacketError> {
    match version {
        EngineVersion::V4 => Ok(Packet::Binary(data)),
        EngineVersion::V3 if data.first() == Some(&4) => Ok(Packet::Binary(data.slice(1..))),
        EngineVersion::V3 => Err(PacketError::Malformed),
    }
}

fn decode_base64(text: &str, version: EngineVersion) -> Result<Packet, PacketError> {
    let encoded = match version {
        EngineVersion::V3 => text.strip_prefix('4').ok_or(PacketError::Malformed)?,
        EngineVersion::V4 => text,
    };
    let data = STANDARD.decode(encoded).map_err(|_| PacketError::Malformed)?;
    Ok(Packet::Binary(data.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(packet: &'static str, version: EngineVersion) -> Result<Packet, PacketError> {
        decode_text(&ByteString::from_static(packet), version)
    }

    #[test]
    fn each_type_digit_has_its_packet() {
        let v4 = EngineVersion::V4;
        assert_eq!(text("1", v4), Ok(Packet::Close));
        assert_eq!(text("2probe", v4), Ok(Packet::Ping("probe".into())));
        assert_eq!(text("3", v4), Ok(Packet::Pong));
        assert_eq!(text("4你好", v4), Ok(Packet::Text("你好".into())));
        assert_eq!(text("5", v4), Ok(Packet::Upgrade));
        assert_eq!(text("6", v4), Ok(Packet::Noop));
    }

    #[test]
    fn anything_else_is_malformed() {
        for packet in ["", "0{}", "7", "abc", "你", "b!!", "b4AQID\n"] {
            assert_eq!(text(packet, EngineVersion::V4), Err(PacketError::Malformed), "{packet}");
        }
        assert_eq!(text("bAQID", EngineVersion::V3), Err(PacketError::Malformed));
    }

    #[test]
    fn base64_is_marked_differently_in_the_two_protocols() {
        let binary = EncodedPacket::Binary(Bytes::from_static(&[1, 2, 3, 4]));
        for (version, expected) in [(EngineVersion::V3, "b4AQIDBA=="), (EngineVersion::V4, "bAQIDBA==")] {
            let encoded = binary.clone().into_text(version);
            assert_eq!(encoded, expected);
            let decoded = Packet::Binary(Bytes::from_static(&[1, 2, 3, 4]));
            assert_eq!(decode_text(&encoded, version), Ok(decoded));
        }
    }

    #[test]
    fn a_binary_frame_of_protocol_3_begins_with_its_type() {
        let data = Bytes::from_static(&[4, 9]);
        assert_eq!(decode_binary(data.clone(), EngineVersion::V3), Ok(Packet::Binary(data.slice(1..))));
        assert_eq!(decode_binary(data.clone(), EngineVersion::V4), Ok(Packet::Binary(data)));
        let none = decode_binary(Bytes::new(), EngineVersion::V3);
        assert_eq!(none, Err(PacketError::Malformed));
    }
}

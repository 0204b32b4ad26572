//! One Engine.IO packet: what a client may send, and what we send.
//!
//! Pure; how several packets make a payload is in [`super::payload`].

use actix_web::web::Bytes;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytestring::ByteString;
use thiserror::Error;

/// Generation of the Engine.IO protocol, as the query parameter `EIO` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Clients 1.x and 2.x of Socket.IO; the client pings.
    V3,
    /// Clients 3.x and 4.x of Socket.IO; the server pings.
    V4,
}

/// How the two ends of a session agreed to write, when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// The protocol.
    pub version: Version,
    /// The client asked for `b64=1`: binary goes as base64 in texts.
    pub base64: bool,
}

/// A packet from a client. There is no `open`: only servers send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// `1`: the client leaves.
    Close,
    /// `2`, with the text behind it (`probe` while upgrading).
    Ping(ByteString),
    /// `3`
    Pong,
    /// `4` and a text.
    Text(ByteString),
    /// A binary message.
    Binary(Bytes),
    /// `5`: the probed WebSocket takes over.
    Upgrade,
    /// `6`
    Noop,
}

/// A packet of ours, encoded once, whatever transport takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wire {
    /// A whole text packet, type digit included.
    Text(ByteString),
    /// The data of a binary message; each transport marks it in its own way.
    Binary(Bytes),
}

/// Why bytes were not a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PacketError {
    /// Not what the protocol allows.
    #[error("malformed packet")]
    Malformed,
    /// Longer than [`super::super::options::Options::max_payload`].
    #[error("packet too big")]
    TooBig,
}

impl Wire {
    /// `1`
    pub const CLOSE: Wire = Wire::Text(ByteString::from_static("1"));
    /// `2`
    pub const PING: Wire = Wire::Text(ByteString::from_static("2"));
    /// `6`: ends a poll that has nothing to tell.
    pub const NOOP: Wire = Wire::Text(ByteString::from_static("6"));

    /// A text message: `4` and the text.
    pub fn text(text: &str) -> Wire {
        Wire::Text(["4", text].concat().into())
    }

    /// The answer to a ping: `3` and what the ping bore.
    pub fn pong(data: &str) -> Wire {
        Wire::Text(["3", data].concat().into())
    }

    /// Bytes that it holds, as the bound of a queue counts them.
    pub fn size(&self) -> usize {
        match self {
            Wire::Text(text) => text.len(),
            Wire::Binary(data) => data.len(),
        }
    }

    /// The text that stands for it where no binary can go.
    pub fn into_text(self, version: Version) -> ByteString {
        match self {
            Wire::Text(text) => text,
            Wire::Binary(data) => {
                let marker = match version {
                    Version::V3 => "b4",
                    Version::V4 => "b",
                };
                [marker, &STANDARD.encode(data)].concat().into()
            }
        }
    }
}

/// Decodes a text packet, base64 of a binary message included.
pub fn decode_text(text: &ByteString, version: Version) -> Result<Packet, PacketError> {
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

/// Decodes a binary frame, which in protocol 3 bears the packet type as its first byte.
pub fn decode_binary(data: Bytes, version: Version) -> Result<Packet, PacketError> {
    match version {
        Version::V4 => Ok(Packet::Binary(data)),
        Version::V3 if data.first() == Some(&4) => Ok(Packet::Binary(data.slice(1..))),
        Version::V3 => Err(PacketError::Malformed),
    }
}

fn decode_base64(text: &str, version: Version) -> Result<Packet, PacketError> {
    let encoded = match version {
        Version::V3 => text.strip_prefix('4').ok_or(PacketError::Malformed)?,
        Version::V4 => text,
    };
    let data = STANDARD.decode(encoded).map_err(|_| PacketError::Malformed)?;
    Ok(Packet::Binary(data.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(packet: &'static str, version: Version) -> Result<Packet, PacketError> {
        decode_text(&ByteString::from_static(packet), version)
    }

    #[test]
    fn each_type_digit_has_its_packet() {
        let v4 = Version::V4;
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
            assert_eq!(text(packet, Version::V4), Err(PacketError::Malformed), "{packet}");
        }
        assert_eq!(text("bAQID", Version::V3), Err(PacketError::Malformed));
    }

    #[test]
    fn base64_is_marked_differently_in_the_two_protocols() {
        let binary = Wire::Binary(Bytes::from_static(&[1, 2, 3, 4]));
        for (version, expected) in [(Version::V3, "b4AQIDBA=="), (Version::V4, "bAQIDBA==")] {
            let encoded = binary.clone().into_text(version);
            assert_eq!(encoded, expected);
            let decoded = Packet::Binary(Bytes::from_static(&[1, 2, 3, 4]));
            assert_eq!(decode_text(&encoded, version), Ok(decoded));
        }
    }

    #[test]
    fn a_binary_frame_of_protocol_3_begins_with_its_type() {
        let data = Bytes::from_static(&[4, 9]);
        assert_eq!(decode_binary(data.clone(), Version::V3), Ok(Packet::Binary(data.slice(1..))));
        assert_eq!(decode_binary(data.clone(), Version::V4), Ok(Packet::Binary(data)));
        let none = decode_binary(Bytes::new(), Version::V3);
        assert_eq!(none, Err(PacketError::Malformed));
    }
}

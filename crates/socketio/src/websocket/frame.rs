//! The frames that a server sends, encoded whole: the header goes with the payload, so that a message to
//! many is encoded once and its clones share their bytes.

use actix_web::web::Bytes;
use bytestring::ByteString;

use crate::disconnect::CloseFrame;

use super::message::OpCode;

/// A frame as it goes out. Servers do not mask, and this one does not fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(Bytes);

/// The bit that says that a message ends with this frame.
const FIN: u8 = 0x80;
/// What a control frame may hold, in bytes.
pub(super) const MAX_CONTROL: usize = 125;

impl Frame {
    /// A text message.
    pub fn text(text: &str) -> Frame {
        Frame::concat(OpCode::Text, &[text])
    }

    /// A text message that consists of these parts, which are copied once.
    pub fn text_of(parts: &[&str]) -> Frame {
        Frame::concat(OpCode::Text, parts)
    }

    /// A binary message that consists of these parts.
    pub fn binary_of(parts: &[&[u8]]) -> Frame {
        Frame::concat(OpCode::Binary, parts)
    }

    /// A ping without data.
    pub fn ping() -> Frame {
        Frame::concat::<&str>(OpCode::Ping, &[])
    }

    /// The answer to a ping, with its data.
    pub(super) fn pong(data: &[u8]) -> Frame {
        Frame::concat(OpCode::Pong, &[data])
    }

    /// The end of what the server sends. Of a reason that is too long the beginning is sent.
    pub fn close(frame: Option<&CloseFrame>) -> Frame {
        let Some(CloseFrame { code, reason }) = frame else {
            return Frame::concat::<&str>(OpCode::Close, &[]);
        };
        let longest = reason.len().min(MAX_CONTROL - 2);
        let end = (0..=longest).rev().find(|end| reason.is_char_boundary(*end)).unwrap_or_default();
        let reason = &reason[..end];
        Frame::concat(OpCode::Close, &[&code.to_be_bytes()[..], reason.as_bytes()])
    }

    /// A frame whose bytes are known beforehand.
    pub(crate) const fn from_static(bytes: &'static [u8]) -> Frame {
        Frame(Bytes::from_static(bytes))
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// The text that it carries; empty if it is not a text message.
    pub fn to_text(&self) -> ByteString {
        let head = match self.0.get(1) {
            Some(126) => 4,
            Some(127) => 10,
            Some(_) | None => 2,
        };
        ByteString::try_from(self.0.slice(head.min(self.0.len())..)).unwrap_or_default()
    }

    pub(super) fn into_bytes(self) -> Bytes {
        self.0
    }

    fn concat<P: AsRef<[u8]>>(opcode: OpCode, parts: &[P]) -> Frame {
        let length: usize = parts.iter().map(|part| part.as_ref().len()).sum();
        let mut bytes = Vec::with_capacity(10 + length);
        bytes.push(FIN | opcode as u8);
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(length @ ..=125), _) => bytes.push(length),
            (_, Ok(length)) => {
                bytes.push(126);
                bytes.extend_from_slice(&length.to_be_bytes());
            }
            (_, Err(_)) => {
                bytes.push(127);
                bytes.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        parts.iter().for_each(|part| bytes.extend_from_slice(part.as_ref()));
        Frame(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_takes_as_few_bytes_as_it_can() {
        let head = |length: usize| Frame::text(&"a".repeat(length)).bytes()[..4].to_vec();
        assert_eq!(head(125)[..2], [0x81, 125]);
        assert_eq!(head(126), [0x81, 126, 0, 126]);
        assert_eq!(head(65_535), [0x81, 126, 0xff, 0xff]);
        assert_eq!(head(65_536), [0x81, 127, 0, 0]);
    }

    #[test]
    fn parts_make_one_message() {
        assert_eq!(Frame::text_of(&["a", "", "bc"]), Frame::text("abc"));
    }

    #[test]
    fn the_text_comes_back() {
        for length in [0, 125, 126, 65_535, 65_536] {
            let text = "a".repeat(length);
            assert_eq!(Frame::text(&text).to_text(), text);
        }
    }

    #[test]
    fn a_reason_that_is_too_long_is_cut_between_characters() {
        let frame = CloseFrame { code: 1001, reason: "医".repeat(50) };
        assert_eq!(Frame::close(Some(&frame)).bytes().len(), 2 + 2 + 41 * 3);
    }
}

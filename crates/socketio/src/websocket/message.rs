//! What a client says on a WebSocket, and how it may end: the words of RFC 6455 that the rest of this
//! module shares.

use actix_web::web::Bytes;
use bytestring::ByteString;
use thiserror::Error;

use crate::disconnect::CloseFrame;

/// What kind a frame is of (section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpCode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

impl OpCode {
    /// The kind, unless it is one of those that are reserved.
    pub(super) fn parse(byte: u8) -> Option<OpCode> {
        use OpCode::*;
        [Continuation, Text, Binary, Close, Ping, Pong].into_iter().find(|opcode| *opcode as u8 == byte & 15)
    }

    pub(super) fn is_control(self) -> bool {
        self as u8 >= 8
    }
}

/// A message of a client, of which all fragments have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A text.
    Text(ByteString),
    /// Something that is not text.
    Binary(Bytes),
}

/// Why what a client sends cannot be read any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Failure {
    /// It is against the protocol, in the way that this says.
    #[error("{0}")]
    Protocol(&'static str),
    /// A text, or the reason of a close frame, is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// A message is longer than it may be.
    #[error("message too big")]
    TooBig,
}

impl Failure {
    /// The close frame that says so (section 7.4.1).
    pub fn close_frame(self) -> CloseFrame {
        let code = match self {
            Failure::Protocol(_) => 1002,
            Failure::NotUtf8 => 1007,
            Failure::TooBig => 1009,
        };
        CloseFrame { code, reason: self.to_string() }
    }
}

/// Whether an endpoint may send this close code (section 7.4.2).
pub(super) fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

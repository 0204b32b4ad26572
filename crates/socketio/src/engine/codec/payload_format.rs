//! What both formats of payloads have in common: how the answer to a poll is to be written, and what is
//! written and read.

use super::packet::Encoding;

/// How the answer to a poll is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PayloadFormat {
    pub(crate) encoding: Encoding,
    /// See [`crate::engine::EngineHandler::TEXT_IS_JSON`].
    pub(crate) text_is_json: bool,
}

/// The type of a POST's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyType {
    /// Anything but `application/octet-stream`
    Text,
    /// `application/octet-stream`
    Binary,
}

/// The body of an answer to a poll.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// `text/plain`
    Text(String),
    /// `application/octet-stream`
    Binary(Vec<u8>),
}

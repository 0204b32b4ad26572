//! How the answer to a poll is to be written, and what is written, in both formats of payloads.

use super::packet::Encoding;

/// How the answer to a poll is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PayloadFormat {
    pub(crate) encoding: Encoding,
    /// See [`crate::engine::EngineHandler::TEXT_IS_JSON`].
    pub(crate) text_is_json: bool,
}

/// The body of an answer to a poll.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// `text/plain`
    Text(String),
    /// `application/octet-stream`
    Binary(Vec<u8>),
}

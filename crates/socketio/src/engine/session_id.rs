//! Session ids: 144 random bits behind what the application wants, so that no client can guess the id of another session.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytestring::ByteString;

const BYTES: usize = 18;

/// The id of an Engine.IO session, or of a Socket.IO socket within one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(ByteString);

impl SessionId {
    /// Creates a new id that begins with `prefix`. Fails only if the system has no source of randomness.
    pub(crate) fn random(prefix: &str) -> Result<SessionId, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(SessionId(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)).into()))
    }

    /// The id that a client sent. It need not be that of a session.
    pub(crate) fn from_client(text: &str) -> SessionId {
        SessionId(text.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

//! Session ids: 144 random bits, so that nobody guesses another's.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytestring::ByteString;

const BYTES: usize = 18;

/// The id of an Engine.IO session, or of a Socket.IO socket in one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sid(ByteString);

impl Sid {
    /// A new one; fails only where the system has no randomness.
    pub fn random() -> Result<Sid, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Sid(URL_SAFE_NO_PAD.encode(bytes).into()))
    }

    /// What a client gave for one.
    pub fn from_client(text: &str) -> Sid {
        Sid(text.into())
    }

    /// As it stands in queries and packets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

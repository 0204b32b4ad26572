//! Bytes of a known number that travel as text, such as the keys of a browser.

use super::malformed::Malformed;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Deserialize;

/// So many bytes, in base64url.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("pattern" = "^[A-Za-z0-9_-]+$"))]
pub struct Base64<const BYTES: usize>(#[schemars(with = "String")] [u8; BYTES]);

impl<const BYTES: usize> Base64<BYTES> {
    /// The bytes.
    pub fn bytes(&self) -> [u8; BYTES] {
        self.0
    }
}

impl<const BYTES: usize> TryFrom<String> for Base64<BYTES> {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(Malformed::invalid("must be a key of its length in base64url, without ="))
    }
}

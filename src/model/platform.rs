//! What an app calls the kind of device that it runs on.

use super::malformed::Malformed;
use schemars::JsonSchema;
use serde::Deserialize;

/// Longest platform that is taken, in characters.
const LONGEST: usize = 64;

/// The kind of device, such as `android` or `web`. Old apps leave it empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("maxLength" = LONGEST, "examples" = ["android"]))]
pub struct Platform(String);

impl Platform {
    /// No vendor shows notices in browsers.
    pub const WEB: &str = "web";

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Platform {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        match text.chars().count() {
            n if n > LONGEST => Err(Malformed::TooLong),
            _ if text.chars().any(char::is_control) => Err(Malformed::Control),
            _ => Ok(Self(text)),
        }
    }
}

//! Texts from people: trimmed where that is harmless, never empty, never too long, no control characters.
//! What is logged in by is in `login`.

use super::malformed::Malformed;
use super::visible::{shows, turns};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A text that is not empty, not too long, and without control characters (line breaks and tabs apart).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = MAX, "pattern" = r"\S", "examples" = ["王芳"]))]
pub struct Limited<const MAX: usize>(String);

/// The words of a notice.
pub type Content = Limited<5000>;
/// Why something is asked for, refused or ended.
pub type Reason = Limited<500>;
/// Words that are kept to be written again.
pub type Phrase = Limited<500>;
/// What is searched for.
pub type Sought = Limited<100>;
/// The sender's own number for a message, which makes sending it again safe.
pub type ClientId = Limited<64>;
/// JPush's registration id of a device, or whatever else names it.
pub type DeviceId = Limited<128>;

impl<const MAX: usize> Limited<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Limited<MAX> {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let text = text.trim();
        let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        match text.chars().count() {
            0 => Err(Malformed::Empty),
            n if n > MAX => Err(Malformed::TooLong),
            _ if text.chars().any(strange) => Err(Malformed::Control),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// What somebody says of a picture; blank, where they say nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption(String);

impl Caption {
    /// How many characters it may have.
    const LONGEST: usize = 500;
}

impl TryFrom<&str> for Caption {
    type Error = Malformed;

    fn try_from(text: &str) -> Result<Self, Malformed> {
        match Limited::<{ Self::LONGEST }>::try_from(text.to_owned()) {
            Ok(Limited(text)) if text.chars().any(turns) => Err(Malformed::Turned),
            Ok(Limited(text)) => Ok(Self(text)),
            Err(Malformed::Empty) => Ok(Self(String::new())),
            Err(why) => Err(why),
        }
    }
}

impl From<Caption> for String {
    fn from(Caption(text): Caption) -> Self {
        text
    }
}

/// A text of one line, of which every character shows and shows where it stands: two that look alike are
/// alike.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = MAX, "pattern" = r"\S", "examples" = ["王芳"]))]
pub struct Line<const MAX: usize>(String);

/// What somebody or something is called.
pub type Name = Line<50>;
/// A heading.
pub type Title = Line<100>;

impl<const MAX: usize> Line<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Line<MAX> {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        // Phones put these after emoji; what they follow looks the same without.
        let text = text.replace(['\u{fe0e}', '\u{fe0f}'], "");
        let Limited(text) = Limited::<MAX>::try_from(text)?;
        match shows(&text) {
            true => Ok(Self(text)),
            false => Err(Malformed::Line),
        }
    }
}

/// The address of a page that a notice leads to: `http` or `https`, at most 500 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("pattern" = "^https?://", "maxLength" = 500, "examples" = ["https://example.org/vaccine"]))]
pub struct WebAddress(String);

impl TryFrom<String> for WebAddress {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or("");
        let strange = |c: char| c.is_whitespace() || c.is_control() || "\"'<>\\".contains(c);
        match !host.is_empty() && !host.starts_with('/') && text.len() <= 500 && !text.contains(strange) {
            true => Ok(Self(text)),
            false => Err(Malformed::Address),
        }
    }
}

/// A password of 8 to 128 characters; never printed.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 8, "maxLength" = 128, "format" = "password", "examples" = ["jiayi-demo"]))]
pub struct Password(String);

impl Password {
    /// The password itself: for the hash, and nothing else.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Password {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        match (8..=128).contains(&text.chars().count()) {
            true => Ok(Self(text)),
            false => Err(Malformed::Password),
        }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_and_bounded() {
        assert_eq!(Limited::<3>::try_from(" 王医生 ".to_owned()).unwrap().as_str(), "王医生");
        assert!(Limited::<3>::try_from("王医生们".to_owned()).is_err());
        assert!(Limited::<3>::try_from(" \n".to_owned()).is_err());
        assert!(Limited::<3>::try_from("a\0b".to_owned()).is_err());
    }

    #[test]
    fn a_name_is_one_line_that_shows() {
        assert_eq!(Name::try_from(" 康复❤\u{fe0f} ".to_owned()).unwrap().as_str(), "康复❤");
        let family = Name::try_from("👨\u{200d}👩\u{200d}👧".to_owned()).unwrap();
        assert_eq!(family.as_str(), "👨\u{200d}👩\u{200d}👧");
        for name in
            ["王医生\u{200b}", "\u{202e}生医王", "王医生\n系统通知", "王\u{3164}医生", "\u{feff}王医生"]
        {
            assert!(Name::try_from(name.to_owned()).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_password_never_shows() {
        let password = Password::try_from("correct horse".to_owned()).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }
}

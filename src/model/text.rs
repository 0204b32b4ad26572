//! Texts from people: trimmed where that is harmless, never empty, never too long, no control characters.

use super::malformed::Malformed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A text that is not empty, not too long, and without control characters (line breaks and tabs apart).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = MAX, "pattern" = r"\S", "examples" = ["王芳"]))]
pub struct Limited<const MAX: usize>(String);

/// What somebody or something is called.
pub type Name = Limited<50>;
/// A heading.
pub type Title = Limited<100>;
/// The words of a notice.
pub type Content = Limited<5000>;
/// Why something is asked for, refused or ended.
pub type Reason = Limited<500>;
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
            0 => Err(Malformed("must not be empty")),
            n if n > MAX => Err(Malformed("is too long")),
            _ if text.chars().any(strange) => Err(Malformed("must not hold control characters")),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// A telephone number: 5 to 20 digits, perhaps behind a `+`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("pattern" = r"^\+?[0-9]{5,20}$", "examples" = ["13800000001"]))]
pub struct Phone(String);

impl TryFrom<String> for Phone {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let digits = text.strip_prefix('+').unwrap_or(&text);
        match (5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            true => Ok(Self(text)),
            false => Err(Malformed("must be a telephone number: 5 to 20 digits")),
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
            false => Err(Malformed("must be an http or https address of at most 500 characters")),
        }
    }
}

/// What an account is logged in by: a login name or a telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("minLength" = 1, "maxLength" = 64, "examples" = ["doctor1"]))]
pub struct Login(String);

impl Login {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Login {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let fits = |c: char| c.is_alphanumeric() || "+_-.@".contains(c);
        match (1..=64).contains(&text.chars().count()) && text.chars().all(fits) {
            true => Ok(Self(text)),
            false => Err(Malformed("must be 1 to 64 letters, digits, + _ - . or @")),
        }
    }
}

impl From<Phone> for Login {
    fn from(phone: Phone) -> Self {
        Self(phone.0)
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
            false => Err(Malformed("must have 8 to 128 characters")),
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
    fn a_password_never_shows() {
        let password = Password::try_from("correct horse".to_owned()).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }
}

//! What an account is logged in by: a telephone number, which has one form however it is written, or a
//! login name.

use super::malformed::Malformed;
use super::visible::is_visible;
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::RangeInclusive;

/// A telephone number of 5 to 20 digits. Blanks, hyphens and brackets are taken out of it, and the country's
/// code from one of mainland China; a number of elsewhere begins with `+`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("pattern" = r"^[+0-9][0-9 ()-]{4,30}$", "examples" = ["13800000001"]))]
pub struct Phone(String);

impl Phone {
    /// The number in its one form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Phone {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let number = national(&text.chars().filter_map(dialled).collect::<String>());
        let digits = number.strip_prefix('+').unwrap_or(&number);
        match (5..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            true => Ok(Self(number)),
            false => Err(Malformed::Phone),
        }
    }
}

/// A character as it is dialled; nothing for one that only parts the digits. What input methods of China
/// write in full width counts as well.
fn dialled(c: char) -> Option<char> {
    match c {
        '０'..='９' | '＋' => char::from_u32(c as u32 - '！' as u32 + '!' as u32),
        ' ' | '\u{a0}' | '\u{3000}' | '-' | '‐' | '‑' | '–' | '—' | '－' | '(' | ')' | '（' | '）' => {
            None
        }
        c if !is_visible(c) => None,
        c => Some(c),
    }
}

/// A number without the code of mainland China; one of another country with a `+`.
fn national(number: &str) -> String {
    let abroad = number.strip_prefix("00").map(|rest| format!("+{rest}"));
    let number = abroad.as_deref().unwrap_or(number);
    // A mobile phone's may be dialled with a zero before it.
    let here = number.strip_prefix('+').map_or(Some(number), |rest| rest.strip_prefix("86"));
    let bare = here.map(|rest| rest.trim_start_matches("86").trim_start_matches('0'));
    if let Some(mobile) = bare.filter(|bare| is_mobile(bare)) {
        return mobile.to_owned();
    }
    match (number.strip_prefix("+86"), number.strip_prefix("86")) {
        (Some(rest), _) if rest.starts_with('0') => rest.to_owned(),
        (Some(rest), _) => format!("0{rest}"),
        (None, Some(rest)) if rest.starts_with('0') => rest.to_owned(),
        (None, _) => number.to_owned(),
    }
}

/// Whether it is a mobile phone's number of mainland China.
fn is_mobile(number: &str) -> bool {
    matches!(number.as_bytes(), [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

/// The last digits of a telephone number; administrators look for at least three of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("pattern" = "^[0-9]{3,20}$", "examples" = ["0001"]))]
pub struct PhoneEnd(String);

impl PhoneEnd {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PhoneEnd {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let end = digits(text, 3..=20);
        end.map(Self).ok_or(Malformed::invalid("must be the last 3 to 20 digits of a telephone number"))
    }
}

/// The text, if it is so many digits.
fn digits(text: String, count: RangeInclusive<usize>) -> Option<String> {
    (count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// The end of a telephone number as doctors may look for it: whoever may ask for more has the whole number in the end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, extend("pattern" = "^[0-9]{2,4}$", "examples" = ["0001"]))]
pub struct LastDigits(PhoneEnd);

impl From<LastDigits> for PhoneEnd {
    fn from(LastDigits(end): LastDigits) -> Self {
        end
    }
}

impl TryFrom<String> for LastDigits {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let end = digits(text, 2..=4).map(PhoneEnd);
        end.map(Self).ok_or(Malformed::invalid("must be the last 2 to 4 digits of a telephone number"))
    }
}

/// What an account is logged in by: a login name or a telephone number. A mobile phone's number of mainland
/// China has one form.
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
        let is_name = (1..=64).contains(&text.chars().count()) && text.chars().all(fits);
        match Phone::try_from(text.clone()) {
            Ok(Phone(number)) if is_mobile(&number) || !is_name => Ok(Self(number)),
            Ok(_) | Err(_) if is_name => Ok(Self(text)),
            Ok(_) | Err(_) => Err(Malformed::Login),
        }
    }
}

impl From<Phone> for Login {
    fn from(phone: Phone) -> Self {
        Self(phone.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_has_one_form() {
        for text in [
            "13800000001",
            "+8613800000001",
            "+86 138-0000-0001",
            "0086 138 0000 0001",
            "8613800000001",
            "013800000001",
            "+86 0138 0000 0001",
            "0086 86 138 0000 0001",
            " 138 0000 0001 ",
            "（+86）138—0000—0001",
            "\u{202d}138\u{a0}0000\u{a0}0001\u{202c}",
            "１３８００００００01",
        ] {
            assert_eq!(Phone::try_from(text.to_owned()).unwrap().as_str(), "13800000001", "{text}");
            assert_eq!(Login::try_from(text.to_owned()).unwrap().as_str(), "13800000001", "{text}");
        }
        let form = |text: &str| Phone::try_from(text.to_owned()).map(|Phone(number)| number).ok();
        assert_eq!(form("+86 10 8888-8888").as_deref(), Some("01088888888"));
        assert_eq!(form("010-88888888").as_deref(), Some("01088888888"));
        assert_eq!(form("00852 1234 5678").as_deref(), Some("+85212345678"));
        assert_eq!(form("12345").as_deref(), Some("12345"));
        assert_eq!(form("+1 380 000 0001").as_deref(), Some("+13800000001"), "of another country");
        assert_eq!(form("86 010 6666 6666").as_deref(), Some("01066666666"));
        for wrong in ["1234", "+", "138x0000001", "", "1+3800000001"] {
            assert_eq!(form(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_login_name_stays_as_it_is() {
        for name in ["doctor1", "2021-001", "王芳", "86a", "12-34-56"] {
            assert_eq!(Login::try_from(name.to_owned()).unwrap().as_str(), name);
        }
        assert!(Login::try_from("a b".to_owned()).is_err());
        assert!(Login::try_from(String::new()).is_err());
    }
}

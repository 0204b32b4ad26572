//! The rule that a field of a request breaks, as a code: for clients that say in words of their own what `message`
//! says to developers.

/// The codes, by how the text of an error begins. Whatever is not among them is `invalid`.
const RULES: [(&str, &str); 16] = [
    ("is missing", "missing"),
    ("must not be empty", "empty"),
    ("is empty", "empty"),
    ("is too long", "too_long"),
    ("must have at most", "too_long"),
    ("must not hold control characters", "invisible"),
    ("must be one line", "invisible"),
    ("must be a telephone number", "phone"),
    ("must be 1 to 64 letters", "login"),
    ("must have 8 to 128 characters", "password"),
    ("must be an http or https address", "address"),
    ("must be in the future", "past"),
    ("must be after", "order"),
    ("there is no such", "unknown"),
    ("is not of a kind", "file_kind"),
    ("has more than 50 million pixels", "pixels"),
];

/// The code for the text of an error.
pub fn code(why: &str) -> &'static str {
    RULES.iter().find(|(start, _)| why.starts_with(start)).map_or("invalid", |(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::http::extract::body;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Account {
        #[serde(rename = "phone")]
        _phone: crate::model::Phone,
    }

    #[test]
    fn what_parsing_says_has_its_code() {
        let code_of = |text: &str| match body::parse::<Account>(text.as_bytes()).unwrap_err() {
            Error::Param { field, why } => format!("{field}: {}", code(&why)),
            other => other.to_string(),
        };
        assert_eq!(code_of(r#"{ "phone": "12" }"#), "phone: phone");
        assert_eq!(code_of("{}"), "phone: missing");
        assert_eq!(code_of(r#"{ "phone": 5 }"#), "phone: invalid");
    }
}

//! Why the settings were refused, in words for whoever wrote them: which setting, where it stands, and why.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

/// Why the settings were refused.
#[derive(Debug)]
pub struct ConfigError {
    /// The setting, such as `call.turn`, or its variable; nothing where a file as such is at fault.
    setting: String,
    /// The file that it stands in.
    file: Option<String>,
    why: String,
}

impl ConfigError {
    /// A setting whose value cannot be.
    pub fn new(setting: impl Into<String>, why: impl Into<String>) -> Self {
        Self { setting: setting.into(), file: None, why: why.into() }
    }

    /// The same with the place where it was set: a variable of the environment, or else the file.
    pub(super) fn located(self, file: Option<&Path>, is_variable: impl Fn(&str) -> bool) -> Self {
        let variable = format!("JIAYI_{}", self.setting.to_uppercase().replace('.', "__"));
        match is_variable(&variable) {
            true => Self { setting: variable, ..self },
            false => Self { file: file.map(|file| file.display().to_string()), ..self },
        }
    }
}

impl Display for ConfigError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { setting, file, why } = self;
        match (file, setting.as_str()) {
            (Some(file), "") => write!(f, "settings: {file}: {why}"),
            (Some(file), setting) => write!(f, "settings: {setting} in {file}: {why}"),
            (None, "") => write!(f, "settings: {why}"),
            (None, setting) => write!(f, "settings: {setting}: {why}"),
        }
    }
}

impl std::error::Error for ConfigError {}

/// A file that cannot be read, or a setting that is unknown or of the wrong kind. The value is not told: it may
/// be a secret.
impl From<config::ConfigError> for ConfigError {
    fn from(error: config::ConfigError) -> Self {
        use config::ConfigError::{At, FileParse, Message, NotFound, Type};
        match error {
            NotFound(setting) => Self::new(setting, "is missing"),
            Type { key, expected, .. } => {
                Self::new(key.unwrap_or_default(), format!("must be {}", in_plain_words(expected)))
            }
            At { error, key, .. } => {
                let Self { setting, why, .. } = Self::from(*error);
                let parts = key.into_iter().chain((!setting.is_empty()).then_some(setting));
                Self::new(parts.collect::<Vec<_>>().join("."), why)
            }
            FileParse { cause, .. } => Self::new("", cause.to_string()),
            Message(text) => Self::of_message(&text),
            other => Self::new("", other.to_string()),
        }
    }
}

impl ConfigError {
    /// What the library says of a word where only some are taken, of a setting or of a value.
    fn of_message(text: &str) -> Self {
        let unknown = text.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        match unknown {
            Some(setting) => Self::new(setting, "there is no such setting"),
            None if text.contains("does not have variant constructor")
                || text.starts_with("value of enum") =>
            {
                Self::new("", "is not one of the words that may stand there")
            }
            None => Self::new("", text),
        }
    }
}

/// What a value has to be, without the words of the language that the server is written in.
fn in_plain_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a section",
        "a string" => "a text",
        number if number.contains("unsigned") => "a whole number from 0",
        number if number.contains("integer") => "a whole number",
        other => other,
    }
}

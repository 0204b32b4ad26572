//! Why the settings were refused, in words for whoever wrote them: which setting, where it stands, and why.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::Path;

/// Why the settings were refused.
#[derive(Debug)]
pub struct ConfigError {
    /// The setting, such as `call.turn`, or its variable; nothing where a file as such is at fault.
    pub(super) setting: String,
    /// The file that it stands in.
    file: Option<String>,
    why: String,
}

impl ConfigError {
    /// A setting whose value cannot be.
    pub fn new(setting: impl Into<String>, why: impl Into<String>) -> Self {
        Self { setting: setting.into(), file: None, why: why.into() }
    }

    /// A file that cannot be read.
    pub(super) fn unreadable(setting: &str, file: &Path, error: &io::Error) -> Self {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => {
                format!("{error}; run this as who runs the server: runuser -u jiayi -- jiayi …")
            }
            _ => error.to_string(),
        };
        match setting {
            "" => Self { setting: String::new(), file: Some(file.display().to_string()), why },
            setting => Self::new(setting, format!("{}: {why}", file.display())),
        }
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
            FileParse { cause, .. } => Self::new("", place_in_toml(&cause.to_string())),
            Message(text) => Self::of_message(&text),
            other => Self::new("", other.to_string()),
        }
    }
}

impl ConfigError {
    /// What the library says of a setting that there is not, or of a value that may not stand there.
    fn of_message(text: &str) -> Self {
        let unknown = text.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        let invalid = ["invalid type: ", "invalid value: ", "invalid length "];
        let expected = invalid.iter().find_map(|kind| text.strip_prefix(kind)?.split_once(", expected "));
        match (unknown, expected) {
            (Some(setting), _) => Self::new(setting, "there is no such setting"),
            (None, Some((_, expected))) => Self::new("", format!("must be {}", in_plain_words(expected))),
            (None, None) if text.starts_with("number too large") => Self::new("", "holds too large a number"),
            (None, None) if text == "invalid socket address syntax" => {
                Self::new("", "must be an address and a port, like 127.0.0.1:8080")
            }
            (None, None)
                if text.contains("does not have variant constructor")
                    || text.starts_with("value of enum") =>
            {
                Self::new("", "is not one of the words that may stand there")
            }
            (None, None) => Self::new("", text),
        }
    }
}

/// Where a file is no TOML. The line itself, which the library shows, may have a secret.
fn place_in_toml(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let place = first.strip_prefix("TOML parse error at ").unwrap_or("some line");
    format!("is no TOML at {place}: each line must be like name = 1, name = true or name = \"text\"")
}

/// What a value has to be, without the words of the language that the server is written in.
fn in_plain_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a sequence" | "sequence" => "a list",
        "a map" => "a section",
        "a string" => "a text",
        number if number.contains("unsigned") => "a whole number from 0",
        number if number.contains("integer") => "a whole number",
        other => other,
    }
}

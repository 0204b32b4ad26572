//! Reads the settings.
//!
//! Later layers win: defaults, the TOML file, `JIAYI_…` in the secrets file, in the environment, flags. A setting that
//! is unknown or impossible stops the start with its name.

use crate::config::Config;
use crate::config::error::ConfigError;
use crate::config::secret::Secret;
use config::builder::DefaultState;
use config::{ConfigBuilder, Environment, File, FileFormat};
use std::collections::HashMap;
use std::path::Path;

/// What the command line sets; `None` leaves a setting as it is.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--listen`.
    pub listen: Option<String>,
    /// `--database-url`.
    pub database_url: Option<String>,
}

impl Flags {
    /// Whether a setting is set by them.
    fn set(&self, setting: &str) -> bool {
        match setting {
            "listen" => self.listen.is_some(),
            "database_url" => self.database_url.is_some(),
            _ => false,
        }
    }
}

impl Config {
    /// Reads all layers.
    pub fn read(file: Option<&Path>, flags: Flags) -> Result<Self, ConfigError> {
        if let Some(file) = file {
            std::fs::File::open(file).map_err(|error| ConfigError::unreadable("", file, &error))?;
        }
        let outside = |name: &str| std::env::var_os(name).is_some();
        let variables = variables(file).map_err(|error| error.located(file, outside))?;
        let is_set = |name: &str| variables.contains_key(name);
        Self::read_layers(file, &variables, &flags).map_err(|error| match flags.set(&error.setting) {
            true => error,
            false => error.located(file, is_set),
        })
    }

    fn read_layers(
        file: Option<&Path>,
        variables: &HashMap<String, String>,
        flags: &Flags,
    ) -> Result<Self, ConfigError> {
        let mut layers = config::Config::builder();
        if let Some(file) = file {
            layers = layers.add_source(File::from(file).format(FileFormat::Toml));
        }
        let environment = Environment::with_prefix("JIAYI")
            .source(Some(variables.clone()))
            .prefix_separator("_")
            .separator("__")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("origins")
            .with_list_parse_key("trusted_proxies")
            .with_list_parse_key("call.stun")
            .with_list_parse_key("call.turn")
            .with_list_parse_key("push.web_services")
            .with_list_parse_key("cluster.nats");
        let mut layers = layers.add_source(environment);
        // A key that happens to consist of digits is no number.
        for (setting, variable) in [
            ("push.app_key", "JIAYI_PUSH__APP_KEY"),
            ("push.master_secret", "JIAYI_PUSH__MASTER_SECRET"),
            ("push.vapid_key", "JIAYI_PUSH__VAPID_KEY"),
            ("metrics_token", "JIAYI_METRICS_TOKEN"),
            ("cluster.password", "JIAYI_CLUSTER__PASSWORD"),
        ] {
            layers = layers.set_override_option(setting, variables.get(variable).cloned())?;
        }
        Self::from_layers(overridden(layers, flags)?)
    }

    pub(super) fn from_layers(layers: ConfigBuilder<DefaultState>) -> Result<Self, ConfigError> {
        let mut config: Self = layers.build()?.try_deserialize()?;
        config.read_secret()?;
        config.check()?;
        Ok(config)
    }

    fn read_secret(&mut self) -> Result<(), ConfigError> {
        let push = &mut self.push;
        for (setting, path, secret) in [
            ("push.master_secret_file", &push.master_secret_file, &mut push.master_secret),
            ("push.vapid_key_file", &push.vapid_key_file, &mut push.vapid_key),
        ] {
            let Some(path) = path else { continue };
            let unreadable = |error: std::io::Error| ConfigError::new(setting, error.to_string());
            let text = std::fs::read_to_string(path).map_err(unreadable)?;
            *secret = Secret(text.trim().to_owned());
        }
        Ok(())
    }
}

/// The environment, and before it what `secrets_file` holds.
fn variables(settings: Option<&Path>) -> Result<HashMap<String, String>, ConfigError> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut variables: HashMap<_, _> = environment.collect();
    let named = match (variables.get("JIAYI_SECRETS_FILE"), settings) {
        (Some(path), _) => Some(path.clone()),
        (None, Some(file)) => secrets_file(file)?,
        (None, None) => None,
    };
    if let Some(path) = named {
        let wrong = |why: String| ConfigError::new("secrets_file", format!("{path}: {why}"));
        let text = std::fs::read_to_string(&path)
            .map_err(|error| ConfigError::unreadable("secrets_file", Path::new(&path), &error))?;
        for (name, value) in parse_secrets(&text).map_err(wrong)? {
            variables.entry(name).or_insert(value);
        }
    }
    Ok(variables)
}

fn secrets_file(settings: &Path) -> Result<Option<String>, ConfigError> {
    let file = File::from(settings).format(FileFormat::Toml);
    match config::Config::builder().add_source(file).build()?.get_string("secrets_file") {
        Ok(path) => Ok(Some(path)),
        Err(config::ConfigError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `JIAYI_NAME=value` a line, as systemd reads it too: with `#` for comments, and quotes that may be left out.
fn parse_secrets(text: &str) -> Result<Vec<(String, String)>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    let parse = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        if !is_setting(name) {
            return None;
        }
        let quoted = |sign| value.strip_prefix(sign).and_then(|value| value.strip_suffix(sign));
        let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
        Some((name.to_owned(), value.to_owned()))
    };
    let wrong = || "each line must be JIAYI_NAME=value, and name no further file of secrets".to_owned();
    lines.map(|line| parse(line).ok_or_else(wrong)).collect()
}

/// Whether a variable is one of ours; a file of secrets names no other.
fn is_setting(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.starts_with("JIAYI_") && name.chars().all(plain) && name != "JIAYI_SECRETS_FILE"
}

fn overridden(
    layers: ConfigBuilder<DefaultState>,
    flags: &Flags,
) -> Result<ConfigBuilder<DefaultState>, config::ConfigError> {
    layers
        .set_override_option("listen", flags.listen.clone())?
        .set_override_option("database_url", flags.database_url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_line() {
        let text = "# keys\n\nJIAYI_METRICS_TOKEN = \"a b=c\"\nJIAYI_DATABASE_URL='x'\nJIAYI_LOG=warn\n";
        let secrets = parse_secrets(text).unwrap();
        let values: Vec<_> = secrets.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["a b=c", "x", "warn"]);
        assert_eq!(secrets[0].0, "JIAYI_METRICS_TOKEN");
        for wrong in ["JIAYI_LOG", "METRICS_TOKEN=x", "export JIAYI_METRICS_TOKEN=x", "JIAYI_SECRETS_FILE=/x"]
        {
            assert!(!parse_secrets(wrong).unwrap_err().contains(wrong), "{wrong}: it may be a secret");
        }
    }
}

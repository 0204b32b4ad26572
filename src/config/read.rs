//! Reads the settings.
//!
//! Later layers win: defaults, the TOML file, `JIAYI_…` in the environment, flags. A setting that
//! is unknown or impossible stops the start with its name.

use crate::config::Config;
use crate::config::error::ConfigError;
use crate::config::secret::Secret;
use config::builder::DefaultState;
use config::{ConfigBuilder, Environment, File, FileFormat};
use std::path::Path;

/// What the command line sets; `None` leaves a setting as it is.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--listen`.
    pub listen: Option<String>,
    /// `--database-url`.
    pub database_url: Option<String>,
}

impl Config {
    /// Reads all layers.
    pub fn read(file: Option<&Path>, flags: Flags) -> Result<Self, ConfigError> {
        let mut layers = config::Config::builder();
        if let Some(file) = file {
            layers = layers.add_source(File::from(file).format(FileFormat::Toml));
        }
        let environment = Environment::with_prefix("JIAYI")
            .prefix_separator("_")
            .separator("__")
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("origins")
            .with_list_parse_key("trusted_proxies")
            .with_list_parse_key("call.stun")
            .with_list_parse_key("call.turn");
        let mut layers = layers.add_source(environment);
        // A key that happens to consist of digits is no number.
        for (setting, variable) in [
            ("push.app_key", "JIAYI_PUSH__APP_KEY"),
            ("push.master_secret", "JIAYI_PUSH__MASTER_SECRET"),
            ("metrics_token", "JIAYI_METRICS_TOKEN"),
        ] {
            layers = layers.set_override_option(setting, std::env::var(variable).ok())?;
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
        if let Some(path) = &self.push.master_secret_file {
            let unreadable =
                |error: std::io::Error| ConfigError::Impossible("push.master_secret_file", error.to_string());
            let text = std::fs::read_to_string(path).map_err(unreadable)?;
            self.push.master_secret = Secret(text.trim().to_owned());
        }
        Ok(())
    }
}

fn overridden(
    layers: ConfigBuilder<DefaultState>,
    flags: Flags,
) -> Result<ConfigBuilder<DefaultState>, config::ConfigError> {
    layers
        .set_override_option("listen", flags.listen)?
        .set_override_option("database_url", flags.database_url)
}

//! The settings, and the only reader of files and environment.
//!
//! Later layers win: defaults, the TOML file, `JIAYI_…` in the environment, flags. A setting that
//! is unknown or impossible stops the start with its name.

mod call;
mod check;
mod push;
mod secret;
mod socketio;

pub use call::Calls;
pub use push::{PushSettings, VendorName};
pub use secret::Secret;
pub use socketio::SocketIo;

use crate::db::connection::Address;
use crate::model::connection::ConnectionPolicy;
use config::builder::DefaultState;
use config::{ConfigBuilder, Environment, File, FileFormat};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// All settings. Every one has a default; docs/configuration.md describes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The database: `sqlite://PATH` or `postgres://…`.
    pub database_url: String,
    /// Threads that answer requests; 0 for one a core.
    pub workers: usize,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or a filter of env_logger.
    pub log: String,
    /// Origins of pages, besides our own, that may send requests by cookie: `https://host[:port]`.
    pub origins: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether cookies are for TLS only; set it wherever a proxy or the server speaks TLS.
    pub secure_cookies: bool,
    /// Days until a token runs out.
    pub token_days: u32,
    /// Whether an account may be connected from several devices.
    pub connections: ConnectionPolicy,
    /// Seconds in which a new connection must register.
    pub register_seconds: u32,
    /// Seconds between the server's pings.
    pub ping_seconds: u32,
    /// Seconds beyond a ping after which a silent peer is taken for dead.
    pub ping_timeout_seconds: u32,
    /// Messages that may wait for one connection before it is closed as too slow.
    pub queue: usize,
    /// Commands a client may say in a second, on average.
    pub commands_per_second: u32,
    /// Days that pushes are kept for replay.
    pub replay_days: u32,
    /// Seconds a question may wait until its doctor is reminded, and after twice as long the team's
    /// leader; 0 for never.
    pub remind_seconds: u32,
    /// Seconds for which a question that a duty doctor has taken on is kept for them.
    pub claim_seconds: u32,
    /// Seconds over which clients are asked to spread their return when the server ends.
    pub retry_after_seconds: u64,
    /// What must be borne to read `/metrics`; anybody may where it is not set.
    pub metrics_token: Option<Secret>,
    /// Whether contacts are told who comes online and who goes.
    pub presence: bool,
    /// Seconds that somebody may be gone before contacts are told.
    pub presence_grace_seconds: u32,
    /// The folder of uploaded files; several nodes share it.
    pub files_folder: PathBuf,
    /// What concerns Socket.IO alone.
    pub socketio: SocketIo,
    /// Mobile notices for those who are not connected.
    pub push: PushSettings,
    /// Video calls.
    pub call: Calls,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database_url: "sqlite://data/jiayi.db".to_owned(),
            workers: 0,
            log: "warn,jiayi=info".to_owned(),
            origins: Vec::new(),
            trusted_proxies: Vec::new(),
            secure_cookies: false,
            token_days: 30,
            connections: ConnectionPolicy::One,
            register_seconds: 10,
            ping_seconds: 25,
            ping_timeout_seconds: 20,
            queue: 4096,
            commands_per_second: 20,
            replay_days: 30,
            remind_seconds: 900,
            claim_seconds: 300,
            retry_after_seconds: 10,
            metrics_token: None,
            presence: true,
            presence_grace_seconds: 10,
            files_folder: "data/files".into(),
            socketio: SocketIo::default(),
            push: PushSettings::default(),
            call: Calls::default(),
        }
    }
}

/// Why the settings could not be taken; the text names the setting.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that cannot be read, or a setting that is unknown or of the wrong kind.
    #[error("settings: {0}")]
    Read(#[from] config::ConfigError),
    /// A setting whose value cannot be.
    #[error("settings: {0}: {1}")]
    Impossible(&'static str, String),
}

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

    fn from_layers(layers: ConfigBuilder<DefaultState>) -> Result<Self, ConfigError> {
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

    /// Where the data is.
    pub fn database(&self) -> Result<Address, crate::db::connection::OpenError> {
        Address::parse(&self.database_url)
    }

    /// How long a token is good.
    pub fn token_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.token_days) * 86_400)
    }

    /// How long a new connection has for registering.
    pub fn register_timeout(&self) -> Duration {
        Duration::from_secs(self.register_seconds.into())
    }

    /// How long somebody may be gone before contacts are told.
    pub fn presence_grace(&self) -> Duration {
        Duration::from_secs(self.presence_grace_seconds.into())
    }

    /// How long it is from ping to ping.
    pub fn ping_interval(&self) -> Duration {
        Duration::from_secs(self.ping_seconds.into())
    }

    /// How long after a ping a silent peer is taken for dead.
    pub fn ping_timeout(&self) -> Duration {
        Duration::from_secs(self.ping_timeout_seconds.into())
    }

    /// How long a question may wait until its doctor is reminded; `None` for ever.
    pub fn remind_after(&self) -> Option<Duration> {
        (self.remind_seconds > 0).then(|| Duration::from_secs(self.remind_seconds.into()))
    }

    /// How long a question that was taken on is kept for who did.
    pub fn claim_lifetime(&self) -> Duration {
        Duration::from_secs(self.claim_seconds.into())
    }

    /// How long a connection whose peer is gone may go unnoticed.
    pub fn heartbeat(&self) -> Duration {
        2 * self.ping_interval() + self.ping_timeout()
    }

    /// How long pushes are kept for replay.
    pub fn replay_period(&self) -> Duration {
        Duration::from_secs(u64::from(self.replay_days) * 86_400)
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

//! The settings, and the only reader of files and environment.
//!
//! This file has the settings with their defaults; `call`, `cluster` and `socketio` are sections of them, `read`
//! reads them, `check` refuses impossible values.

pub mod call;
mod check;
pub mod cluster;
pub mod error;
pub mod journal;
pub mod push;
pub mod read;
pub mod secret;
pub mod socketio;

use crate::config::call::Calls;
use crate::config::cluster::ClusterSettings;
use crate::config::push::PushSettings;
use crate::config::secret::Secret;
use crate::config::socketio::SocketIo;
use crate::db::connection::{Address, OpenError};
use crate::db::postgres::PostgresSettings;
use crate::limits::account::Budgets;
use crate::logs::LogFormat;
use crate::model::connection::ConnectionPolicy;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// All settings. Every one has a default; docs/configuration.md describes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// A file of `JIAYI_NAME=value` lines: settings that are secret, for the service and all commands alike.
    pub secrets_file: Option<PathBuf>,
    /// The database: `sqlite://PATH` or `postgres://…`.
    pub database_url: String,
    /// How PostgreSQL is spoken to.
    pub database: PostgresSettings,
    /// Threads that answer requests, at most 512; 0 for one a core.
    pub workers: usize,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or a filter of env_logger.
    pub log: String,
    /// How a line of the log is written.
    pub log_format: LogFormat,
    /// Origins of pages, besides our own, that may send requests by cookie: `https://host[:port]`.
    pub origins: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For`, or `Forwarded`, is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether cookies are for TLS only; set it wherever a proxy or the server speaks TLS.
    pub secure_cookies: bool,
    /// Days until a token expires.
    pub token_days: u32,
    /// Whether an account may be connected from several devices.
    pub connections: ConnectionPolicy,
    /// Seconds in which a new connection must register.
    pub register_seconds: u32,
    /// Seconds in which a request's body must have come.
    pub body_seconds: u32,
    /// Connections that one network address may hold on which nobody has logged in.
    pub connections_before_login: usize,
    /// Residents' accounts that may be made from one network address in an hour.
    pub registrations_per_hour: u32,
    /// Seconds between the server's pings.
    pub ping_seconds: u32,
    /// Seconds beyond a ping after which a silent peer is taken for dead.
    pub ping_timeout_seconds: u32,
    /// Messages that may wait for one connection before it is closed as too slow.
    pub queue: usize,
    /// Commands that a client may send in a second, on average.
    pub commands_per_second: u32,
    /// Days for which pushes are kept for replay.
    pub replay_days: u32,
    /// Seconds a question may wait until its doctor is reminded, and after twice as long the team's
    /// leader; 0 for never.
    pub remind_seconds: u32,
    /// Seconds for which a question is reserved for the duty doctor who has claimed it.
    pub claim_seconds: u32,
    /// Seconds over which clients are asked to spread their return when the server ends.
    pub retry_after_seconds: u64,
    /// The bearer token for `/metrics`; without it, anybody may read them.
    pub metrics_token: Option<Secret>,
    /// Whether contacts are told who comes online and who goes.
    pub presence: bool,
    /// Seconds that somebody may be gone before contacts are told.
    pub presence_grace_seconds: u32,
    /// The folder of uploaded files; several nodes share it.
    pub files_folder: PathBuf,
    /// The folder in which backups are made that are given no name; `None` where there is none.
    pub backup_folder: Option<PathBuf>,
    /// How much one account may ask for.
    pub budgets: Budgets,
    /// How many MiB all files of one account may have.
    pub upload_quota_mib: u32,
    /// Settings of Socket.IO alone.
    pub socketio: SocketIo,
    /// Mobile notices for those who are not connected.
    pub push: PushSettings,
    /// Video calls.
    pub call: Calls,
    /// Where several nodes serve one database.
    pub cluster: Option<ClusterSettings>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            secrets_file: None,
            database_url: "sqlite://data/jiayi.db".to_owned(),
            database: PostgresSettings::default(),
            workers: 0,
            log: "warn,jiayi=info".to_owned(),
            log_format: LogFormat::Plain,
            origins: Vec::new(),
            trusted_proxies: Vec::new(),
            secure_cookies: false,
            token_days: 30,
            connections: ConnectionPolicy::One,
            register_seconds: 10,
            body_seconds: 10,
            connections_before_login: 2000,
            registrations_per_hour: 500,
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
            backup_folder: None,
            budgets: Budgets::default(),
            upload_quota_mib: 2048,
            socketio: SocketIo::default(),
            push: PushSettings::default(),
            call: Calls::default(),
            cluster: None,
        }
    }
}

impl Config {
    /// The database that `database_url` names.
    pub fn database(&self) -> Result<Address, OpenError> {
        Address::new(&self.database_url, self.database.clone())
    }

    /// How long a token is valid.
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

    /// Whether a peer is a proxy that says for whom it forwards.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|proxy| proxy.to_canonical() == peer.to_canonical())
    }

    /// How long a request's body may take.
    pub fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_seconds.into())
    }

    /// The time from one ping to the next.
    pub fn ping_interval(&self) -> Duration {
        Duration::from_secs(self.ping_seconds.into())
    }

    /// How long after a ping a silent peer is taken for dead.
    pub fn ping_timeout(&self) -> Duration {
        Duration::from_secs(self.ping_timeout_seconds.into())
    }

    /// How long a question may wait until its doctor is reminded; `None` if nobody ever is.
    pub fn remind_after(&self) -> Option<Duration> {
        (self.remind_seconds > 0).then(|| Duration::from_secs(self.remind_seconds.into()))
    }

    /// How long a claimed question is reserved for who claimed it.
    pub fn claim_lifetime(&self) -> Duration {
        Duration::from_secs(self.claim_seconds.into())
    }

    /// How long a connection may outlive its peer unnoticed.
    pub fn heartbeat(&self) -> Duration {
        2 * self.ping_interval() + self.ping_timeout()
    }

    /// How many bytes all files of one account may have.
    pub fn upload_quota(&self) -> i64 {
        i64::from(self.upload_quota_mib) * 1024 * 1024
    }

    /// How long pushes are kept for replay.
    pub fn replay_period(&self) -> Duration {
        Duration::from_secs(u64::from(self.replay_days) * 86_400)
    }
}

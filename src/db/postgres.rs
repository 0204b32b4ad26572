//! How a connection to PostgreSQL is made: the settings of it, TLS, and what may stand in between.
//!
//! `Server` is a URL with these settings. Parameters of libpq that the URL itself has are left as they are.
//! What is written and read is not here.

use crate::db::open_error::OpenError;
use diesel::connection::{CacheSize, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use std::time::Duration;

/// The parameters of libpq whose values nobody else may see.
const SECRET: [&str; 5] =
    ["password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"];

/// Settings of connections to PostgreSQL; in the environment `JIAYI_DATABASE__…`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostgresSettings {
    /// Connections for all that is quick.
    pub connections: u32,
    /// Seconds until an address that does not answer is given up.
    pub connect_timeout_seconds: u32,
    /// Seconds that a statement may take.
    pub statement_timeout_seconds: u32,
    /// Seconds that a statement waits for what others hold.
    pub lock_timeout_seconds: u32,
    /// Seconds that a transaction may do nothing, until the server ends it and frees what it holds.
    pub idle_in_transaction_session_timeout_seconds: u32,
    /// Seconds of silence after which TCP asks whether the server is still there.
    pub keepalives_idle_seconds: u32,
    /// Seconds until it asks again.
    pub keepalives_interval_seconds: u32,
    /// How often it asks in vain until the connection is given up.
    pub keepalives_count: u32,
    /// Seconds until a connection is given up on which nothing that is sent arrives.
    pub tcp_user_timeout_seconds: u32,
    /// What stands before the server.
    pub pooler: Pooler,
}

/// What stands between this program and PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pooler {
    /// Nothing, or what gives each connection a session of its own.
    None,
    /// What gives a session for a transaction: nothing is prepared, and the role has the time limits.
    Transaction,
    /// The same, and it knows prepared statements: PgBouncer from 1.21, with `max_prepared_statements`.
    TransactionPrepared,
}

impl Default for PostgresSettings {
    fn default() -> Self {
        Self {
            connections: 8,
            connect_timeout_seconds: 3,
            statement_timeout_seconds: 30,
            lock_timeout_seconds: 4,
            idle_in_transaction_session_timeout_seconds: 5,
            keepalives_idle_seconds: 5,
            keepalives_interval_seconds: 2,
            keepalives_count: 3,
            tcp_user_timeout_seconds: 5,
            pooler: Pooler::None,
        }
    }
}

impl PostgresSettings {
    /// Those that must be at least 1, by their names.
    pub fn positive(&self) -> [(&'static str, u32); 9] {
        [
            ("database.connections", self.connections),
            ("database.connect_timeout_seconds", self.connect_timeout_seconds),
            ("database.statement_timeout_seconds", self.statement_timeout_seconds),
            ("database.lock_timeout_seconds", self.lock_timeout_seconds),
            (
                "database.idle_in_transaction_session_timeout_seconds",
                self.idle_in_transaction_session_timeout_seconds,
            ),
            ("database.keepalives_idle_seconds", self.keepalives_idle_seconds),
            ("database.keepalives_interval_seconds", self.keepalives_interval_seconds),
            ("database.keepalives_count", self.keepalives_count),
            ("database.tcp_user_timeout_seconds", self.tcp_user_timeout_seconds),
        ]
    }

    /// The time limits that a session is told, by PostgreSQL's names, in seconds.
    fn limits(&self) -> [(&'static str, u32); 3] {
        [
            ("statement_timeout", self.statement_timeout_seconds),
            ("lock_timeout", self.lock_timeout_seconds),
            ("idle_in_transaction_session_timeout", self.idle_in_transaction_session_timeout_seconds),
        ]
    }

    /// What libpq is told, by its names.
    fn parameters(&self) -> [(&'static str, u32); 5] {
        [
            ("connect_timeout", self.connect_timeout_seconds),
            ("keepalives_idle", self.keepalives_idle_seconds),
            ("keepalives_interval", self.keepalives_interval_seconds),
            ("keepalives_count", self.keepalives_count),
            ("tcp_user_timeout", self.tcp_user_timeout_seconds.saturating_mul(1000)),
        ]
    }
}

/// A PostgreSQL, and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    url: String,
    settings: PostgresSettings,
}

impl Server {
    /// The server at a URL. Refuses one of which part of a password would be taken for a host or a port, and one that
    /// asks for TLS where this program has none.
    pub fn new(url: &str, settings: PostgresSettings) -> Result<Self, OpenError> {
        if is_ambiguous(url) {
            return Err(OpenError::Malformed);
        }
        let wants_tls = matches!(parameter(url, "sslmode"), Some("require" | "verify-ca" | "verify-full"));
        match wants_tls && !cfg!(feature = "postgres-tls") {
            true => Err(OpenError::NoTls),
            false => Ok(Self { url: url.to_owned(), settings }),
        }
    }

    /// Its settings.
    pub fn settings(&self) -> &PostgresSettings {
        &self.settings
    }

    /// The URL without what is secret in it, and that, by the names of libpq's parameters.
    pub fn without_secrets(&self) -> (String, Vec<(&'static str, String)>) {
        let (mut url, mut secrets) = (self.url.clone(), Vec::new());
        if let Some((without, password)) = without_password(&url) {
            (url, secrets) = (without, vec![("password", password)]);
        }
        for name in SECRET {
            let (without, value) = without_parameter(&url, name);
            url = without;
            // What stands behind the `?` wins.
            if let Some(value) = value {
                secrets.retain(|(other, _)| *other != name);
                secrets.push((name, value));
            }
        }
        (url, secrets)
    }

    /// Whether the way to it is encrypted to whom it should, or does not leave this machine.
    pub fn is_encrypted_or_near(&self) -> bool {
        let near = ["127.0.0.1", "localhost", "[::1]", "%2F", "%2f"];
        let hosts = self.without_secrets().0;
        let hosts =
            hosts.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
        let hosts = hosts.rsplit('@').next().unwrap_or_default();
        let is_near = |host: &str| host.is_empty() || near.iter().any(|near| host.starts_with(near));
        parameter(&self.url, "sslmode") == Some("verify-full") || hosts.split(',').all(is_near)
    }

    /// How long a piece of work may take: what takes longer waits for a server, or a way to it, that is mute.
    pub fn longest_work(&self) -> Duration {
        Duration::from_secs(u64::from(self.settings.statement_timeout_seconds) + 5)
    }

    /// A connection, ready for use.
    pub fn connect(&self) -> Result<PgConnection, OpenError> {
        let mut connection = self.establish()?;
        match self.settings.pooler {
            Pooler::None => {
                let limits = self.settings.limits();
                let limits = limits.map(|(name, seconds)| format!("SET {name} = '{seconds}s'"));
                connection.batch_execute(&limits.join("; "))?;
            }
            // What one sets or prepares, the next client of the pooler's session would have.
            Pooler::Transaction => connection.set_prepared_statement_cache_size(CacheSize::Disabled),
            Pooler::TransactionPrepared => {}
        }
        Ok(connection)
    }

    /// The same for a few statements, of which nothing stays behind.
    pub fn connect_once(&self) -> Result<PgConnection, OpenError> {
        self.refuse_unnamed_pooler()?;
        let mut connection = self.connect()?;
        connection.set_prepared_statement_cache_size(CacheSize::Disabled);
        Ok(connection)
    }

    /// Whether two open connections are one session, as only a pooler makes them: the settings must name it.
    fn refuse_unnamed_pooler(&self) -> Result<(), OpenError> {
        if self.settings.pooler != Pooler::None {
            return Ok(());
        }
        let (mut one, mut other) = (self.establish()?, self.establish()?);
        match session(&mut one)? == session(&mut other)? {
            true => Err(OpenError::UnnamedPooler),
            false => Ok(()),
        }
    }

    fn establish(&self) -> Result<PgConnection, OpenError> {
        PgConnection::establish(&with_parameters(&self.url, &self.settings.parameters()))
            .map_err(OpenError::of_postgres)
    }
}

/// Which session of the server answers.
fn session(connection: &mut PgConnection) -> QueryResult<i32> {
    connection.set_prepared_statement_cache_size(CacheSize::Disabled);
    diesel::select(diesel::dsl::sql::<Integer>("pg_backend_pid()")).get_result(connection)
}

/// The time limits that do not hold on this connection, by PostgreSQL's names: behind a pooler its role has
/// them.
pub fn missing_limits(connection: &mut PgConnection) -> QueryResult<Vec<String>> {
    let names = PostgresSettings::default().limits().map(|(name, _)| name).join("', '");
    let unset = format!("name FROM pg_settings WHERE setting = '0' AND name IN ('{names}') ORDER BY name");
    diesel::select(diesel::dsl::sql::<Text>(&unset)).load(connection)
}

/// Whether libpq would take part of a password for something else, as an `@` or a `/` in it is not encoded: for a
/// host, which it then tells.
fn is_ambiguous(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let database = path.split('?').next().unwrap_or_default();
    authority.matches('@').count() > 1 || database.contains('@')
}

/// A URL without the password before its host, and that.
fn without_password(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (user, hosts) = authority.rsplit_once('@')?;
    let (user, password) = user.split_once(':')?;
    Some((format!("{scheme}://{user}@{hosts}{path}"), decode(password)))
}

/// A URL without a parameter, and what that was.
fn without_parameter(url: &str, name: &str) -> (String, Option<String>) {
    let Some((address, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    // libpq decodes names, too.
    let is_named = |pair: &&str| pair.split_once('=').is_some_and(|pair| decode(pair.0) == name);
    let (named, others): (Vec<_>, Vec<_>) = query.split('&').partition(is_named);
    let value = named.last().and_then(|pair| pair.split_once('=')).map(|pair| decode(pair.1));
    let mark = if others.is_empty() { "" } else { "?" };
    (format!("{address}{mark}{}", others.join("&")), value)
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What a URL says of a parameter of libpq.
fn parameter<'url>(url: &'url str, name: &str) -> Option<&'url str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|pair| pair.0 == name).map(|pair| pair.1)
}

/// The URL with those parameters that it does not have itself.
fn with_parameters(url: &str, parameters: &[(&str, u32)]) -> String {
    let mut whole = url.to_owned();
    for (name, value) in parameters.iter().filter(|(name, _)| parameter(url, name).is_none()) {
        whole.push(if whole.contains('?') { '&' } else { '?' });
        whole.push_str(&format!("{name}={value}"));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libpq_is_told_the_settings_unless_the_url_says_otherwise() {
        let parameters = PostgresSettings::default().parameters();
        let url = with_parameters("postgres://h/d", &parameters);
        assert!(url.starts_with("postgres://h/d?connect_timeout=3&keepalives_idle=5&"), "{url}");
        assert!(url.contains("&tcp_user_timeout=5000"), "{url}");
        let url = with_parameters("postgres://h/d?connect_timeout=60&options=x", &parameters);
        assert!(url.starts_with("postgres://h/d?connect_timeout=60&options=x&keepalives_idle=5"), "{url}");
        assert_eq!(url.matches("connect_timeout").count(), 1);
    }

    #[test]
    fn tls_that_is_asked_for_is_never_left_out() {
        for mode in ["require", "verify-ca", "verify-full"] {
            let url = format!("postgres://h/d?connect_timeout=9&sslmode={mode}");
            let refusal = Server::new(&url, PostgresSettings::default()).err().map(|error| error.to_string());
            assert_eq!(refusal.is_none(), cfg!(feature = "postgres-tls"), "{mode}");
            assert!(refusal.is_none_or(|refusal| refusal.contains("--features postgres-tls")));
        }
        Server::new("postgres://h/d?sslmode=prefer", PostgresSettings::default()).unwrap();
    }
}

//! Which settings are impossible.

use crate::config::Config;
use crate::config::cluster::ClusterSettings;
use crate::config::error::ConfigError;
use crate::logs;

/// What an envelope of 64 KiB needs in its packet.
const SMALLEST_PAYLOAD: usize = 66_000;
/// More threads than these the HTTP server does not know how to wake.
const MOST_WORKERS: usize = 512;
/// What one client may make the server hold in memory.
const LARGEST_PAYLOAD: usize = 10_000_000;

impl Config {
    /// Refuses a setting whose value cannot be, by its name.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |name: &str, why: &str| Err(ConfigError::new(name, why));
        let database =
            self.database().map_err(|error| ConfigError::new("database_url", error.to_string()))?;
        if let Some(cluster) = &self.cluster {
            ClusterSettings::check_database(&database)?;
            cluster.servers()?;
        }
        let database = self.database.positive();
        let positive = [
            ("token_days", self.token_days),
            ("register_seconds", self.register_seconds),
            ("body_seconds", self.body_seconds),
            ("registrations_per_hour", self.registrations_per_hour),
            ("ping_seconds", self.ping_seconds),
            ("ping_timeout_seconds", self.ping_timeout_seconds),
            ("commands_per_second", self.commands_per_second),
            ("replay_days", self.replay_days),
            ("claim_seconds", self.claim_seconds),
            ("socketio.connect_seconds", self.socketio.connect_seconds),
            ("push.timeout_seconds", self.push.timeout_seconds),
            ("push.ack_seconds", self.push.ack_seconds),
            ("call.ring_seconds", self.call.ring_seconds),
            ("call.grace_seconds", self.call.grace_seconds),
            ("call.turn_seconds", self.call.turn_seconds),
        ];
        let mut positive = positive.iter().chain(&database);
        if let Some((name, _)) = positive.find(|(_, value)| *value == 0) {
            return wrong(name, "must be at least 1");
        }
        if self.database.lock_timeout_seconds >= self.database.statement_timeout_seconds {
            return wrong(
                "database.lock_timeout_seconds",
                "must be less than statement_timeout_seconds, which ends what waits as well",
            );
        }
        let budgets = self.budgets.named();
        if let Some((name, _)) = budgets.iter().find(|(_, budget)| budget.burst == 0 || budget.per_hour == 0)
        {
            return wrong(name, "must have a burst and a per_hour of at least 1");
        }
        if !logs::is_filter(&self.log) {
            return wrong(
                "log",
                "must be error, warn, info, debug, trace, off, or a filter like warn,jiayi=info",
            );
        }
        if let Err(why) = self.push.provider() {
            return Err(ConfigError::new("push", why.to_string()));
        }
        if let Err(why) = self.push.web_client() {
            return Err(ConfigError::new("push", why.to_string()));
        }
        if self.metrics_token.as_ref().is_some_and(|token| !is_hard_to_guess(&token.0)) {
            return wrong(
                "metrics_token",
                "must be at least 16 printable characters of ASCII, without blanks",
            );
        }
        if self.upload_quota_mib < 20 {
            return wrong("upload_quota_mib", "must be at least 20, as one file may have that");
        }
        let shares = [
            ("connections_before_login", self.connections_before_login),
            ("socketio.sessions_before_login", self.socketio.sessions_before_login),
        ];
        if let Some((name, _)) = shares.iter().find(|(_, share)| *share == 0) {
            return wrong(name, "must be at least 1");
        }
        if self.workers > MOST_WORKERS {
            return wrong("workers", "must be at most 512, or 0 for one a core");
        }
        if self.queue < 16 {
            return wrong("queue", "must be at least 16");
        }
        if !(SMALLEST_PAYLOAD..=LARGEST_PAYLOAD).contains(&self.socketio.max_payload) {
            return wrong("socketio.max_payload", "must be from 66000 to 10000000 bytes");
        }
        if !self.origins.iter().all(|origin| is_origin(origin)) {
            return wrong("origins", "must be like https://host or https://host:port, or file:// or null");
        }
        self.call.ice_servers().map(drop)
    }
}

/// Whether a browser can name it. `file://` and `null` are what pages inside of apps have.
fn is_origin(origin: &str) -> bool {
    let is_host = |host: &str| !host.is_empty() && !host.contains(['/', ' ']);
    matches!(origin, "file://" | "null") || origin.split_once("://").is_some_and(|(_, host)| is_host(host))
}

/// Whether a token is long enough, and can stand in a header.
fn is_hard_to_guess(token: &str) -> bool {
    token.len() >= 16 && token.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::{File, FileFormat};

    fn from_toml(text: &str) -> Result<Config, ConfigError> {
        Config::from_layers(config::Config::builder().add_source(File::from_str(text, FileFormat::Toml)))
    }

    #[test]
    fn the_defaults_are_possible() {
        assert_eq!(from_toml("").unwrap().listen.to_string(), "127.0.0.1:8080");
    }

    #[test]
    fn the_origins_of_apps_can_be_allowed() {
        assert_eq!(from_toml("origins = [\"file://\", \"null\"]").unwrap().origins.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_said_in_plain_words() {
        for (text, words) in [
            ("prot = 1", "settings: prot: there is no such setting"),
            ("[push]\nnix = 1", "settings: push.nix: there is no such setting"),
            ("queue = \"many\"", "settings: queue: must be a whole number"),
            ("queue = -1", "settings: queue: must be a whole number from 0"),
            ("origins = 3", "settings: origins: must be a list"),
            ("secure_cookies = \"perhaps\"", "settings: secure_cookies: must be true or false"),
            ("listen = \"here\"", "settings: listen: must be an address and a port, like 127.0.0.1:8080"),
            ("log_format = \"xml\"", "settings: log_format: is not one of the words that may stand there"),
            ("[budgets.calls]\nburst = 1", "settings: budgets.calls.per_hour: is missing"),
            (
                "[cluster]\nnode = \"a\"\nnats = [\"nats://127.0.0.1\"]",
                "settings: cluster: needs PostgreSQL, as SQLite serves one process alone",
            ),
        ] {
            assert_eq!(from_toml(text).unwrap_err().to_string(), words, "{text}");
        }
    }

    #[test]
    fn a_setting_that_cannot_be_is_named() {
        for (text, name) in [
            ("prot = 1", "prot"),
            ("queue = \"many\"", "queue"),
            ("queue = 1", "queue"),
            ("workers = 513", "workers"),
            ("body_seconds = 0", "body_seconds"),
            ("connections_before_login = 0", "connections_before_login"),
            ("registrations_per_hour = 0", "registrations_per_hour"),
            ("log_format = \"xml\"", "log_format"),
            ("log = \"verbose\"", "log"),
            ("log = \"jiayi=loud\"", "log"),
            ("log = \"a=b=c\"", "log"),
            ("metrics_token = \"short\"", "metrics_token"),
            ("metrics_token = \"\"", "metrics_token"),
            ("token_days = 0", "token_days"),
            ("upload_quota_mib = 19", "upload_quota_mib"),
            ("database_url = \"mysql://x\"", "database_url"),
            ("[database]\nconnections = 0", "database.connections"),
            ("[database]\nlock_timeout_seconds = 30", "database.lock_timeout_seconds"),
            ("[database]\npooler = \"session\"", "pooler"),
            ("origins = [\"example.org\"]", "origins"),
            ("origins = [\"https://example.org/\"]", "origins"),
            ("origins = [\"*\"]", "origins"),
            ("connections = \"several\"", "connections"),
            ("[socketio]\nmax_payload = 1000", "socketio.max_payload"),
            ("[socketio]\nsessions_before_login = 0", "socketio.sessions_before_login"),
            ("[socketio]\nconnect_seconds = 0", "socketio.connect_seconds"),
            ("[socketio]\ntransports = \"jsonp\"", "transports"),
            ("[socketio]\nport = 1", "port"),
            ("[push]\nprovider = \"jpsuh\"", "push.provider"),
            ("[push]\nprovider = \"jpush\"", "app key"),
            ("[push]\nack_seconds = 0", "push.ack_seconds"),
            ("[push]\nmaster_secret_file = \"/nowhere\"", "push.master_secret_file"),
            ("[push]\nvapid_key_file = \"/nowhere\"", "push.vapid_key_file"),
            ("[push]\nvapid_key = \"x\"", "VAPID key"),
            ("[push]\nweb_services = [\"10.0.0.1\"]", "push service"),
            ("[call]\nring_seconds = 0", "call.ring_seconds"),
            ("[cluster]\nnode = \"a\"", "cluster.nats"),
            (
                "database_url = \"postgres://h/d\"\n[cluster]\nnode = \"a b\"\nnats = [\"nats://127.0.0.1\"]",
                "cluster.node",
            ),
            (
                "database_url = \"postgres://h/d\"\n[cluster]\nnode = \"a\"\nnats = [\"nats://10.0.0.1\"]",
                "cluster.nats",
            ),
            ("[budgets.calls]\nburst = 0\nper_hour = 9", "budgets.calls"),
            ("[call]\nstun = [\"turn:relay.test\"]", "call.stun"),
            ("[call]\nturn = [\"relay.test\"]", "call.turn"),
            ("[call]\nturn = [\"turn:relay.test\"]", "call.turn_secret"),
            ("[call]\nturn = [\"turn:relay.test\"]\nturn_secret = \"\"", "call.turn_secret"),
            ("[call]\nturn_secret = \"north\"", "call.turn"),
            (
                "[call]\nturn = [\"turn:relay.test\"]\nturn_secret_file = \"/nowhere\"",
                "call.turn_secret_file",
            ),
        ] {
            let error = from_toml(text).unwrap_err().to_string();
            assert!(error.contains(name), "{text}: {error}");
        }
    }
}

//! The settings of video calls: their times, and where the two ends may meet.

use crate::config::error::ConfigError;
use crate::config::secret::Secret;
use crate::realtime::call::event::Timing;
use crate::service::turn::{IceServers, Relay};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of video calls; in the environment `JIAYI_CALL__…`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// Seconds that a call rings.
    pub ring_seconds: u32,
    /// Seconds that a party has to come back when its connection is lost.
    pub grace_seconds: u32,
    /// STUN servers: `stun:host[:port]`.
    pub stun: Vec<String>,
    /// A TURN relay by its URLs: `turn:host[:port][?transport=…]`, `turns:…`.
    pub turn: Vec<String>,
    /// What the relay shares with this server: coturn's `static-auth-secret`.
    pub turn_secret: Option<Secret>,
    /// A file that holds it, instead.
    pub turn_secret_file: Option<PathBuf>,
    /// Seconds that the relay's credentials are good: how late a call may begin.
    pub turn_seconds: u32,
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            ring_seconds: 60,
            grace_seconds: 15,
            stun: Vec::new(),
            turn: Vec::new(),
            turn_secret: None,
            turn_secret_file: None,
            turn_seconds: 3600,
        }
    }
}

impl Calls {
    /// How long a call rings, and how long it waits for who is away.
    pub fn timing(&self) -> Timing {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        Timing { ring: seconds(self.ring_seconds), grace: seconds(self.grace_seconds) }
    }

    /// Where the two ends of a call may meet.
    pub fn ice_servers(&self) -> Result<IceServers, ConfigError> {
        if let Some(url) = self.stun.iter().find(|url| !has_scheme(url, &["stun", "stuns"])) {
            return wrong("call.stun", format!("{url} must be like stun:host:port"));
        }
        if let Some(url) = self.turn.iter().find(|url| !has_scheme(url, &["turn", "turns"])) {
            return wrong("call.turn", format!("{url} must be like turn:host:port"));
        }
        Ok(IceServers::new(self.stun.clone(), self.relay()?))
    }

    fn relay(&self) -> Result<Option<Relay>, ConfigError> {
        match (self.turn.is_empty(), self.read_secret()?) {
            (true, None) => Ok(None),
            (true, Some(_)) => wrong("call.turn", "must name the relay that turn_secret is of"),
            (false, None) => wrong("call.turn_secret", "is missing: the relay's static-auth-secret"),
            (false, Some(Secret(secret))) => {
                let lifetime = Duration::from_secs(self.turn_seconds.into());
                let relay = Relay::new(self.turn.clone(), &secret, lifetime);
                relay.map(Some).or_else(|error| wrong("call.turn_secret", error.to_string()))
            }
        }
    }

    fn read_secret(&self) -> Result<Option<Secret>, ConfigError> {
        const FILE: &str = "call.turn_secret_file";
        match (&self.turn_secret, &self.turn_secret_file) {
            (Some(_), Some(_)) => wrong(FILE, "must not come with turn_secret"),
            (secret, None) => Ok(secret.clone()),
            (None, Some(file)) => match std::fs::read_to_string(file) {
                Ok(text) => Ok(Some(Secret(text.trim().to_owned()))),
                Err(error) => wrong(FILE, format!("{}: {error}", file.display())),
            },
        }
    }
}

fn wrong<T>(name: &'static str, why: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::new(name, why))
}

fn has_scheme(url: &str, schemes: &[&str]) -> bool {
    url.split_once(':').is_some_and(|(scheme, host)| schemes.contains(&scheme) && !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_the_relay_is_read_from_a_file_and_shows_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "north\n").unwrap();
        let turn = vec!["turn:relay.test".to_owned()];
        let by_file = Calls { turn: turn.clone(), turn_secret_file: Some(file), ..Calls::default() };
        let list = by_file.ice_servers().unwrap().list_for("u42", 1_795_390_700);
        assert_eq!(list[0].credential.as_deref(), Some("6OfWjV6LWu0MqIY2Hnbl+t3OeQc="));
        let twice = Calls { turn_secret: Some(Secret("north".to_owned())), ..by_file };
        assert!(!format!("{twice:?}").contains("north"));
        let error = twice.ice_servers().unwrap_err().to_string();
        assert!(error.contains("call.turn_secret_file") && !error.contains("north"), "{error}");
    }
}

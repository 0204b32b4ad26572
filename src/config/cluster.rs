//! The settings of a cluster: several nodes over one PostgreSQL, which tell each other by NATS what they do.

use crate::cluster::carrier::Carrier;
use crate::cluster::nats::{self, Servers};
use crate::config::error::ConfigError;
use crate::config::secret::Secret;
use crate::db::connection::Address;
use crate::model::Slot;
use serde::Deserialize;
use std::fs::File;
use std::net::IpAddr;
use std::path::PathBuf;

/// Settings of a cluster; in the environment `JIAYI_CLUSTER__…`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterSettings {
    /// The name of this node, for logs and for NATS.
    pub node: String,
    /// Where this node is among the others, where a balancer is to know: 0 to 62, another one for each node.
    pub slot: Option<Slot>,
    /// The name of the service: that of all nodes, and of nothing else on this NATS.
    #[serde(default = "default_service")]
    pub service: String,
    /// The servers of NATS: `tls://host:port`, or `nats://host:port` on this machine.
    pub nats: Vec<String>,
    /// Who we are for NATS.
    pub user: Option<String>,
    /// The password that belongs to the user.
    pub password: Option<Secret>,
    /// A file that holds it, instead.
    pub password_file: Option<PathBuf>,
    /// The certificates that those of NATS are signed by, as PEM, instead of those that the system knows.
    pub ca_file: Option<PathBuf>,
}

fn default_service() -> String {
    "jiayi".to_owned()
}

impl ClusterSettings {
    /// How NATS is found; refuses what cannot be, or would show to others what people write.
    pub fn servers(&self) -> Result<Servers, ConfigError> {
        for (name, value) in [("cluster.node", &self.node), ("cluster.service", &self.service)] {
            if !is_word(value) {
                return wrong(name, "must be 1 to 64 of A-Z a-z 0-9 _ -");
            }
        }
        if self.nats.is_empty() {
            return wrong("cluster.nats", "must name a server of NATS");
        }
        if let Some(file) = &self.ca_file
            && let Err(error) = File::open(file)
        {
            return wrong("cluster.ca_file", format!("{}: {error}", file.display()));
        }
        let login = self.login()?;
        for url in &self.nats {
            match Transport::of(url) {
                None => return wrong("cluster.nats", "must be like tls://host:4222, without a user"),
                Some(Transport::Open) => {
                    return wrong("cluster.nats", "must be tls://, as messages go by it, or on this machine");
                }
                Some(Transport::Tls) if login.is_none() => {
                    return wrong(
                        "cluster.user",
                        "is missing, with its password: who may hear all that is written",
                    );
                }
                Some(Transport::Tls | Transport::Loopback) => {}
            }
        }
        Ok(Servers {
            urls: self.nats.clone(),
            login,
            ca_file: self.ca_file.clone(),
            name: format!("{} {}", self.service, self.node),
        })
    }

    /// The bus that they name.
    pub fn carrier(&self) -> Result<Carrier, ConfigError> {
        Ok(Carrier::Nats(self.servers()?, self.service.clone()))
    }

    /// Refuses a database that nodes cannot share.
    pub(super) fn check_database(address: &Address) -> Result<(), ConfigError> {
        match address {
            Address::Postgres(_) => Ok(()),
            Address::Sqlite(_) => wrong("cluster", "needs PostgreSQL, as SQLite serves one process alone"),
        }
    }

    fn login(&self) -> Result<Option<(String, String)>, ConfigError> {
        const FILE: &str = "cluster.password_file";
        let password = match (&self.password, &self.password_file) {
            (Some(_), Some(_)) => return wrong(FILE, "must not come with password"),
            (password, None) => password.as_ref().map(|Secret(password)| password.clone()),
            (None, Some(file)) => match std::fs::read_to_string(file) {
                Ok(text) => Some(text.trim().to_owned()),
                Err(error) => return wrong(FILE, format!("{}: {error}", file.display())),
            },
        };
        match (&self.user, password) {
            (None, None) => Ok(None),
            (Some(user), Some(password)) => Ok(Some((user.clone(), password))),
            (Some(_), None) => wrong("cluster.password", "is missing: that of cluster.user"),
            (None, Some(_)) => wrong("cluster.user", "is missing: whose password it is"),
        }
    }
}

/// How safe the way to a server is.
enum Transport {
    Tls,
    Loopback,
    Open,
}

impl Transport {
    fn of(url: &str) -> Option<Self> {
        let (scheme, authority) = url.split_once("://")?;
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        match (scheme, is_loopback) {
            _ if host.is_empty() || authority.contains(['@', '/', ',', ' ']) => None,
            _ if !nats::is_address(url) => None,
            ("tls", _) => Some(Self::Tls),
            ("nats", true) => Some(Self::Loopback),
            ("nats", false) => Some(Self::Open),
            (_, _) => None,
        }
    }
}

/// Whether it can stand in a subject of NATS.
fn is_word(text: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_' || letter == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

fn wrong<T>(name: &'static str, why: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::new(name, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(nats: &str) -> ClusterSettings {
        ClusterSettings {
            node: "a".to_owned(),
            slot: None,
            service: default_service(),
            nats: vec![nats.to_owned()],
            user: None,
            password: None,
            password_file: None,
            ca_file: None,
        }
    }

    #[test]
    fn what_people_write_goes_by_tls_or_stays_on_the_machine() {
        for loopback in ["nats://127.0.0.1:4222", "nats://localhost", "nats://[::1]:4222"] {
            assert!(settings(loopback).servers().is_ok(), "{loopback}");
        }
        for open in [
            "nats://10.0.0.1:4222",
            "nats://a:b@127.0.0.1",
            "ws://127.0.0.1",
            "127.0.0.1",
            "tls://",
            "tls://a:b",
        ] {
            let error = settings(open).servers().unwrap_err().to_string();
            assert!(error.contains("cluster.nats"), "{open}: {error}");
        }
        let tls = settings("tls://10.0.0.1:4222");
        assert!(tls.servers().unwrap_err().to_string().contains("cluster.user"));
        let (user, password) = (Some("jiayi".to_owned()), Some(Secret("north".to_owned())));
        let named = ClusterSettings { user, password, ..tls };
        assert!(named.servers().is_ok() && !format!("{named:?}").contains("north"));
        let lost = ClusterSettings { ca_file: Some("/nowhere".into()), ..named };
        assert!(lost.servers().unwrap_err().to_string().contains("cluster.ca_file"));
    }
}

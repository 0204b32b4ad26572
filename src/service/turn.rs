//! Where the two ends of a video call may meet: the `iceservers` list of WebRTC, with coturn's
//! time-limited credentials (its `use-auth-secret` mode) for the relays.
//!
//! Deliberately no clock: whoever asks says what time it is. No configuration file either.

use crate::protocol::objects::IceServer;
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use thiserror::Error;

/// Why a relay cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadRelay {
    /// There is nothing to connect to.
    #[error("a TURN relay needs at least one URL")]
    NoUrl,
    /// Everybody could sign credentials for it.
    #[error("a TURN relay needs a secret")]
    NoSecret,
}

/// A TURN relay that shares a secret with this server.
///
/// The secret itself is not kept, only the signer keyed with it, and that shows nothing in `Debug`.
#[derive(Debug, Clone)]
pub struct Relay {
    urls: Vec<String>,
    signer: Hmac<Sha1>,
    lifetime: Duration,
}

impl Relay {
    /// A relay at `urls` whose credentials hold for `lifetime` from when they were made. coturn
    /// looks at the expiry when an allocation begins, so `lifetime` is how late a call may start.
    pub fn new(urls: Vec<String>, secret: &str, lifetime: Duration) -> Result<Self, BadRelay> {
        if urls.is_empty() {
            return Err(BadRelay::NoUrl);
        }
        if secret.is_empty() {
            return Err(BadRelay::NoSecret);
        }
        let signer = Hmac::new_from_slice(secret.as_bytes()).map_err(|_too_long| BadRelay::NoSecret)?;
        Ok(Self { urls, signer, lifetime })
    }

    /// The entry for `uid`, good until `now` (Unix seconds) plus the lifetime.
    #[must_use]
    pub fn server_for(&self, uid: &str, now: u64) -> IceServer {
        let expiry = now.saturating_add(self.lifetime.as_secs());
        let username = format!("{expiry}:{uid}");
        IceServer {
            urls: self.urls.clone(),
            credential: Some(self.sign(&username)),
            username: Some(username),
        }
    }

    fn sign(&self, username: &str) -> String {
        let signed = self.signer.clone().chain_update(username).finalize();
        STANDARD.encode(signed.into_bytes())
    }
}

/// All that `iceservers` is made of.
#[derive(Debug, Clone, Default)]
pub struct IceServers {
    stun: Vec<String>,
    relay: Option<Relay>,
}

impl IceServers {
    /// `stun` are open servers that only tell an end its own address; either part may be missing.
    #[must_use]
    pub fn new(stun: Vec<String>, relay: Option<Relay>) -> Self {
        Self { stun, relay }
    }

    /// The list for one party at `now` (Unix seconds); empty where nothing is configured, and then
    /// a call works inside one network only.
    #[must_use]
    pub fn list_for(&self, uid: &str, now: u64) -> Vec<IceServer> {
        let stun = (!self.stun.is_empty()).then(|| IceServer {
            urls: self.stun.clone(),
            username: None,
            credential: None,
        });
        let relay = self.relay.as_ref().map(|relay| relay.server_for(uid, now));
        stun.into_iter().chain(relay).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn relay() -> Relay {
        let urls = vec!["turn:relay.test:3478?transport=udp".to_owned()];
        Relay::new(urls, "north", Duration::from_secs(3_600)).unwrap()
    }

    #[test]
    fn the_known_vector_comes_out() {
        let server = relay().server_for("u42", 1_795_394_300 - 3_600);
        assert_eq!(server.username.as_deref(), Some("1795394300:u42"));
        assert_eq!(server.credential.as_deref(), Some("6OfWjV6LWu0MqIY2Hnbl+t3OeQc="));
    }

    #[test]
    fn the_list_is_what_a_browser_takes() {
        let servers = IceServers::new(vec!["stun:relay.test".to_owned()], Some(relay()));
        let list = serde_json::to_value(servers.list_for("u42", 1_795_390_700)).unwrap();
        assert_eq!(
            list,
            json!([
                {"urls": ["stun:relay.test"]},
                {
                    "urls": ["turn:relay.test:3478?transport=udp"],
                    "username": "1795394300:u42",
                    "credential": "6OfWjV6LWu0MqIY2Hnbl+t3OeQc=",
                },
            ])
        );
    }

    #[test]
    fn nothing_configured_is_an_empty_list() {
        assert!(IceServers::default().list_for("u42", 0).is_empty());
    }

    #[test]
    fn a_relay_without_url_or_secret_is_refused() {
        let hour = Duration::from_secs(3_600);
        assert_eq!(Relay::new(Vec::new(), "north", hour).err(), Some(BadRelay::NoUrl));
        let urls = vec!["turn:relay.test".to_owned()];
        assert_eq!(Relay::new(urls, "", hour).err(), Some(BadRelay::NoSecret));
    }

    #[test]
    fn the_secret_shows_in_no_debug_output() {
        let shown = format!("{:?}", IceServers::new(Vec::new(), Some(relay())));
        assert!(!shown.contains("north"), "{shown}");
    }

    #[test]
    fn the_furthest_time_does_not_overflow() {
        let server = relay().server_for("u42", u64::MAX);
        assert_eq!(server.username, Some(format!("{}:u42", u64::MAX)));
    }
}

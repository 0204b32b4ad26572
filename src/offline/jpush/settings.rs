//! What a JPush client has to know.

use reqwest::Url;
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// Everything there is to set. Neither key shows in `Debug`.
#[derive(Clone)]
pub struct Settings {
    /// Which app; 24 letters or digits.
    pub app_key: String,
    /// What proves it; 24 letters or digits.
    pub master_secret: String,
    /// Where notices are sent.
    pub push_url: String,
    /// Where devices are mapped.
    pub device_url: String,
    /// For one connection to come about.
    pub connect_timeout: Duration,
    /// For one request, from beginning to end.
    pub timeout: Duration,
    /// Which of Apple's two worlds the app was built for.
    pub apns: Apns,
    /// How notices look.
    pub look: Look,
}

impl Settings {
    /// The vendor's public service and reasonable times, for an app in the shops.
    #[must_use]
    pub fn new(app_key: String, master_secret: String) -> Self {
        Self {
            app_key,
            master_secret,
            push_url: "https://api.jpush.cn".to_owned(),
            device_url: "https://device.jpush.cn".to_owned(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            apns: Apns::Production,
            look: Look::default(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("push_url", &self.push_url)
            .field("device_url", &self.device_url)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("apns", &self.apns)
            .field("look", &self.look)
            .finish_non_exhaustive()
    }
}

/// Which certificates of Apple's an app was signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apns {
    /// From a shop.
    Production,
    /// From a developer's machine.
    Development,
}

/// What the app has set up on the phone and with the phones' makers.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// The Android notification channel of messages.
    pub channel: Option<String>,
    /// That of calls, which the app makes loud.
    pub call_channel: Option<String>,
    /// What a tap opens on Android (`intent:#Intent;…;end`).
    pub intent: Option<String>,
    /// Handed on as `third_party_channel`: what single makers of phones want to be told.
    pub third_party_channel: Option<Value>,
}

/// Why there can be no client with such settings. Says no more than which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Misconfigured {
    /// Not 24 letters or digits.
    #[error("the JPush app key must be 24 letters or digits")]
    AppKey,
    /// Not 24 letters or digits.
    #[error("the JPush master secret must be 24 letters or digits")]
    MasterSecret,
    /// No `http` or `https` URL.
    #[error("the JPush {0} URL must be an http or https URL")]
    Url(&'static str),
    /// No HTTP client could be made, as where the system has no certificates to judge others by.
    #[error("no HTTP client for JPush; are the system's CA certificates installed?")]
    Client,
}

/// Whether a key has the vendor's form.
pub(super) fn is_key(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A base address; it may have a path of its own, as behind a gateway.
pub(super) fn base(which: &'static str, text: &str) -> Result<Url, Misconfigured> {
    let url = Url::parse(text).map_err(|_unparsable| Misconfigured::Url(which))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _other => Err(Misconfigured::Url(which)),
    }
}

//! What a client has to know.

use reqwest::Url;
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// The settings of a [`Client`](crate::Client). `Debug` shows neither key nor secret.
#[derive(Clone)]
pub struct Settings {
    /// The app key: 24 letters or digits, from the app's page in the JPush console.
    pub app_key: String,
    /// The master secret: 24 letters or digits, from the same page.
    pub master_secret: String,
    /// Base URL of the push API; without `/v3`.
    pub push_url: String,
    /// Base URL of the device API; without `/v3`.
    pub device_url: String,
    /// Base URL of the report API; without `/v3`.
    pub report_url: String,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a request may take, from the first byte sent to the last byte read.
    pub timeout: Duration,
    /// The `User-Agent` of the requests.
    pub user_agent: String,
    /// The APNs environment that the iOS app was built for.
    pub apns: ApnsEnvironment,
    /// What concerns Android alone.
    pub android: AndroidOptions,
}

impl Settings {
    /// JPush's public service, 5 s for connecting and 20 s for a request, and the production
    /// environment of APNs.
    #[must_use]
    pub fn new(app_key: impl Into<String>, master_secret: impl Into<String>) -> Self {
        Self {
            app_key: app_key.into(),
            master_secret: master_secret.into(),
            push_url: "https://api.jpush.cn".to_owned(),
            device_url: "https://device.jpush.cn".to_owned(),
            report_url: "https://report.jpush.cn".to_owned(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            user_agent: concat!("jpush-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            apns: ApnsEnvironment::Production,
            android: AndroidOptions::default(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("push_url", &self.push_url)
            .field("device_url", &self.device_url)
            .field("report_url", &self.report_url)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("user_agent", &self.user_agent)
            .field("apns", &self.apns)
            .field("android", &self.android)
            .finish_non_exhaustive()
    }
}

/// Which of Apple's push services the app's certificate is for (`apns_production`). The client always
/// sends it: when left out it means production to JPush, and development to JPush's own libraries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApnsEnvironment {
    /// An app from the App Store or an enterprise store.
    Production,
    /// An app installed by Xcode.
    Development,
}

/// What the Android app has set up on the phone and with the phones' makers.
#[derive(Debug, Clone, Default)]
pub struct AndroidOptions {
    /// The notification channel of messages and announcements (`channel_id`).
    pub channel: Option<String>,
    /// The notification channel of calls.
    pub call_channel: Option<String>,
    /// What a tap opens (`intent.url`), in the form `intent:#Intent;…;end`.
    pub intent: Option<String>,
    /// Passed on unchanged as `options.third_party_channel`: the phones' makers' own settings.
    pub third_party_channel: Option<Value>,
}

/// Why there can be no client with such settings. It names the setting and nothing of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// [`Settings::app_key`] is not 24 letters or digits.
    #[error("the JPush app key must be 24 letters or digits")]
    AppKey,
    /// [`Settings::master_secret`] is not 24 letters or digits.
    #[error("the JPush master secret must be 24 letters or digits")]
    MasterSecret,
    /// A base URL is not an `http` or `https` URL; the word says which: `push`, `device` or `report`.
    #[error("the JPush {0} URL must be an http or https URL")]
    Url(&'static str),
    /// The HTTP client could not be made: the system has no CA certificates, or
    /// [`Settings::user_agent`] cannot be sent.
    #[error("no HTTP client for JPush; are the system's CA certificates installed?")]
    HttpClient,
}

/// Whether a key or secret has JPush's form.
pub(crate) fn is_key(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Parses a base URL; it may have a path of its own, as behind a gateway.
pub(crate) fn base_url(which: &'static str, text: &str) -> Result<Url, SettingsError> {
    let url = Url::parse(text).map_err(|_unparsable| SettingsError::Url(which))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _other => Err(SettingsError::Url(which)),
    }
}

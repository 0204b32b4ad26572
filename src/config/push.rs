//! The settings of notices to phones and browsers, the vendor that they name, and the client of web push.

use crate::config::secret::Secret;
use crate::mobile::provider::Provider;
use crate::protocol::mobile_preview::PreviewText;
use jpush_client::{AndroidOptions, ApnsEnvironment, Client, Settings, SettingsError};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;
use webpush_client::{self as webpush, Services, VapidKey};

const USER_AGENT: &str = concat!("jiayi/", env!("CARGO_PKG_VERSION"));

/// Which vendor sends mobile notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VendorName {
    /// None: there are no mobile notices.
    None,
    /// JPush (极光推送).
    Jpush,
}

/// Settings of mobile notices; in the environment `JIAYI_PUSH__…`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushSettings {
    /// Which vendor sends them.
    pub provider: VendorName,
    /// The app's key at the vendor.
    pub app_key: String,
    /// The secret that belongs to the key.
    pub master_secret: Secret,
    /// A file that contains the secret, instead.
    pub master_secret_file: Option<PathBuf>,
    /// Base URL of the vendor's push API.
    pub push_url: String,
    /// Base URL of the vendor's device API.
    pub device_url: String,
    /// Seconds that one request to the vendor may take.
    pub timeout_seconds: u32,
    /// Whether the iOS app uses the production environment of APNs.
    pub apns_production: bool,
    /// The Android notification channel of messages.
    pub channel: Option<String>,
    /// The Android notification channel of calls.
    pub call_channel: Option<String>,
    /// What a tap opens on Android, as an intent.
    pub intent: Option<String>,
    /// The key by which push services of browsers know this server; web push is off without.
    pub vapid_key: Secret,
    /// A file that contains the key, instead.
    pub vapid_key_file: Option<PathBuf>,
    /// Where push services reach those who run this server: `mailto:` or `https://`.
    pub vapid_subject: String,
    /// The hosts of the push services that browsers may name.
    pub web_services: Vec<String>,
    /// Whether notices show what was written. Lock screens are read by others, too.
    pub show_text: bool,
    /// Seconds within which several pushes to one person become one notice.
    pub gather_seconds: u32,
    /// Seconds after which an app that acknowledges is notified if it has not done so.
    pub ack_seconds: u32,
    /// Seconds after which a connected app is notified of a call if it has not acknowledged it.
    pub call_seconds: u32,
}

/// The push services of Chrome, Firefox, Safari and Edge.
const WEB_SERVICES: [&str; 4] =
    ["fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"];

impl Default for PushSettings {
    fn default() -> Self {
        let defaults = Settings::new("", "");
        Self {
            provider: VendorName::None,
            app_key: String::new(),
            master_secret: Secret::default(),
            master_secret_file: None,
            push_url: defaults.push_url,
            device_url: defaults.device_url,
            timeout_seconds: 20,
            apns_production: true,
            channel: None,
            call_channel: None,
            intent: None,
            vapid_key: Secret::default(),
            vapid_key_file: None,
            vapid_subject: String::new(),
            web_services: WEB_SERVICES.map(str::to_owned).to_vec(),
            show_text: false,
            gather_seconds: 3,
            ack_seconds: 30,
            call_seconds: 3,
        }
    }
}

impl PushSettings {
    /// A client of the vendor that is named, if one is. Sends nothing yet.
    ///
    /// # Errors
    /// A setting of the vendor could never work.
    pub fn provider(&self) -> Result<Option<Box<dyn Provider>>, SettingsError> {
        match self.provider {
            VendorName::None => Ok(None),
            VendorName::Jpush => Ok(Some(Box::new(Client::new(self.jpush())?))),
        }
    }

    /// A client of the push services of browsers, where there is a key. Sends nothing yet.
    ///
    /// # Errors
    /// A setting of web push could never work.
    pub fn web_client(&self) -> Result<Option<webpush::Client>, webpush::SettingsError> {
        let services = Services::parse(&self.web_services)?;
        if !self.is_web_push_on() {
            return Ok(None);
        }
        let key = VapidKey::parse(&self.vapid_key.0, &self.vapid_subject)?;
        webpush::Client::new(key, services, USER_AGENT, self.timeout()).map(Some)
    }

    /// Whether browsers are told of what comes.
    pub fn is_web_push_on(&self) -> bool {
        !self.vapid_key.0.is_empty()
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.into())
    }

    fn jpush(&self) -> Settings {
        Settings {
            push_url: self.push_url.clone(),
            device_url: self.device_url.clone(),
            timeout: self.timeout(),
            user_agent: USER_AGENT.to_owned(),
            apns: if self.apns_production {
                ApnsEnvironment::Production
            } else {
                ApnsEnvironment::Development
            },
            android: AndroidOptions {
                channel: self.channel.clone(),
                call_channel: self.call_channel.clone(),
                intent: self.intent.clone(),
                third_party_channel: None,
            },
            ..Settings::new(self.app_key.clone(), self.master_secret.0.clone())
        }
    }

    /// How much notices show.
    pub fn preview_text(&self) -> PreviewText {
        match self.show_text {
            true => PreviewText::Shown,
            false => PreviewText::Hidden,
        }
    }

    /// The time within which several pushes to one person become one notice.
    pub fn batch_window(&self) -> Duration {
        Duration::from_secs(self.gather_seconds.into())
    }

    /// How long an app that acknowledges has for it.
    pub fn ack_timeout(&self) -> Duration {
        Duration::from_secs(self.ack_seconds.into())
    }

    /// How long a connected app has for acknowledging a call.
    pub fn call_timeout(&self) -> Duration {
        Duration::from_secs(self.call_seconds.into())
    }
}

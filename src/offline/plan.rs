//! The settings of mobile notices, and the vendor that they name.

use super::Provider;
use super::jpush::JPush;
use super::jpush::settings::{Apns, Look, Misconfigured, Settings};
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Who sends notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// Nobody.
    None,
    /// JPush (极光推送).
    Jpush,
}

/// A key that is shown nowhere.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Settings of mobile notices; in the environment `JIAYI_PUSH__…`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Who sends them.
    pub provider: Vendor,
    /// The vendor's name for the app.
    pub app_key: String,
    /// What proves that we may send for it.
    pub master_secret: Secret,
    /// A file that holds it, instead.
    pub master_secret_file: Option<PathBuf>,
    /// Where notices are sent.
    pub push_url: String,
    /// Where devices are mapped.
    pub device_url: String,
    /// Seconds that one request to the vendor may take.
    pub timeout_seconds: u32,
    /// Whether the iOS app comes from a shop.
    pub apns_production: bool,
    /// The Android notification channel of messages.
    pub channel: Option<String>,
    /// That of calls.
    pub call_channel: Option<String>,
    /// What a tap opens on Android.
    pub intent: Option<String>,
    /// Whether notices show what was written. Lock screens are read by others.
    pub show_text: bool,
    /// Seconds over which several pushes to one person become one notice.
    pub gather_seconds: u32,
    /// Seconds in which an app that acknowledges must have done so.
    pub ack_seconds: u32,
    /// Seconds in which a connected app must have acknowledged that it rings.
    pub call_seconds: u32,
}

impl Default for Plan {
    fn default() -> Self {
        let usual = Settings::new(String::new(), String::new());
        Self {
            provider: Vendor::None,
            app_key: String::new(),
            master_secret: Secret::default(),
            master_secret_file: None,
            push_url: usual.push_url,
            device_url: usual.device_url,
            timeout_seconds: 20,
            apns_production: true,
            channel: None,
            call_channel: None,
            intent: None,
            show_text: false,
            gather_seconds: 3,
            ack_seconds: 30,
            call_seconds: 3,
        }
    }
}

impl Plan {
    /// The vendor, where one is named. Talks to nobody yet.
    pub fn provider(&self) -> Result<Option<Box<dyn Provider>>, Misconfigured> {
        match self.provider {
            Vendor::None => Ok(None),
            Vendor::Jpush => Ok(Some(Box::new(JPush::new(self.jpush())?))),
        }
    }

    fn jpush(&self) -> Settings {
        Settings {
            push_url: self.push_url.clone(),
            device_url: self.device_url.clone(),
            timeout: Duration::from_secs(self.timeout_seconds.into()),
            apns: if self.apns_production { Apns::Production } else { Apns::Development },
            look: Look {
                channel: self.channel.clone(),
                call_channel: self.call_channel.clone(),
                intent: self.intent.clone(),
                third_party_channel: None,
            },
            ..Settings::new(self.app_key.clone(), self.master_secret.0.clone())
        }
    }

    /// How long several pushes to one person gather.
    pub fn gather(&self) -> Duration {
        Duration::from_secs(self.gather_seconds.into())
    }

    /// How long an app that acknowledges has for it.
    pub fn ack(&self) -> Duration {
        Duration::from_secs(self.ack_seconds.into())
    }

    /// How long a connected app has for acknowledging a call.
    pub fn call(&self) -> Duration {
        Duration::from_secs(self.call_seconds.into())
    }
}

//! The body of `POST /v3/push`, made from a notification.
//!
//! Texts are cut to the platforms' limits; `extras` are never cut.

use crate::alias::alias_of;
use crate::error::Error;
use crate::ids::{Cid, MsgId, RegistrationId};
use crate::notification::{Notification, NotificationKind, Targets};
use crate::settings::{AndroidOptions, ApnsEnvironment};
use crate::truncate::{fit, truncate};
use serde_json::{Value, json};
use std::time::Duration;

/// The Android part and the HarmonyOS part, in bytes; documented for Android, assumed for HarmonyOS.
const MAX_ANDROID: usize = 4_000;
/// The iOS part and the VoIP part, each with its braces, in bytes.
const MAX_IOS: usize = 2_000;
/// A heading longer than about 40 Chinese characters is not shown whole by any phone; in bytes.
const MAX_TITLE: usize = 120;
/// The longest `apns_collapse_id`, in bytes.
const MAX_COLLAPSE_ID: usize = 64;
/// The longest `time_to_live`.
const MAX_TIME_TO_LIVE: Duration = Duration::from_secs(3 * 86_400);

/// The whole body.
pub(crate) fn payload(
    notification: &Notification,
    android: &AndroidOptions,
    apns: ApnsEnvironment,
) -> Result<Value, Error> {
    let body = json!({
        "platform": ["android", "ios", "hmos"],
        "audience": audience(&notification.audience.0),
        "notification": platforms(notification, android)?,
        "options": options(notification, android, apns),
    });
    let cid = notification.cid.as_ref().map(|Cid(cid)| cid.as_str());
    Ok(with(body, "cid", cid))
}

fn audience(targets: &Targets) -> Value {
    match targets {
        Targets::Accounts(accounts) => {
            json!({"alias": accounts.iter().map(|account| alias_of(account)).collect::<Vec<_>>()})
        }
        Targets::Devices(devices) => {
            json!({"registration_id": devices.iter().map(RegistrationId::as_str).collect::<Vec<_>>()})
        }
    }
}

fn platforms(notification: &Notification, options: &AndroidOptions) -> Result<Value, Error> {
    let title = truncate(&notification.title, MAX_TITLE);
    let text = &notification.body;
    let parts = json!({
        "android": fit(MAX_ANDROID, text, |text| android(notification, options, &title, text))?,
        "ios": fit(MAX_IOS, text, |text| ios(notification, &title, text))?,
        "hmos": fit(MAX_ANDROID, text, |text| hmos(notification, &title, text))?,
    });
    let voip = match notification.kind {
        NotificationKind::Call => Some(fit(MAX_IOS, text, |text| voip(notification, &title, text))?),
        NotificationKind::Message | NotificationKind::Announcement => None,
    };
    Ok(with(parts, "voip", voip))
}

fn android(notification: &Notification, options: &AndroidOptions, title: &str, text: &str) -> Value {
    // From -2 to 2: a call pops up over whatever the phone shows.
    let (priority, channel) = match notification.kind {
        NotificationKind::Call => (2, options.call_channel.as_ref()),
        NotificationKind::Message => (1, options.channel.as_ref()),
        NotificationKind::Announcement => (0, options.channel.as_ref()),
    };
    let part = json!({
        "alert": text,
        "title": title,
        "priority": priority,
        "badge_add_num": 1,
        "extras": notification.extras,
    });
    let intent = options.intent.as_ref().map(|url| json!({"url": url}));
    with(with(part, "channel_id", channel), "intent", intent)
}

fn ios(notification: &Notification, title: &str, text: &str) -> Value {
    let part = json!({
        "alert": {"title": title, "body": text},
        "sound": "default",
        "badge": "+1",
        "extras": notification.extras,
    });
    with(part, "thread-id", notification.thread_id.as_ref())
}

fn hmos(notification: &Notification, title: &str, text: &str) -> Value {
    let category = match notification.kind {
        NotificationKind::Message => "IM",
        NotificationKind::Announcement => "MARKETING",
        NotificationKind::Call => "VOIP",
    };
    json!({
        "alert": text,
        "title": title,
        "category": category,
        "badge_add_num": 1,
        "extras": notification.extras,
    })
}

/// The VoIP push that wakes an iPhone for a call. The app draws the call, so it gets the texts too.
fn voip(notification: &Notification, title: &str, text: &str) -> Value {
    let mut part = notification.extras.clone();
    part.insert("title".to_owned(), title.into());
    part.insert("content".to_owned(), text.into());
    Value::Object(part)
}

fn options(notification: &Notification, android: &AndroidOptions, apns: ApnsEnvironment) -> Value {
    let options = json!({
        "time_to_live": notification.time_to_live.min(MAX_TIME_TO_LIVE).as_secs(),
        // Always sent: its default differs between the API and the vendor's libraries.
        "apns_production": apns == ApnsEnvironment::Production,
        "classification": classification(notification.kind),
    });
    let collapse = notification.collapse_id.as_ref().map(|id| truncate(id, MAX_COLLAPSE_ID));
    let replaced = notification.replaces.map(|MsgId(id)| id);
    let options = with(options, "apns_collapse_id", collapse);
    let options = with(options, "override_msg_id", replaced);
    with(options, "third_party_channel", android.third_party_channel.as_ref())
}

/// The phones' makers ration operational notifications (0) and let system ones (1) through.
fn classification(kind: NotificationKind) -> u8 {
    match kind {
        NotificationKind::Announcement => 0,
        NotificationKind::Message | NotificationKind::Call => 1,
    }
}

/// Adds a field to an object if there is a value for it.
fn with<T: serde::Serialize>(mut object: Value, key: &str, value: Option<T>) -> Value {
    if let Some(value) = value {
        object[key] = json!(value);
    }
    object
}

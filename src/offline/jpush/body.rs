//! A notice in JPush's words: the body of `POST /v3/push` (REST API v3).
//!
//! What a person reads is cut to the platforms' limits; what the app needs is never cut.

use super::alias::alias_of;
use super::fit::{fitted, shortened};
use super::settings::{Apns, Look};
use crate::offline::failure::Failure;
use crate::offline::notice::{Cid, Kind, MsgId, Notice, RegistrationId, Whom};
use serde_json::{Value, json};
use std::time::Duration;

/// Android's and HarmonyOS's part, in bytes. Documented for the first and taken for the other.
const ANDROID: usize = 4_000;
/// The iOS part, its braces included, in bytes.
const IOS: usize = 2_000;
/// A heading longer than about 40 Chinese characters is not shown whole by any phone; in bytes.
const TITLE: usize = 120;
/// The longest `apns_collapse_id`, in bytes.
const COLLAPSE: usize = 64;
/// The longest `time_to_live`.
const LIFETIME: Duration = Duration::from_secs(3 * 86_400);

/// The whole body.
pub(super) fn body(notice: &Notice, look: &Look, apns: Apns) -> Result<Value, Failure> {
    let body = json!({
        "platform": ["android", "ios", "hmos"],
        "audience": audience(notice.to.whom()),
        "notification": notification(notice, look)?,
        "options": options(notice, look, apns),
    });
    let cid = notice.cid.as_ref().map(|Cid(cid)| cid.as_str());
    Ok(with(body, "cid", cid))
}

fn audience(whom: &Whom) -> Value {
    match whom {
        Whom::Accounts(uids) => {
            json!({"alias": uids.iter().map(|uid| alias_of(uid)).collect::<Vec<_>>()})
        }
        Whom::Devices(devices) => {
            json!({"registration_id": devices.iter().map(RegistrationId::as_str).collect::<Vec<_>>()})
        }
    }
}

fn notification(notice: &Notice, look: &Look) -> Result<Value, Failure> {
    let title = shortened(&notice.title, TITLE);
    let text = &notice.content;
    let parts = json!({
        "android": fitted(ANDROID, text, |text| android(notice, look, &title, text))?,
        "ios": fitted(IOS, text, |text| ios(notice, &title, text))?,
        "hmos": fitted(ANDROID, text, |text| hmos(notice, &title, text))?,
    });
    let voip = match notice.kind {
        Kind::Call => Some(fitted(IOS, text, |text| voip(notice, &title, text))?),
        Kind::Message | Kind::Announcement => None,
    };
    Ok(with(parts, "voip", voip))
}

fn android(notice: &Notice, look: &Look, title: &str, text: &str) -> Value {
    // From -2 to 2: a call pops up over whatever the phone shows.
    let (priority, channel) = match notice.kind {
        Kind::Call => (2, look.call_channel.as_ref()),
        Kind::Message => (1, look.channel.as_ref()),
        Kind::Announcement => (0, look.channel.as_ref()),
    };
    let part = json!({
        "alert": text,
        "title": title,
        "priority": priority,
        "badge_add_num": 1,
        "extras": notice.extras,
    });
    let intent = look.intent.as_ref().map(|url| json!({"url": url}));
    with(with(part, "channel_id", channel), "intent", intent)
}

fn ios(notice: &Notice, title: &str, text: &str) -> Value {
    let part = json!({
        "alert": {"title": title, "body": text},
        "sound": "default",
        "badge": "+1",
        "extras": notice.extras,
    });
    with(part, "thread-id", notice.thread.as_ref())
}

fn hmos(notice: &Notice, title: &str, text: &str) -> Value {
    let category = match notice.kind {
        Kind::Message => "IM",
        Kind::Announcement => "MARKETING",
        Kind::Call => "VOIP",
    };
    json!({
        "alert": text,
        "title": title,
        "category": category,
        "badge_add_num": 1,
        "extras": notice.extras,
    })
}

/// What wakes an iPhone for a call: the app draws it, so it needs the texts beside the ids.
fn voip(notice: &Notice, title: &str, text: &str) -> Value {
    let mut part = notice.extras.clone();
    part.insert("title".to_owned(), title.into());
    part.insert("content".to_owned(), text.into());
    Value::Object(part)
}

fn options(notice: &Notice, look: &Look, apns: Apns) -> Value {
    let options = json!({
        "time_to_live": notice.lifetime.min(LIFETIME).as_secs(),
        // Left out it would mean production here and development in the vendor's own libraries.
        "apns_production": apns == Apns::Production,
        "classification": classification(notice.kind),
    });
    let collapse = notice.collapse.as_ref().map(|id| shortened(id, COLLAPSE));
    let replaced = notice.replaces.map(|MsgId(id)| id);
    let options = with(options, "apns_collapse_id", collapse);
    let options = with(options, "override_msg_id", replaced);
    with(options, "third_party_channel", look.third_party_channel.as_ref())
}

/// The vendors of phones ration what is operational (0) and let through what is meant for one
/// person (1).
fn classification(kind: Kind) -> u8 {
    match kind {
        Kind::Announcement => 0,
        Kind::Message | Kind::Call => 1,
    }
}

/// The object with one more field, where there is something to put in.
fn with<T: serde::Serialize>(mut object: Value, key: &str, value: Option<T>) -> Value {
    if let Some(value) = value {
        object[key] = json!(value);
    }
    object
}

//! The client against a stand-in of JPush that refuses whatever the vendor does not document.
#![allow(clippy::unwrap_used)]

mod errors;
mod requests;
mod setup;
#[path = "../vendor/mod.rs"]
mod vendor;

use jpush_client::{Audience, Cid, Client, Notification, NotificationKind, RegistrationId, Settings};
use serde_json::{Map, Value, json};
use std::time::Duration;
use vendor::{APP_KEY, MASTER_SECRET, Vendor};

/// Settings for the stand-in, with little patience.
fn settings(vendor: &Vendor) -> Settings {
    Settings {
        push_url: vendor.url().to_owned(),
        device_url: vendor.url().to_owned(),
        report_url: vendor.url().to_owned(),
        timeout: Duration::from_millis(300),
        ..Settings::new(APP_KEY, MASTER_SECRET)
    }
}

fn client(vendor: &Vendor) -> Client {
    Client::new(settings(vendor)).unwrap()
}

/// A message for one account, with everything that can be left out left out.
fn notification(uid: &str) -> Notification {
    let audience = Audience::accounts(vec![uid.to_owned()]).unwrap();
    Notification {
        extras: extras(json!({"roomid": "r1"})),
        time_to_live: Duration::from_secs(3_600),
        ..Notification::new(audience, NotificationKind::Message, "王医生", "您有一条新消息")
    }
}

fn extras(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn cid(number: u32) -> Cid {
    Cid(format!("{APP_KEY}-00000000-0000-4000-9000-{number:012}"))
}

fn device(name: &str) -> RegistrationId {
    RegistrationId::parse(name).unwrap()
}

/// Nothing that was sent broke a rule of the vendor's.
#[track_caller]
fn assert_proper(vendor: &Vendor) {
    assert_eq!(vendor.violations(), Vec::<String>::new());
}

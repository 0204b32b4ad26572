//! The client for JPush against a stand-in that is strict about what the vendor documents.
#![allow(clippy::unwrap_used)]

mod around;
mod failing;
mod sending;
mod vendor;

use jiayi::offline::jpush::JPush;
use jiayi::offline::jpush::settings::Settings;
use jiayi::offline::notice::{Cid, Kind, Notice, RegistrationId, Targets};
use serde_json::{Map, Value, json};
use std::time::Duration;
use vendor::{APP_KEY, MASTER_SECRET, Vendor};

/// Settings for the stand-in, with little patience.
fn settings(vendor: &Vendor) -> Settings {
    Settings {
        push_url: vendor.url().to_owned(),
        device_url: vendor.url().to_owned(),
        timeout: Duration::from_millis(300),
        ..Settings::new(APP_KEY.to_owned(), MASTER_SECRET.to_owned())
    }
}

fn client(vendor: &Vendor) -> JPush {
    JPush::new(settings(vendor)).unwrap()
}

/// A message for one account, with everything that can be left out left out.
fn notice(uid: &str) -> Notice {
    Notice {
        cid: None,
        to: Targets::accounts(vec![uid.to_owned()]).unwrap(),
        kind: Kind::Message,
        title: "王医生".to_owned(),
        content: "您有一条新消息".to_owned(),
        extras: extras(json!({"roomid": "r1"})),
        thread: None,
        collapse: None,
        lifetime: Duration::from_secs(3_600),
        replaces: None,
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

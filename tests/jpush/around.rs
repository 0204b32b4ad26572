//! What surrounds a send: settings, limits, what is never shown, and the stand-in itself.

use super::*;
use jiayi::offline::Provider;
use jiayi::offline::jpush::settings::Misconfigured;

#[actix_web::test]
async fn the_vendors_limits_are_kept_in_mind() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    assert_eq!(client.budget(), None);
    vendor.allow(Some(5));
    client.push(&notice("u1")).await.unwrap();
    let budget = client.budget().unwrap();
    assert_eq!((budget.limit, budget.remaining), (Some(600), 4));
    let left = budget.renewed.duration_since(std::time::Instant::now());
    assert!((35..=42).contains(&left.as_secs()), "{left:?}");
}

#[actix_web::test]
async fn a_gateway_may_have_a_path_of_its_own() {
    let vendor = Vendor::start();
    let push_url = format!("{}/gateway/", vendor.url());
    let client = JPush::new(Settings { push_url, ..settings(&vendor) }).unwrap();
    assert!(client.push(&notice("u1")).await.is_err());
    assert_eq!(vendor.seen()[0].path, "/gateway/v3/push");
}

#[test]
fn settings_that_could_never_work_are_refused() {
    let good = || Settings::new(APP_KEY.to_owned(), MASTER_SECRET.to_owned());
    let refused = |settings| JPush::new(settings).err();
    assert_eq!(refused(good()), None);
    let app_key = "short".to_owned();
    assert_eq!(refused(Settings { app_key, ..good() }), Some(Misconfigured::AppKey));
    let master_secret = format!("{}\n", &MASTER_SECRET[1..]);
    let wrong = Settings { master_secret, ..good() };
    assert_eq!(refused(wrong), Some(Misconfigured::MasterSecret));
    let push_url = "api.jpush.cn".to_owned();
    assert_eq!(refused(Settings { push_url, ..good() }), Some(Misconfigured::Url("push")));
    let device_url = "file:///etc".to_owned();
    assert_eq!(refused(Settings { device_url, ..good() }), Some(Misconfigured::Url("device")));
}

#[test]
fn neither_keys_nor_texts_nor_people_show_in_debug_output() {
    let settings = Settings::new(APP_KEY.to_owned(), MASTER_SECRET.to_owned());
    let notice = Notice { cid: Some(cid(1)), ..notice("u77") };
    let shown = format!("{settings:?} {:?} {notice:?}", JPush::new(settings.clone()));
    for secret in [APP_KEY, MASTER_SECRET, "N2Q0MzFl", "王医生", "新消息", "u77", "r1"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[actix_web::test]
async fn the_stand_in_refuses_what_the_vendor_would() {
    let vendor = Vendor::start();
    let good = json!({
        "platform": "all",
        "audience": {"alias": ["u1"]},
        "notification": {"android": {"alert": "x"}},
        "options": {"apns_production": true},
    });
    let bad = [
        ("/audience/alias", json!(["u-1"])),
        ("/audience/alias", json!(vec!["u1"; 1_001])),
        ("/notification/android", json!({"alert": "x".repeat(4_000)})),
        ("/notification/android", json!({"alert": "x", "priority": 3})),
        ("/options", json!({})),
        ("/options", json!({"apns_production": true, "time_to_live": 259_201})),
        ("/platform", json!(["symbian"])),
    ];
    assert_eq!(post(&vendor, &good).await, 200);
    for (place, value) in bad {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = value;
        assert_eq!(post(&vendor, &body).await, 400, "{place}");
    }
    assert_eq!(vendor.violations().len(), 7);
    assert_eq!(vendor.notified("u1"), 1);
}

async fn post(vendor: &Vendor, body: &Value) -> u16 {
    let request = reqwest::Client::new().post(format!("{}/v3/push", vendor.url()));
    let request = request.basic_auth(APP_KEY, Some(MASTER_SECRET)).json(body);
    let answer = request.header("Accept", "application/json").send().await;
    answer.unwrap().status().as_u16()
}

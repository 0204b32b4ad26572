//! Settings, rate limits, what `Debug` hides, and the rules of the stand-in itself.

use super::*;
use jpush_client::SettingsError;

#[actix_web::test]
async fn the_vendors_limits_are_kept_in_mind() {
    let vendor = Vendor::start();
    let client = client(&vendor);
    assert_eq!(client.rate_limit(), None);
    vendor.allow(Some(5));
    client.push(&notification("u1")).await.unwrap();
    let rate_limit = client.rate_limit().unwrap();
    assert_eq!((rate_limit.limit, rate_limit.remaining), (Some(600), 4));
    let left = rate_limit.resets_at.duration_since(std::time::Instant::now());
    assert!((35..=42).contains(&left.as_secs()), "{left:?}");
}

#[actix_web::test]
async fn a_gateway_may_have_a_path_of_its_own() {
    let vendor = Vendor::start();
    let push_url = format!("{}/gateway/", vendor.url());
    let client = Client::new(Settings { push_url, ..settings(&vendor) }).unwrap();
    assert!(client.push(&notification("u1")).await.is_err());
    assert_eq!(vendor.seen()[0].path, "/gateway/v3/push");
}

#[test]
fn settings_that_could_never_work_are_refused() {
    let good = || Settings::new(APP_KEY, MASTER_SECRET);
    let refused = |settings| Client::new(settings).err();
    assert_eq!(refused(good()), None);
    let app_key = "short".to_owned();
    assert_eq!(refused(Settings { app_key, ..good() }), Some(SettingsError::AppKey));
    let master_secret = format!("{}\n", &MASTER_SECRET[1..]);
    let wrong = Settings { master_secret, ..good() };
    assert_eq!(refused(wrong), Some(SettingsError::MasterSecret));
    let push_url = "api.jpush.cn".to_owned();
    assert_eq!(refused(Settings { push_url, ..good() }), Some(SettingsError::Url("push")));
    let device_url = "file:///etc".to_owned();
    assert_eq!(refused(Settings { device_url, ..good() }), Some(SettingsError::Url("device")));
    let report_url = String::new();
    assert_eq!(refused(Settings { report_url, ..good() }), Some(SettingsError::Url("report")));
    let user_agent = "a\nb".to_owned();
    assert_eq!(refused(Settings { user_agent, ..good() }), Some(SettingsError::HttpClient));
}

#[test]
fn neither_keys_nor_texts_nor_people_show_in_debug_output() {
    let settings = Settings::new(APP_KEY, MASTER_SECRET);
    let notification = Notification { cid: Some(cid(1)), ..notification("u77") };
    let shown = format!("{settings:?} {:?} {notification:?}", Client::new(settings.clone()));
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

//! Web push: which browsers are told of what, what they are told, what ends it, and who is refused.

use crate::alerts::vendor::Vendor;
use crate::alerts::{PHONE, away, notified, settled, start, until};
use crate::app::{Database, TestApp, answer, verdict};
use crate::ladder::state_with;
use crate::people::Person;
use crate::push_service::{Browser, Posted, PushService, verify};
use jiayi::config::Config;
use jiayi::config::push::PushSettings;
use jiayi::config::secret::Secret;
use jiayi::db::connection::AnyConnection;
use jiayi::error::Result;
use jiayi::model::{AlertKind, Time, Uid};
use jiayi::store::web_push::{self, Outgoing};
use jiayi::store::web_subscription;
use serde_json::{Value, json};

/// Settings for the stand-in, with little patience.
pub fn with(service: &PushService) -> PushSettings {
    PushSettings {
        vapid_key: Secret(webpush_client::generate_key().unwrap()),
        vapid_subject: "mailto:it@clinic.test".to_owned(),
        web_services: vec![service.url.clone()],
        timeout_seconds: 2,
        gather_seconds: 0,
        ack_seconds: 1,
        call_seconds: 1,
        ..PushSettings::default()
    }
}

pub async fn subscribes(person: &Person, browser: &Browser, more: Value) {
    person.posts("webpush/subscribe", browser.subscription(more)).await;
}

pub async fn told(service: &PushService, browser: &Browser) -> Posted {
    until("the browser is told", || !service.posted(browser).is_empty()).await;
    service.posted(browser).remove(0)
}

/// How many browsers of somebody's are subscribed.
pub async fn browsers(app: &TestApp, person: &Person) -> usize {
    let uid = Uid::try_from(person.uid.clone()).unwrap();
    let listed = app.app.read(move |store| web_subscription::list_of(store, &[uid])).await.unwrap();
    listed.into_values().flatten().count()
}

/// As many browsers as an account may have.
pub async fn ten_browsers(app: &TestApp, service: &PushService, account: &str) -> Vec<Browser> {
    let mut browsers = Vec::new();
    for _ in 0..10 {
        browsers.push(Browser::at(service));
        subscribes(&app.login(account).await, &browsers[browsers.len() - 1], json!({})).await;
    }
    browsers
}

/// What waits to be sent to browsers.
pub async fn waiting(app: &TestApp) -> Vec<Outgoing> {
    let far = Time::from_millis(i64::MAX / 2);
    let read = move |store: &mut AnyConnection| -> Result<Vec<Outgoing>> {
        let due = web_push::list_due(store, AlertKind::ALL, far, 100)?;
        due.iter().filter_map(|pushid| web_push::find(store, pushid).transpose()).collect()
    };
    app.app.read(read).await.unwrap()
}

/// Writes two messages of which the browser is to be told by one push, after the first of them failed.
async fn two_wait(
    app: &TestApp,
    service: &PushService,
    doctor: &Person,
    resident: &Person,
    browser: &Browser,
) -> [Value; 2] {
    service.answer_later(429, "3");
    let first = doctor.writes(resident, "第一条").await;
    told(service, browser).await;
    let second = doctor.writes(resident, "第二条").await;
    while waiting(app).await.first().is_none_or(|push| push.items.len() < 2) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    [first, second]
}

/// All that browsers are to be told is done with.
pub async fn nothing_waits(app: &TestApp) {
    settled(app).await;
    while !waiting(app).await.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Writes tests once and runs each on both databases, with a push service.
macro_rules! with_a_service {
    ($(async fn $name:ident($app:ident, $service:ident $(, $settings:ident)?) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($app: &TestApp, $service: &PushService) $body

            async fn run(database: Database) {
                let service = PushService::start();
                #[allow(unused_variables)]
                let settle = |config: &mut Config| {
                    config.push = with(&service);
                    $(config.push.$settings = true;)?
                };
                check(&TestApp::start_with(database, settle).await, &service).await;
            }

            crate::run_on_both!();
        }
    )+};
}
pub(crate) use with_a_service;

with_a_service! {
    async fn who_is_away_is_told_in_their_browser_and_reads_no_names(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({ "words": true })).await;
        let sent = doctor.writes(&resident, "化验结果阳性").await;
        let posted = told(service, &browser).await;
        let key = resident.gets("webpush/key").await["key"].clone();
        verify(&posted, service, key.as_str().unwrap());
        let header = |name: &str| posted.headers[name].as_str();
        assert_eq!((header("urgency"), header("topic").len()), ("normal", 32));
        // A day, counted from when it was written.
        assert!((86_390..=86_400).contains(&header("ttl").parse::<u64>().unwrap()));
        assert_eq!(header("content-encoding"), "aes128gcm");
        assert_eq!(browser.read(&posted), json!({
            "role": "user",
            "tag": format!("user {}", sent["roomid"].as_str().unwrap()),
            "place": sent["roomid"],
            "title": "家医 jiayi",
            "body": "您有一条新消息。",
            "urgent": false,
            "quiet": false,
        }));
        nothing_waits(app).await;
        assert_eq!(state_with(&doctor, &sent, &resident).await, "notified");
    }

    async fn names_and_words_are_shown_where_both_settings_allow_it(app, service, show_text) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (silent, open) = (Browser::at(service), Browser::at(service));
        subscribes(&resident, &silent, json!({ "language": "en" })).await;
        subscribes(&app.login("resident1").await, &open, json!({ "words": true })).await;
        doctor.writes(&resident, "化验结果阳性").await;
        let words = |said: Value| (said["title"].clone(), said["body"].clone());
        let (first, second) = (told(service, &silent).await, told(service, &open).await);
        assert_eq!(words(silent.read(&first)), (json!("家医 jiayi"), json!("You have a new message.")));
        assert_eq!(words(open.read(&second)), (json!("王医生"), json!("化验结果阳性")));
    }

    async fn a_call_is_urgent_and_leads_to_its_room(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let roomid = doctor.writes(&resident, "现在方便吗").await["roomid"].clone();
        let _caller = doctor.connect("desk").await;
        nothing_waits(app).await;
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({})).await;
        let callid = doctor.posts("videoCall/invite", json!({ "touid": resident.uid })).await["callid"].clone();
        let posted = told(service, &browser).await;
        assert_eq!(&*posted.headers["urgency"], "high");
        assert!((50..=60).contains(&posted.headers["ttl"].parse::<u64>().unwrap()));
        let (said, tag) = (browser.read(&posted), json!(format!("user {}", callid.as_str().unwrap())));
        assert_eq!((&said["tag"], &said["place"], &said["urgent"]), (&tag, &roomid, &json!(true)));
        assert_eq!(said["body"], "有人邀请您视频通话。");
    }

    async fn who_is_connected_and_takes_it_in_is_told_nothing(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({})).await;
        let mut page = resident.connect("page").await;
        doctor.writes(&resident, "在吗").await;
        let seq = page.hear("S2C_ALONECHAT_PUSH").await["seq"].clone();
        page.say("C2S_ACK", json!({ "seq": seq })).await;
        nothing_waits(app).await;
        assert_eq!(service.posted(&browser).len(), 0);
    }

    async fn what_ends_the_log_in_ends_it(app, service) {
        let (admin, doctor) = (app.login("admin").await, app.login("doctor1").await);
        let resident = app.login("resident1").await;
        let login = async || {
            let person = app.login("resident1").await;
            let browser = Browser::at(service);
            subscribes(&person, &browser, json!({})).await;
            assert_eq!(browsers(app, &person).await, 1);
            (person, browser)
        };
        let (person, unsubscribed) = login().await;
        person.posts("webpush/unsubscribe", json!({})).await;
        assert_eq!(browsers(app, &person).await, 0);
        let (person, logged_out) = login().await;
        person.posts("logout", json!({})).await;
        assert_eq!(browsers(app, &person).await, 0);
        let (person, kicked) = login().await;
        admin.posts("session/kick", json!({ "uid": person.uid })).await;
        assert_eq!(browsers(app, &person).await, 0);
        let (person, changed) = login().await;
        admin.posts("user/update", json!({ "uid": person.uid, "password": "another-secret" })).await;
        assert_eq!(browsers(app, &person).await, 0);
        doctor.writes(&resident, "在吗").await;
        nothing_waits(app).await;
        let closing = app.login_as("user", "resident1", "another-secret").await;
        let closed = Browser::at(service);
        subscribes(&closing, &closed, json!({})).await;
        admin.posts("user/disable", json!({ "uid": closing.uid, "disabled": true })).await;
        assert_eq!(browsers(app, &closing).await, 0);
        for browser in [unsubscribed, logged_out, kicked, changed, closed] {
            assert_eq!(service.posted(&browser).len(), 0);
        }
    }

    async fn whoever_logs_in_to_a_browser_next_takes_it_over(app, service) {
        let (one, other) = (app.login("resident1").await, app.login("resident3").await);
        let (doctor, browser) = (app.login("doctor1").await, Browser::at(service));
        subscribes(&one, &browser, json!({})).await;
        subscribes(&doctor, &browser, json!({})).await;
        subscribes(&other, &browser, json!({})).await;
        assert_eq!((browsers(app, &one).await, browsers(app, &other).await), (0, 1));
        assert_eq!(browsers(app, &doctor).await, 1, "in another role somebody else may be logged in");
        // Also who wants to hear nothing in it.
        one.posts("webpush/unsubscribe", json!({ "endpoint": browser.endpoint })).await;
        assert_eq!((browsers(app, &other).await, browsers(app, &doctor).await), (0, 1));
    }

    async fn of_two_messages_the_one_that_stays_is_told(app, service, show_text) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({ "words": true })).await;
        let [_, second] = two_wait(app, service, &doctor, &resident, &browser).await;
        doctor.posts("dialog/recall", json!({ "dialogid": second["dialogid"] })).await;
        nothing_waits(app).await;
        let posted = service.posted(&browser);
        assert_eq!((posted.len(), browser.read(&posted[1])["body"].clone()), (2, json!("第一条")));
    }

    async fn what_takes_the_place_of_another_tells_of_both(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({})).await;
        let [first, second] = two_wait(app, service, &doctor, &resident, &browser).await;
        nothing_waits(app).await;
        let posted = service.posted(&browser);
        assert_eq!((posted.len(), browser.read(&posted[1])["body"].clone()), (2, json!("您有2条新消息。")));
        for sent in [first, second] {
            assert_eq!(state_with(&doctor, &sent, &resident).await, "notified");
        }
    }

    async fn what_is_read_of_two_is_not_counted(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({})).await;
        let [first, _] = two_wait(app, service, &doctor, &resident, &browser).await;
        resident.posts("message/read", json!({ "roomid": first["roomid"], "roomseq": first["roomseq"] })).await;
        nothing_waits(app).await;
        let posted = service.posted(&browser);
        assert_eq!((posted.len(), browser.read(&posted[1])["body"].clone()), (2, json!("您有一条新消息。")));
    }

    async fn of_two_recalled_messages_nothing_is_sent(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({})).await;
        let both = two_wait(app, service, &doctor, &resident, &browser).await;
        for sent in &both {
            doctor.posts("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await;
        }
        nothing_waits(app).await;
        assert_eq!(service.posted(&browser).len(), 1);
        assert_eq!(state_with(&doctor, &both[1], &resident).await, "stored");
    }

    async fn a_service_with_trouble_has_one_pause_for_all_that_waits(app, service) {
        let (first, second) = (app.login("resident1").await, app.login("resident3").await);
        let (doctor, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let one = Browser::at(service);
        subscribes(&first, &one, json!({})).await;
        let others = ten_browsers(app, service, "resident3").await;
        service.answer_later(503, "3");
        doctor.writes(&first, "在吗").await;
        told(service, &one).await;
        let begun = std::time::Instant::now();
        colleague.writes(&second, "在吗").await;
        until("all are told", || service.count() == 12).await;
        assert!(begun.elapsed().as_millis() > 2_500, "{:?}", begun.elapsed());
        nothing_waits(app).await;
        assert_eq!(app.app.metrics().web_pushes.retried.get(), 1);
        assert_eq!(service.posted(&one).len(), 2);
        assert!(others.iter().all(|browser| service.posted(browser).len() == 1));
    }

    async fn who_logs_in_takes_the_browser_from_who_was_there_before(app, service) {
        let (resident, browser) = (app.login("resident1").await, Browser::at(service));
        subscribes(&resident, &browser, json!({})).await;
        let login = async |path: &str, cookie: &str, body: Value| {
            let request = reqwest::Client::new().post(app.url(path)).header("cookie", cookie);
            assert_eq!(answer(request.json(&body)).await.0, 200);
        };
        let password = jiayi::cli::demo::PASSWORD;
        let cookie = format!("jiayi_user={}", resident.token);
        login("/doctor/login", &cookie, json!({ "account": "doctor1", "password": password })).await;
        assert_eq!(browsers(app, &resident).await, 1, "another role");
        login("/user/login", &cookie, json!({ "account": "resident2", "password": password })).await;
        assert_eq!(browsers(app, &resident).await, 0);
        assert_eq!(resident.gets("me").await["uid"], resident.uid, "where the token is used otherwise it stays");
        subscribes(&resident, &browser, json!({})).await;
        let newcomer = json!({ "phone": "13812345678", "password": "a-good-secret", "name": "新人" });
        login("/user/register", &cookie, newcomer).await;
        assert_eq!(browsers(app, &resident).await, 0);
    }

    async fn of_too_many_browsers_the_oldest_goes(app, service) {
        let first = app.login("resident1").await;
        let oldest = Browser::at(service);
        subscribes(&first, &oldest, json!({})).await;
        for _ in 0..10 {
            subscribes(&app.login("resident1").await, &Browser::at(service), json!({})).await;
        }
        assert_eq!(browsers(app, &first).await, 10);
        app.login("doctor1").await.writes(&first, "在吗").await;
        nothing_waits(app).await;
        assert_eq!(service.posted(&oldest).len(), 0);
    }

    async fn a_browser_that_is_gone_is_forgotten(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        // 401 and 403: it was subscribed under another key.
        for status in [404, 410, 401, 403] {
            let browser = Browser::at(service);
            subscribes(&resident, &browser, json!({})).await;
            service.answer_with(&[status]);
            doctor.writes(&resident, "在吗").await;
            told(service, &browser).await;
            nothing_waits(app).await;
            assert_eq!(browsers(app, &resident).await, 0, "after {status}");
        }
    }

    async fn what_fails_in_passing_is_sent_again_and_what_is_refused_is_not(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({})).await;
        service.answer_with(&[503, 500, 201]);
        let sent = doctor.writes(&resident, "在吗").await;
        nothing_waits(app).await;
        assert_eq!(service.posted(&browser).len(), 3);
        assert_eq!(state_with(&doctor, &sent, &resident).await, "notified");
        // A redirect leads nowhere.
        for status in [400, 405, 413, 307] {
            service.answer_with(&[status]);
            doctor.writes(&resident, "在吗").await;
            nothing_waits(app).await;
        }
        assert_eq!(service.posted(&browser).len(), 7);
        assert_eq!(browsers(app, &resident).await, 1);
        assert_eq!(app.app.metrics().web_pushes.failed.get(), 4);
    }

    async fn what_is_read_or_withdrawn_is_not_sent_again(app, service) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let browser = Browser::at(service);
        subscribes(&resident, &browser, json!({})).await;
        for withdraw in [true, false] {
            let before = service.posted(&browser).len();
            service.answer_with(&[429]);
            let sent = doctor.writes(&resident, "在吗").await;
            until("it was tried", || service.posted(&browser).len() > before).await;
            match withdraw {
                true => doctor.posts("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await,
                false => resident.posts("message/read", json!({ "roomid": sent["roomid"], "roomseq": sent["roomseq"] })).await,
            };
            nothing_waits(app).await;
            assert_eq!(service.posted(&browser).len(), before + 1);
        }
    }

    async fn what_no_browser_would_say_is_refused(app, service) {
        let (resident, admin) = (app.login("resident1").await, app.login("admin").await);
        let browser = Browser::at(service);
        let long = format!("{}/{}", service.url, "x".repeat(1024));
        for (field, value) in [
            ("endpoint", json!("https://evil.test/send/x")),
            ("endpoint", json!("http://127.0.0.1:1/send/x")),
            ("endpoint", json!("http://169.254.169.254/latest")),
            ("endpoint", json!("file:///etc/passwd")),
            ("endpoint", json!(long)),
            ("endpoint", json!("")),
            ("endpoint", json!(1)),
            ("p256dh", json!("AAAA")),
            ("p256dh", json!("=".repeat(87))),
            ("p256dh", json!(format!("{}BAQ", "BAQE".repeat(21)))),
            ("auth", json!("x".repeat(23))),
            ("language", json!("fr")),
            ("words", json!("yes")),
        ] {
            let refused = resident.post("webpush/subscribe", browser.subscription(json!({ (field): value }))).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{field}: {value}");
            assert_eq!(refused.1["field"], field, "{}", refused.1);
        }
        assert_eq!(verdict(&app.post("/user/webpush/subscribe", browser.subscription(json!({}))).await), (401, "FA_AUTH"));
        let wrong = admin.post("/user/webpush/subscribe", browser.subscription(json!({}))).await;
        assert_eq!(verdict(&wrong), (403, "FA_PERMISSION"));
        assert_eq!(browsers(app, &resident).await, 0);
    }
}

#[actix_web::test]
async fn phones_and_browsers_are_both_told() {
    let (vendor, service) = (Vendor::start(), PushService::start());
    let app = start(Database::Sqlite, &vendor, |config| {
        let PushSettings { vapid_key, vapid_subject, web_services, .. } = with(&service);
        config.push = PushSettings { vapid_key, vapid_subject, web_services, ..config.push.clone() };
    })
    .await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    away(&vendor, &resident, PHONE).await;
    let browser = Browser::at(&service);
    subscribes(&resident, &browser, json!({})).await;
    doctor.writes(&resident, "在吗").await;
    told(&service, &browser).await;
    notified(&vendor, &resident, 1).await;
    nothing_waits(&app).await;
    assert_eq!(service.posted(&browser).len(), 1, "each once");
}

#[actix_web::test]
async fn without_a_key_it_is_off() {
    let app = TestApp::start(Database::Sqlite).await;
    let (resident, service) = (app.login("resident1").await, PushService::start());
    assert_eq!(resident.gets("webpush/key").await, json!({ "key": null }));
    let refused = resident.post("webpush/subscribe", Browser::at(&service).subscription(json!({}))).await;
    assert_eq!(verdict(&refused), (409, "FA_STATE"));
}

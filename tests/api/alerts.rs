//! Mobile notices: who is told on the phone, of what, and how often. What takes it back is in
//! `withdrawing`. The vendor is the strict stand-in of `crates/jpush`.

use crate::app::{Database, TestApp};
use crate::discussion::{group, says};
use crate::ladder::state_with;
use crate::people::{Connection, Person};
use jiayi::config::Config;
use jiayi::config::push::{PushSettings, VendorName};
use jiayi::config::secret::Secret;
use jpush_client::alias_of;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vendor::{APP_KEY, MASTER_SECRET, Trick, Vendor};

#[path = "../../crates/jpush/tests/vendor/mod.rs"]
pub mod vendor;

pub const PHONE: &str = "18171adc030b6f1f";
pub const TABLET: &str = "28171adc030b6f1f";

/// Settings for the stand-in, with little patience.
fn with(vendor: &Vendor) -> PushSettings {
    PushSettings {
        provider: VendorName::Jpush,
        app_key: APP_KEY.to_owned(),
        master_secret: Secret(MASTER_SECRET.to_owned()),
        push_url: vendor.url().to_owned(),
        device_url: vendor.url().to_owned(),
        timeout_seconds: 1,
        gather_seconds: 0,
        ack_seconds: 1,
        call_seconds: 1,
        ..PushSettings::default()
    }
}

pub async fn start(database: Database, vendor: &Vendor, settle: impl FnOnce(&mut Config)) -> TestApp {
    vendor.give_few_cids(10);
    TestApp::start_with(database, |config| {
        config.push = with(vendor);
        settle(config);
    })
    .await
}

/// Waits until it is so; nothing takes so long that works.
pub async fn until(what: &str, so: impl Fn() -> bool) {
    let asked = Instant::now();
    while !so() {
        assert!(asked.elapsed() < Duration::from_secs(20), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub async fn mapped(vendor: &Vendor, device: &str, to: Option<&Person>) {
    let alias = to.map(|person| alias_of(&person.uid));
    until("the device is mapped", || vendor.alias(device) == alias).await;
}

/// Has a phone that the vendor knows, and is not connected.
pub async fn away(vendor: &Vendor, person: &Person, device: &str) {
    let phone = person.connect(device).await;
    mapped(vendor, device, Some(person)).await;
    phone.close().await;
}

pub async fn notified(vendor: &Vendor, person: &Person, times: u32) {
    let alias = alias_of(&person.uid);
    until(&format!("{} is notified {times} times", person.name), || vendor.notified(&alias) >= times).await;
    assert_eq!(vendor.notified(&alias), times);
}

/// Waits until nothing more is to be done, so that what has not happened does not happen.
pub async fn settled(app: &TestApp) {
    let admin = app.login("admin").await;
    let asked = Instant::now();
    loop {
        let stats = admin.gets("push/stats").await;
        if stats["alerts"] == 0 && stats["notices"] == 0 && stats["devices"] == 0 {
            return;
        }
        assert!(asked.elapsed() < Duration::from_secs(20), "{stats}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn proper(vendor: &Vendor) {
    assert_eq!(vendor.violations(), Vec::<String>::new());
}

/// Runs each on both databases, with a vendor; a number is for how many seconds pushes gather.
macro_rules! with_a_vendor {
    ($(async fn $name:ident($app:ident, $vendor:ident $(, gather $seconds:literal)?) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($app: &TestApp, $vendor: &Vendor) $body

            async fn run(database: Database) {
                let vendor = Vendor::start();
                #[allow(unused_variables)]
                let settle = |config: &mut Config| { $(config.push.gather_seconds = $seconds;)? };
                let app = start(database, &vendor, settle).await;
                check(&app, &vendor).await;
                proper(&vendor);
            }

            crate::run_on_both!();
        }
    )+};
}
pub(crate) use with_a_vendor;

with_a_vendor! {
    async fn a_device_is_mapped_to_whoever_registered_from_it_last(app, vendor) {
        let (one, other) = (app.login("resident1").await, app.login("resident3").await);
        let mut phone = one.connect(PHONE).await;
        mapped(vendor, PHONE, Some(&one)).await;
        let tablet = one.connect(TABLET).await;
        phone.hear("S2C_DIFFERENT_CONNECTION").await;
        mapped(vendor, TABLET, Some(&one)).await;
        mapped(vendor, PHONE, None).await;
        let _other = other.connect(TABLET).await;
        mapped(vendor, TABLET, Some(&other)).await;
        drop(tablet);
        other.posts("logout", json!({})).await;
        mapped(vendor, TABLET, None).await;
    }

    async fn an_outage_of_the_vendor_is_not_felt_by_who_registers(app, vendor) {
        let resident = app.login("resident1").await;
        for _ in 0..2 {
            vendor.play(Trick::DropBefore);
        }
        vendor.play(Trick::Refuse { status: 500, code: 7000 });
        let mut phone = resident.connect(PHONE).await;
        phone.hears_nothing().await;
        mapped(vendor, PHONE, Some(&resident)).await;
    }

    async fn who_is_away_is_notified_once_and_reads_no_text(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        let mut desk = doctor.connect(TABLET).await;
        let sent = doctor.writes(&resident, "化验结果阳性").await;
        notified(vendor, &resident, 1).await;
        let notice = vendor.notices()[0].to_string();
        assert!(!notice.contains("化验") && notice.contains("王医生") && notice.contains("发来一条消息"), "{notice}");
        let told = desk.hear("S2C_DELIVERY_PUSH").await;
        let expected = json!({ "roomid": sent["roomid"], "roomseq": sent["roomseq"], "uid": resident.uid, "state": "notified" });
        assert_eq!(told["data"], expected);
        assert_eq!(doctor.states(&sent).await, json!([{ "uid": resident.uid, "state": "notified" }]));
        settled(app).await;
        notified(vendor, &resident, 1).await;
        assert_eq!(vendor.notified(&alias_of(&doctor.uid)), 0, "nor who wrote it");
    }

    async fn who_acknowledges_is_not_notified(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut phone = resident.connect(PHONE).await;
        mapped(vendor, PHONE, Some(&resident)).await;
        doctor.writes(&resident, "您好").await;
        let seq = phone.hear("S2C_ALONECHAT_PUSH").await["seq"].clone();
        phone.say("C2S_ACK", json!({ "seq": seq })).await;
        settled(app).await;
        assert_eq!(vendor.notified(&alias_of(&resident.uid)), 0);
    }

    async fn a_dead_device_is_forgotten(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        vendor.forget(&alias_of(&resident.uid));
        doctor.writes(&resident, "您好").await;
        settled(app).await;
        let asked = vendor.seen().iter().filter(|seen| seen.path == "/v3/push").count();
        assert_eq!(asked, 1);
        doctor.writes(&resident, "您在吗").await;
        settled(app).await;
        assert_eq!(vendor.seen().iter().filter(|seen| seen.path == "/v3/push").count(), 1, "nobody is there");
        let stats = app.login("admin").await.gets("push/stats").await;
        assert_eq!((&stats["unreachable"], &stats["state"]), (&json!(1), &json!("ok")));
    }

    async fn of_two_of_whom_the_vendor_knows_nobody_each_is_tried(app, vendor) {
        let (owner, colleague, resident) =
            (app.login("doctor1").await, app.login("doctor2").await, app.login("resident1").await);
        away(vendor, &resident, PHONE).await;
        away(vendor, &colleague, TABLET).await;
        let roomid = group(&owner, &[&colleague, &resident]).await;
        settled(app).await;
        let before = [vendor.notified(&alias_of(&resident.uid)), vendor.notified(&alias_of(&colleague.uid))];
        vendor.refuse_next_push(400, 1011);
        says(&owner, &roomid, "请大家看").await;
        until("it is refused", || vendor.has_tricked()).await;
        settled(app).await;
        for (person, before) in [(&resident, before[0]), (&colleague, before[1])] {
            assert_eq!(vendor.notified(&alias_of(&person.uid)), before + 1, "{}", person.name);
        }
        let stats = app.login("admin").await.gets("push/stats").await;
        assert_eq!(stats["unreachable"], 0, "both are known");
        vendor.forget(&alias_of(&colleague.uid));
        says(&owner, &roomid, "请回复").await;
        notified(vendor, &resident, before[0] + 2).await;
    }

    async fn several_in_a_short_time_become_one(app, vendor, gather 1) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        for text in ["您好", "请量血压", "早晚各一次"] {
            doctor.writes(&resident, text).await;
        }
        settled(app).await;
        notified(vendor, &resident, 1).await;
        let notice = vendor.notices()[0].clone();
        assert_eq!(notice["notification"]["android"]["alert"], "发来3条新消息");
    }

    async fn each_member_of_a_group_is_notified_or_not(app, vendor) {
        let (owner, colleague, resident) =
            (app.login("doctor1").await, app.login("doctor2").await, app.login("resident1").await);
        away(vendor, &resident, PHONE).await;
        let roomid = group(&owner, &[&colleague, &resident]).await;
        settled(app).await;
        let mut desk = owner.connect(TABLET).await;
        let sent = says(&owner, &roomid, "请大家看").await;
        let told = desk.hear("S2C_DELIVERY_PUSH").await["data"].clone();
        assert_eq!((&told["uid"], &told["state"]), (&json!(resident.uid), &json!("notified")));
        let states = [state_with(&owner, &sent, &resident).await, state_with(&owner, &sent, &colleague).await];
        assert_eq!(states, ["notified", "stored"]);
        settled(app).await;
        assert_eq!(vendor.notified(&alias_of(&colleague.uid)), 0, "there is no device");
    }

    async fn the_back_office_sees_queues_failures_and_latency(app, vendor) {
        let (resident, doctor, admin) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("admin").await);
        away(vendor, &resident, PHONE).await;
        doctor.writes(&resident, "您好").await;
        notified(vendor, &resident, 1).await;
        settled(app).await;
        let stats = admin.gets("push/stats").await;
        assert_eq!((&stats["provider"], &stats["state"], &stats["accepted"]), (&json!("jpush"), &json!("ok"), &json!(1)));
        let latency = &stats["latency"];
        assert!(latency["p50"].as_u64().unwrap() <= latency["p99"].as_u64().unwrap(), "{latency}");

        vendor.play(Trick::Limit { status: 429, code: 2002, reset: 1 });
        doctor.writes(&resident, "请回复").await;
        let asked = vendor.seen().len();
        until("the vendor takes no more", || vendor.seen().len() > asked).await;
        let stats = admin.gets("push/stats").await;
        assert_eq!((&stats["alerts"], &stats["notices"]), (&json!(0), &json!(1)), "{stats}");
        notified(vendor, &resident, 2).await;
        settled(app).await;

        // The id that makes it safe is got, and the notice itself refused: for good, or in passing.
        for (code, status, field) in [(1000, 500, "retried"), (1003, 400, "failed"), (1011, 400, "unreachable")] {
            let before = admin.gets("push/stats").await[field].as_u64().unwrap();
            vendor.refuse_next_push(status, code);
            doctor.writes(&resident, "请回复").await;
            until("it is refused", || vendor.has_tricked()).await;
            settled(app).await;
            assert_eq!(admin.gets("push/stats").await[field].as_u64().unwrap(), before + 1, "{field}");
        }
    }

    async fn lost_answers_and_limits_neither_lose_nor_double(app, vendor) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        away(vendor, &resident, PHONE).await;
        doctor.writes(&resident, "您好").await;
        notified(vendor, &resident, 1).await;
        settled(app).await;
        for trick in [
            Trick::DropAfter,
            Trick::Refuse { status: 503, code: 1030 },
            Trick::Limit { status: 429, code: 2002, reset: 1 },
            Trick::Garble { status: 502 },
            Trick::Stall(Duration::from_millis(1500)),
        ] {
            // Ids are at hand by now: the next request is the notice itself.
            vendor.play(trick);
        }
        doctor.writes(&resident, "请回复").await;
        notified(vendor, &resident, 2).await;
        settled(app).await;
        notified(vendor, &resident, 2).await;
    }
}

#[actix_web::test]
async fn the_text_is_shown_where_a_setting_allows_it() {
    let vendor = Vendor::start();
    let app = start(Database::Sqlite, &vendor, |config| config.push.show_text = true).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    away(&vendor, &resident, PHONE).await;
    doctor.writes(&resident, "明天复诊").await;
    notified(&vendor, &resident, 1).await;
    assert_eq!(vendor.notices()[0]["notification"]["android"]["alert"], "明天复诊");
}

#[actix_web::test]
async fn who_never_acknowledges_is_judged_by_the_heartbeat() {
    let vendor = Vendor::start();
    let app = start(Database::Sqlite, &vendor, |config| {
        config.ping_seconds = 1;
        config.ping_timeout_seconds = 1;
    })
    .await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let mut phone = resident.connect(PHONE).await;
    mapped(&vendor, PHONE, Some(&resident)).await;
    doctor.writes(&resident, "您好").await;
    phone.hear("S2C_ALONECHAT_PUSH").await;
    // Reading on answers the pings.
    tokio::select! {
        () = settled(&app) => {}
        _ = phone.next() => panic!("something else came"),
    }
    assert_eq!(vendor.notified(&alias_of(&resident.uid)), 0, "it lives");
    // From here on nobody answers the pings.
    doctor.writes(&resident, "您还在吗").await;
    notified(&vendor, &resident, 1).await;
    drop(phone);
}

#[actix_web::test]
async fn a_half_open_connection_is_notified_in_time_and_hears_it_once_when_back() {
    let vendor = Vendor::start();
    let app = start(Database::Sqlite, &vendor, |_| {}).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let tunnel = tunnel::Tunnel::to(app.address).await;
    let mut phone = Connection::open(&format!("ws://{}/ws", tunnel.address)).await;
    phone.say("C2S_REGISTER_REQ", resident.registration(PHONE, None)).await;
    phone.hear("S2C_REGISTER_RES").await;
    mapped(&vendor, PHONE, Some(&resident)).await;
    doctor.writes(&resident, "您好").await;
    let seq = phone.hear("S2C_ALONECHAT_PUSH").await["seq"].clone();
    phone.say("C2S_ACK", json!({ "seq": seq })).await;
    settled(&app).await;

    tunnel.cut();
    let sent = Instant::now();
    doctor.writes(&resident, "请尽快来医院").await;
    notified(&vendor, &resident, 1).await;
    assert!(sent.elapsed() >= Duration::from_secs(1), "it had its time");
    let (mut back, registered) = resident.connect_since(PHONE, seq.as_i64()).await;
    assert_eq!(registered["recovered"], true);
    let push = back.hear("S2C_ALONECHAT_PUSH").await;
    assert_eq!(push["data"]["data"]["body"], "请尽快来医院");
    back.hears_nothing().await;
    settled(&app).await;
    notified(&vendor, &resident, 1).await;
}

#[actix_web::test]
async fn wrong_keys_are_loud() {
    let vendor = Vendor::start();
    let wrong = |config: &mut Config| config.push.master_secret = Secret("0".repeat(24));
    let app = start(Database::Sqlite, &vendor, wrong).await;
    let asked = Instant::now();
    loop {
        let answer = reqwest::get(app.url("/readyz")).await.unwrap();
        if answer.status() == 503 {
            let body: Value = answer.json().await.unwrap();
            assert!(body["message"].as_str().unwrap().contains("push"), "{body}");
            break;
        }
        assert!(asked.elapsed() < Duration::from_secs(10), "still ready");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stats = app.login("admin").await.gets("push/stats").await;
    assert_eq!(stats["state"], "refused");
    assert_eq!(app.login("doctor1").await.get("/admin/push/stats").await.0, 403);
}

/// A way to the server that can be cut without either end noticing.
mod tunnel {
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    pub struct Tunnel {
        pub address: SocketAddr,
        cut: Arc<AtomicBool>,
    }

    impl Tunnel {
        pub async fn to(server: SocketAddr) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let (address, cut) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
            let shared = cut.clone();
            tokio::spawn(async move {
                let (client, _) = listener.accept().await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = TcpStream::connect(server).await.unwrap().into_split();
                tokio::join!(
                    pass(from_client, to_server, shared.clone()),
                    pass(from_server, to_client, shared)
                )
            });
            Self { address, cut }
        }

        /// From here on every byte is lost; both connections stay open.
        pub fn cut(&self) {
            self.cut.store(true, Ordering::Relaxed);
        }
    }

    async fn pass(
        mut from: impl AsyncReadExt + Unpin,
        mut to: impl AsyncWriteExt + Unpin,
        cut: Arc<AtomicBool>,
    ) {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            if !cut.load(Ordering::Relaxed) && to.write_all(&bytes[..count]).await.is_err() {
                break;
            }
        }
        // Neither end hears of the other's end.
        std::future::pending::<()>().await;
    }
}

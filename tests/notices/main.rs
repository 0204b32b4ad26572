//! Mobile notices of the program as it is run: killed in the middle of sending, talkative, and told
//! wrong things. The vendor is the strict stand-in of `tests/jpush`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod program;
#[path = "../jpush/vendor.rs"]
mod vendor;

use diesel::connection::SimpleConnection;
use futures_util::{SinkExt, StreamExt};
use jiayi::offline::jpush::alias::alias_of;
use jiayi::store::connection::Address;
use program::{Program, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;
use vendor::{Trick, Vendor};

/// How many alerts wait when the server starts.
const ALERTS: usize = 10_000;

/// Residents with a phone each that the vendor knows, and a push each that has not arrived.
const CROWD: &str = "
    CREATE TEMP TABLE crowd AS
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
        SELECT 'crowd' || n AS uid, n FROM n;
    INSERT INTO account (uid, role, login, password, name, createtime)
        SELECT uid, 'user', uid, '', uid, 0 FROM crowd;
    INSERT INTO mailbox (uid, seq) SELECT uid, 1 FROM crowd;
    INSERT INTO device_alias (deviceid, uid, told) SELECT 'phone' || n, uid, uid FROM crowd;
    INSERT INTO alert (uid, seq, kind, title, content, extras, createtime, due)
        SELECT uid, 1, 'message', 'No. ' || n, 'x', '{}', unixepoch() * 1000, 0 FROM crowd;";

fn wait(what: &str, so: impl Fn() -> bool) {
    let asked = Instant::now();
    while !so() {
        assert!(asked.elapsed() < Duration::from_secs(240), "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn count(vendor: &Vendor) -> usize {
    (1..=ALERTS).filter(|n| vendor.notified(&alias_of(&format!("crowd{n}"))) > 0).count()
}

#[test]
fn who_is_killed_in_the_middle_of_ten_thousand_alerts_notifies_each_once() {
    let (program, vendor) = (Program::new(), Vendor::start());
    vendor.give_few_cids(10);
    assert!(program.run(&["migrate"]).0);
    let mut store = Address::Sqlite(program.database()).connect().unwrap();
    store.batch_execute(CROWD).unwrap();
    drop(store);
    for kill in 1..=4 {
        let mut server = Server::start(&program.serving(&vendor));
        let enough = vendor.sent() + 1000 + 311 * kill;
        wait("it goes on", || vendor.sent() >= enough);
        server.kill();
    }
    assert!(vendor.sent() < ALERTS, "it was killed in the middle");
    let _server = Server::start(&program.serving(&vendor));
    wait("all are notified", || vendor.sent() >= ALERTS && count(&vendor) == ALERTS);
    let most = (1..=ALERTS).map(|n| vendor.notified(&alias_of(&format!("crowd{n}")))).max();
    assert_eq!((most, vendor.sent()), (Some(1), ALERTS));
    assert_eq!(vendor.violations(), Vec::<String>::new());
}

/// The same with an announcement to 100,000.
const AUDIENCE: &str = "
    CREATE TEMP TABLE crowd AS
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000)
        SELECT 'crowd' || n AS uid, n FROM n;
    INSERT INTO account (uid, role, login, password, name, createtime)
        SELECT uid, 'user', uid, '', uid, 0 FROM crowd;
    INSERT INTO mailbox (uid, seq) SELECT uid, 1 FROM crowd;
    INSERT INTO device_alias (deviceid, uid, told) SELECT 'phone' || n, uid, uid FROM crowd;
    INSERT INTO alert (uid, seq, kind, title, content, extras, createtime, due)
        SELECT uid, 1, 'announcement', 'x', 'x', '{}', unixepoch() * 1000, 0 FROM crowd;";

#[test]
fn an_announcement_to_a_hundred_thousand_is_a_hundred_calls() {
    let (program, vendor) = (Program::new(), Vendor::start());
    vendor.give_few_cids(10);
    assert!(program.run(&["migrate"]).0);
    let mut store = Address::Sqlite(program.database()).connect().unwrap();
    store.batch_execute(AUDIENCE).unwrap();
    drop(store);
    let server = Server::start(&program.serving(&vendor));
    wait("all are notified", || vendor.people() >= 100_000);
    assert_eq!((vendor.sent(), vendor.people()), (100, 100_000));
    assert!((1..=100_000).all(|n| vendor.notified(&alias_of(&format!("crowd{n}"))) == 1));
    let peak = server.peak_memory();
    assert!(peak < 200 << 20, "{} MiB", peak >> 20);
    assert_eq!(vendor.violations(), Vec::<String>::new());
}

/// A client of the story below.
struct Person {
    uid: String,
    token: String,
    role: &'static str,
}

async fn log_in(url: &str, role: &'static str, account: &str) -> Person {
    let credentials = json!({ "account": account, "password": "jiayi-demo" });
    let login = reqwest::Client::new().post(format!("{url}/{role}/login")).json(&credentials);
    let login: Value = login.send().await.unwrap().json().await.unwrap();
    let text = |field: &str| login[field].as_str().unwrap().to_owned();
    Person { uid: text("uid"), token: text("token"), role }
}

async fn post(url: &str, who: &Person, path: &str, body: Value) -> Value {
    let request = reqwest::Client::new().post(format!("{url}/{}/{path}", who.role)).bearer_auth(&who.token);
    request.json(&body).send().await.unwrap().json().await.unwrap()
}

/// Registers from a device and goes away again.
async fn show_up(url: &str, who: &Person, deviceid: &str) {
    let url = format!("{}/ws", url.replace("http", "ws"));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let data = json!({ "type": who.role, "uid": who.uid, "deviceid": deviceid, "token": who.token });
    let register = json!({ "type": "C2S_REGISTER_REQ", "data": data }).to_string();
    socket.send(Message::text(register)).await.unwrap();
    socket.next().await.unwrap().unwrap();
    socket.close(None).await.unwrap();
}

#[tokio::test]
async fn neither_the_log_nor_a_notice_shows_what_was_written() {
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let (program, vendor) = (Program::new(), Vendor::start());
    let mut command = program.serving(&vendor);
    command.set("JIAYI_LOG", "info,jiayi=trace").set("JIAYI_PUSH__TIMEOUT_SECONDS", "1");
    let mut server = Server::start(&command);
    let url = server.url.clone();
    let resident = log_in(&url, "user", "resident1").await;
    let doctor = log_in(&url, "doctor", "doctor1").await;
    show_up(&url, &resident, "18171adc030b6f1f").await;
    show_up(&url, &doctor, "28171adc030b6f1f").await;
    let mapped = || vendor.alias("28171adc030b6f1f").is_some() && vendor.alias("18171adc030b6f1f").is_some();
    wait("the devices are mapped", mapped);

    let secret = "化验单显示乙肝阳性";
    let written =
        |from: &Person, to: &Person| json!({ "touid": to.uid, "body": format!("{secret}{}", from.role) });
    for trick in [Trick::DropAfter, Trick::Refuse { status: 400, code: 1003 }, Trick::Garble { status: 502 }]
    {
        vendor.play(trick);
    }
    for _ in 0..3 {
        post(&url, &doctor, "alonechat/send", written(&doctor, &resident)).await;
        post(&url, &resident, "alonechat/send", written(&resident, &doctor)).await;
        let before = vendor.seen().len();
        wait("the vendor hears of it", || vendor.seen().len() > before + 1);
    }
    let refused = post(&url, &doctor, "alonechat/send", json!({ "touid": "nobody", "body": secret })).await;
    assert_eq!(refused["code"], "FA_PERMISSION");
    wait("notices are accepted", || vendor.sent() >= 2);
    server.kill();

    let sent: Vec<String> = vendor.seen().iter().map(|seen| format!("{} {}", seen.path, seen.body)).collect();
    let log = server.said();
    assert!(!log.is_empty() && sent.iter().any(|body| body.contains("发来")), "there is something to read");
    for line in log.iter().chain(&sent) {
        for private in [secret, "乙肝", "jiayi-demo", &resident.token, &doctor.token, vendor::MASTER_SECRET]
        {
            assert!(!line.contains(private), "{private} in {line}");
        }
    }
}

#[test]
fn an_unknown_vendor_stops_the_start_and_wrong_keys_are_found() {
    let (program, vendor) = (Program::new(), Vendor::start());
    let (well, said) = program.serving(&vendor).set("JIAYI_PUSH__PROVIDER", "jpsuh").run(&["check"]);
    assert!(!well && said.contains("push.provider"), "{said}");
    let (well, said) = program.serving(&vendor).set("JIAYI_PUSH__PROVIDER", "jpsuh").run(&["serve"]);
    assert!(!well && said.contains("push.provider"), "{said}");
    let (well, said) = program.serving(&vendor).run(&["check"]);
    assert!(well && said.contains("ok    push: jpush"), "{said}");
    let wrong = "0".repeat(24);
    let (well, said) = program.serving(&vendor).set("JIAYI_PUSH__MASTER_SECRET", &wrong).run(&["check"]);
    assert!(!well && said.contains("FAIL  push") && !said.contains(&wrong), "{said}");
}

#[test]
fn a_notice_can_be_sent_by_hand() {
    let (program, vendor) = (Program::new(), Vendor::start());
    assert!(program.run(&["migrate"]).0);
    let (well, said) = program.run(&["push", "test", "--uid", "someone"]);
    assert!(!well && said.contains("push.provider"), "{said}");
    let (well, said) = program.serving(&vendor).run(&["push", "test", "--uid", "some-one"]);
    assert!(well && said.contains(&format!("msg_id {}", vendor::FIRST_ID)), "{said}");
    assert_eq!(vendor.notified("some.one"), 1);
    vendor.forget("gone");
    let (well, said) = program.serving(&vendor).run(&["push", "test", "--uid", "gone"]);
    assert!(!well && said.contains("none of the targets exists"), "{said}");
}

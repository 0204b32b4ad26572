//! Many alerts: killed in the middle of ten thousand, and a hundred thousand of one announcement while
//! others chat.

use super::people::{Connection, Person};
use super::program::{Program, Server};
use super::vendor::Vendor;
use super::{on_both_databases, wait};
use jpush_client::alias_of;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

const ALERTS: usize = 10_000;
const AUDIENCE: usize = 100_000;

/// Residents with a phone each that the vendor knows, and a push each that has not arrived.
fn crowd(count: usize, kind: &str, title: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    format!(
        "BEGIN;
        CREATE TEMP TABLE crowd AS
            WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count})
            SELECT 'crowd' || n AS uid, n FROM n;
        INSERT INTO account (uid, role, login, password, name, createtime)
            SELECT uid, 'user', uid, '', uid, 0 FROM crowd;
        INSERT INTO mailbox (uid, seq) SELECT uid, 1 FROM crowd;
        INSERT INTO device (deviceid, uid, updatetime) SELECT 'phone' || n, uid, 0 FROM crowd;
        INSERT INTO device_alias (deviceid, uid, told) SELECT 'phone' || n, uid, uid FROM crowd;
        INSERT INTO alert (uid, seq, kind, title, content, extras, createtime, due)
            SELECT uid, 1, '{kind}', {title}, 'x', '{{}}', {now}, 0 FROM crowd;
        COMMIT"
    )
}

/// How often each of the crowd was notified.
fn notified(vendor: &Vendor, count: usize) -> Vec<u32> {
    (1..=count).map(|n| vendor.notified(&alias_of(&format!("crowd{n}")))).collect()
}

/// Somebody writes, and somebody else hears it; numbered, so that order shows.
async fn chats(writer: &Person, reader: &Person, desk: &mut Connection, number: usize) {
    let body = json!({ "touid": reader.uid, "body": format!("{number}") });
    writer.posts("alonechat/send", body).await;
    let heard = desk.hear().await;
    let (seq, body) = (heard["seq"].clone(), &heard["data"]["data"]["body"]);
    assert_eq!(*body, Value::from(number.to_string()), "{heard}");
    // Not each: commands are counted.
    if number.is_multiple_of(20) {
        desk.say("C2S_ACK", json!({ "seq": seq })).await;
    }
}

on_both_databases! {
    async fn who_is_killed_in_the_middle_of_ten_thousand_alerts_notifies_each_once(program) {
        let vendor = Vendor::start();
        vendor.give_few_cids(10);
        program.prepare(&crowd(ALERTS, "message", "'No. ' || n"));
        for kill in 1..=4 {
            let mut server = Server::start(&program.serving(&vendor));
            let enough = vendor.sent() + 1000 + 311 * kill;
            wait("it goes on", || vendor.sent() >= enough).await;
            server.kill();
        }
        assert!(vendor.sent() < ALERTS, "it was killed in the middle");
        let _server = Server::start(&program.serving(&vendor));
        wait("all are notified", || vendor.sent() >= ALERTS && vendor.people() >= ALERTS).await;
        assert!(notified(&vendor, ALERTS).iter().all(|times| *times == 1));
        assert_eq!(vendor.sent(), ALERTS);
        assert_eq!(vendor.violations(), Vec::<String>::new());
    }

    async fn an_announcement_to_a_hundred_thousand_is_a_hundred_calls_beside_chat(program) {
        let vendor = Vendor::start();
        vendor.give_few_cids(10);
        drop(Server::start(&program.serving(&vendor)));
        program.prepare(&crowd(AUDIENCE, "announcement", "'x'"));
        let server = Server::start(&program.serving(&vendor));
        let resident = Person::log_in(&server.url, "user", "resident1").await;
        let doctor = Person::log_in(&server.url, "doctor", "doctor1").await;
        let mut desk = doctor.connect("desk", Some("web")).await;
        let mut written = 0;
        while vendor.people() < AUDIENCE {
            written += 1;
            chats(&resident, &doctor, &mut desk, written).await;
        }
        assert!(written > 50, "only {written} messages meanwhile");
        assert_eq!((vendor.sent(), vendor.people()), (100, AUDIENCE));
        assert!(notified(&vendor, AUDIENCE).iter().all(|times| *times == 1));
        let peak = server.peak_memory();
        assert!(peak < 200 << 20, "{} MiB", peak >> 20);
        assert_eq!(vendor.violations(), Vec::<String>::new());
    }
}

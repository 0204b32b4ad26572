//! The vendor is taken out of the settings, and put back.

use super::people::Person;
use super::program::{Program, Server};
use super::vendor::Vendor;
use super::{on_both_databases, wait};
use diesel::connection::SimpleConnection;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use jpush_client::alias_of;
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

const PHONE: &str = "18171adc030b6f1f";
const TABLET: &str = "28171adc030b6f1f";
const HOUR: u128 = 3_600_000;

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()
}

/// An alert of somebody's that is due, from so long ago.
fn alert(uid: &str, age: u128) -> String {
    format!(
        "INSERT INTO alert (uid, seq, kind, title, content, extras, createtime, due)
            VALUES ('{uid}', 1000000, 'message', 'x', 'x', '{{}}', {}, 0);",
        now() - age
    )
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many rows a table has.
fn count(program: &Program, table: &str) -> i64 {
    let count = sql_query(format!("SELECT COUNT(*) AS count FROM {table}"));
    count.get_result::<Count>(&mut program.store()).unwrap().count
}

on_both_databases! {
    async fn who_came_to_a_device_without_a_vendor_is_who_it_belongs_to_with_one(program) {
        let vendor = Vendor::start();
        let mut server = Server::start(&program.serving(&vendor));
        let resident = Person::log_in(&server.url, "user", "resident1").await;
        let leaving = Person::log_in(&server.url, "user", "resident2").await;
        resident.show_up(PHONE).await;
        leaving.show_up(TABLET).await;
        let mapped = |device: &str, to: &Person| vendor.alias(device) == Some(alias_of(&to.uid));
        wait("both are mapped", || mapped(PHONE, &resident) && mapped(TABLET, &leaving)).await;
        server.kill();

        let mut server = Server::start(&program);
        let neighbour = Person::log_in(&server.url, "user", "resident3").await;
        neighbour.show_up(PHONE).await;
        let leaving = leaving.at(&server.url);
        leaving.posts("logout", json!({})).await;
        server.kill();
        let both = [alert(&resident.uid, 0), alert(&leaving.uid, 0), alert(&neighbour.uid, 0)].concat();
        program.store().batch_execute(&both).unwrap();

        let _server = Server::start(&program.serving(&vendor));
        wait("its new owner is notified", || vendor.notified(&alias_of(&neighbour.uid)) == 1).await;
        wait("all is settled", || count(&program, "alert WHERE noticeid IS NULL") == 0).await;
        assert!(mapped(PHONE, &neighbour));
        wait("whoever logged out is forgotten", || vendor.alias(TABLET).is_none()).await;
        for gone in [&resident, &leaving] {
            assert_eq!(vendor.notified(&alias_of(&gone.uid)), 0, "nobody else reads what is theirs");
        }
    }

    async fn what_waits_is_no_news_after_a_day_and_goes_out_before(program) {
        let vendor = Vendor::start();
        program.prepare(&format!(
            "INSERT INTO account (uid, role, login, password, name, createtime)
                VALUES ('someone', 'user', 'someone', '', 'x', 0);
            INSERT INTO mailbox (uid, seq) VALUES ('someone', 1000000);
            INSERT INTO device_alias (deviceid, uid, told) VALUES ('{PHONE}', 'someone', 'someone');
            INSERT INTO device (deviceid, uid, updatetime) VALUES ('{PHONE}', 'someone', 0);
            INSERT INTO notice (noticeid, kind, title, content, extras, createtime, due)
                VALUES ('old', 'message', 'x', 'x', '{{}}', {}, 0);
            {} {}
            UPDATE alert SET noticeid = 'old';
            {} {} {}",
            now() - 25 * HOUR,
            alert("someone", 25 * HOUR),
            alert("someone", 25 * HOUR),
            alert("someone", 24 * HOUR + 1000),
            alert("someone", 25 * HOUR),
            alert("someone", 22 * HOUR),
        ));
        let mut server = Server::start(&program);
        wait("what is old goes", || count(&program, "alert") == 1 && count(&program, "notice") == 0).await;
        let dropped = |line: &String| line.contains("WARN") && line.contains("3 notices could not be sent");
        wait("it says so", || server.said().iter().any(dropped)).await;
        server.kill();
        program.store().batch_execute(&alert("someone", 30 * 24 * HOUR)).unwrap();
        let _server = Server::start(&program.serving(&vendor));
        wait("what is young is sent", || vendor.notified("someone") == 1).await;
        wait("what is old is not", || count(&program, "alert WHERE noticeid IS NULL") == 0).await;
        assert_eq!(vendor.notices()[0]["notification"]["android"]["alert"], "x", "it is one alone");
        assert_eq!(vendor.sent(), 1);
    }
}

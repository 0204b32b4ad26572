//! Whether the server says that it is ready when it is, and what becomes of others while somebody asks for
//! what is long, or holds the database.

use crate::app::{TestApp, verdict};
use crate::on_both_databases;
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use jiayi::db::connection::AnyConnection;
use serde_json::json;
use std::time::{Duration, Instant};

/// Another program that holds what every write needs, until it is dropped.
fn hold(app: &TestApp) -> AnyConnection {
    let mut store = app.app.config().database().unwrap().connect().unwrap();
    store.batch_execute("BEGIN").unwrap();
    let lock = match store {
        AnyConnection::Sqlite(_) => "UPDATE probe SET at = 1",
        AnyConnection::Postgres(_) => "LOCK TABLE probe, account, mailbox IN ACCESS EXCLUSIVE MODE",
    };
    store.batch_execute(lock).unwrap();
    store
}

async fn ready(app: &TestApp) -> u16 {
    reqwest::get(app.url("/readyz")).await.unwrap().status().as_u16()
}

async fn until_ready(app: &TestApp, wanted: u16) {
    let came = async {
        while ready(app).await != wanted {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), came).await.unwrap_or_else(|_| panic!("no {wanted}"));
}

on_both_databases! {
    async fn a_database_that_takes_no_writes_is_not_ready_until_it_does(app: TestApp) {
        until_ready(&app, 200).await;
        let holder = hold(&app);
        until_ready(&app, 503).await;
        drop(holder);
        until_ready(&app, 200).await;
    }

    async fn long_searches_are_in_nobodys_way(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let roomid = resident.writes(&doctor, "头疼").await["roomid"].clone();
        let mut store = app.app.config().database().unwrap().connect().unwrap();
        store.batch_execute(&many_messages(roomid.as_str().unwrap())).unwrap();
        let searches = (0..24).map(|_| resident.get("/user/dialog/search?q=nowhere"));
        let others = async {
            let (mut slowest, begun) = (Duration::ZERO, Instant::now());
            while begun.elapsed() < Duration::from_secs(3) {
                let asked = Instant::now();
                assert_eq!(doctor.get("/doctor/message/list").await.0, 200);
                assert_eq!(ready(&app).await, 200);
                slowest = slowest.max(asked.elapsed());
            }
            slowest
        };
        let (found, slowest) = tokio::join!(join_all(searches), others);
        assert!(slowest < Duration::from_secs(2), "{slowest:?}");
        let refused = found.iter().filter(|found| verdict(found) == (429, "FA_LIMIT")).count();
        // Two at a time: a page is looked for so quickly that others get the place of those before them.
        assert!(refused > 0, "an account has two places");
        let rest: Vec<_> = found.iter().map(verdict).filter(|verdict| verdict.0 != 429).collect();
        assert!(rest.iter().all(|(status, _)| matches!(status, 200 | 503)), "{rest:?}");
    }

    async fn what_waits_too_long_for_a_lock_is_no_fault_of_the_server(app: TestApp with impatient) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let holder = hold(&app);
        let body = json!({ "touid": doctor.uid, "kind": "text", "body": "a" });
        assert_eq!(verdict(&resident.post("alonechat/send", body).await), (503, "FA_OVERLOAD"));
        drop(holder);
        resident.writes(&doctor, "a").await;
    }
}

fn impatient(config: &mut jiayi::config::Config) {
    config.database.lock_timeout_seconds = 1;
}

/// The statement that writes 20,000 long messages into a room.
fn many_messages(roomid: &str) -> String {
    format!(
        "INSERT INTO social_dialog (dialogid, roomid, roomseq, kind, body, fromuid, createtime, recalled, process, reminded)
         WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20001)
         SELECT 'many-' || i, roomid, i, kind, '\"' || long.x || '\"', fromuid, createtime, recalled, process, reminded
         FROM social_dialog, n,
             (SELECT replace(CAST('{}' AS TEXT), 'x', 'some words and some more of them ') AS x) AS long
         WHERE roomid = '{roomid}' AND roomseq = 1;
         UPDATE room SET seq = 20001 WHERE roomid = '{roomid}'",
        "x".repeat(60)
    )
}

//! The numbers of the back office: messages by day and by hour, what goes wrong.

use crate::app::{Database, TestApp, verdict};
use crate::cluster::Two;
use crate::contract::{apply, decision};
use crate::on_both_databases;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiayi::error::Error;
use jiayi::model::{DialogId, Role, Time};
use jiayi::store::tally;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

impl TestApp {
    /// Makes a message as old as if it had been written at `time`.
    async fn age(&self, dialogid: &Value, time: Time) {
        let (old, new) = (dialogid.as_str().unwrap().to_owned(), DialogId::least_from(time).to_string());
        let changed = self.app.write(move |tx| {
            let update = "UPDATE social_dialog SET dialogid = '{new}' WHERE dialogid = '{old}'";
            let update = update.replace("{new}", &new).replace("{old}", &old);
            diesel::sql_query(update).execute(&mut **tx).map_err(Error::from)
        });
        assert_eq!(changed.await.unwrap(), 1);
    }
}

/// When a span began, in milliseconds, with its messages.
fn spans(list: &Value) -> Vec<(i64, i64)> {
    let begins = |span: &Value| serde_json::from_str::<Time>(&span["begins"].to_string()).unwrap().millis();
    let read = |span: &Value| (begins(span), span["messages"].as_i64().unwrap());
    list.as_array().unwrap().iter().map(read).collect()
}

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

on_both_databases! {
    async fn messages_are_counted_by_day_and_by_hour(app: TestApp) {
        let (admin, resident, doctor) =
            (app.login("admin").await, app.login("resident1").await, app.login("doctor1").await);
        let begun = Time::now();
        // In the order of their times, as messages come: they may be counted meanwhile.
        for back in [40 * DAY, 13 * DAY, 2 * DAY, 3 * HOUR, HOUR, 0, 0] {
            let sent = resident.writes(&doctor, "一句话").await;
            if back > 0 {
                app.age(&sent["dialogid"], begun - Duration::from_millis(back as u64)).await;
            }
        }
        for offset in [0, 480, -210] {
            let stats = admin.gets(&format!("stats?offset={offset}")).await;
            let (days, hours) = (spans(&stats["days"]), spans(&stats["hours"]));
            assert_eq!((days.len(), hours.len()), (14, 24));
            for (list, width) in [(&days, DAY), (&hours, HOUR)] {
                assert!(list.windows(2).all(|pair| pair[1].0 - pair[0].0 == width));
                assert_eq!((list[0].0 + offset * 60_000).rem_euclid(width), 0, "not at midnight or the hour");
                let (now, last) = (Time::now().millis(), list.last().unwrap().0);
                assert!(last <= now && now < last + width + HOUR, "the last one is not the present one");
                let within = |back: &i64| begun.millis() - back >= list[0].0;
                let wanted = [0, 0, HOUR, 3 * HOUR, 2 * DAY, 13 * DAY, 40 * DAY].iter().filter(|back| within(back));
                assert_eq!(list.iter().map(|span| span.1).sum::<i64>(), wanted.count() as i64);
            }
            let at = begun.millis() - 2 * DAY;
            let of_that_day = days.iter().rfind(|span| span.0 <= at).unwrap();
            assert_eq!(of_that_day.1, 1, "the day before yesterday");
        }
    }

    async fn what_was_counted_before_is_what_counting_finds(app: TestApp) {
        let (admin, resident, doctor) =
            (app.login("admin").await, app.login("resident1").await, app.login("doctor1").await);
        let begun = Time::now();
        for back in [13 * DAY, 3 * HOUR, HOUR] {
            let sent = resident.writes(&doctor, "一句话").await;
            app.age(&sent["dialogid"], begun - Duration::from_millis(back as u64)).await;
        }
        resident.writes(&doctor, "一句话").await;
        let counted = async || {
            let mut stats = admin.gets("stats").await;
            for changing in ["commits", "connections", "writes", "push"] {
                stats[changing].take();
            }
            stats
        };
        let before = counted().await;
        let (first, until) = (begun - Duration::from_secs(30 * 86_400), Time::from_millis(begun.millis() + HOUR));
        let list = move |store: &mut _| tally::list_uncounted_messages(store, first, until, 1000);
        let (mark, ids) = app.app.read(list).await.unwrap();
        let list = move |store: &mut _| tally::list_uncounted_accounts(store, Role::User, until, 1000);
        let (user, uids) = app.app.read(list).await.unwrap();
        assert!(!ids.is_empty() && !uids.is_empty());
        for _ in 0..2 {
            let ((mark, ids), (user, uids)) = ((mark.clone(), ids.clone()), (user.clone(), uids.clone()));
            let add = app.app.write(move |tx| {
                tally::add_messages(tx, &mark, &ids)?;
                tally::add_accounts(tx, Role::User, &user, &uids)
            });
            add.await.unwrap();
            assert_eq!(counted().await, before, "who counts second finds it done");
        }
        resident.writes(&doctor, "一句话").await;
        let last = |stats: &Value| stats["hours"][23]["messages"].as_i64().unwrap();
        assert_eq!(last(&counted().await), last(&before) + 1);
    }

    async fn contracts_in_force_are_counted_by_their_teams(app: TestApp) {
        let (admin, resident, doctor) =
            (app.login("admin").await, app.login("resident2").await, app.login("doctor1").await);
        let signed = async || admin.gets("stats").await["signed"].as_i64().unwrap();
        let agrees = async || {
            let count = |store: &mut _| {
                let count = sql::<BigInt>("count(*) FROM social_signed WHERE status = 'signed'");
                diesel::select(count).get_result::<i64>(store).map_err(Error::from)
            };
            assert_eq!(signed().await, app.app.read(count).await.unwrap());
        };
        agrees().await;
        let (before, contract) = (signed().await, apply(&resident, &doctor).await);
        assert_eq!((signed().await, admin.gets("stats").await["applied"].as_i64()), (before, Some(1)));
        doctor.posts("signedprocess", decision(&contract, true)).await;
        assert_eq!(signed().await, before + 1);
        agrees().await;
        doctor.posts("rejectsigned", json!({ "sid": contract["sid"], "reason": "搬家" })).await;
        assert_eq!(signed().await, before);
        agrees().await;
    }

    async fn a_clock_that_nobody_has_is_refused(app: TestApp) {
        let admin = app.login("admin").await;
        for wrong in ["841", "-841", "x", "1.5", ""] {
            assert_eq!(verdict(&admin.get(&format!("stats?offset={wrong}")).await), (400, "FA_PARAM"), "{wrong}");
        }
        for who in ["doctor3", "resident1"] {
            assert_eq!(verdict(&app.login(who).await.get("/admin/stats").await), (403, "FA_PERMISSION"));
        }
    }

    async fn what_goes_wrong_is_counted_and_nothing_has(app: TestApp) {
        let (admin, resident, doctor) =
            (app.login("admin").await, app.login("resident1").await, app.login("doctor1").await);
        resident.writes(&doctor, "一句话").await;
        let stats = admin.gets("stats").await;
        assert_eq!((&stats["errors"], &stats["refused"]), (&0.into(), &0.into()));
        assert!(stats["writes"].is_null() || stats["writes"] == 0, "{}", stats["writes"]);
        let took = |share: &str| stats["commits"][share].as_f64().unwrap();
        assert!(0.0 < took("p50") && took("p50") <= took("p95"), "{}", stats["commits"]);
        assert_eq!(stats["push"], admin.gets("push/stats").await);
    }
}

/// What runs here, as an administrator is told.
async fn deployment(app: &TestApp) -> Value {
    app.login("admin").await.gets("stats").await["deployment"].take()
}

/// Looks at a service that keeps all in such a database; `part` is what it is called in a backup.
async fn tells_what_runs(database: Database, kind: &str, part: &str) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_owned();
    let app = TestApp::start_with(database, |config| config.backup_folder = Some(path)).await;
    let version = env!("CARGO_PKG_VERSION");
    let none =
        json!({ "version": version, "database": kind, "nodes": [], "backups": { "count": 0, "age": null } });
    assert_eq!(deployment(&app).await, none);
    let backup = folder.path().join("2026-01-01_000000");
    std::fs::create_dir(&backup).unwrap();
    for name in [part, "SHA256SUMS"] {
        std::fs::write(backup.join(name), "").unwrap();
    }
    let made = SystemTime::now() - Duration::from_secs(5000);
    std::fs::File::open(&backup).unwrap().set_modified(made).unwrap();
    let backups = deployment(&app).await["backups"].take();
    let age = backups["age"].as_u64().unwrap();
    assert!(backups["count"] == 1 && (5000..5100).contains(&age), "{backups}");
    let doctor = app.login("doctor1").await;
    assert_eq!(doctor.get("/admin/stats").await.0, 403);
}

#[actix_web::test]
async fn what_runs_here_is_told_with_sqlite() {
    tells_what_runs(Database::Sqlite, "sqlite", "jiayi.db").await;
    let app = TestApp::start(Database::Sqlite).await;
    assert_eq!(deployment(&app).await["backups"], Value::Null, "there is no folder");
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_runs_here_is_told_with_postgresql() {
    tells_what_runs(Database::Postgres, "postgresql", "jiayi.dump").await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn the_nodes_are_told_by_their_names() {
    let two = Two::start().await;
    let nodes = deployment(&two.one).await["nodes"].take();
    assert_eq!((nodes.as_array().unwrap().len(), &nodes), (2, &deployment(&two.other).await["nodes"]));
    for node in nodes.as_array().unwrap() {
        assert!(node["name"].is_string() && node["leaving"] == false, "{nodes}");
        assert_eq!(node["version"], env!("CARGO_PKG_VERSION"));
    }
}

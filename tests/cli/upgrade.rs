//! A store that each released version has made is served by this one, with all that was in it.
//!
//! `stores/VERSION.DATABASE.sql` is such a store: that version's demonstration data, a chat, a group, an announcement and a message
//! that was withdrawn. With a release one of its own is added, made by `stores/make` with the released binary.

use super::own_postgres::OwnPostgres;
use super::{jiayi, log_in, said, serve_with, terminate};
use diesel::connection::SimpleConnection;
use jiayi::db::connection::Address;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The stores of a database, by the files' names.
fn list_stores(database: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/stores");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let stores: Vec<_> =
        files.filter(|file| file.to_string_lossy().ends_with(&format!(".{database}.sql"))).collect();
    assert!(!stores.is_empty());
    stores
}

fn load(store: &Path, url: &str) {
    let text = std::fs::read_to_string(store).unwrap();
    Address::parse(url).unwrap().connect().unwrap().batch_execute(&text).unwrap();
}

/// A release that left no store behind could not be tried any more: it is made by the released binary.
#[test]
fn each_released_version_has_its_stores() {
    let changes = Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md");
    let changes = std::fs::read_to_string(changes).unwrap();
    let headings = changes.lines().filter_map(|line| line.strip_prefix("## "));
    let versions = headings.filter_map(|heading| heading.split(", ").next());
    let released: Vec<_> =
        versions.filter(|version| !["Unreleased", env!("CARGO_PKG_VERSION")].contains(version)).collect();
    assert!(released.contains(&"0.1.0"), "the changes are not headed as they were: {released:?}");
    for database in ["sqlite", "postgres"] {
        let stores = list_stores(database);
        let has =
            |version: &str| stores.iter().any(|store| store.ends_with(format!("{version}.{database}.sql")));
        let lacking: Vec<_> = released.iter().filter(|version| !has(version)).collect();
        assert!(lacking.is_empty(), "{database}: make them by tests/cli/stores/make: {lacking:?}");
    }
}

/// What a person finds, and that they can go on.
async fn look_around(folder: &TempDir, url: &str) {
    let migrated = jiayi(folder.path()).arg("migrate").env("JIAYI_DATABASE_URL", url).output().unwrap();
    assert!(said(&migrated).0.contains("ran migration"), "{:?}", said(&migrated));
    let (mut server, address, log) = serve_with(folder.path(), &[("JIAYI_DATABASE_URL", url)]);
    std::thread::spawn(move || log.for_each(drop));
    let (resident, doctor) = (log_in(&address, "resident1").await, log_in(&address, "doctor1").await);
    let get = async |path: &str, who: &Value| -> Value {
        let request = reqwest::Client::new().get(format!("http://{address}{path}"));
        let answer = request.bearer_auth(who["token"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.json().await.unwrap()
    };
    let list = get("/user/message/list", &resident).await.to_string();
    for words in ["[消息已撤回]", "每天记录一次", "周六上午可以接种。"] {
        assert!(list.contains(words), "{words} is not in {list}");
    }
    for (words, count) in [("血压", 2), ("写错了", 0)] {
        let found = get(&format!("/doctor/dialog/search?q={words}"), &doctor).await;
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{words}: {found}");
    }
    let before = get("/user/sync?since=0", &resident).await["items"].as_array().unwrap().len();
    let answer = json!({ "touid": resident["uid"], "body": "after the upgrade" });
    let request =
        reqwest::Client::new().post(format!("http://{address}/doctor/alonechat/send")).json(&answer);
    let sent = request.bearer_auth(doctor["token"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(sent.status().as_u16(), 200);
    let pushes = get("/user/sync?since=0", &resident).await;
    assert_eq!(pushes["items"].as_array().unwrap().len(), before + 1);
    terminate(&server);
    server.wait().unwrap();
}

#[tokio::test]
async fn sqlite_of_each_version_goes_on() {
    for store in list_stores("sqlite") {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("jiayi.db").display());
        load(&store, &url);
        look_around(&folder, &url).await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn postgresql_of_each_version_goes_on() {
    for store in list_stores("postgres") {
        let (folder, postgres) = (TempDir::new().unwrap(), OwnPostgres::start());
        let url = postgres.url("127.0.0.1");
        load(&store, &url);
        look_around(&folder, &url).await;
    }
}

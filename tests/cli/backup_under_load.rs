//! Backing up while people write without a pause: what is put back is one moment of the service, with every message that was
//! acknowledged before it, numbers without a gap, and a push for each message.

use super::backup::{finish, run, send, upload};
use super::own_postgres::OwnPostgres;
use super::{jiayi, log_in, serve_with, terminate};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiayi::db::connection::{Address, AnyConnection};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;

/// How many write text to one doctor and files to the other, each.
const WRITERS: usize = 2;

/// People who write until they are told to stop.
#[derive(Default)]
struct Load {
    tasks: JoinSet<()>,
    is_over: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
}

impl Load {
    async fn start(address: &str) -> Self {
        let mut load = Self::default();
        for (resident, doctor, kind) in [("resident1", "doctor1", "text"), ("resident3", "doctor2", "file")] {
            let (who, to) = (log_in(address, resident).await, log_in(address, doctor).await);
            for _ in 0..WRITERS {
                load.write(address.to_owned(), who["token"].clone(), to["uid"].clone(), kind);
            }
        }
        load
    }

    fn write(&mut self, address: String, token: Value, to: Value, kind: &'static str) {
        let (is_over, acknowledged) = (self.is_over.clone(), self.acknowledged.clone());
        self.tasks.spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                let body = match kind {
                    "file" => upload(&address, &token).await["fileid"].clone(),
                    _ => json!("一句话"),
                };
                send(&address, &token, &to, kind, body).await;
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        });
    }

    fn count(&self) -> i64 {
        self.acknowledged.load(Ordering::Relaxed) as i64
    }

    /// Returns when so many more have been acknowledged.
    async fn goes_on(&self, more: i64) {
        let wanted = self.count() + more;
        let reached = async {
            while self.count() < wanted {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), reached).await.expect("nobody writes any more");
    }

    async fn stop(self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.tasks.join_all().await;
    }
}

fn count(store: &mut AnyConnection, what: &str) -> i64 {
    diesel::select(sql::<BigInt>(&format!("count(*) FROM {what}"))).get_result(store).unwrap()
}

/// Whether it is one moment of the service; `before` messages were acknowledged before it, `after` of all that were sent after it.
fn assert_is_one_moment(url: &str, before: i64, after: i64) {
    let mut store = Address::parse(url).unwrap().connect().unwrap();
    let messages = count(&mut store, "social_dialog WHERE kind IN ('text', 'file')");
    // Who is not answered yet may be written.
    let under_way = 2 * WRITERS as i64;
    assert!((before..=after + under_way).contains(&messages), "{before} {messages} {after}");
    for amiss in [
        // Rooms and mailboxes whose numbers have gaps, or go on elsewhere than they count.
        "room WHERE seq <> (SELECT count(*) FROM social_dialog WHERE social_dialog.roomid = room.roomid) \
            OR seq <> (SELECT COALESCE(max(roomseq), 0) FROM social_dialog WHERE social_dialog.roomid = room.roomid)",
        "mailbox WHERE seq <> (SELECT count(*) FROM push_log WHERE push_log.uid = mailbox.uid) \
            OR seq <> (SELECT COALESCE(max(push_log.seq), 0) FROM push_log WHERE push_log.uid = mailbox.uid)",
        // Messages that their doctor is not told of, pushes of messages that are not there, and messages without their files.
        "social_dialog JOIN account ON account.role = 'doctor' \
            JOIN room_member ON room_member.roomid = social_dialog.roomid AND room_member.uid = account.uid \
            WHERE social_dialog.kind IN ('text', 'file') AND NOT EXISTS (SELECT 1 FROM push_log \
            WHERE push_log.uid = account.uid AND push_log.dialogid = social_dialog.dialogid)",
        "push_log WHERE dialogid NOT IN (SELECT dialogid FROM social_dialog)",
        "social_dialog WHERE kind = 'file' AND NOT EXISTS (SELECT 1 FROM file JOIN file_sent ON file_sent.fileid = file.fileid \
            WHERE file_sent.roomid = social_dialog.roomid AND file_sent.roomseq = social_dialog.roomseq AND file.ready)",
    ] {
        assert_eq!(count(&mut store, amiss), 0, "{amiss}");
    }
    assert!(count(&mut store, "push_log WHERE dialogid IS NOT NULL") >= messages);
}

/// Backs `url` up while people write, and puts each backup back where `scratch` says.
async fn backs_up_under_load(url: &str, mut scratch: impl FnMut(&Path, &str) -> String) {
    let (folder, backups) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let settings = [("JIAYI_DATABASE_URL", url), ("JIAYI_BUDGETS__ENABLED", "false")];
    let (mut server, address, log) = serve_with(folder.path(), &settings);
    std::thread::spawn(move || log.for_each(drop));
    let load = Load::start(&address).await;
    let mut made = Vec::new();
    for name in ["one", "two", "three"] {
        load.goes_on(20).await;
        let before = load.count();
        let mut create = jiayi(folder.path());
        create.args(["backup", "create"]).arg(backups.path().join(name)).env("JIAYI_DATABASE_URL", url);
        let (done, said) = tokio::task::spawn_blocking(move || finish(&mut create)).await.unwrap();
        assert!(done, "{said}");
        let after = load.count();
        assert!(after > before, "nobody wrote meanwhile");
        made.push((name, before, after));
    }
    load.stop().await;
    terminate(&server);
    server.wait().unwrap();
    for (name, before, after) in made {
        let (other, backup) = (TempDir::new().unwrap(), backups.path().join(name));
        let (whole, said) = run(other.path(), "verify", &backup);
        assert!(whole && !said.contains("missing"), "{said}");
        let scratch = scratch(other.path(), name);
        let mut restore = jiayi(other.path());
        let (done, said) =
            finish(restore.args(["backup", "restore"]).arg(&backup).env("JIAYI_DATABASE_URL", &scratch));
        assert!(done, "{said}");
        assert_is_one_moment(&scratch, before, after);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_backed_up_under_load() {
    let folder = TempDir::new().unwrap();
    let url = |folder: &Path| format!("sqlite://{}", folder.join("jiayi.db").display());
    backs_up_under_load(&url(folder.path()), |other, _| url(other)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn postgresql_is_backed_up_under_load() {
    let postgres = OwnPostgres::start();
    let url = postgres.url("127.0.0.1");
    backs_up_under_load(&url, |_, name| {
        let mut store = Address::parse(&url).unwrap().connect().unwrap();
        diesel::sql_query(format!("CREATE DATABASE {name}")).execute(&mut store).unwrap();
        url.replace(&format!("{}/postgres", postgres.port), &format!("{}/{name}", postgres.port))
    })
    .await;
}

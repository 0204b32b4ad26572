//! The log of SQLite (`-wal`) stays short under load, is cut to nothing when it is quiet, and whoever reads for
//! long holds nobody up.

use crate::app::{Database, TestApp};
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use jiayi::db::connection::{Address, AnyConnection};
use jiayi::model::{RoomId, Uid};
use jiayi::protocol::pushes::{Push, ReadMark};
use std::time::{Duration, Instant};

const MIB: u64 = 1 << 20;

impl TestApp {
    /// How long the log is.
    fn log_bytes(&self) -> u64 {
        let url = &self.app.config().database_url;
        std::fs::metadata(format!("{}-wal", url.trim_start_matches("sqlite://"))).map_or(0, |file| file.len())
    }

    /// Somebody who reads the store as it is now, until they are gone.
    fn reader(&self) -> AnyConnection {
        let mut reader = Address::parse(&self.app.config().database_url).unwrap().connect().unwrap();
        reader.batch_execute("BEGIN; SELECT count(*) FROM account").unwrap();
        reader
    }

    async fn awaits_short_log(&self) {
        let patience = Instant::now() + Duration::from_secs(20);
        while self.log_bytes() > 0 {
            assert!(Instant::now() < patience, "{} bytes are left", self.log_bytes());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[actix_web::test]
async fn the_log_is_cut_when_it_is_quiet_however_long_somebody_has_read() {
    let app = TestApp::start(Database::Sqlite).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    app.awaits_short_log().await;
    let reader = app.reader();
    let write = async |count: usize| {
        let mut longest = Duration::ZERO;
        for _ in 0..count {
            let begun = Instant::now();
            join_all((0..8).map(|_| doctor.writes(&resident, "一句话"))).await;
            longest = longest.max(begun.elapsed());
        }
        longest
    };
    let longest = write(100).await;
    assert!(longest < Duration::from_secs(2), "messages waited {longest:?} for who reads");
    assert!(app.log_bytes() > MIB, "{} bytes are no load", app.log_bytes());
    // Longer than it takes to be quiet: the one who reads is in the way of cutting the log, and nobody else is.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(app.log_bytes() > MIB);
    let longest = write(20).await;
    assert!(longest < Duration::from_secs(2), "messages waited {longest:?} for the log");
    drop(reader);
    app.awaits_short_log().await;
    write(1).await;
    assert_eq!(resident.gets("message/list").await["items"][0]["unread"], 8 * 121);
}

#[actix_web::test]
async fn the_log_is_begun_anew_under_load() {
    let app = TestApp::start(Database::Sqlite).await;
    let crowd = app.crowd(2000).await;
    let mut longest = 0;
    for _ in 0..40 {
        // Who reads goes again while others write.
        let reader = app.reader();
        let crowd: Vec<Uid> = crowd.clone();
        let mark = ReadMark::Room { roomid: RoomId::new(), uid: Uid::new(), roomseq: 1 };
        let pushed = app.app.write(move |tx| {
            tx.push(Push::Read(crowd.clone(), mark.clone()));
            Ok(())
        });
        let leave = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            drop(reader);
        };
        tokio::join!(pushed, leave).0.unwrap();
        longest = longest.max(app.log_bytes());
    }
    assert!(longest > 16 * MIB, "{longest} bytes are no load");
    assert!(longest < 100 * MIB, "the log has {longest} bytes");
    app.awaits_short_log().await;
}

//! Uploads that are many, large or broken off: what an account may keep, and that nothing stays behind.

use crate::app::{TestApp, answer, verdict};
use crate::on_both_databases;
use crate::people::Person;
use futures_util::future::join_all;
use jiayi::store::file::{Uploads, list_ready};
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn upload(app: &TestApp, who: &Person, size: usize) -> (u16, Value) {
    let form = Form::new().part("file", Part::bytes(vec![b'a'; size]).file_name("a.txt"));
    let request = Client::new().post(app.url(&format!("/{}/file", who.role)));
    answer(request.bearer_auth(&who.token).multipart(form)).await
}

/// The files in a folder and those in it.
fn count(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}

const MIB: usize = 1024 * 1024;

fn small_quota(config: &mut jiayi::config::Config) {
    config.upload_quota_mib = 20;
}

on_both_databases! {
    async fn many_uploads_at_once_are_counted_one_by_one(app: TestApp) {
        let resident = app.login("resident1").await;
        for _ in 0..9 {
            join_all((0..10).map(|_| upload(&app, &resident, 100))).await;
        }
        let answers = join_all((0..30).map(|_| upload(&app, &resident, 100))).await;
        assert_eq!(answers.iter().filter(|answer| answer.0 == 200).count(), 10);
        assert!(answers.iter().all(|answer| answer.0 == 200 || verdict(answer) == (429, "FA_LIMIT")));
        assert_eq!(count(&app.app.config().files_folder), 100);
    }

    async fn all_files_of_an_account_have_room_in_its_quota(app: TestApp with small_quota) {
        let (resident, other) = (app.login("resident1").await, app.login("resident3").await);
        assert_eq!(upload(&app, &resident, 12 * MIB).await.0, 200);
        let both = join_all([upload(&app, &resident, 7 * MIB), upload(&app, &resident, 7 * MIB)]).await;
        let mut statuses: Vec<_> = both.iter().map(|answer| answer.0).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 429], "room is taken when an upload begins");
        assert_eq!(verdict(&upload(&app, &resident, 2 * MIB).await), (429, "FA_LIMIT"));
        assert_eq!(upload(&app, &other, 7 * MIB).await.0, 200, "each account has its own");
    }

    async fn who_sends_a_body_that_is_not_wanted_can_send_it_and_reads_why(app: TestApp with small_quota) {
        let resident = app.login("resident1").await;
        let bearer = format!("Authorization: Bearer {}\r\n", resident.token);
        let multipart = "Content-Type: multipart/form-data; boundary=x\r\n";
        assert_eq!(upload(&app, &resident, 12 * MIB).await.0, 200);
        for (path, headers, status) in [
            ("/user/file", format!("{bearer}{multipart}"), "429"),
            ("/user/file", multipart.to_owned(), "401"),
            ("/nowhere", bearer.clone(), "404"),
            ("/user/dialog/recall", format!("{bearer}Content-Type: application/json\r\n"), "413"),
        ] {
            let (mut socket, size) = (TcpStream::connect(app.address).await.unwrap(), 15 * MIB);
            let head = format!("POST {path} HTTP/1.1\r\nHost: jiayi\r\n{headers}Content-Length: {size}\r\n\r\n");
            socket.write_all(head.as_bytes()).await.unwrap();
            for _ in 0..size / MIB {
                socket.write_all(&vec![b'a'; MIB]).await.unwrap_or_else(|error| panic!("{path}: {error}"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            let mut answer = [0; 12];
            socket.read_exact(&mut answer).await.unwrap();
            assert_eq!(answer, format!("HTTP/1.1 {status}").as_bytes(), "{path}");
        }
    }

    async fn what_breaks_off_leaves_nothing_and_gives_its_room_back(app: TestApp with small_quota) {
        let resident = app.login("resident1").await;
        let part = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n";
        let head = |length: usize| format!(
            "POST /user/file HTTP/1.1\r\nHost: jiayi\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\n\
             Content-Type: multipart/form-data; boundary=x\r\n\r\n{part}", resident.token
        );
        for sent in [0, 1, 1000, 200_000] {
            let mut socket = TcpStream::connect(app.address).await.unwrap();
            socket.write_all(head(15 * MIB).as_bytes()).await.unwrap();
            socket.write_all(&vec![b'a'; sent]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Sent whole, and nobody waits: it is kept with its row, or not at all.
        let whole = "aaaa\r\n--x--\r\n";
        let mut socket = TcpStream::connect(app.address).await.unwrap();
        socket.write_all((head(part.len() + whole.len()) + whole).as_bytes()).await.unwrap();
        drop(socket);
        let clean = async {
            while upload(&app, &resident, 19 * MIB).await.0 != 200 {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), clean).await.expect("the room is not given back");
        let rows = app.app.read(|store| Ok(list_ready(store, Uploads::Marked, None, 100)?.len())).await.unwrap();
        assert_eq!(count(&app.app.config().files_folder), rows, "no bytes without a row, no row without bytes");
    }
}

//! Clients that leave something undone, or do not take what they are sent: each is over in its
//! time, hurts nobody else, and loses nothing that is durable.

use super::{Client, Line, Way};
use crate::app::{Database, TestApp};

use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{MaybeTlsStream, client_async};

/// Waits until the server knows of no connection of Socket.IO.
async fn emptied(app: &TestApp, within: Duration) {
    let start = Instant::now();
    while app.socketio.connections() > 0 {
        assert!(start.elapsed() < within, "{} are left", app.socketio.connections());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(app.app.count_connections().await.unwrap(), 0);
}

#[actix_web::test]
async fn a_long_replay_waits_for_a_client_that_polls() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.queue = 16).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    let text = "药".repeat(1_000);
    for _ in 0..1_200 {
        resident.writes(&doctor, &text).await;
    }
    let (mut desk, answer) = Client::register(&app, (3, Way::Polling), &doctor, "desk", Some(0)).await;
    assert_eq!(answer["seq"], 1_200);
    for seq in 1..=1_200 {
        assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["seq"], seq);
    }
}

/// More than may wait for a client was missed; a live push and a ping come before the client has polled.
#[actix_web::test]
async fn a_long_replay_and_what_comes_behind_it_is_no_fault_of_the_client() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.ping_seconds = 1).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    let text = "药".repeat(10_000);
    for _ in 0..60 {
        resident.writes(&doctor, &text).await;
    }
    for version in [3, 4] {
        let (mut desk, answer) =
            Client::register(&app, (version, Way::Polling), &doctor, "desk", Some(0)).await;
        let missed = answer["seq"].as_i64().unwrap();
        resident.writes(&doctor, &text).await;
        if version == 4 {
            // Until a ping is due.
            tokio::time::sleep(Duration::from_millis(1_200)).await;
        }
        for seq in 1..=missed + 1 {
            assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["seq"], seq);
        }
    }
    let page = doctor.gets("sync?since=0&limit=200").await;
    assert!(page.to_string().len() < 400_000 && !page["next"].is_null(), "pages are bounded by bytes");
    assert_eq!(doctor.all_pushes().await.len(), 62);
}

/// As clients do with their default transports: the WebSocket is there while the replay is under way.
#[actix_web::test]
async fn an_upgrade_in_the_midst_of_a_long_replay_loses_nothing() {
    let app = TestApp::start(Database::Sqlite).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    let text = "药".repeat(10_000);
    for _ in 0..60 {
        resident.writes(&doctor, &text).await;
    }
    for version in [3, 4] {
        let (mut desk, _) = Client::register(&app, (version, Way::Polling), &doctor, "desk", Some(0)).await;
        let mut heard = 0;
        // What one poll brought is heard before the next transport is asked.
        while heard == 0 || matches!(&desk.line, Line::Polling { waiting, .. } if !waiting.is_empty()) {
            heard += 1;
            assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["seq"], heard);
        }
        assert!(heard < 60);
        desk.line = desk.line.upgrade().await;
        for seq in heard + 1..=60 {
            assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["seq"], seq);
        }
    }
}

#[actix_web::test]
async fn who_does_not_poll_is_closed_and_finds_everything_on_return() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.queue = 16).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    let (mut desk, _) = Client::register(&app, (4, Way::Polling), &doctor, "desk", Some(0)).await;
    for _ in 0..40 {
        resident.writes(&doctor, "药").await;
    }
    emptied(&app, Duration::from_secs(5)).await;
    assert_eq!(desk.next().await, "400");
    let (mut desk, _) = Client::register(&app, (4, Way::Polling), &doctor, "desk", Some(0)).await;
    for seq in 1..=40 {
        assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["seq"], seq);
    }
}

#[actix_web::test]
async fn a_slow_reader_is_closed_with_4009_and_loses_nothing() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.queue = 16).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = MaybeTlsStream::Plain(socket.connect(app.address).await.unwrap());
    let url = app.engine(4, "websocket").replacen("http", "ws", 1);
    let line = Line::opened(client_async(url, stream).await.unwrap().0).await;
    let mut stuck = Client::join(line, 4, "").await;
    stuck.say("C2S_REGISTER_REQ", doctor.registration("desk", Some(0))).await;
    stuck.hear("S2C_REGISTER_RES").await;
    let (long, mut written) = ("药".repeat(10_000), 0);
    while app.app.count_connections().await.unwrap() == 1 {
        assert!(written < 5_000, "it is not too slow yet");
        for _ in 0..10 {
            resident.writes(&doctor, &long).await;
            written += 1;
        }
    }
    let (mut seq, mut last) = (0, stuck.next().await);
    while last.starts_with("42") {
        seq += 1;
        last = stuck.next().await;
    }
    assert_eq!(last, "close 4009");
    let (mut back, _) = Client::register(&app, (4, Way::WebSocket), &doctor, "desk", Some(seq)).await;
    for seq in seq + 1..=written {
        assert_eq!(back.hear("S2C_ALONECHAT_PUSH").await["seq"], seq);
    }
}

#[actix_web::test]
async fn handshakes_with_nothing_after_them() {
    let settle = |config: &mut jiayi::config::Config| {
        (config.socketio.connect_seconds, config.socketio.sessions_before_login) = (1, 10_000);
    };
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let client = reqwest::Client::new();
    for n in 0..1_000 {
        client.get(app.engine(4, "polling")).send().await.unwrap();
        if n % 100 == 0 {
            drop(Line::websocket(&app.engine(4, "websocket"), &[]).await);
        }
    }
    emptied(&app, Duration::from_secs(5)).await;
}

#[actix_web::test]
async fn old_clients_that_never_poll_after_the_handshake() {
    let settle = |config: &mut jiayi::config::Config| {
        (config.ping_seconds, config.ping_timeout_seconds, config.register_seconds) = (1, 1, 5);
    };
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    for _ in 0..50 {
        app.client(3, Way::Polling).await;
    }
    emptied(&app, Duration::from_secs(5)).await;
}

/// Each of the times is 10 s.
#[actix_web::test]
#[ignore = "long: run ./scripts/test"]
async fn whatever_is_left_undone_is_over_in_its_time() {
    let settle = |config: &mut jiayi::config::Config| config.register_seconds = 60;
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let doctor = app.login("doctor1").await;
    let started = Instant::now();
    let Line::Polling { url, .. } = &app.client(4, Way::Polling).await.line else { unreachable!() };
    let mut upload = begin_post(&app, url).await;
    let (mut attachments, _) = Client::register(&app, (4, Way::WebSocket), &doctor, "desk", None).await;
    attachments.packet(r#"451-["message",{"_placeholder":true,"num":0}]"#).await;
    let probing = app.client(4, Way::Polling).await;
    let mut probe = Line::WebSocket(Box::new(probing.line.probe().await));
    assert_eq!(probe.packet().await, "close 1001");
    assert!((9..14).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    let mut status = [0; 12];
    upload.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 408");
    assert_eq!(attachments.next().await, "close 1001");
    assert!((9..18).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    // The one whose probe failed polls no more: its heartbeat ends it.
    emptied(&app, Duration::from_secs(60)).await;
}

/// Sends the first byte of a body, and no more.
async fn begin_post(app: &TestApp, url: &str) -> TcpStream {
    let path = url.split_once("/socket.io").unwrap().1;
    let mut stream = TcpStream::connect(app.held_at().address).await.unwrap();
    let head = format!("POST /socket.io{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n4");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

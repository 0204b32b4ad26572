//! Ends that no close handshake makes: both sides at once, RST in the midst of things, and a client that keeps its
//! side of the TCP connection open for ever. Nothing of them is left behind.

use crate::app::{Database, TestApp};
use crate::frame::{FIN, PING, TEXT};
use crate::frame::{close, head, part, whole};
use crate::line::{LINES, Line};
use crate::socket::{Heard, PATIENCE, Socket, request};
use jiayi::config::Config;
use serde_json::json;
use std::time::{Duration, Instant};

#[actix_web::test]
async fn both_close_at_once() {
    let app = TestApp::start(Database::Sqlite).await;
    for line in LINES {
        for _ in 0..5 {
            let who = app.login("resident1").await;
            let mut socket = Socket::open(line, app.address).await;
            socket.register(&who, None).await;
            let goodbye = close(1000);
            tokio::join!(who.posts("logout", json!({})), socket.send(&goodbye));
            one_close_frame(&mut socket, &[1000, 4003]).await;
        }
        let mut socket = Socket::open(line, app.address).await;
        let strikes = vec![whole(TEXT, line.nonsense()); 3].concat();
        socket.send(&[strikes, close(1000)].concat()).await;
        one_close_frame(&mut socket, &[1000, 1008]).await;
    }
}

/// The server says close once, and ends the TCP connection.
async fn one_close_frame(socket: &mut Socket, codes: &[u16]) {
    let code = loop {
        match socket.hear().await {
            Heard::Refused => {}
            Heard::Close(code) => break code,
            other => panic!("{:?}: heard {other:?} in the place of a close frame", socket.line),
        }
    };
    assert!(code.is_some_and(|code| codes.contains(&code)), "{:?}: {code:?}", socket.line);
    assert_eq!(socket.hear().await, Heard::End, "{:?}", socket.line);
}

/// Ends the TCP connection with RST.
fn reset(socket: Socket) {
    socket.stream.set_zero_linger().unwrap();
}

/// In the midst of what a client may be when its line is cut.
fn beginnings(line: Line) -> [Vec<u8>; 6] {
    let text = whole(TEXT, line.sized("a", 1000));
    [
        Vec::new(),
        text[..3].to_vec(),
        text[..500].to_vec(),
        [text, whole(PING, "p")].concat(),
        part(TEXT, "4"),
        [head(FIN | TEXT, 60_000), vec![0; 50_000]].concat(),
    ]
}

/// How many connections there may be in which nobody has registered.
const SHARE: usize = 4;

fn with_a_small_share(config: &mut Config) {
    config.connections_before_login = SHARE;
    config.socketio.sessions_before_login = SHARE;
}

#[actix_web::test]
async fn a_reset_in_the_midst_of_anything_leaves_nothing_behind() {
    let app = TestApp::start_with(Database::Sqlite, with_a_small_share).await;
    for line in LINES {
        for beginning in beginnings(line) {
            let mut socket = patient(line, &app).await;
            socket.send(&beginning).await;
            reset(socket);
        }
        let (socket, _) = Socket::open_with(line, app.address, request(line.path()).as_bytes()).await;
        reset(socket);
    }
    all_shares_are_free(&app).await;
}

#[actix_web::test]
async fn a_reset_in_the_midst_of_pushes_ends_the_session() {
    let app = TestApp::start(Database::Sqlite).await;
    let (reader, writer) = (app.login("resident1").await, app.login("doctor1").await);
    for line in LINES {
        let mut socket = Socket::open(line, app.address).await;
        socket.register(&reader, None).await;
        let text = "药".repeat(9_000);
        for _ in 0..10 {
            writer.writes(&reader, &text).await;
        }
        reset(socket);
        writer.writes(&reader, &text).await;
        let end = Instant::now() + PATIENCE;
        while app.app.count_connections().await.unwrap() > 0 {
            assert!(Instant::now() < end, "{line:?}: the registry still knows of it");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[actix_web::test]
async fn a_client_that_never_ends_its_side_holds_nothing() {
    let app = TestApp::start_with(Database::Sqlite, with_a_small_share).await;
    let mut kept = Vec::new();
    for line in LINES {
        for frames in [close(1000), whole(3, ""), vec![whole(TEXT, line.nonsense()); 3].concat()] {
            let mut socket = patient(line, &app).await;
            socket.send(&frames).await;
            let end = loop {
                match socket.hear().await {
                    Heard::Refused | Heard::Close(_) => {}
                    end => break end,
                }
            };
            assert_eq!(end, Heard::End, "{line:?}");
            kept.push(socket);
        }
    }
    all_shares_are_free(&app).await;
}

/// Opens a connection as soon as there is a share for it.
async fn patient(line: Line, app: &TestApp) -> Socket {
    let end = Instant::now() + PATIENCE;
    loop {
        let (mut socket, head) = Socket::open_with(line, app.address, request(line.path()).as_bytes()).await;
        if head.starts_with("HTTP/1.1 101 ") {
            socket.join().await;
            return socket;
        }
        assert!(Instant::now() < end, "{line:?}: no share is given back: {head}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn all_shares_are_free(app: &TestApp) {
    let mut all = Vec::new();
    for _ in 0..SHARE {
        all.push(patient(Line::Engine4, app).await);
    }
}

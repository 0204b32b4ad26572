//! Ends that no close handshake makes: both sides at once, RST in the midst of things, and a client that keeps its
//! side of the TCP connection open for ever. Nothing of them is left behind.

use crate::app::{Database, TestApp};
use crate::frame::{FIN, PING, TEXT};
use crate::frame::{close, head, part, whole};
use crate::line::{LINES, Line};
use crate::socket::{Heard, PATIENCE, Socket, request};
use futures_util::future::join_all;
use jiayi::config::Config;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

#[actix_web::test]
async fn both_close_at_once() {
    let app = TestApp::start(Database::Sqlite).await;
    let accounts = ["resident1", "resident2", "resident3"];
    join_all(LINES.into_iter().zip(accounts).map(|(line, account)| cross(line, &app, account))).await;
}

/// Nobody else knows of who has not registered.
#[actix_web::test]
async fn who_has_not_registered_hears_that_the_server_ends() {
    let app = TestApp::start(Database::Sqlite).await;
    let mut sockets = join_all(LINES.map(|line| Socket::open(line, app.address))).await;
    let told = async {
        for socket in &mut sockets {
            assert_eq!(socket.hear().await, Heard::Close(Some(4010)), "{:?}", socket.line);
        }
    };
    tokio::join!(app.stop(), told);
}

/// The client says close when the server has a reason to, with a token that becomes void and with frames that are
/// no envelopes.
async fn cross(line: Line, app: &TestApp, account: &str) {
    for _ in 0..5 {
        let who = app.login(account).await;
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
        // Nothing but the RST tells the server.
        reset(socket);
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

#[actix_web::test]
async fn a_client_that_talks_on_is_left() {
    let app = TestApp::start(Database::Sqlite).await;
    let ends = LINES.into_iter().flat_map(|line| [(line, close(1000)), (line, whole(3, ""))]);
    join_all(ends.map(|(line, frame)| is_left(line, &app, frame))).await;
}

async fn is_left(line: Line, app: &TestApp, frame: Vec<u8>) {
    let mut socket = Socket::open(line, app.address).await;
    socket.send(&frame).await;
    let left = tokio::time::timeout(PATIENCE, talk_on(&mut socket)).await;
    assert!(left.is_ok(), "{line:?}: it is still listened to");
}

/// Sends texts until the TCP connection has ended; nothing is answered any more.
async fn talk_on(socket: &mut Socket) {
    let text = whole(TEXT, socket.line.sized("a", 1000));
    while socket.stream.write_all(&text).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Opens a connection as soon as there is a share for it.
async fn patient(line: Line, app: &TestApp) -> Socket {
    let end = Instant::now() + PATIENCE;
    loop {
        let (mut socket, head) = Socket::open_with(line, app.address, request(line.path()).as_bytes()).await;
        if head.starts_with("HTTP/1.1 101 ") {
            socket.join().await.unwrap();
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

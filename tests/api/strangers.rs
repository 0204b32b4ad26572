//! What one stranger may take of what all share: memory, connections, accounts, and everybody's patience.

use crate::alone::{alone, resident_kib};
use crate::app::{Database, TestApp, verdict};
use crate::people::Connection;
use crate::socketio::{Client as SocketIoClient, Line, Way};
use futures_util::future::join_all;
use reqwest::Client;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, connect_async};

fn behind_a_proxy(config: &mut jiayi::config::Config) {
    config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    config.connections_before_login = 3;
    config.socketio.sessions_before_login = 3;
}

#[actix_web::test]
async fn a_hundred_wrong_log_ins_at_once_have_the_memory_of_two() {
    alone("strangers::a_hundred_wrong_log_ins_at_once_have_the_memory_of_two", async {
        let app = TestApp::start(Database::Sqlite).await;
        let client = Client::new();
        let guess = |nobody: usize| {
            let guess = json!({ "account": format!("nobody{nobody}"), "password": "a wrong guess" });
            crate::app::answer(client.post(app.url("/doctor/login")).json(&guess))
        };
        guess(0).await;
        let before = resident_kib();
        let answers = join_all((1..100).map(guess)).await;
        // A machine with much else to do may not come to all of them in time.
        let refused = |answer: &(u16, Value)| answer.0 == 401 || verdict(answer) == (503, "FA_OVERLOAD");
        assert!(answers.iter().all(refused));
        let grown = resident_kib() - before;
        assert!(grown < 50 * 1024, "memory has grown by {grown} KiB");
    })
    .await;
}

/// Sends as much of `flood` as the server takes within a second, again and again.
async fn flood(stream: &mut TcpStream, flood: &[u8]) {
    let end = Instant::now() + Duration::from_secs(1);
    while Instant::now() < end {
        let _ = tokio::time::timeout(Duration::from_millis(100), stream.write_all(flood)).await;
    }
}

async fn open_raw(url: &str) -> tokio_tungstenite::WebSocketStream<MaybeTlsStream<TcpStream>> {
    connect_async(url.replacen("http", "ws", 1).into_client_request().unwrap()).await.unwrap().0
}

#[actix_web::test]
async fn a_flood_of_tiny_frames_takes_no_memory() {
    alone("strangers::a_flood_of_tiny_frames_takes_no_memory", async {
        let app = TestApp::start(Database::Sqlite).await;
        let doctor = app.login("doctor1").await;
        let mut sockets = Vec::new();
        for url in [app.ws_url(), app.engine(4, "websocket")] {
            for frame in [[0x89, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0], [0x8a, 0x80, 0, 0, 0, 0]] {
                let mut socket = open_raw(&url).await;
                let MaybeTlsStream::Plain(stream) = socket.get_mut() else { unreachable!() };
                stream.write_all(&[0x01, 0x80, 0, 0, 0, 0]).await.unwrap();
                sockets.push((socket, frame.repeat(10_000)));
            }
        }
        let before = resident_kib();
        let floods = join_all(sockets.iter_mut().map(|(socket, frames)| {
            let MaybeTlsStream::Plain(stream) = socket.get_mut() else { unreachable!() };
            flood(stream, frames)
        }));
        let others = async {
            for _ in 0..10 {
                let asked = Instant::now();
                doctor.gets("me").await;
                assert!(asked.elapsed() < Duration::from_millis(500), "others must wait");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::join!(floods, others);
        let grown = resident_kib() - before;
        assert!(grown < 4 * 1024, "memory has grown by {grown} KiB");
    })
    .await;
}

#[actix_web::test]
async fn a_frame_that_announces_too_much_ends_the_connection_at_its_head() {
    let app = TestApp::start(Database::Sqlite).await;
    let mut connection = Connection::open(&app.ws_url()).await;
    connection.send_raw(&[0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0]).await;
    assert_eq!(connection.close_code().await, Some(1009));
    let mut line = Line::websocket(&app.engine(4, "websocket"), &[]).await;
    line.send_raw(&[0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0]).await;
    assert_eq!(line.packet().await, "close 1009");
}

#[actix_web::test]
async fn a_body_that_never_comes_is_answered_408() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.body_seconds = 1).await;
    let begun = Instant::now();
    for how in ["Content-Length: 99", "Transfer-Encoding: chunked"] {
        for path in ["/user/login", "/user/register"] {
            let mut stream = TcpStream::connect(app.address).await.unwrap();
            let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{how}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = String::new();
            // The server hangs up after its answer.
            let read = stream.read_to_string(&mut answer);
            tokio::time::timeout(Duration::from_secs(8), read).await.expect("it is held").unwrap();
            assert!(
                answer.starts_with("HTTP/1.1 408") && answer.contains("FA_PARAM"),
                "{how} {path}: {answer}"
            );
        }
    }
    assert!(begun.elapsed() >= Duration::from_secs(4));
}

/// It may take its time, as long as some of it comes.
#[actix_web::test]
async fn an_upload_that_stops_is_answered_408_and_a_slow_one_is_taken() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.body_seconds = 1).await;
    let resident = app.login("resident1").await;
    let begin = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhow are you";
    let (rest, end) = ("?".repeat(8), "\r\n--x--\r\n");
    let length = begin.len() + rest.len() + end.len();
    for (pieces, status) in [(4, "HTTP/1.1 408"), (rest.len(), "HTTP/1.1 200")] {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        let head = format!(
            "POST /user/file HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n{begin}",
            resident.token
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        for piece in rest[..pieces].split_inclusive('?') {
            tokio::time::sleep(Duration::from_millis(300)).await;
            stream.write_all(piece.as_bytes()).await.unwrap();
        }
        if pieces == rest.len() {
            stream.write_all(end.as_bytes()).await.unwrap();
        }
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        tokio::time::timeout(Duration::from_secs(8), read).await.expect("it is held").unwrap();
        assert!(answer.starts_with(status), "{answer}");
    }
}

/// Whether a connection is still open a moment later.
async fn is_open(stream: &mut TcpStream) -> bool {
    tokio::time::timeout(Duration::from_millis(200), stream.read(&mut [0])).await.is_err()
}

#[actix_web::test]
async fn an_address_holds_so_many_connections_before_log_in() {
    let settle = |config: &mut jiayi::config::Config| config.connections_before_login = 5;
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let resident = app.login("resident1").await;
    until_nobody_holds_any(&app).await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(TcpStream::connect(app.address).await.unwrap());
    }
    // Who is logged in holds nothing of it, on any transport.
    let _phone = resident.connect("phone").await;
    let (_desk, _) = SocketIoClient::register(&app, (4, Way::WebSocket), &resident, "phone", None).await;
    for _ in 0..6 {
        resident.gets("me").await;
    }
    for _ in 0..3 {
        held.push(TcpStream::connect(app.address).await.unwrap());
    }
    let mut open = Vec::new();
    for stream in &mut held {
        open.push(is_open(stream).await);
    }
    assert_eq!(open.iter().filter(|open| **open).count(), 5, "{open:?}");
    assert_eq!(open[..4], [true; 4], "the newest make way");
    drop(held);
    while !is_open(&mut TcpStream::connect(app.address).await.unwrap()).await {}
}

/// The connection of the log-in itself is gone a moment after its answer.
async fn until_nobody_holds_any(app: &TestApp) {
    let all = || (0..5).map_while(|_| app.app.connections_before_login().take(LOOPBACK.into()));
    while all().collect::<Vec<_>>().len() < 5 {
        tokio::task::yield_now().await;
    }
}

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Who is refused by the hundred does not hold what others at the same address need.
#[actix_web::test]
async fn a_refusal_before_log_in_ends_its_connection() {
    let settle = |config: &mut jiayi::config::Config| config.connections_before_login = 2;
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let resident = app.login("resident1").await;
    let client = Client::new();
    for token in [None, Some("nobody's"), Some(&*resident.token)] {
        let mut request = client.get(app.url("/user/me"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let closes = response.headers().get("connection").is_some_and(|connection| connection == "close");
        assert_eq!(closes, response.status() == 401);
        response.bytes().await.unwrap();
        if token == Some(&*resident.token) {
            // The same connection again: who has logged in on it may err.
            let wrong = client.get(app.url("/user/me")).bearer_auth("nobody's").send().await.unwrap();
            assert_eq!((wrong.status().as_u16(), wrong.headers().get("connection")), (401, None));
            return;
        }
    }
}

/// Polls come on connections of their own, which bear no token.
#[actix_web::test]
async fn those_who_poll_hold_no_connection_before_log_in() {
    let settle = |config: &mut jiayi::config::Config| {
        config.connections_before_login = 3;
        config.connections = jiayi::model::connection::ConnectionPolicy::PerDevice;
    };
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let resident = app.login("resident1").await;
    let mut clients = Vec::new();
    for device in 0..10 {
        let way = (4, Way::Polling);
        clients.push(SocketIoClient::register(&app, way, &resident, &format!("d{device}"), None).await);
    }
    assert_eq!(app.app.count_connections().await.unwrap(), 10);
}

#[actix_web::test]
async fn an_address_behind_a_proxy_has_its_share_of_websockets() {
    let app = TestApp::start_with(Database::Sqlite, behind_a_proxy).await;
    let from = |address: &'static str| {
        let mut request = app.ws_url().into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        connect_async(request)
    };
    let mut held = Vec::new();
    for host in ["2001:db8::1", "2001:db8::2", "2001:db8::3"] {
        held.push(from(host).await.unwrap());
    }
    let refused = from("2001:db8::4").await.unwrap_err().to_string();
    assert!(refused.contains("429"), "{refused}");
    held.push(from("2001:db8:0:1::1").await.unwrap());
}

#[actix_web::test]
async fn an_address_has_its_share_of_engine_io_handshakes() {
    let app = TestApp::start_with(Database::Sqlite, behind_a_proxy).await;
    let (client, url) = (Client::new(), app.engine(4, "polling"));
    let from = async |address: &str| {
        let request = client.get(&url).header("x-forwarded-for", address);
        request.send().await.unwrap().status().as_u16()
    };
    for _ in 0..3 {
        assert_eq!(from("203.0.113.9").await, 200);
    }
    assert_eq!(from("203.0.113.9").await, 503);
    assert_eq!(from("203.0.113.10").await, 200);
    // Who registers gives its share back.
    let doctor = app.login("doctor1").await;
    let line = Line::polling(&url, 4, &[("x-forwarded-for", "198.51.100.1")]).await;
    let mut desk = SocketIoClient::join(line, 4, "").await;
    desk.say("C2S_REGISTER_REQ", doctor.registration("desk", None)).await;
    desk.hear("S2C_REGISTER_RES").await;
    for expected in [200, 200, 200, 503] {
        assert_eq!(from("198.51.100.1").await, expected);
    }
}

#[actix_web::test]
async fn many_registrations_are_slowed_and_log_ins_are_not() {
    let settle = |config: &mut jiayi::config::Config| {
        behind_a_proxy(config);
        config.registrations_per_hour = 150;
    };
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let client = Client::new();
    let register = async |address: &str, number: usize| {
        let body =
            json!({ "phone": format!("1380000{number:04}"), "password": "correct horse", "name": "钱七" });
        let request = client.post(app.url("/user/register")).header("x-forwarded-for", address);
        crate::app::answer(request.json(&body)).await
    };
    let crowd = async {
        let answers = join_all((0..200).map(|number| register("203.0.113.9", number))).await;
        let count = |wanted| answers.iter().filter(|answer| verdict(answer) == wanted).count();
        let (made, slowed, late) = (count((200, "")), count((429, "FA_LIMIT")), count((503, "FA_OVERLOAD")));
        assert_eq!(made + slowed + late, 200);
        assert!(slowed >= 45, "{slowed} were slowed, apart from a few for which a token came back meanwhile");
    };
    let doctors = async {
        for _ in 0..10 {
            let asked = Instant::now();
            app.login("doctor1").await;
            assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        }
    };
    tokio::join!(crowd, doctors);
    assert_eq!(register("198.51.100.1", 300).await.0, 200);
}

//! Limits: a client that leaves something undone, or exceeds a limit, is disconnected in time and
//! leaves nothing behind.

use std::time::{Duration, Instant};

use actix_socketio::{DisconnectReason, EncodedEvent, Options};
use futures_util::SinkExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::{MaybeTlsStream, tungstenite::Message};

use crate::application::Push;
use crate::helpers::{hear, options, patient, say, spawn};

const SOON: Duration = Duration::from_secs(3);

#[actix_web::test]
async fn a_thousand_clients_that_never_send_a_packet() {
    let server = spawn(options());
    let client = crate::helpers::http_client();
    for _ in 0..1000 {
        client.get(server.url("EIO=4&transport=polling")).send().await.unwrap();
    }
    server.emptied(SOON).await;
    assert_eq!(server.reasons().len(), 1000);
}

#[actix_web::test]
async fn connections_and_silent_connections_are_limited() {
    let server = spawn(Options { max_silent_connections: 2, max_connections: 3, ..patient() });
    let first = server.open().await;
    server.open().await;
    let (status, _) = server.get("EIO=4&transport=polling").await;
    assert_eq!(status, 503);
    server.post(&first, "40").await;
    server.open().await;
    server.post(&first, "1").await;
    assert_eq!(server.get("EIO=4&transport=polling").await.0, 503, "two are silent still");
    assert_eq!(server.connections(), 2);
    let server = spawn(Options { max_connections: 1, ..patient() });
    let _socket = server.joined().await;
    assert_eq!(server.get("EIO=4&transport=polling").await.0, 503);
}

#[actix_web::test]
async fn a_client_that_joins_no_namespace() {
    let server = spawn(Options { ping_interval: Duration::from_secs(60), ..options() });
    let mut socket = server.websocket("EIO=4&transport=websocket").await;
    hear(&mut socket).await;
    assert_eq!(hear(&mut socket).await, "close 1001");
    let mut left = server.joined().await;
    say(&mut left, "41").await;
    assert_eq!(hear(&mut left).await, "close 1001");
    assert_eq!(server.reasons(), [DisconnectReason::ConnectTimeout, DisconnectReason::ConnectTimeout]);
}

#[actix_web::test]
async fn a_poll_whose_client_goes_away() {
    let server = spawn(patient());
    let session = server.open().await;
    let poll = tokio::time::timeout(Duration::from_millis(100), server.get(&session));
    assert!(poll.await.is_err());
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::TransportLost]);
}

#[actix_web::test]
async fn a_poll_that_never_comes_back() {
    let server = spawn(options());
    let session = server.open().await;
    server.post(&session, "40").await;
    server.get(&session).await;
    server.emptied(SOON).await;
    assert_eq!(server.reasons(), [DisconnectReason::PingTimeout]);
}

#[actix_web::test]
async fn an_upload_that_never_ends() {
    let server = spawn(Options { packet_timeout: Duration::from_millis(300), ..patient() });
    let session = server.open().await;
    let mut upload = server.begin_post(&session).await;
    let mut answer = [0; 12];
    upload.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::PacketTimeout]);
}

#[actix_web::test]
async fn an_upload_whose_client_goes_away() {
    let server = spawn(patient());
    let session = server.open().await;
    drop(server.begin_post(&session).await);
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::TransportLost]);
}

#[actix_web::test]
async fn attachments_that_never_arrive() {
    let server = spawn(Options { packet_timeout: Duration::from_millis(300), ..patient() });
    let mut socket = server.joined().await;
    say(&mut socket, r#"452-["e",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#).await;
    socket.send(Message::binary(vec![1])).await.unwrap();
    let start = Instant::now();
    assert_eq!(hear(&mut socket).await, "close 1001");
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(server.reasons(), [DisconnectReason::PacketTimeout]);
}

#[actix_web::test]
async fn attachments_that_arrive_stop_the_clock() {
    let server = spawn(Options { packet_timeout: Duration::from_millis(100), ..patient() });
    let mut socket = server.joined().await;
    say(&mut socket, r#"451-["e",{"_placeholder":true,"num":0}]"#).await;
    socket.send(Message::binary(vec![1])).await.unwrap();
    hear(&mut socket).await;
    hear(&mut socket).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    say(&mut socket, r#"42["e"]"#).await;
    assert_eq!(hear(&mut socket).await, r#"42["back"]"#);
}

#[actix_web::test]
async fn a_message_that_is_too_big() {
    let server = spawn(patient());
    let mut socket = server.joined().await;
    say(&mut socket, &format!("42[\"{}\"]", "x".repeat(10_000))).await;
    assert_eq!(hear(&mut socket).await, "close 1009");
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::PayloadTooLarge]);
}

/// The length alone ends it: of the terabyte that it announces not a byte is sent.
#[actix_web::test]
async fn a_frame_that_announces_too_much() {
    let server = spawn(patient());
    let mut socket = server.joined().await;
    let head = [0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0];
    let MaybeTlsStream::Plain(stream) = socket.get_mut() else { unreachable!() };
    stream.write_all(&head).await.unwrap();
    assert_eq!(hear(&mut socket).await, "close 1009");
    assert_eq!(server.reasons(), [DisconnectReason::PayloadTooLarge]);
}

/// What is beyond the budget is not read: the client's own socket fills up.
#[actix_web::test]
async fn a_flood_of_tiny_frames_is_not_read() {
    for frame in [[0x89, 0x80, 0, 0, 0, 0], [0x00, 0x80, 0, 0, 0, 0]] {
        let server = spawn(patient());
        let mut socket = server.joined().await;
        let MaybeTlsStream::Plain(stream) = socket.get_mut() else { unreachable!() };
        stream.write_all(&[0x01, 0x80, 0, 0, 0, 0]).await.unwrap();
        let (flood, mut sent) = (frame.repeat(10_000), 0);
        let full = Duration::from_millis(300);
        while tokio::time::timeout(full, stream.write_all(&flood)).await.is_ok() {
            sent += flood.len();
            assert!(sent < 100 << 20, "the server reads whatever comes");
        }
        assert_eq!(server.connections(), 1);
    }
}

#[actix_web::test]
async fn an_application_may_refuse_a_connection() {
    let server = spawn(patient());
    let client = crate::helpers::http_client();
    let request = client.get(server.url("EIO=4&transport=polling")).header("refuse-me", "please");
    assert_eq!(request.send().await.unwrap().status(), 503);
    assert_eq!(server.connections(), 0);
    server.open().await;
}

/// The application's burst is longer than what may wait; the ping behind it is no fault of the client.
#[actix_web::test]
async fn a_ping_behind_a_burst() {
    let server =
        spawn(Options { max_queued_bytes: 5_000, ping_interval: Duration::from_millis(200), ..patient() });
    let session = server.open().await;
    server.post(&session, "40").await;
    server.get(&session).await;
    server.post(&session, r#"42["burst"]"#).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut heard = String::new();
    while !heard.ends_with('2') {
        let (status, packets) = server.get(&session).await;
        assert_eq!(status, 200, "{packets}");
        heard += &packets;
    }
    assert_eq!(heard.matches("42[").count(), 20);
}

#[actix_web::test]
async fn a_socket_that_is_cut() {
    let server = spawn(patient());
    for _ in 0..20 {
        drop(server.joined().await);
    }
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::TransportLost; 20]);
}

#[actix_web::test]
async fn a_slow_reader_over_polling() {
    let server = spawn(Options { max_queued_bytes: 5_000, ..patient() });
    let session = server.open().await;
    server.post(&session, "40").await;
    push(&server.application.recipients.lock().unwrap()[0], 6);
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::SlowClient]);
}

#[actix_web::test]
async fn a_slow_reader_over_websocket_is_told_so() {
    let server = spawn(Options { max_queued_bytes: 100_000, ..patient() });
    let mut socket = server.joined().await;
    overwhelm(&server).await;
    let mut heard = 0;
    let last = loop {
        let text = hear(&mut socket).await;
        if !text.starts_with("42") {
            break text;
        }
        heard += 1;
    };
    assert!(heard > 0);
    assert_eq!(last, "close 4009");
}

/// Only the kernel can disconnect such a client. Without it, the socket would stay open forever.
#[actix_web::test]
async fn a_reader_that_has_stopped_is_cut_off() {
    let server = spawn(Options { max_queued_bytes: 100_000, ..patient() });
    let mut socket = server.joined().await;
    overwhelm(&server).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let last = loop {
        let text = hear(&mut socket).await;
        if !text.starts_with("42") {
            break text;
        }
    };
    assert_eq!(last, "lost");
}

/// Sends events until the connection has ended, although the client reads none of them.
async fn overwhelm(server: &crate::helpers::TestServer) {
    let recipient = server.application.recipients.lock().unwrap()[0].clone();
    let start = Instant::now();
    while server.connections() > 0 {
        push(&recipient, 10);
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(server.reasons(), [DisconnectReason::SlowClient]);
}

fn push(recipient: &crate::application::Recipient, count: usize) {
    let event = EncodedEvent::new("/", "message", &format!("\"{}\"", "x".repeat(1000)));
    for _ in 0..count {
        let _ = recipient.try_send(Push(event.clone()));
    }
}

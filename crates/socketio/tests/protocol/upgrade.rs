//! The upgrade from polling to a WebSocket: no packet is lost, no poll is stuck, and an upgrade that
//! fails leaves nothing behind.

use std::time::{Duration, Instant};

use actix_socketio::DisconnectReason;

use crate::helpers::{hear, options, patient, say, spawn, spawn_workers};

#[actix_web::test]
async fn polls_are_released_during_the_whole_probe() {
    let server = spawn(patient());
    let session = server.open().await;
    let parked = {
        let url = server.url(&session);
        actix_web::rt::spawn(async move {
            crate::helpers::http_client().get(url).send().await.unwrap().text().await.unwrap()
        })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut socket = server.websocket(&session).await;
    say(&mut socket, "2probe").await;
    assert_eq!(hear(&mut socket).await, "3probe");
    assert_eq!(parked.await.unwrap(), "6");
    let start = Instant::now();
    assert_eq!(server.get(&session).await.1, "6");
    assert!(start.elapsed() < Duration::from_secs(1), "not stuck until the next ping");
}

#[actix_web::test]
async fn the_websocket_sends_what_polling_has_not_taken() {
    for workers in [1, 2] {
        let server = spawn_workers(patient(), workers);
        let session = server.open().await;
        let mut socket = server.websocket(&session).await;
        say(&mut socket, "2probe").await;
        assert_eq!(hear(&mut socket).await, "3probe");
        server.post(&session, "40\x1e42[\"e\",1]").await;
        say(&mut socket, "5").await;
        assert!(hear(&mut socket).await.starts_with("40{"));
        assert_eq!(hear(&mut socket).await, r#"42["auth",null]"#);
        assert_eq!(hear(&mut socket).await, r#"42["back",1]"#);
        assert_eq!(server.get(&session).await.0, 400, "polling is over");
        let mut second = server.websocket(&session).await;
        assert_eq!(hear(&mut second).await, "close 1008", "one WebSocket is enough");
    }
}

#[actix_web::test]
async fn polling_goes_on_until_the_upgrade() {
    let server = spawn(patient());
    let session = server.open().await;
    let mut socket = server.websocket(&session).await;
    say(&mut socket, "2probe").await;
    assert_eq!(hear(&mut socket).await, "3probe");
    server.post(&session, "40").await;
    assert!(server.get(&session).await.1.starts_with("40{"));
}

#[actix_web::test]
async fn a_probe_that_fails_leaves_polling_alive() {
    let server = spawn(patient());
    let session = server.open().await;
    for frame in ["5", "4hello", "2other", "x"] {
        let mut socket = server.websocket(&session).await;
        say(&mut socket, frame).await;
        assert_eq!(hear(&mut socket).await, "close 1002", "{frame}");
    }
    let mut lost = server.websocket(&session).await;
    say(&mut lost, "2probe").await;
    assert_eq!(hear(&mut lost).await, "3probe");
    drop(lost);
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.post(&session, "40").await;
    assert!(server.get(&session).await.1.starts_with("40{"));
    let mut socket = server.websocket(&session).await;
    say(&mut socket, "2probe").await;
    assert_eq!(hear(&mut socket).await, "3probe");
}

#[actix_web::test]
async fn a_probe_that_never_finishes_times_out() {
    let server = spawn(options());
    let session = server.open().await;
    for frame in [None, Some("2probe")] {
        let mut socket = server.websocket(&session).await;
        let start = Instant::now();
        if let Some(frame) = frame {
            say(&mut socket, frame).await;
            assert_eq!(hear(&mut socket).await, "3probe");
            server.post(&session, "40").await;
        }
        assert_eq!(hear(&mut socket).await, "close 1001");
        assert!(start.elapsed() < Duration::from_millis(600));
    }
    server.emptied(Duration::from_secs(3)).await;
}

#[actix_web::test]
async fn a_client_killed_during_the_upgrade_leaves_nothing() {
    let server = spawn(options());
    for _ in 0..20 {
        let session = server.open().await;
        let mut socket = server.websocket(&session).await;
        say(&mut socket, "2probe").await;
        hear(&mut socket).await;
    }
    server.emptied(Duration::from_secs(3)).await;
    assert_eq!(server.reasons().len(), 20);
    assert!(
        server
            .reasons()
            .iter()
            .all(|ending| matches!(ending, DisconnectReason::PingTimeout | DisconnectReason::ConnectTimeout))
    );
}

#[actix_web::test]
async fn a_probe_ends_with_its_session() {
    let server = spawn(patient());
    let session = server.open().await;
    let mut socket = server.websocket(&session).await;
    say(&mut socket, "2probe").await;
    assert_eq!(hear(&mut socket).await, "3probe");
    // The session is closed by its client, on polling.
    server.post(&session, "1").await;
    assert_eq!(hear(&mut socket).await, "close 1001");
}

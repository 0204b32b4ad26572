//! Polling, payloads of both protocols, heartbeats, refusals.

use std::time::Duration;

use actix_socketio::{DisconnectReason, Options, Transports};
use serde_json::{Value, json};

use crate::helpers::{hear, options, patient, say, spawn, spawn_workers};

#[actix_web::test]
async fn the_first_answer_contains_only_the_open_packet() {
    let server = spawn(options());
    let (status, body) = server.get("EIO=4&transport=polling").await;
    let open: Value = serde_json::from_str(body.strip_prefix('0').unwrap()).unwrap();
    assert_eq!(status, 200);
    assert_eq!(open["upgrades"], json!(["websocket"]));
    assert_eq!(open["pingInterval"], 600);
    assert_eq!(open["pingTimeout"], 400);
    assert_eq!(open["maxPayload"], 10_000);
    assert!(open["sid"].as_str().unwrap().len() >= 22, "at least 128 bits");
    let old = server.open_old().await;
    let (_, body) = server.get(&old).await;
    assert!(body.starts_with("2:40"), "{body}");
}

#[actix_web::test]
async fn ids_begin_with_what_the_application_wants_and_others_are_unknown() {
    let server = spawn(options());
    *server.application.prefix.lock().unwrap() = "03".to_owned();
    let [one, other] = [server.open().await, server.open_old().await];
    for query in [&one, &other] {
        let sid = query.split_once("sid=").unwrap().1;
        assert!(sid.starts_with("03") && sid.len() >= 24, "{sid}");
        assert_eq!(server.get(query).await.0, 200);
    }
    let mut socket = server.websocket("EIO=4&transport=websocket").await;
    assert!(hear(&mut socket).await.contains(r#""sid":"03"#));
    let elsewhere = one.replace("sid=03", "sid=04");
    for (status, body) in [server.get(&elsewhere).await, server.post(&elsewhere, "40").await] {
        assert_eq!((status, body.contains(r#""code":1"#)), (400, true), "{body}");
    }
}

#[actix_web::test]
async fn refusals_have_the_codes_of_engine_io() {
    let server = spawn(options());
    let refused = async |query: &str| {
        let (status, body) = server.get(query).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        (status, body["code"].as_u64().unwrap(), body["message"].as_str().unwrap().to_owned())
    };
    let unknown = (400, 0, "Transport unknown".to_owned());
    assert_eq!(refused("EIO=4").await, unknown);
    assert_eq!(refused("EIO=4&transport=flash").await, unknown);
    let session = (400, 1, "Session ID unknown".to_owned());
    assert_eq!(refused("EIO=4&transport=polling&sid=none").await, session);
    let bad = (400, 3, "Bad request".to_owned());
    assert_eq!(refused("EIO=4&transport=websocket").await, bad);
    let version = (400, 5, "Unsupported protocol version".to_owned());
    for eio in ["", "EIO=2&", "EIO=5&", "EIO=abc&"] {
        assert_eq!(refused(&format!("{eio}transport=polling")).await, version);
    }
    let (status, body) = server.post("EIO=4&transport=polling", "4").await;
    assert_eq!((status, body.contains(r#""code":2"#)), (400, true));
    assert_eq!(server.connections(), 0);
}

#[actix_web::test]
async fn a_transport_that_is_not_offered_is_unknown() {
    let server = spawn(Options { transports: Transports::Polling, ..options() });
    let (_, body) = server.get("EIO=4&transport=polling").await;
    assert!(body.contains(r#""upgrades":[]"#));
    assert_eq!(server.get("EIO=4&transport=websocket").await.0, 400);
    let server = spawn(Options { transports: Transports::WebSocket, ..options() });
    assert_eq!(server.get("EIO=4&transport=polling").await.0, 400);
    server.joined().await;
}

#[actix_web::test]
async fn two_concurrent_polls_end_the_session() {
    let server = spawn(patient());
    let session = server.open().await;
    let (first, second) = tokio::join!(server.get(&session), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.get(&session).await
    });
    assert_eq!(first, (200, "1".to_owned()));
    assert_eq!(second.0, 400);
    assert_eq!(server.get(&session).await.0, 400);
    assert_eq!(server.reasons(), [DisconnectReason::ConcurrentRequests]);
}

#[actix_web::test]
async fn two_concurrent_posts_end_the_session() {
    let server = spawn(patient());
    let session = server.open().await;
    let _first = server.begin_post(&session).await;
    assert_eq!(server.post(&session, "40").await.0, 400);
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::ConcurrentRequests]);
}

#[actix_web::test]
async fn a_body_that_is_too_large_is_413() {
    let server = spawn(patient());
    let session = server.open().await;
    let body = format!("4{}", "x".repeat(10_000));
    assert_eq!(server.post(&session, body).await.0, 413);
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::PayloadTooLarge]);
}

#[actix_web::test]
async fn binary_payloads_of_protocol_3_are_octet_streams() {
    let server = spawn(patient());
    let (_, body) = server.get("EIO=3&transport=polling").await;
    let open: Value = serde_json::from_str(body.split_once(":0").unwrap().1).unwrap();
    let session = format!("EIO=3&transport=polling&sid={}", open["sid"].as_str().unwrap());
    server.get(&session).await;
    let event = br#"451-["e",{"_placeholder":true,"num":0}]"#;
    let mut body = vec![0, 3, 9, 255];
    body.extend(event);
    body.extend([1, 3, 255, 4, 30, 255]);
    let request = crate::helpers::http_client().post(server.url(&session));
    let request = request.header("Content-Type", "application/octet-stream").body(body);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let response = crate::helpers::http_client().get(server.url(&session)).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    let body = response.bytes().await.unwrap();
    assert!(body.starts_with(&[0, 4, 2, 255]), "{body:?}");
    assert!(body.ends_with(&[1, 3, 255, 4, 30, 255]), "{body:?}");
}

#[actix_web::test]
async fn text_that_was_encoded_twice_is_decoded_and_answered_in_ascii() {
    let server = spawn(patient());
    let session = server.open_old().await;
    server.get(&session).await;
    let twice: String = r#"42["e","医"]"#.bytes().map(char::from).collect();
    let body = format!("{}:{twice}", twice.chars().count());
    assert_eq!(server.post(&session, body).await.0, 200);
    assert_eq!(server.get(&session).await.1, r#"19:42["back","\u533b"]"#);
}

#[actix_web::test]
async fn a_poll_returns_at_most_sixteen_packets() {
    let server = spawn(patient());
    let session = server.open().await;
    server.post(&session, "40").await;
    server.get(&session).await;
    let events = vec![r#"42["e",1]"#; 40].join("\x1e");
    server.post(&session, events).await;
    let mut counts = Vec::new();
    for _ in 0..3 {
        counts.push(server.get(&session).await.1.split('\x1e').count());
    }
    assert_eq!(counts, [16, 16, 8]);
}

#[actix_web::test]
async fn a_burst_is_one_answer() {
    let server = spawn(patient());
    let session = server.open().await;
    server.post(&session, "40").await;
    server.get(&session).await;
    let (polled, _) = tokio::join!(server.get(&session), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.post(&session, r#"42["e",1]"#.to_owned() + "\x1e" + r#"42["e",2]"#).await
    });
    assert_eq!(polled.1, "42[\"back\",1]\x1e42[\"back\",2]");
}

#[actix_web::test]
async fn the_first_ping_of_protocol_4_comes_after_one_interval() {
    let server = spawn(options());
    let mut socket = server.joined().await;
    let start = std::time::Instant::now();
    assert_eq!(hear(&mut socket).await, "2");
    assert!(start.elapsed() > Duration::from_millis(400));
    assert_eq!(hear(&mut socket).await, "close 1001");
    assert_eq!(server.reasons(), [DisconnectReason::PingTimeout]);
}

#[actix_web::test]
async fn protocol_3_pings_and_is_answered() {
    let server = spawn(options());
    let mut socket = server.websocket("EIO=3&transport=websocket").await;
    for expected in ["0", "40", "42[\"auth\",null]"] {
        assert!(hear(&mut socket).await.starts_with(expected));
    }
    say(&mut socket, "2hi").await;
    assert_eq!(hear(&mut socket).await, "3hi");
    assert_eq!(hear(&mut socket).await, "close 1001");
    assert_eq!(server.reasons(), [DisconnectReason::PingTimeout]);
}

#[actix_web::test]
async fn a_poll_may_reach_another_worker() {
    let server = spawn_workers(patient(), 2);
    for _ in 0..8 {
        let session = server.open().await;
        assert_eq!(server.post(&session, "40").await, (200, "ok".to_owned()));
        assert!(server.get(&session).await.1.starts_with("40{"));
        server.post(&session, "1").await;
    }
    server.emptied(Duration::from_secs(1)).await;
}

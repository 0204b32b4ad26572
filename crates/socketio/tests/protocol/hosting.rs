//! What an application can do with its connections.

use std::time::Duration;

use actix_socketio::{DisconnectReason, EncodedEvent, Options};

use crate::application::Push;
use crate::helpers::{hear, hear_message, options, patient, say, spawn};

#[actix_web::test]
async fn other_actors_send_an_event_that_was_encoded_once() {
    let server = spawn(patient());
    let mut sockets = [server.joined().await, server.joined().await];
    let push = EncodedEvent::new("/", "message", r#"{"type":"greeting"}"#);
    for recipient in server.application.recipients.lock().unwrap().iter() {
        recipient.try_send(Push(push.clone())).unwrap();
    }
    for socket in &mut sockets {
        assert_eq!(hear(socket).await, r#"42["message",{"type":"greeting"}]"#);
    }
}

#[actix_web::test]
async fn futures_and_timers_come_back_to_the_handler() {
    let server = spawn(patient());
    let mut socket = server.joined().await;
    say(&mut socket, r#"42["later"]"#).await;
    assert_eq!(hear(&mut socket).await, r#"42["spawned",7]"#);
    assert_eq!(hear(&mut socket).await, r#"42["timed"]"#);
}

#[actix_web::test]
async fn it_closes_a_websocket_with_a_code_of_its_own() {
    let server = spawn(patient());
    let mut socket = server.joined().await;
    say(&mut socket, r#"42["leave"]"#).await;
    assert_eq!(hear(&mut socket).await, "close 4001");
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::ServerClosed]);
}

#[actix_web::test]
async fn it_closes_polling_after_the_last_packet() {
    let server = spawn(patient());
    let session = server.open().await;
    server.post(&session, "40\x1e42[\"e\",1]\x1e42[\"leave\"]").await;
    let (_, body) = server.get(&session).await;
    assert!(body.ends_with("42[\"back\",1]"), "{body}");
    assert_eq!(server.post(&session, "42[\"late\"]").await, (200, "ok".to_owned()));
    assert_eq!(server.get(&session).await.1, "1", "in an answer of its own");
    assert_eq!(server.get(&session).await.0, 400);
    assert_eq!(server.reasons(), [DisconnectReason::ServerClosed]);
}

#[actix_web::test]
async fn a_client_may_close_first_while_the_last_packets_wait() {
    let server = spawn(patient());
    let session = server.open().await;
    server.post(&session, "40\x1e42[\"leave\"]").await;
    assert_eq!(server.post(&session, "1").await, (200, "ok".to_owned()));
    server.emptied(Duration::from_secs(1)).await;
    assert_eq!(server.reasons(), [DisconnectReason::ServerClosed]);
}

#[actix_web::test]
async fn the_last_packets_do_not_wait_forever() {
    let server = spawn(options());
    let session = server.open().await;
    server.post(&session, "40\x1e42[\"leave\"]").await;
    server.emptied(Duration::from_secs(1)).await;
}

#[actix_web::test]
async fn a_full_mailbox_refuses_messages() {
    let server = spawn(Options { mailbox_capacity: 8, ..patient() });
    let mut socket = server.joined().await;
    let recipient = server.application.recipients.lock().unwrap()[0].clone();
    let push = EncodedEvent::new("/", "message", "1");
    // The worker has a thread of its own. While it is blocked, it takes nothing out of the mailbox.
    say(&mut socket, r#"42["hold"]"#).await;
    server.application.hold.wait();
    let accepted = (0..1_000).filter(|_| recipient.try_send(Push(push.clone())).is_ok()).count();
    server.application.hold.wait();
    assert!((8..16).contains(&accepted), "{accepted} accepted");
    for _ in 0..accepted {
        assert_eq!(hear_message(&mut socket).await, r#"42["message",1]"#);
    }
}

#[actix_web::test]
async fn the_javascript_client_is_served() {
    let server = spawn(patient());
    let url = format!("http://127.0.0.1:{}/socket.io/socket.io.js", server.port);
    let client = crate::helpers::http_client();
    let response = client.get(&url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/javascript"));
    let length = response.headers()["content-length"].clone();
    assert!(response.text().await.unwrap().contains("Socket.IO v2.5.0"));
    let head = client.head(&url).send().await.unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["content-length"]), (200, &length));
}

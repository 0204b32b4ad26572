//! How a session ends, as a client of Socket.IO sees it: `41` where it must not come back by itself.

use super::{Client, Line, WAYS, Way};
use crate::app::{Database, TestApp};
use serde_json::json;

/// What comes at the end: over polling there are no close codes.
async fn ending(client: &mut Client, way: Way) -> String {
    let last = client.next().await;
    match way {
        Way::Polling => assert!(last == "1" || last == "400", "{last}"),
        Way::WebSocket | Way::Upgrade => assert!(last.starts_with("close"), "{last}"),
    }
    last
}

#[actix_web::test]
async fn another_device_is_told_of_and_ends_the_first_for_good() {
    let app = TestApp::start(Database::Sqlite).await;
    let doctor = app.login("doctor1").await;
    for (version, way) in WAYS {
        let (mut first, _) = Client::register(&app, (version, way), &doctor, "desk", None).await;
        let mut second = doctor.connect("tablet").await;
        first.hear("S2C_DIFFERENT_CONNECTION").await;
        assert_eq!(first.next().await, "41");
        let last = ending(&mut first, way).await;
        assert!(way == Way::Polling || last == "close 4001", "{last}");
        let (_third, _) = Client::register(&app, (version, way), &doctor, "phone", None).await;
        second.hear("S2C_DIFFERENT_CONNECTION").await;
        assert_eq!(second.close_code().await, Some(4001));
    }
}

#[actix_web::test]
async fn the_same_device_replaces_its_dead_socket_without_a_word() {
    let app = TestApp::start(Database::Sqlite).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    for (version, way) in WAYS {
        let (mut dead, _) = Client::register(&app, (version, way), &doctor, "desk", None).await;
        let (mut alive, _) = Client::register(&app, (version, way), &doctor, "desk", None).await;
        assert_eq!(dead.next().await, "41");
        let last = ending(&mut dead, way).await;
        assert!(way == Way::Polling || last == "close 1000", "{last}");
        resident.writes(&doctor, "在吗").await;
        alive.hear("S2C_ALONECHAT_PUSH").await;
    }
}

#[actix_web::test]
async fn a_void_token_ends_it_for_good() {
    let app = TestApp::start(Database::Sqlite).await;
    for (version, way) in WAYS {
        let doctor = app.login("doctor1").await;
        let (mut desk, _) = Client::register(&app, (version, way), &doctor, "desk", None).await;
        doctor.posts("logout", json!({})).await;
        assert_eq!(desk.next().await, "41");
        let last = ending(&mut desk, way).await;
        assert!(way == Way::Polling || last == "close 4003", "{last}");
    }
}

#[actix_web::test]
async fn who_does_not_register_in_time_may_come_back() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.register_seconds = 1).await;
    let mut late = Vec::new();
    for (version, way) in WAYS {
        late.push((app.client(version, way).await, way));
    }
    for (client, way) in &mut late {
        let last = ending(client, *way).await;
        assert!(*way == Way::Polling || last == "close 4008", "{last}");
    }
}

#[actix_web::test]
async fn a_message_that_is_too_big_ends_it() {
    let app = TestApp::start(Database::Sqlite).await;
    for size in [66_000, 200_000] {
        let mut client = app.client(4, Way::WebSocket).await;
        client.say("C2S_ACK", json!({ "x": "x".repeat(size) })).await;
        assert_eq!(client.next().await, "close 1009");
    }
}

#[actix_web::test]
async fn a_server_that_ends_takes_leave_of_everybody() {
    let app = TestApp::start(Database::Sqlite).await;
    let doctor = app.login("doctor1").await;
    let mut strangers = Vec::new();
    for (version, way) in WAYS {
        strangers.push((app.client(version, way).await, way));
    }
    let unjoined = Line::websocket(&app.engine(4, "websocket"), &[]).await;
    strangers.push((Client { line: unjoined, acks: 0 }, Way::WebSocket));
    let (mut desk, _) = Client::register(&app, (4, Way::WebSocket), &doctor, "desk", None).await;
    let stopping = async {
        let started = std::time::Instant::now();
        app.stop().await;
        started.elapsed()
    };
    let leaving = async {
        assert_eq!(desk.next().await, "close 4010");
        for (client, way) in &mut strangers {
            if *way != Way::Polling {
                assert_eq!(client.next().await, "close 4010");
            }
        }
        drop((desk, strangers));
    };
    let (took, ()) = futures_util::future::join(stopping, leaving).await;
    assert!(took.as_secs() < 5, "{took:?}");
    assert_eq!(app.socketio.connections(), 0);
}

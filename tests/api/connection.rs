//! Registering: who is let in, by which token, and who makes way for whom.

use crate::app::{Database, TestApp};
use crate::on_both_databases;
use crate::people::{Connection, Heard};
use jiayi::model::connection::ConnectionPolicy;
use serde_json::json;

on_both_databases! {
    async fn the_first_word_must_be_a_registration(app: TestApp) {
        let doctor = app.login("doctor1").await;
        let mut connection = Connection::open(&app.ws_url()).await;
        connection.say("C2S_SYNC_REQ", json!({ "since": 0 })).await;
        connection.refused("FA_AUTH").await;
        connection.say("C2S_ACK", json!({ "seq": 0 })).await;
        connection.refused("FA_AUTH").await;
        connection.say("C2S_REGISTER_REQ", doctor.registration("desk", None)).await;
        let answer = connection.hear("S2C_REGISTER_RES").await;
        let expected = json!({ "uid": doctor.uid, "type": "doctor", "name": "王医生", "seq": 0, "recovered": true });
        assert_eq!(answer["data"], expected);
        connection.say("C2S_REGISTER_REQ", doctor.registration("desk", None)).await;
        connection.refused("FA_STATE").await;
    }

    async fn who_is_refused_may_try_again(app: TestApp) {
        let (resident, other) = (app.login("resident1").await, app.login("resident2").await);
        let mut connection = Connection::open(&app.ws_url()).await;
        for (field, value, code) in [
            ("token", json!("nobody's"), "FA_AUTH"),
            ("token", json!(other.token), "FA_AUTH"),
            ("uid", json!(other.uid), "FA_AUTH"),
            ("type", json!("doctor"), "FA_AUTH"),
            ("type", json!("nurse"), "FA_PARAM"),
            ("deviceid", json!(null), "FA_PARAM"),
        ] {
            let mut registration = resident.registration("phone", None);
            registration[field] = value;
            connection.say("C2S_REGISTER_REQ", registration).await;
            connection.refused(code).await;
        }
        connection.say("C2S_REGISTER_REQ", resident.registration("phone", None)).await;
        connection.hear("S2C_REGISTER_RES").await;
    }

    async fn another_device_takes_the_place_of_the_first(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut first = resident.connect("phone").await;
        let mut second = resident.connect("tablet").await;
        first.hear("S2C_DIFFERENT_CONNECTION").await;
        assert_eq!(first.close_code().await, Some(4001));
        doctor.writes(&resident, "您好").await;
        second.hear("S2C_ALONECHAT_PUSH").await;
    }

    async fn the_same_device_replaces_its_dead_socket_without_a_word(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut dead = resident.connect("phone").await;
        let mut alive = resident.connect("phone").await;
        match dead.next().await {
            Heard::Closed(frame) => assert_eq!(frame.map(|frame| frame.code.into()), Some(1000)),
            Heard::Envelope(envelope) => panic!("it heard {envelope}"),
        }
        doctor.writes(&resident, "您好").await;
        alive.hear("S2C_ALONECHAT_PUSH").await;
    }

    async fn a_token_in_the_handshake_suffices(app: TestApp) {
        let doctor = app.login("doctor1").await;
        let mut registration = doctor.registration("desk", None);
        registration.as_object_mut().unwrap().remove("token");
        let bearer = format!("Bearer {}", doctor.token);
        let cookie = format!("jiayi_doctor={}", doctor.token);
        let wrong_cookie = format!("jiayi_user={}", doctor.token);
        let query = format!("{}?token={}", app.ws_url(), doctor.token);
        let (own, foreign) = (app.held_at().url(""), "https://elsewhere.example");
        for (url, headers, good) in [
            (app.ws_url(), vec![("authorization", &*bearer)], true),
            (query, vec![], true),
            (app.ws_url(), vec![("cookie", &*cookie), ("origin", &*own)], true),
            (app.ws_url(), vec![("cookie", &*wrong_cookie), ("origin", &*own)], false),
            (app.ws_url(), vec![("cookie", &*cookie), ("origin", foreign)], false),
            (app.ws_url(), vec![("cookie", &*cookie)], false),
            (app.ws_url(), vec![], false),
        ] {
            let mut connection = Connection::open_with(&url, &headers).await;
            connection.say("C2S_REGISTER_REQ", registration.clone()).await;
            match good {
                true => drop(connection.hear("S2C_REGISTER_RES").await),
                false => drop(connection.refused("FA_AUTH").await),
            }
            connection.close().await;
        }
    }
}

#[actix_web::test]
async fn a_cookie_is_good_from_a_configured_origin() {
    let origin = "https://jiayi.example";
    let app = TestApp::start_with(Database::Sqlite, |config| config.origins = vec![origin.to_owned()]).await;
    let doctor = app.login("doctor1").await;
    let cookie = format!("jiayi_doctor={}", doctor.token);
    let headers = [("cookie", &*cookie), ("origin", origin)];
    let mut connection = Connection::open_with(&app.ws_url(), &headers).await;
    let registration = json!({ "type": "doctor", "uid": doctor.uid, "deviceid": "desk" });
    connection.say("C2S_REGISTER_REQ", registration).await;
    connection.hear("S2C_REGISTER_RES").await;
}

#[actix_web::test]
async fn who_does_not_register_in_time_is_closed_with_4008() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.register_seconds = 1).await;
    let resident = app.login("resident1").await;
    let mut registered = resident.connect("phone").await;
    let mut silent = Connection::open(&app.ws_url()).await;
    let mut refused = Connection::open(&app.ws_url()).await;
    refused.say("C2S_ACK", json!({ "seq": 0 })).await;
    assert_eq!(silent.close_code().await, Some(4008));
    assert_eq!(refused.close_code().await, Some(4008));
    registered.hears_nothing().await;
}

#[actix_web::test]
async fn with_a_connection_per_device_all_devices_hear_each_push() {
    let settle = |config: &mut jiayi::config::Config| config.connections = ConnectionPolicy::PerDevice;
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let (mut phone, mut tablet) = (resident.connect("phone").await, resident.connect("tablet").await);
    for text in ["一", "二", "三"] {
        doctor.writes(&resident, text).await;
        let (one, other) = (phone.hear("S2C_ALONECHAT_PUSH").await, tablet.hear("S2C_ALONECHAT_PUSH").await);
        assert_eq!(one["data"]["content"], text);
        assert_eq!(one, other);
    }
    let mut again = resident.connect("phone").await;
    assert_eq!(phone.close_code().await, Some(1000));
    doctor.writes(&resident, "四").await;
    assert_eq!(again.hear("S2C_ALONECHAT_PUSH").await, tablet.hear("S2C_ALONECHAT_PUSH").await);
}

#[actix_web::test]
async fn who_has_died_without_a_word_is_found_by_the_heartbeat() {
    let settle =
        |config: &mut jiayi::config::Config| (config.ping_seconds, config.ping_timeout_seconds) = (1, 1);
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    // It is open but answers no ping, as a phone that has lost its network.
    let dead = resident.connect("phone").await;
    let mut alive = doctor.connect("desk").await;
    let listening = actix_web::rt::spawn(async move { alive.hear("S2C_ALONECHAT_PUSH").await });
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while app.app.count_connections().await.unwrap() > 1 {
        assert!(std::time::Instant::now() < patience, "the dead one is still known");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    resident.writes(&doctor, "您好").await;
    assert_eq!(listening.await.unwrap()["data"]["content"], "您好");
    drop(dead);
}

//! The life of a session over each transport: live, away, back, and who makes way for whom.

use super::{Client, WAYS, Way};
use crate::on_both_databases;
use serde_json::json;

on_both_databases! {
    async fn who_was_away_hears_every_push_once_and_in_order_over_each_transport(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        for way in WAYS {
            let (mut desk, answer) = Client::register(&app, way, &doctor, "desk", None).await;
            let start = answer["seq"].as_i64().unwrap();
            resident.writes(&doctor, "在吗").await;
            let live = desk.hear("S2C_ALONECHAT_PUSH").await;
            assert_eq!((&live["seq"], &live["data"]["content"]), (&json!(start + 1), &json!("在吗")), "{way:?}");
            desk.drop_dead();
            for n in 2..=40 {
                resident.writes(&doctor, &format!("{n}")).await;
            }
            let (mut desk, answer) = Client::register(&app, way, &doctor, "desk", Some(start + 1)).await;
            assert_eq!(answer, json!({ "uid": doctor.uid, "type": "doctor", "name": doctor.name,
                "seq": start + 40, "recovered": true }), "{way:?}");
            for n in 2..=40 {
                let push = desk.hear("S2C_ALONECHAT_PUSH").await;
                assert_eq!((&push["seq"], &push["data"]["content"]), (&json!(start + n), &json!(n.to_string())));
            }
            resident.writes(&doctor, "好的").await;
            assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["seq"], start + 41);
        }
    }

    async fn a_client_killed_in_the_middle_of_an_upgrade_loses_nothing(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let mut since = 0;
        for version in [3, 4] {
            for half in [true, false] {
                let (client, _) =
                    Client::register(&app, (version, Way::Polling), &doctor, "desk", Some(since)).await;
                let mut socket = client.line.probe().await;
                if !half {
                    use futures_util::SinkExt;
                    socket.send(tokio_tungstenite::tungstenite::Message::text("5")).await.unwrap();
                }
                resident.writes(&doctor, "一").await;
                drop((socket, client));
                resident.writes(&doctor, "二").await;
                let (mut back, _) =
                    Client::register(&app, (version, Way::Polling), &doctor, "desk", Some(since)).await;
                for text in ["一", "二"] {
                    since += 1;
                    let push = back.hear("S2C_ALONECHAT_PUSH").await;
                    assert_eq!((&push["seq"], &push["data"]["content"]), (&json!(since), &json!(text)));
                }
            }
        }
    }

    async fn a_push_reaches_either_transport_with_the_same_envelope(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (mut there, _) = Client::register(&app, (4, Way::WebSocket), &doctor, "desk", Some(0)).await;
        resident.writes(&doctor, "在吗").await;
        let envelope = there.hear("S2C_ALONECHAT_PUSH").await;
        let (mut here, _) = doctor.connect_since("desk", Some(0)).await;
        assert_eq!(here.hear("S2C_ALONECHAT_PUSH").await, envelope);
    }
}

#[actix_web::test]
async fn clients_of_today_may_leave_the_namespace_and_come_back() {
    let app = crate::app::TestApp::start(crate::app::Database::Sqlite).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    let (mut desk, _) = Client::register(&app, (4, Way::WebSocket), &doctor, "desk", None).await;
    desk.packet("41").await;
    desk.packet("40").await;
    assert!(desk.next().await.starts_with("40{"));
    resident.writes(&doctor, "在吗").await;
    desk.say("C2S_REGISTER_REQ", doctor.registration("desk", Some(0))).await;
    desk.hear("S2C_REGISTER_RES").await;
    assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["data"]["content"], "在吗");
    assert_eq!(app.app.count_connections().await.unwrap(), 1);
}

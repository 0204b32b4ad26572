//! Answers and acknowledgements, and what is no envelope.

use super::{Client, Line, Way};
use crate::app::{Database, TestApp};
use serde_json::json;

#[actix_web::test]
async fn an_acknowledgement_takes_the_answer_and_nothing_else_does() {
    let app = TestApp::start(Database::Sqlite).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    resident.writes(&doctor, "一").await;
    for version in [3, 4] {
        for way in [Way::Polling, Way::WebSocket] {
            let mut client = app.client(version, way).await;
            let refused = client.ask("C2S_SYNC_REQ", json!({ "since": 0 })).await;
            assert_eq!((&refused[0]["type"], &refused[0]["id"]), (&json!("S2C_ERROR"), &json!("q")));
            let registered = client.ask("C2S_REGISTER_REQ", doctor.registration("desk", None)).await;
            assert_eq!(
                (&registered[0]["type"], &registered[0]["id"]),
                (&json!("S2C_REGISTER_RES"), &json!("q"))
            );
            assert_eq!(registered.len(), 1);
            let wrong = client.ask("C2S_ACK", json!({ "seq": 99 })).await;
            assert_eq!(wrong[0]["data"]["code"], "FA_PARAM");
        }
    }
}

#[actix_web::test]
async fn a_command_without_an_answer_is_acknowledged_with_nothing() {
    let app = TestApp::start(Database::Sqlite).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    let (mut desk, _) = Client::register(&app, (4, Way::WebSocket), &doctor, "desk", None).await;
    let written = resident.writes(&doctor, "一").await;
    desk.hear("S2C_ALONECHAT_PUSH").await;
    assert!(desk.ask("C2S_ACK", json!({ "seq": 1 })).await.is_empty());
    let read = json!({ "roomid": written["roomid"], "roomseq": written["roomseq"] });
    let asked = desk.ask_raw(&json!(["message", { "type": "C2S_READ", "data": read }]).to_string()).await;
    let mut answers = [desk.next().await, desk.next().await];
    answers.sort();
    assert!(answers[0].contains("S2C_READ_PUSH"), "{answers:?}");
    assert_eq!(answers[1], format!("43{asked}[]"));
    let refused = desk.ask("C2S_READ", json!({ "roomid": "nowhere", "roomseq": 1 })).await;
    assert_eq!(refused[0]["type"], "S2C_ERROR");
    assert!(refused[0]["data"].get("rule").is_none(), "{refused:?}");
    let refused = desk.ask("C2S_ACK", json!({})).await;
    let error =
        json!({ "code": "FA_PARAM", "message": "seq: is missing", "field": "seq", "rule": "missing" });
    assert_eq!(refused[0]["data"], error);
}

#[actix_web::test]
async fn the_pushes_that_were_asked_for_come_before_the_answer() {
    let app = TestApp::start(Database::Sqlite).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    for text in ["一", "二"] {
        resident.writes(&doctor, text).await;
    }
    let (mut desk, _) = Client::register(&app, (3, Way::Polling), &doctor, "desk", None).await;
    let asked = desk.ask_raw(r#"["message",{"type":"C2S_SYNC_REQ","data":{"since":0,"limit":1}}]"#).await;
    assert_eq!(desk.hear("S2C_ALONECHAT_PUSH").await["seq"], 1);
    assert_eq!(desk.answer(asked).await[0]["data"], json!({ "seq": 1, "more": true }));
}

#[actix_web::test]
async fn what_is_no_envelope_is_refused_and_closed_at_the_third() {
    let app = TestApp::start(Database::Sqlite).await;
    for frames in [
        [r#"["message","hello"]"#, r#"["message"]"#, r#"["message",[]]"#],
        [r#"["other",{"type":"C2S_ACK"}]"#, r#"["message",{"type":"C2S_ACK"},1]"#, r#"["message",{}]"#],
    ] {
        let mut client = app.client(4, Way::WebSocket).await;
        for frame in frames {
            client.packet(&format!("42{frame}")).await;
            assert_eq!(client.hear("S2C_ERROR").await["data"]["code"], "FA_PARAM", "{frame}");
        }
        assert_eq!((client.next().await, client.next().await), ("41".to_owned(), "close 1008".to_owned()));
    }
    let mut client = app.client(4, Way::WebSocket).await;
    let asked = client.ask_raw(r#"["message",7]"#).await;
    assert_eq!(client.answer(asked).await[0]["type"], "S2C_ERROR");
}

#[actix_web::test]
async fn there_is_no_other_namespace() {
    let app = TestApp::start(Database::Sqlite).await;
    let mut line = Line::websocket(&app.engine(4, "websocket"), &[]).await;
    line.send("40/admin,").await;
    assert_eq!(line.packet().await, r#"44/admin,{"message":"Invalid namespace"}"#);
    let mut old = app.client(3, Way::WebSocket).await;
    old.packet("40/admin?token=x,").await;
    assert_eq!(old.next().await, r#"44/admin,"Invalid namespace""#);
}

#[actix_web::test]
async fn commands_are_limited_as_on_the_plain_websocket() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.commands_per_second = 2).await;
    let doctor = app.login("doctor1").await;
    let (mut desk, _) = Client::register(&app, (4, Way::WebSocket), &doctor, "desk", None).await;
    let mut codes = Vec::new();
    for _ in 0..8 {
        let answer = desk.ask("C2S_ACK", json!({ "seq": 0 })).await;
        codes.push(answer.first().map(|refusal| refusal["data"]["code"].clone()));
    }
    assert_eq!(codes[0], None);
    assert_eq!(codes[7], Some(json!("FA_LIMIT")));
}

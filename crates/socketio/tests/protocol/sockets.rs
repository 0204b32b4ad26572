//! Namespaces, events, acks and attachments; and what closes a connection.

use actix_socketio::DisconnectReason;
use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::helpers::{hear, patient, say, spawn};

#[actix_web::test]
async fn in_protocol_5_a_namespace_has_an_id_of_its_own() {
    let server = spawn(patient());
    let mut socket = server.websocket("EIO=4&transport=websocket").await;
    let open = hear(&mut socket).await;
    say(&mut socket, r#"40{"token":"t"}"#).await;
    let connected = hear(&mut socket).await;
    let sid = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["sid"].to_string();
    assert_ne!(sid(&open[1..]), sid(&connected[2..]));
    assert!(!connected.contains("pid"), "recovery is off");
    assert_eq!(hear(&mut socket).await, r#"42["auth",{"token":"t"}]"#);
}

#[actix_web::test]
async fn in_protocol_4_clients_join_unasked_and_send_queries() {
    let server = spawn(patient());
    let mut socket = server.websocket("EIO=3&transport=websocket").await;
    assert!(hear(&mut socket).await.starts_with("0{"));
    assert_eq!(hear(&mut socket).await, "40");
    assert_eq!(hear(&mut socket).await, r#"42["auth",null]"#);
    say(&mut socket, "40/a?token=x,").await;
    assert_eq!(hear(&mut socket).await, "40/a,");
    assert_eq!(hear(&mut socket).await, r#"42/a,["auth",{"token":"x"}]"#);
    say(&mut socket, r#"42/a,1["e",2]"#).await;
    assert_eq!(hear(&mut socket).await, "43/a,1[2]");
    say(&mut socket, "40/nobody").await;
    assert_eq!(hear(&mut socket).await, r#"44/nobody,"Invalid namespace""#);
}

#[actix_web::test]
async fn a_refused_client_receives_nothing_but_the_refusal() {
    let server = spawn(patient());
    let mut socket = server.joined().await;
    say(&mut socket, "40/nobody,").await;
    assert_eq!(hear(&mut socket).await, r#"44/nobody,{"message":"Invalid namespace"}"#);
    say(&mut socket, r#"42["e"]"#).await;
    assert_eq!(hear(&mut socket).await, r#"42["back"]"#);
}

#[actix_web::test]
async fn binary_frames_have_a_type_only_in_protocol_3() {
    let server = spawn(patient());
    let event = r#"451-["e",{"_placeholder":true,"num":0}]"#;
    for (version, sent, heard) in
        [(4, vec![9, 8], "binary b\"\\t\\x08\""), (3, vec![4, 9], "binary b\"\\x04\\t\"")]
    {
        let mut socket = server.websocket(&format!("EIO={version}&transport=websocket")).await;
        hear(&mut socket).await;
        if version == 4 {
            say(&mut socket, "40").await;
        }
        hear(&mut socket).await;
        hear(&mut socket).await;
        say(&mut socket, event).await;
        socket.send(Message::binary(sent)).await.unwrap();
        assert_eq!(hear(&mut socket).await, event.replace("\"e\"", "\"back\""));
        assert_eq!(hear(&mut socket).await, heard);
    }
}

#[actix_web::test]
async fn fragments_are_joined() {
    let server = spawn(patient());
    let mut socket = server.joined().await;
    for (part, code, last) in
        [("42[\"e\",\"", Data::Text, false), ("医生", Data::Continue, false), ("\"]", Data::Continue, true)]
    {
        let frame = Frame::message(part.to_owned(), OpCode::Data(code), last);
        socket.send(Message::Frame(frame)).await.unwrap();
    }
    assert_eq!(hear(&mut socket).await, r#"42["back","医生"]"#);
}

#[actix_web::test]
async fn violations_of_the_protocol_close_the_connection() {
    let server = spawn(patient());
    let placeholder = r#"451-["e",{"_placeholder":true,"num":0}]"#;
    let cases: [&[&str]; 16] = [
        &["42{}"],
        &["42[]"],
        &["42[1"],
        &["42[null]"],
        &["42abc[\"e\"]"],
        &["42/never,[\"e\"]"],
        &["4abc"],
        &["4"],
        &["44{}"],
        &["40"],
        &["4511-[\"e\"]"],
        &[placeholder, "42[\"e\"]"],
        &["43[]"],
        &["0{}"],
        &["2"],
        &["40/a,[1]"],
    ];
    for frames in cases {
        let mut socket = server.joined().await;
        for frame in frames {
            say(&mut socket, frame).await;
        }
        assert_eq!(hear(&mut socket).await, "close 1002", "{frames:?}");
    }
    let mut socket = server.joined().await;
    socket.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(hear(&mut socket).await, "close 1002");
    assert!(server.reasons().iter().all(|ending| *ending == DisconnectReason::ParseError));
}

#[actix_web::test]
async fn text_that_is_not_utf8_closes_the_connection() {
    let server = spawn(patient());
    let mut socket = server.joined().await;
    let frame = Frame::message(vec![b'4', b'2', 0xff], OpCode::Data(Data::Text), true);
    socket.send(Message::Frame(frame)).await.unwrap();
    assert_eq!(hear(&mut socket).await, "close 1007");
}

#[actix_web::test]
async fn the_number_of_namespaces_is_limited() {
    let server = spawn(patient());
    let mut socket = server.joined().await;
    for number in 0..15 {
        say(&mut socket, &format!("40/{number},")).await;
        hear(&mut socket).await;
        hear(&mut socket).await;
    }
    say(&mut socket, "40/one-more,").await;
    assert!(hear(&mut socket).await.starts_with("44/one-more,"));
}

//! What is sent on a connection that is no plain, small, well-behaved envelope.

use crate::app::{Database, TestApp};
use crate::people::{Connection, Heard};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// The largest message, as the contract has it.
const LARGEST: usize = 64 * 1024;

fn piece(bytes: &[u8], kind: Data, last: bool) -> Message {
    Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(kind), last))
}

/// A resident's connection to a server of its own.
async fn connected() -> (TestApp, Connection) {
    let app = TestApp::start(Database::Sqlite).await;
    let phone = app.login("resident1").await.connect("phone").await;
    (app, phone)
}

#[actix_web::test]
async fn three_frames_that_are_no_envelopes_end_the_connection() {
    let (_app, mut phone) = connected().await;
    let frames = [Message::text("hello"), Message::binary(vec![1, 2, 3]), Message::text(r#"{"type":7}"#)];
    for frame in frames {
        phone.send(frame).await;
        phone.refused("FA_PARAM").await;
    }
    match phone.next().await {
        Heard::Closed(frame) => assert_eq!(frame.map(|frame| frame.code.into()), Some(1008)),
        Heard::Envelope(envelope) => panic!("it heard {envelope}"),
    }
}

#[actix_web::test]
async fn a_message_of_the_largest_size_is_taken_and_a_larger_one_ends_the_connection() {
    let (_app, mut phone) = connected().await;
    let envelope = |size: usize| {
        let bare = json!({ "type": "C2S_ACK", "data": { "seq": 9, "pad": "" } }).to_string();
        json!({ "type": "C2S_ACK", "data": { "seq": 9, "pad": "x".repeat(size - bare.len()) } }).to_string()
    };
    phone.send(Message::text(envelope(LARGEST))).await;
    phone.refused("FA_PARAM").await;
    phone.send(Message::text(envelope(LARGEST + 1))).await;
    assert_eq!(phone.close_code().await, Some(1009));
}

#[actix_web::test]
async fn a_message_that_grows_too_large_in_pieces_ends_the_connection() {
    let (_app, mut phone) = connected().await;
    let part = [b'x'; LARGEST / 4];
    phone.send(piece(&part, Data::Text, false)).await;
    for _ in 0..3 {
        phone.send(piece(&part, Data::Continue, false)).await;
    }
    phone.send(piece(b"x", Data::Continue, false)).await;
    assert_eq!(phone.close_code().await, Some(1009));
}

#[actix_web::test]
async fn pieces_that_split_a_character_are_joined() {
    let (_app, mut phone) = connected().await;
    let envelope = json!({ "type": "C2S_NO_SUCH_THING", "id": "头疼", "data": {} }).to_string();
    let bytes = envelope.as_bytes();
    // In the midst of the first and of the second character.
    let start = envelope.find('头').unwrap();
    let (first, second) = (start + 1, start + 5);
    phone.send(piece(&bytes[..first], Data::Text, false)).await;
    phone.send(piece(&bytes[first..second], Data::Continue, false)).await;
    phone.send(Message::Ping(b"between".to_vec().into())).await;
    phone.send(piece(&bytes[second..], Data::Continue, true)).await;
    assert_eq!(phone.refused("FA_PARAM").await["id"], "头疼");
}

#[actix_web::test]
async fn too_many_commands_a_second_are_refused_but_the_connection_lives() {
    let settle = |config: &mut jiayi::config::Config| config.commands_per_second = 2;
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let mut phone = resident.connect("phone").await;
    for _ in 0..20 {
        phone.say("C2S_ACK", json!({ "seq": 0 })).await;
    }
    phone.refused("FA_LIMIT").await;
    doctor.writes(&resident, "您好").await;
    loop {
        match phone.next().await {
            Heard::Envelope(envelope) if envelope["type"] == "S2C_ALONECHAT_PUSH" => return,
            Heard::Envelope(envelope) => assert_eq!(envelope["data"]["code"], "FA_LIMIT"),
            Heard::Closed(frame) => panic!("closed with {frame:?}"),
        }
    }
}

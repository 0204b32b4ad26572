//! Catching up: `since`, `C2S_SYNC_REQ`, acknowledgements and read marks.

use crate::app::TestApp;
use crate::on_both_databases;
use crate::people::{Heard, Person};
use diesel::connection::SimpleConnection;
use jiayi::model::{RoomId, Uid};
use jiayi::protocol::pushes::{Push, ReadMark};
use jiayi::store::mailbox;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

/// So many pushes to one person, in one transaction.
async fn push_read_marks(app: &TestApp, to: &Person, count: i64) {
    let uid: Uid = to.uid.clone().try_into().unwrap();
    let mark = ReadMark::Room { roomid: RoomId::new(), uid: uid.clone(), roomseq: 1 };
    let pushed = app.app.write(move |tx| {
        (0..count).for_each(|_| tx.push(Push::Read(vec![uid.clone()], mark.clone())));
        Ok(())
    });
    pushed.await.unwrap();
}

/// Waits until the store knows that everything up to `seq` was acknowledged: nobody is told of it.
async fn awaits_acknowledged(app: &TestApp, person: &Person, seq: i64) {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        let uid: Uid = person.uid.clone().try_into().unwrap();
        let mailbox = app.app.read(move |store| mailbox::find(store, &uid)).await.unwrap();
        if mailbox.acked == seq {
            return;
        }
        assert!(Instant::now() < patience, "only {} are kept", mailbox.acked);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

on_both_databases! {
    async fn since_replays_what_was_missed_in_order_and_then_goes_on_live(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        for number in 1..=6 {
            doctor.writes(&resident, &number.to_string()).await;
        }
        let (mut phone, answer) = resident.connect_since("phone", Some(2)).await;
        assert_eq!((&answer["seq"], &answer["recovered"]), (&json!(6), &json!(true)));
        doctor.writes(&resident, "7").await;
        for seq in 3..=7 {
            let push = phone.hear("S2C_ALONECHAT_PUSH").await;
            assert_eq!(push["seq"], seq);
            assert_eq!(push["data"]["content"], seq.to_string());
        }
        phone.hears_nothing().await;
    }

    async fn what_is_pushed_during_a_long_replay_comes_after_it(app: TestApp) {
        const MISSED: i64 = 10_000;
        const LIVE: i64 = 300;
        let resident = app.login("resident1").await;
        let push = |count| push_read_marks(&app, &resident, count);
        push(MISSED).await;
        // Somebody is heard all the time: before, during and after the replay.
        let pushing = async {
            for _ in 0..LIVE {
                push(1).await;
            }
        };
        let listening = async {
            let (mut phone, _) = resident.connect_since("phone", Some(0)).await;
            for seq in 1..=MISSED + LIVE {
                assert_eq!(phone.hear("S2C_READ_PUSH").await["seq"], seq);
            }
            phone.hears_nothing().await;
        };
        tokio::join!(pushing, listening);
    }

    async fn what_is_asked_for_at_once_is_answered_in_its_order(app: TestApp) {
        const QUESTIONS: u32 = 10;
        let resident = app.login("resident1").await;
        push_read_marks(&app, &resident, 200).await;
        let mut phone = resident.connect("phone").await;
        for n in 0..QUESTIONS {
            // Much is slower to read than little.
            let limit = if n.is_multiple_of(2) { 200 } else { 1 };
            phone.ask(n, "C2S_SYNC_REQ", json!({ "since": 0, "limit": limit })).await;
        }
        for n in 0..QUESTIONS {
            for seq in 1..=if n.is_multiple_of(2) { 200 } else { 1 } {
                assert_eq!(phone.hear("S2C_READ_PUSH").await["seq"], seq);
            }
            assert_eq!(phone.hear("S2C_SYNC_RES").await["id"], n);
        }
    }

    async fn what_is_acknowledged_and_read_one_by_one_is_kept_up_to_the_last(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut roomid = json!(null);
        for number in 1..=100 {
            roomid = doctor.writes(&resident, &number.to_string()).await["roomid"].clone();
        }
        let mut desk = doctor.connect("desk").await;
        let (mut phone, _) = resident.connect_since("phone", Some(0)).await;
        for seq in 1..=100 {
            phone.hear("S2C_ALONECHAT_PUSH").await;
            phone.say("C2S_ACK", json!({ "seq": seq })).await;
        }
        for roomseq in 1..=100 {
            phone.say("C2S_READ", json!({ "roomid": roomid, "roomseq": roomseq })).await;
        }
        // One that cannot be is refused, and takes none of the others with it.
        phone.ask(7, "C2S_READ", json!({ "roomid": roomid, "roomseq": 101 })).await;
        loop {
            let Heard::Envelope(heard) = phone.next().await else { panic!("closed") };
            if heard["type"] == "S2C_ERROR" {
                assert_eq!((&heard["id"], &heard["data"]["code"]), (&json!(7), &json!("FA_PARAM")));
                break;
            }
        }
        let (mut delivered, mut read) = (0, 0);
        while delivered < 100 || read < 100 {
            let Heard::Envelope(heard) = desk.next().await else { panic!("closed") };
            match heard["type"].as_str().unwrap() {
                "S2C_READ_PUSH" => read = heard["data"]["roomseq"].as_i64().unwrap(),
                "S2C_DELIVERY_PUSH" => delivered = heard["data"]["roomseq"].as_i64().unwrap(),
                other => panic!("{other}"),
            }
            if read == 100 {
                // Who has read it has it: no receipt need come.
                delivered = 100;
            }
        }
        assert_eq!(resident.gets("message/list").await["items"][0]["unread"], 0);
        let states = doctor.gets(&format!("dialog/list?roomid={}", roomid.as_str().unwrap())).await;
        assert_eq!(states["items"][0]["states"][0]["state"], "read");
    }

    async fn what_is_said_last_is_kept_although_the_connection_ends(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut roomid = json!(null);
        for number in 1..=40 {
            roomid = doctor.writes(&resident, &number.to_string()).await["roomid"].clone();
        }
        let (mut phone, _) = resident.connect_since("phone", Some(0)).await;
        for seq in 1..=40 {
            phone.hear("S2C_ALONECHAT_PUSH").await;
            phone.say("C2S_ACK", json!({ "seq": seq })).await;
            phone.say("C2S_READ", json!({ "roomid": roomid, "roomseq": seq })).await;
        }
        phone.send(Message::Close(None)).await;
        phone.close_code().await;
        awaits_acknowledged(&app, &resident, 40).await;
        while resident.gets("message/list").await["items"][0]["unread"] != 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn none_of_a_hundred_acknowledgements_is_refused(app: TestApp) {
        let resident = app.login("resident1").await;
        push_read_marks(&app, &resident, 150).await;
        let (mut phone, _) = resident.connect_since("phone", Some(0)).await;
        for seq in 1..=150 {
            assert_eq!(phone.hear("S2C_READ_PUSH").await["seq"], seq);
            phone.say("C2S_ACK", json!({ "seq": seq })).await;
        }
        phone.hears_nothing().await;
        awaits_acknowledged(&app, &resident, 150).await;
    }

    async fn a_since_that_the_server_does_not_hold_is_not_recovered(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        doctor.writes(&resident, "1").await;
        for (since, recovered) in [(Some(2), false), (Some(-1), false), (Some(1), true), (None, true)] {
            let (mut phone, answer) = resident.connect_since("phone", since).await;
            assert_eq!(answer["recovered"], recovered, "{since:?}");
            phone.hears_nothing().await;
            phone.close().await;
        }
        let (mut phone, _) = resident.connect_since("phone", Some(9)).await;
        doctor.writes(&resident, "2").await;
        assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["seq"], 2);
    }

    async fn what_was_thrown_away_cannot_be_recovered(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        for number in 1..=3 {
            doctor.writes(&resident, &number.to_string()).await;
        }
        let whose = format!("uid = '{}'", resident.uid);
        let gone = format!("DELETE FROM push_log WHERE {whose} AND seq <= 2; UPDATE mailbox SET pruned = 2 WHERE {whose}");
        app.store().batch_execute(&gone).unwrap();
        let (mut phone, answer) = resident.connect_since("phone", Some(1)).await;
        assert_eq!((&answer["seq"], &answer["recovered"]), (&json!(3), &json!(false)));
        phone.hears_nothing().await;
        phone.ask("old", "C2S_SYNC_REQ", json!({ "since": 1 })).await;
        assert_eq!(phone.refused("FA_PARAM").await["id"], "old");
        let (mut phone, answer) = resident.connect_since("phone", Some(2)).await;
        assert_eq!(answer["recovered"], true);
        assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["seq"], 3);
    }

    async fn pushes_can_be_asked_for_page_by_page(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        for number in 1..=5 {
            doctor.writes(&resident, &number.to_string()).await;
        }
        let mut phone = resident.connect("phone").await;
        for (since, last, more) in [(0, 2, true), (2, 4, true), (4, 5, false), (5, 5, false)] {
            phone.ask(since, "C2S_SYNC_REQ", json!({ "since": since, "limit": 2 })).await;
            for seq in since + 1..=last {
                assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["seq"], seq);
            }
            let answer = phone.hear("S2C_SYNC_RES").await;
            assert_eq!(answer, json!({ "type": "S2C_SYNC_RES", "id": since, "data": { "seq": last, "more": more } }));
        }
        phone.ask("far", "C2S_SYNC_REQ", json!({ "since": 6 })).await;
        assert_eq!(phone.refused("FA_PARAM").await["id"], "far");
    }

    async fn an_answer_repeats_the_id_of_its_envelope(app: TestApp) {
        let resident = app.login("resident1").await;
        let mut phone = crate::people::Connection::open(&app.ws_url()).await;
        phone.ask(1, "C2S_SYNC_REQ", json!({ "since": 0 })).await;
        assert_eq!(phone.refused("FA_AUTH").await["id"], 1);
        phone.ask("reg", "C2S_REGISTER_REQ", resident.registration("phone", None)).await;
        assert_eq!(phone.hear("S2C_REGISTER_RES").await["id"], "reg");
        phone.ask("x", "C2S_NO_SUCH_THING", json!({})).await;
        assert_eq!(phone.refused("FA_PARAM").await["id"], "x");
        phone.say("C2S_NO_SUCH_THING", json!({})).await;
        assert!(phone.refused("FA_PARAM").await.get("id").is_none());
    }

    async fn only_what_was_sent_can_be_acknowledged(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut phone = resident.connect("phone").await;
        doctor.writes(&resident, "1").await;
        phone.hear("S2C_ALONECHAT_PUSH").await;
        for seq in [2, -1, i64::MAX] {
            phone.ask(seq, "C2S_ACK", json!({ "seq": seq })).await;
            assert_eq!(phone.refused("FA_PARAM").await["id"], seq);
        }
        phone.say("C2S_ACK", json!({ "seq": 1 })).await;
        phone.hears_nothing().await;
    }

    async fn reading_a_room_tells_both_and_a_stranger_cannot(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let stranger = app.login("resident2").await;
        let mut elsewhere = stranger.connect("phone").await;
        doctor.writes(&resident, "1").await;
        let sent = doctor.writes(&resident, "2").await;
        phone.hear("S2C_ALONECHAT_PUSH").await;
        phone.hear("S2C_ALONECHAT_PUSH").await;
        let mark = json!({ "roomid": sent["roomid"], "roomseq": 2 });
        elsewhere.say("C2S_READ", mark.clone()).await;
        elsewhere.refused("FA_NOTFOUND").await;
        phone.say("C2S_READ", json!({ "roomid": sent["roomid"], "roomseq": 3 })).await;
        phone.refused("FA_PARAM").await;
        phone.say("C2S_READ", mark.clone()).await;
        let expected = json!({ "roomid": sent["roomid"], "uid": resident.uid, "roomseq": 2 });
        assert_eq!(phone.hear("S2C_READ_PUSH").await["data"], expected);
        assert_eq!(desk.hear("S2C_READ_PUSH").await["data"], expected);
        assert_eq!(resident.gets("message/list").await["items"][0]["unread"], 0);
        phone.say("C2S_READ", mark).await;
        phone.hears_nothing().await;
        desk.hears_nothing().await;
        elsewhere.hears_nothing().await;
    }

    async fn a_line_of_the_list_is_read_to_its_end(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        doctor.writes(&resident, "1").await;
        let sent = doctor.writes(&resident, "2").await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let line = resident.gets("message/list").await["items"][0]["messageid"].clone();
        desk.say("C2S_READ", json!({ "messageid": line })).await;
        desk.refused("FA_NOTFOUND").await;
        phone.say("C2S_READ", json!({ "messageid": line })).await;
        let expected = json!({ "roomid": sent["roomid"], "uid": resident.uid, "roomseq": 2 });
        assert_eq!(phone.hear("S2C_READ_PUSH").await["data"], expected);
        assert_eq!(desk.hear("S2C_READ_PUSH").await["data"], expected);
        assert_eq!(resident.gets("message/list").await["items"][0]["unread"], 0);
    }
}

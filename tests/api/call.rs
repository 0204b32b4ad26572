//! Video calls: who rings, who hears what, and how a call ends.

use crate::app::{TestApp, verdict};
use crate::on_both_databases;
use crate::people::{Connection, Person};
use jiayi::config::Config;
use jiayi::model::connection::ConnectionPolicy;
use serde_json::{Value, json};

pub fn per_device(config: &mut Config) {
    config.connections = ConnectionPolicy::PerDevice;
}

/// No more patience than a test has.
fn impatient(config: &mut Config) {
    (config.call.ring_seconds, config.call.grace_seconds) = (1, 1);
}

pub fn patient_with_rings(config: &mut Config) {
    config.call.grace_seconds = 1;
}

fn with_relay(config: &mut Config) {
    config.call.stun = vec!["stun:relay.test".to_owned()];
    config.call.turn = vec!["turn:relay.test".to_owned()];
    config.call.turn_secret_file = Some(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").into());
}

/// Two who may call each other, connected.
struct Two {
    resident: Person,
    doctor: Person,
    phone: Connection,
    desk: Connection,
}

impl Two {
    async fn meet(app: &TestApp) -> Self {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (phone, desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        Self { resident, doctor, phone, desk }
    }

    /// The resident calls; the desk rings.
    async fn ring(&mut self) -> Value {
        let call = self.resident.posts("videoCall/invite", json!({ "touid": self.doctor.uid })).await;
        assert_eq!(self.desk.hear("S2C_VIDEOCALL_INVITE").await["data"]["callid"], call["callid"]);
        call
    }

    /// The doctor accepts.
    async fn talk(&mut self) -> Value {
        let call = self.ring().await;
        self.doctor.posts("videoCall/accept", json!({ "callid": call["callid"] })).await;
        self.phone.hear("S2C_VIDEOCALL_ACCEPT").await;
        call
    }

    /// What both are told at the end; returns the resident's.
    async fn hear_the_notice(&mut self) -> Value {
        let notice = self.phone.hear("S2C_ALONECHAT_PUSH").await;
        let other = self.desk.hear("S2C_ALONECHAT_PUSH").await;
        assert_eq!(notice["data"]["data"], other["data"]["data"]);
        notice
    }
}

/// Hears the end of a call for this reason.
pub async fn hears_end(connection: &mut Connection, call: &Value, reason: &str, by: Value) -> Value {
    let end = connection.hear("S2C_VIDEOCALL_END").await["data"].clone();
    assert_eq!((&end["callid"], &end["roomid"]), (&call["callid"], &call["roomid"]));
    assert_eq!((&end["reason"], &end["by"]), (&json!(reason), &by), "{end}");
    end
}

pub async fn hang_up(who: &Person, call: &Value) -> (u16, Value) {
    who.post("videoCall/disconnect", json!({ "callid": call["callid"] })).await
}

pub async fn accept(who: &Person, call: &Value) -> (u16, Value) {
    who.post("videoCall/accept", json!({ "callid": call["callid"] })).await
}

pub async fn signal(connection: &mut Connection, call: &Value, signal: Value) {
    connection.say("C2S_VIDEOCALL_SIGNAL", json!({ "callid": call["callid"], "signal": signal })).await;
}

pub async fn hears_signal(connection: &mut Connection, from: &Person, signal: Value) {
    let heard = connection.hear("S2C_VIDEOCALL_SIGNAL").await;
    assert!(heard.get("seq").is_none(), "a signal is fleeting: {heard}");
    assert_eq!((&heard["data"]["from"], &heard["data"]["signal"]), (&json!(from.uid), &signal));
}

/// The message of the room's newest call, from history.
async fn message_of(who: &Person, call: &Value) -> Value {
    let roomid = call["roomid"].as_str().unwrap();
    let history = who.gets(&format!("dialog/list?roomid={roomid}")).await;
    let mut calls = history["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "videocall");
    calls.next().cloned().unwrap()
}

on_both_databases! {
    async fn a_call_from_the_invitation_to_the_exit(app: TestApp) {
        let mut two = Two::meet(&app).await;
        let (colleague, neighbour) = (app.login("doctor2").await, app.login("resident3").await);
        let (mut bystander, mut other) = (colleague.connect("x").await, neighbour.connect("y").await);

        let call = two.resident.posts("videoCall/invite", json!({ "touid": two.doctor.uid })).await;
        assert_eq!(call["iceservers"], json!([]));
        let invite = two.desk.hear("S2C_VIDEOCALL_INVITE").await;
        let data = invite["data"].as_object().unwrap();
        assert_eq!(data.keys().collect::<Vec<_>>(), ["callid", "expires", "from", "iceservers", "roomid"]);
        assert_eq!(data["from"], json!({ "uid": two.resident.uid, "name": "张三", "role": "user" }));
        assert_eq!((&data["callid"], &data["roomid"]), (&call["callid"], &call["roomid"]));
        let message = message_of(&two.doctor, &call).await;
        assert_eq!(message["body"], json!({ "callid": call["callid"], "status": "ringing" }));

        assert_eq!(accept(&two.doctor, &call).await, (200, json!({})));
        let accepted = two.phone.hear("S2C_VIDEOCALL_ACCEPT").await;
        let wanted = json!({ "callid": call["callid"], "roomid": call["roomid"], "by": two.doctor.uid });
        assert_eq!(accepted["data"], wanted);
        assert_eq!(message_of(&two.resident, &call).await["body"]["status"], "active");
        two.desk.hears_nothing().await;

        assert_eq!(hang_up(&two.resident, &call).await, (200, json!({})));
        let end = hears_end(&mut two.desk, &call, "hangup", json!(two.resident.uid)).await;
        let names: Vec<_> = end.as_object().unwrap().keys().collect();
        assert_eq!(names, ["by", "callid", "duration", "reason", "roomid"]);
        let notice = two.hear_the_notice().await["data"].clone();
        assert_eq!(notice["content"], "[视频通话] 0:00");
        let body = &notice["data"]["body"];
        assert_eq!((&body["reason"], &body["by"]), (&json!("hangup"), &json!(two.resident.uid)));
        let message = message_of(&two.doctor, &call).await;
        assert_eq!((&message["body"], &message["dialogid"]), (body, &notice["data"]["dialogid"]));
        for (who, unread) in [(&two.resident, 0), (&two.doctor, 1)] {
            let line = who.gets("message/list").await["items"][0].clone();
            assert_eq!((&line["content"], &line["unread"]), (&notice["content"], &json!(unread)));
            assert_eq!(line["updatetime"], notice["updatetime"]);
        }
        for connection in [&mut two.phone, &mut two.desk, &mut bystander, &mut other] {
            connection.hears_nothing().await;
        }
        assert_eq!(verdict(&hang_up(&two.doctor, &call).await), (409, "FA_STATE"));
        assert_eq!(verdict(&accept(&two.doctor, &call).await), (409, "FA_STATE"));
        two.talk().await;
    }

    async fn signals_pass_between_the_two_and_nobody_else(app: TestApp) {
        let mut two = Two::meet(&app).await;
        let stranger = app.login("doctor2").await;
        let mut strange = stranger.connect("strange").await;
        let call = two.ring().await;
        // What the caller says ahead waits for whoever accepts.
        signal(&mut two.phone, &call, json!({ "description": { "type": "offer" } })).await;
        signal(&mut two.phone, &call, json!({ "candidate": null })).await;
        signal(&mut two.desk, &call, json!({ "description": {} })).await;
        two.desk.refused("FA_STATE").await;
        signal(&mut strange, &call, json!({ "candidate": "x" })).await;
        strange.refused("FA_NOTFOUND").await;

        two.doctor.posts("videoCall/accept", json!({ "callid": call["callid"] })).await;
        two.phone.hear("S2C_VIDEOCALL_ACCEPT").await;
        hears_signal(&mut two.desk, &two.resident, json!({ "description": { "type": "offer" } })).await;
        hears_signal(&mut two.desk, &two.resident, json!({ "candidate": null })).await;
        signal(&mut two.desk, &call, json!({ "description": { "type": "answer" } })).await;
        hears_signal(&mut two.phone, &two.doctor, json!({ "description": { "type": "answer" } })).await;
        for number in 0..20 {
            signal(&mut two.phone, &call, json!({ "candidate": number })).await;
        }
        for number in 0..20 {
            hears_signal(&mut two.desk, &two.resident, json!({ "candidate": number })).await;
        }
        signal(&mut strange, &call, json!({ "candidate": "x" })).await;
        strange.refused("FA_NOTFOUND").await;
        for wrong in [json!({}), json!({ "callid": "a b", "signal": {} }), json!({ "callid": "a", "signal": 1 })] {
            two.phone.say("C2S_VIDEOCALL_SIGNAL", wrong).await;
            two.phone.refused("FA_PARAM").await;
        }
        hang_up(&two.doctor, &call).await;
        hears_end(&mut two.phone, &call, "hangup", json!(two.doctor.uid)).await;
        two.hear_the_notice().await;
        signal(&mut two.phone, &call, json!({ "candidate": "late" })).await;
        two.phone.refused("FA_NOTFOUND").await;
        two.desk.hears_nothing().await;
        strange.hears_nothing().await;
    }

    async fn the_caller_cancels_or_the_callee_refuses(app: TestApp) {
        let mut two = Two::meet(&app).await;
        let call = two.ring().await;
        hang_up(&two.resident, &call).await;
        hears_end(&mut two.desk, &call, "cancel", json!(two.resident.uid)).await;
        assert_eq!(two.hear_the_notice().await["data"]["content"], "[视频通话] 已取消");
        let call = two.ring().await;
        // By the room, as the apps of old do.
        two.doctor.posts("videoCall/disconnect", json!({ "roomid": call["roomid"] })).await;
        hears_end(&mut two.phone, &call, "reject", json!(two.doctor.uid)).await;
        assert_eq!(two.hear_the_notice().await["data"]["content"], "[视频通话] 已拒绝");
        assert_eq!(verdict(&two.doctor.post("videoCall/disconnect", json!({ "roomid": call["roomid"] })).await),
            (409, "FA_STATE"));
        two.phone.hears_nothing().await;
        two.desk.hears_nothing().await;
    }

    async fn nobody_answers(app: TestApp with impatient) {
        let mut two = Two::meet(&app).await;
        let call = two.ring().await;
        for connection in [&mut two.phone, &mut two.desk] {
            assert_eq!(hears_end(connection, &call, "timeout", Value::Null).await["duration"], 0);
        }
        assert_eq!(two.hear_the_notice().await["data"]["content"], "[视频通话] 未接听");
        assert_eq!(verdict(&accept(&two.doctor, &call).await), (409, "FA_STATE"));
        two.ring().await;
    }

    async fn who_does_not_come_back_ends_the_call_for_the_other(app: TestApp with patient_with_rings) {
        let mut two = Two::meet(&app).await;
        let call = two.talk().await;
        two.phone.drop_dead();
        hears_end(&mut two.desk, &call, "offline", json!(two.resident.uid)).await;
        two.desk.hear("S2C_ALONECHAT_PUSH").await;
        two.desk.hears_nothing().await;
        two.phone = two.resident.connect("phone").await;
        two.talk().await;
    }

    async fn who_comes_back_in_time_goes_on_with_the_call(app: TestApp) {
        let mut two = Two::meet(&app).await;
        let call = two.talk().await;
        two.phone.drop_dead();
        two.phone = two.resident.connect("phone").await;
        signal(&mut two.phone, &call, json!({ "candidate": "anew" })).await;
        hears_signal(&mut two.desk, &two.resident, json!({ "candidate": "anew" })).await;
        signal(&mut two.desk, &call, json!({ "candidate": "back" })).await;
        hears_signal(&mut two.phone, &two.doctor, json!({ "candidate": "back" })).await;
        // Another device takes the connection, and the call stays where it was.
        let mut tablet = two.resident.connect("tablet").await;
        signal(&mut tablet, &call, json!({ "candidate": "stolen" })).await;
        tablet.refused("FA_STATE").await;
        two.desk.hears_nothing().await;
    }

    async fn who_is_busy_finds_the_missed_call(app: TestApp) {
        let mut two = Two::meet(&app).await;
        let friend = app.login("doctor3").await;
        let mut far = friend.connect("far").await;
        let call = two.talk().await;

        let refusal = friend.post("videoCall/invite", json!({ "touid": two.doctor.uid })).await;
        assert_eq!(verdict(&refusal), (409, "FA_BUSY"));
        let missed = two.desk.hear("S2C_DOCTORFRIENDCHAT_PUSH").await;
        assert_eq!(missed["data"]["content"], "[视频通话] 未接听");
        let line = &missed["data"]["data"];
        assert_eq!((&line["kind"], &line["body"]["reason"]), (&json!("videocall"), &json!("busy")));
        assert_eq!(line["from"]["uid"], *friend.uid);
        far.hears_nothing().await;

        // Of a call to each other nobody misses anything, nor of one by somebody who is in a call.
        for (who, to) in [(&two.resident, &two.doctor), (&two.doctor, &two.resident), (&two.doctor, &friend)] {
            let refusal = who.post("videoCall/invite", json!({ "touid": to.uid })).await;
            assert_eq!(verdict(&refusal), (409, "FA_BUSY"));
        }
        for connection in [&mut two.phone, &mut two.desk, &mut far] {
            connection.hears_nothing().await;
        }
        hang_up(&two.doctor, &call).await;
        hears_end(&mut two.phone, &call, "hangup", json!(two.doctor.uid)).await;
        two.hear_the_notice().await;
        let call = friend.posts("videoCall/invite", json!({ "touid": two.doctor.uid })).await;
        assert_eq!(two.desk.hear("S2C_VIDEOCALL_INVITE").await["data"]["from"]["uid"], *friend.uid);
        hang_up(&two.doctor, &call).await;
        hears_end(&mut far, &call, "reject", json!(two.doctor.uid)).await;
        far.hear("S2C_DOCTORFRIENDCHAT_PUSH").await;
        two.desk.hear("S2C_DOCTORFRIENDCHAT_PUSH").await;
    }

    async fn a_call_is_refused_to_who_may_not_make_it(app: TestApp) {
        let mut two = Two::meet(&app).await;
        let call = two.ring().await;
        let (strange, outside) = (app.login("doctor2").await, app.login("resident2").await);
        let (admin, body) = (app.login("admin").await, json!({ "touid": two.doctor.uid }));
        for path in ["invite", "accept", "disconnect"] {
            let path = format!("videoCall/{path}");
            assert_eq!(app.post(&format!("/user/{path}"), body.clone()).await.0, 401);
            assert_eq!(admin.post(&format!("/user/{path}"), body.clone()).await.0, 403);
            assert_eq!(two.doctor.post(&format!("/user/{path}"), body.clone()).await.0, 403);
            assert_eq!(verdict(&two.doctor.post(&path, json!({})).await), (400, "FA_PARAM"));
            assert_eq!(verdict(&two.doctor.post(&path, json!({ "callid": 1, "touid": 1 })).await), (400, "FA_PARAM"));
        }
        for path in ["videoCall/accept", "videoCall/disconnect"] {
            assert_eq!(verdict(&strange.post(path, json!({ "callid": call["callid"] })).await), (404, "FA_NOTFOUND"));
            assert_eq!(verdict(&strange.post(path, json!({ "callid": "nothing" })).await), (404, "FA_NOTFOUND"));
        }
        assert_eq!(verdict(&accept(&two.resident, &call).await), (403, "FA_PERMISSION"));
        for (who, body, wanted) in [
            (&strange, json!({ "roomid": call["roomid"] }), (404, "FA_NOTFOUND")),
            (&strange, json!({ "roomid": "nothing" }), (404, "FA_NOTFOUND")),
            (&outside, json!({ "touid": two.doctor.uid }), (403, "FA_PERMISSION")),
            (&outside, json!({ "touid": "nobody" }), (404, "FA_NOTFOUND")),
            (&outside, json!({ "touid": two.resident.uid }), (404, "FA_NOTFOUND")),
            (&strange, json!({ "touid": outside.uid }), (403, "FA_PERMISSION")),
            (&strange, json!({ "touid": "nobody" }), (403, "FA_PERMISSION")),
            (&strange, json!({ "touid": strange.uid }), (400, "FA_PARAM")),
            (&strange, json!({ "touid": "a", "roomid": "b" }), (400, "FA_PARAM")),
        ] {
            assert_eq!(verdict(&who.post("videoCall/invite", body.clone()).await), wanted, "{body}");
        }
        let group = two.doctor.posts("discussion/create", json!({ "name": "a", "members": [two.resident.uid] })).await;
        two.desk.hear("S2C_TEAMMEMBER_ENTER").await;
        assert_eq!(verdict(&two.doctor.post("videoCall/invite", json!({ "roomid": group["roomid"] })).await), (400, "FA_PARAM"));
        two.desk.hears_nothing().await;
        // A contract that ends does not cut a call, but nobody may call any more.
        let sid = two.resident.gets("signed/list").await["items"][0]["sid"].clone();
        two.doctor.posts("rejectsigned", json!({ "sid": sid, "reason": "搬家" })).await;
        assert_eq!(accept(&two.doctor, &call).await.0, 200);
        assert_eq!(hang_up(&two.doctor, &call).await.0, 200);
        for body in [json!({ "roomid": call["roomid"] }), json!({ "touid": two.doctor.uid })] {
            assert_eq!(verdict(&two.resident.post("videoCall/invite", body).await), (403, "FA_PERMISSION"));
        }
    }

    async fn every_device_rings_and_the_first_to_accept_silences_the_others(app: TestApp with per_device) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mobile = app.login("doctor1").await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let mut pocket = mobile.connect("pocket").await;
        let call = resident.posts("videoCall/invite", json!({ "touid": doctor.uid })).await;
        desk.hear("S2C_VIDEOCALL_INVITE").await;
        pocket.hear("S2C_VIDEOCALL_INVITE").await;

        assert_eq!(accept(&mobile, &call).await.0, 200);
        assert_eq!(accept(&mobile, &call).await.0, 200, "the same once more, as after a lost answer");
        for connection in [&mut phone, &mut desk, &mut pocket] {
            assert_eq!(connection.hear("S2C_VIDEOCALL_ACCEPT").await["data"]["by"], *doctor.uid);
        }
        assert_eq!(verdict(&accept(&doctor, &call).await), (409, "FA_STATE"));
        assert_eq!(verdict(&hang_up(&doctor, &call).await), (409, "FA_STATE"));
        signal(&mut desk, &call, json!({ "candidate": "stolen" })).await;
        desk.refused("FA_STATE").await;
        signal(&mut phone, &call, json!({ "candidate": 1 })).await;
        hears_signal(&mut pocket, &resident, json!({ "candidate": 1 })).await;
        desk.hears_nothing().await;
        assert_eq!(hang_up(&mobile, &call).await.0, 200);
        hears_end(&mut phone, &call, "hangup", json!(doctor.uid)).await;
    }

    async fn of_two_devices_that_accept_at_once_one_wins(app: TestApp with per_device) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mobile = app.login("doctor1").await;
        let (mut phone, _desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let _pocket = mobile.connect("pocket").await;
        for _ in 0..10 {
            let call = resident.posts("videoCall/invite", json!({ "touid": doctor.uid })).await;
            let (one, other) = tokio::join!(accept(&doctor, &call), accept(&mobile, &call));
            let mut answers = [verdict(&one), verdict(&other)];
            answers.sort_unstable();
            assert_eq!(answers, [(200, ""), (409, "FA_STATE")]);
            phone.hear("S2C_VIDEOCALL_ACCEPT").await;
            assert_eq!(hang_up(&resident, &call).await.0, 200);
            phone.hear("S2C_ALONECHAT_PUSH").await;
        }
        phone.hears_nothing().await;
    }

    async fn an_acceptance_and_a_cancellation_at_once_leave_one_outcome(app: TestApp) {
        let mut two = Two::meet(&app).await;
        for _ in 0..10 {
            let call = two.ring().await;
            let (accepted, cancelled) = tokio::join!(accept(&two.doctor, &call), hang_up(&two.resident, &call));
            // Either it was accepted and then hung up, or it was cancelled and could not be accepted.
            let reason = match verdict(&accepted) {
                (200, _) => { two.phone.hear("S2C_VIDEOCALL_ACCEPT").await; "hangup" }
                (status, code) => { assert_eq!((status, code), (409, "FA_STATE")); "cancel" }
            };
            assert_eq!(cancelled.0, 200);
            hears_end(&mut two.desk, &call, reason, json!(two.resident.uid)).await;
            two.hear_the_notice().await;
        }
        two.phone.hears_nothing().await;
        two.desk.hears_nothing().await;
    }

    async fn of_two_who_hang_up_at_once_one_has_ended_it(app: TestApp) {
        let mut two = Two::meet(&app).await;
        for _ in 0..10 {
            let call = two.talk().await;
            let (resident, doctor) = tokio::join!(hang_up(&two.resident, &call), hang_up(&two.doctor, &call));
            let (hearer, by) = match (resident.0, doctor.0) {
                (200, 409) => (&mut two.desk, &two.resident),
                (409, 200) => (&mut two.phone, &two.doctor),
                other => panic!("{other:?}"),
            };
            hears_end(hearer, &call, "hangup", json!(by.uid)).await;
            two.hear_the_notice().await;
        }
        two.phone.hears_nothing().await;
        two.desk.hears_nothing().await;
    }

    async fn of_two_who_call_each_other_at_once_one_rings(app: TestApp) {
        let mut two = Two::meet(&app).await;
        for _ in 0..10 {
            let (to_doctor, to_resident) = (json!({ "touid": two.doctor.uid }), json!({ "touid": two.resident.uid }));
            let (resident, doctor) = tokio::join!(
                two.resident.post("videoCall/invite", to_doctor),
                two.doctor.post("videoCall/invite", to_resident)
            );
            let call = match (resident.0, doctor.0) {
                (200, 409) => { two.desk.hear("S2C_VIDEOCALL_INVITE").await; resident.1 }
                (409, 200) => { two.phone.hear("S2C_VIDEOCALL_INVITE").await; doctor.1 }
                other => panic!("{other:?}"),
            };
            assert_eq!(hang_up(&two.resident, &call).await.0, 200);
            two.desk.hear("S2C_VIDEOCALL_END").await;
            two.hear_the_notice().await;
        }
    }

    async fn with_a_relay_each_end_gets_credentials_of_its_own(app: TestApp with with_relay) {
        let mut two = Two::meet(&app).await;
        let call = two.resident.posts("videoCall/invite", json!({ "touid": two.doctor.uid })).await;
        let invite = two.desk.hear("S2C_VIDEOCALL_INVITE").await;
        for (servers, who) in [(&call["iceservers"], &two.resident), (&invite["data"]["iceservers"], &two.doctor)] {
            assert_eq!(servers[0], json!({ "urls": ["stun:relay.test"] }));
            let username = servers[1]["username"].as_str().unwrap();
            assert!(username.ends_with(&format!(":{}", who.uid)), "{username}");
            assert!(servers[1]["credential"].is_string());
        }
    }
}

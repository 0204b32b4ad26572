//! Rooms are open exactly while something binds their members; who hears of what is written, read and
//! withdrawn in them, and who does not any more; what ends with a contract or a log-in.

use crate::app::{TestApp, verdict};
use crate::contract::{apply, decision};
use crate::discussion::{group, removes, says};
use crate::on_both_databases;
use crate::people::{Heard, Person};
use diesel::prelude::*;
use jiayi::config::Config;
use jiayi::db::gather::Done;
use jiayi::db::schema::{device, token as tokens};
use jiayi::model::connection::ConnectionPolicy;
use jiayi::model::{Role, Time};
use jiayi::service::registration;
use jiayi::store::login_history::Origin;
use serde_json::{Value, json};
use std::time::Duration;

fn per_device(config: &mut Config) {
    config.connections = ConnectionPolicy::PerDevice;
}

/// Has team one these doctors besides its leader, as the back office changes it.
pub async fn set_team(app: &TestApp, leader: &Person, doctors: &[&Person]) {
    let stid = leader.gets("me").await["teams"][0].clone();
    let doctors: Vec<_> = doctors.iter().map(|doctor| &doctor.uid).collect();
    let admin = app.login("admin").await;
    admin.posts("team/update", json!({ "stid": stid, "doctors": doctors })).await;
}

async fn ends_contract(resident: &Person, doctor: &Person) {
    let sid = resident.gets("signed/list").await["items"][0]["sid"].clone();
    doctor.posts("rejectsigned", json!({ "sid": sid, "reason": "迁居" })).await;
}

async fn recalls(by: &Person, sent: &Value) {
    by.posts("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await;
}

/// The questions on the desk.
async fn waiting(app: &TestApp) -> Vec<Value> {
    let list = app.login("admin").await.gets("/admin/duty/list").await;
    list["items"].as_array().unwrap().iter().map(|question| question["dialogid"].clone()).collect()
}

async fn reads(reader: &Person, receipt: &Value) {
    let mark = json!({ "roomid": receipt["roomid"], "roomseq": receipt["roomseq"] });
    reader.posts("message/read", mark).await;
}

/// Writes in each kind of room; returns what was sent, and the name of its push.
async fn writes_everywhere(
    resident: &Person,
    doctor: &Person,
    friend: &Person,
) -> Vec<(Value, &'static str)> {
    let stid = doctor.gets("me").await["teams"][0].clone();
    let roomid = group(doctor, &[resident, friend]).await;
    vec![
        (doctor.writes(resident, "一").await, "S2C_ALONECHAT_PUSH"),
        (
            doctor.posts("teammatechat/send", json!({ "stid": stid, "body": "二" })).await,
            "S2C_TEAMMATECHAT_PUSH",
        ),
        (
            doctor.posts("doctorfriendchat/send", json!({ "touid": friend.uid, "body": "三" })).await,
            "S2C_DOCTORFRIENDCHAT_PUSH",
        ),
        (says(doctor, &roomid, "四").await, "S2C_TEAMCHAT_PUSH"),
    ]
}

on_both_databases! {
    async fn who_is_bound_again_hears_again(app: TestApp) {
        let (resident, leader, doctor) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor2").await);
        let roomid = resident.writes(&doctor, "我头疼").await["roomid"].clone();
        set_team(&app, &leader, &[]).await;
        let refused = resident.post("alonechat/send", json!({ "touid": doctor.uid, "body": "在吗" })).await;
        assert_eq!(verdict(&refused), (403, "FA_PERMISSION"));
        resident.posts("contacts/remove", json!({ "uid": doctor.uid })).await;
        set_team(&app, &leader, &[&doctor]).await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        assert_eq!(doctor.writes(&resident, "您好").await["roomid"], roomid);
        assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["data"]["content"], "您好");
        phone.say("C2S_TYPING", json!({ "roomid": roomid })).await;
        assert_eq!(desk.hear("S2C_TYPING_PUSH").await["data"]["uid"], *resident.uid);
    }

    async fn a_room_that_an_appointment_makes_is_open(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor2").await);
        let time = json!(Time::now() + Duration::from_secs(86_400));
        resident.posts("reservation/create", json!({ "doctoruid": doctor.uid, "time": time, "reason": "复查" })).await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let call = doctor.posts("videoCall/invite", json!({ "touid": resident.uid })).await;
        phone.hear("S2C_VIDEOCALL_INVITE").await;
        phone.say("C2S_TYPING", json!({ "roomid": call["roomid"] })).await;
        desk.hear("S2C_TYPING_PUSH").await;
    }

    async fn who_is_out_of_a_group_hears_and_sees_nothing_of_it(app: TestApp) {
        let (owner, writer, reader) =
            (app.login("doctor1").await, app.login("doctor2").await, app.login("doctor3").await);
        let roomid = group(&owner, &[&writer, &reader]).await;
        let sent = says(&writer, &roomid, "请会诊").await;
        let mut phone = writer.connect("phone").await;
        removes(&owner, &roomid, &writer).await;
        phone.hear("S2C_TEAMMEMBER_LEAVE").await;
        let (mut desk, answer) = reader.connect_since("desk", Some(0)).await;
        desk.say("C2S_ACK", json!({ "seq": answer["seq"] })).await;
        reads(&reader, &sent).await;
        // One who is still in it hears what came of hers at the same time.
        let own = says(&owner, &roomid, "谢谢").await;
        let mut hers = owner.connect("desk").await;
        let newest = loop {
            let Heard::Envelope(push) = desk.next().await else { panic!("closed") };
            if push["data"]["data"]["dialogid"] == own["dialogid"] {
                break push["seq"].clone();
            }
        };
        desk.say("C2S_ACK", json!({ "seq": newest })).await;
        assert_eq!(hers.hear("S2C_DELIVERY_PUSH").await["data"]["uid"], *reader.uid);
        phone.hears_nothing().await;
        assert_eq!(writer.states(&sent).await, Value::Null);
    }

    async fn what_is_read_is_delivered_to_nobody_afterwards(app: TestApp) {
        let (resident, other, doctor) =
            (app.login("resident1").await, app.login("resident3").await, app.login("doctor1").await);
        let (mut phone, mut others) = (resident.connect("phone").await, other.connect("phone").await);
        let mut desk = doctor.connect("desk").await;
        let sent = resident.writes(&doctor, "我头疼").await;
        let unread = other.writes(&doctor, "我也头疼").await;
        reads(&doctor, &sent).await;
        assert_eq!(phone.hear("S2C_READ_PUSH").await["data"]["roomseq"], sent["roomseq"]);
        for name in ["S2C_ALONECHAT_PUSH", "S2C_ALONECHAT_PUSH"] {
            desk.hear(name).await;
        }
        let seq = desk.hear("S2C_READ_PUSH").await["seq"].clone();
        desk.say("C2S_ACK", json!({ "seq": seq })).await;
        // Both are told at once of what they are told.
        let told = others.hear("S2C_DELIVERY_PUSH").await["data"].clone();
        assert_eq!((&told["roomseq"], &told["state"]), (&unread["roomseq"], &json!("delivered")));
        phone.hears_nothing().await;
        assert_eq!(resident.states(&sent).await[0]["state"], "read");
    }

    async fn an_answer_that_is_withdrawn_answers_nothing(app: TestApp) {
        let (resident, doctor, duty) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let question = resident.writes(&doctor, "我头疼").await;
        let answer = doctor.writes(&resident, "您好张四").await;
        assert_eq!(waiting(&app).await, [] as [Value; 0]);
        recalls(&doctor, &answer).await;
        assert_eq!(waiting(&app).await, [question["dialogid"].clone()]);
        // What came in between answers it, too.
        let first = doctor.writes(&resident, "您好张五").await;
        let second = doctor.writes(&resident, "请来门诊").await;
        recalls(&doctor, &first).await;
        assert_eq!(waiting(&app).await, [] as [Value; 0]);
        recalls(&doctor, &second).await;
        assert_eq!(waiting(&app).await, [question["dialogid"].clone()]);
        let body = json!({ "dialogid": question["dialogid"], "body": "请量血压" });
        let by_duty = duty.posts("/admin/duty/sendmsg", body).await;
        assert_eq!(waiting(&app).await, [] as [Value; 0]);
        recalls(&duty, &by_duty).await;
        assert_eq!(waiting(&app).await, [question["dialogid"].clone()]);
        let history = resident.gets(&format!("dialog/list?roomid={}", question["roomid"].as_str().unwrap())).await;
        let asked = history["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(asked["dutyinfo"], json!({ "dutyuid": null, "process": 0 }));
        doctor.writes(&resident, "请来门诊").await;
        assert_eq!(waiting(&app).await, [] as [Value; 0]);
    }

    async fn what_a_contract_left_unanswered_does_not_come_back_with_the_next(app: TestApp) {
        let (resident, doctor, friend) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        resident.writes(&doctor, "我头疼").await;
        doctor.posts("doctorfriendchat/send", json!({ "touid": friend.uid, "body": "请会诊" })).await;
        assert_eq!(waiting(&app).await.len(), 2);
        ends_contract(&resident, &doctor).await;
        let contract = apply(&resident, &doctor).await;
        doctor.posts("signedprocess", decision(&contract, true)).await;
        doctor.posts("doctorfriend/remove", json!({ "friendid": friend.uid })).await;
        doctor.posts("doctorfriend/add", json!({ "friendid": friend.uid })).await;
        friend.posts("doctorfriend/accept", json!({ "uid": doctor.uid })).await;
        assert_eq!(waiting(&app).await, [] as [Value; 0]);
        let again = resident.writes(&doctor, "我又头疼").await;
        assert_eq!(waiting(&app).await, [again["dialogid"].clone()]);
    }

    async fn ones_own_other_devices_hear_what_one_wrote(app: TestApp with per_device) {
        let (resident, doctor, friend) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let (mut phone, mut tablet) = (doctor.connect("phone").await, doctor.connect("tablet").await);
        let sent = writes_everywhere(&resident, &doctor, &friend).await;
        for device in [&mut phone, &mut tablet] {
            device.hear("S2C_TEAMMEMBER_ENTER").await;
            for (receipt, name) in &sent {
                let item = device.hear(name).await["data"].clone();
                assert_eq!((&item["uid"], &item["data"]["from"]["uid"]), (&json!(doctor.uid), &json!(doctor.uid)));
                assert_eq!((&item["messageid"], &item["unread"]), (&receipt["messageid"], &json!(0)));
                assert_eq!(item["data"]["dialogid"], receipt["dialogid"]);
            }
        }
        // What others wrote stays unread.
        resident.writes(&doctor, "我头疼").await;
        doctor.writes(&resident, "您好").await;
        for device in [&mut phone, &mut tablet] {
            for _ in 0..2 {
                assert_eq!(device.hear("S2C_ALONECHAT_PUSH").await["data"]["unread"], 1);
            }
        }
        // Nor is it delivered to oneself.
        let seq = doctor.all_pushes().await.last().unwrap()["seq"].clone();
        phone.say("C2S_ACK", json!({ "seq": seq })).await;
        phone.hears_nothing().await;
        tablet.hears_nothing().await;
    }

    async fn with_one_connection_an_account_nothing_is_echoed(app: TestApp) {
        let (resident, doctor, friend) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let mut desk = doctor.connect("desk").await;
        writes_everywhere(&resident, &doctor, &friend).await;
        desk.hear("S2C_TEAMMEMBER_ENTER").await;
        desk.hears_nothing().await;
    }

    async fn a_token_that_runs_out_takes_along_what_hangs_on_it(app: TestApp) {
        let (resident, other) = (app.login("resident1").await, app.login("resident1").await);
        let mut phone = resident.connect("phone").await;
        let hash = jiayi::auth::token::hash(&resident.token);
        let end = Time::now() + Duration::from_millis(1500);
        let shorten = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
            diesel::update(tokens::table.find(&hash.0[..])).set(tokens::expires.eq(end)).execute(&mut **tx)?;
            Ok(())
        };
        app.app.write(shorten).await.unwrap();
        assert_eq!(phone.close_code().await, Some(4003));
        assert!(Time::now() >= end);
        assert_eq!(verdict(&resident.get("me").await), (401, "FA_AUTH"));
        let devices = app.app.read(|store| Ok(device::table.count().get_result::<i64>(store)?));
        assert_eq!(devices.await.unwrap(), 0);
        other.gets("me").await;
    }

    async fn a_log_in_that_is_over_gets_no_device(app: TestApp) {
        let resident = app.login("resident1").await;
        resident.posts("logout", json!({})).await;
        // As where the log-out comes while a connection registers.
        let deviceid = "phone".to_owned().try_into().unwrap();
        let origin = Origin { deviceid, platform: None, address: "127.0.0.1".to_owned() };
        let token = jiayi::auth::token::hash(&resident.token);
        let uid = resident.uid.clone().try_into().unwrap();
        let requests = [registration::Request { uid, role: Role::User, token, origin, place: None }];
        let done = app.app.write(move |tx| registration::record_all(tx, &requests)).await.unwrap();
        assert!(matches!(&done[..], [Done::Answered(Err(refusal))] if refusal.code() == "FA_AUTH"), "{done:?}");
        let devices = app.app.read(|store| Ok(device::table.count().get_result::<i64>(store)?));
        assert_eq!(devices.await.unwrap(), 0);
    }

    async fn a_clientid_stands_for_one_message(app: TestApp) {
        let (resident, doctor, friend) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let stid = doctor.gets("me").await["teams"][0].clone();
        let roomid = group(&doctor, &[&resident]).await;
        let send = |to: Value, body: &str| {
            let mut message = json!({ "body": body, "clientid": "phone-1" });
            message.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
            message
        };
        let to = json!({ "touid": resident.uid });
        let first = doctor.posts("alonechat/send", send(to.clone(), "您好")).await;
        assert_eq!(doctor.posts("alonechat/send", send(to.clone(), "您好")).await, first);
        let others = [
            ("alonechat/send", send(to, "再见")),
            ("alonechat/send", send(json!({ "touid": app.login("resident3").await.uid }), "您好")),
            ("teammatechat/send", send(json!({ "stid": stid }), "您好")),
            ("doctorfriendchat/send", send(json!({ "touid": friend.uid }), "您好")),
            ("send", send(json!({ "roomid": roomid }), "您好")),
        ];
        for (path, body) in others {
            assert_eq!(verdict(&doctor.post(path, body.clone()).await), (409, "FA_CONFLICT"), "{path} {body}");
        }
        assert_eq!(resident.all_pushes().await.len(), 2, "the group, and the message");

        let question = resident.writes(&doctor, "我头疼").await;
        let answer = |body: &str| json!({ "dialogid": question["dialogid"], "body": body, "clientid": "desk-1" });
        let written = friend.posts("/admin/duty/sendmsg", answer("请量血压")).await;
        assert_eq!(friend.posts("/admin/duty/sendmsg", answer("请量血压")).await, written);
        let refused = friend.post("/admin/duty/sendmsg", answer("请来门诊")).await;
        assert_eq!(verdict(&refused), (409, "FA_CONFLICT"));
    }

    async fn a_clientid_stands_for_one_notice(app: TestApp) {
        let (resident, doctor, admin) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("admin").await);
        let other = app.login("resident3").await;
        let notice = |title: &str, uids: &[&Person]| {
            let uids: Vec<_> = uids.iter().map(|person| &person.uid).collect();
            json!({ "uids": uids, "title": title, "content": "周六", "clientid": "desk-1" })
        };
        let first = doctor.posts("usermessage/push2", notice("接种", &[&resident])).await;
        assert_eq!(doctor.posts("usermessage/push2", notice("接种", &[&resident])).await, first);
        let stid = doctor.gets("me").await["teams"][0].clone();
        let words = json!({ "title": "接种", "content": "周六", "clientid": "desk-1" });
        let with = |field: &str, value: Value| {
            let mut body = words.clone();
            body[field] = value;
            body
        };
        for (path, body) in [
            ("usermessage/push2", notice("体检", &[&resident])),
            ("usermessage/push2", notice("接种", &[&resident, &other])),
            ("usermessage/push", with("uid", json!(other.uid))),
            ("usermessage/pushall", with("stid", stid)),
        ] {
            assert_eq!(verdict(&doctor.post(path, body.clone()).await), (409, "FA_CONFLICT"), "{path} {body}");
        }
        doctor.posts("usermessage/push", with("uid", json!(resident.uid))).await;
        assert_eq!((resident.all_pushes().await.len(), other.all_pushes().await.len()), (1, 0));

        admin.posts("platform/push", with("audience", json!("user"))).await;
        for audience in ["doctor", "all"] {
            let refused = admin.post("platform/push", with("audience", json!(audience))).await;
            assert_eq!(verdict(&refused), (409, "FA_CONFLICT"));
        }
        let mut elsewhere = with("audience", json!("user"));
        elsewhere["url"] = json!("https://a.test/");
        assert_eq!(verdict(&admin.post("platform/push", elsewhere).await), (409, "FA_CONFLICT"));
        admin.posts("platform/push", with("audience", json!("user"))).await;
        assert_eq!(resident.all_pushes().await.len(), 2);
    }
}

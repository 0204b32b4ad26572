//! The walk along the contract's table of pushes: for each *sent when*, the deed is done by a real
//! client, and exactly the named people hear exactly the named data, also after a reconnect. A push
//! without a row fails the walk.

mod calls;
mod doctors;
mod notices;
mod stage;

use crate::app::TestApp;
use crate::contract::decision;
use crate::on_both_databases;
use jiayi::config::Config;
use jiayi::protocol::catalogue::pushes;
use serde_json::{Value, json};
use stage::Heard;
pub use stage::Stage;

on_both_databases! {
    async fn every_push_is_heard_by_exactly_whom_the_contract_names(app: TestApp) {
        let stage = walk(&app).await;
        for word in pushes().iter().filter(|word| !ANSWERS.contains(&word.name)) {
            let walked = stage.walked.contains(&word.name);
            assert!(walked != ELSEWHERE.contains(&word.name), "{} has no row, or has one here too", word.name);
        }
    }
}

on_both_databases! {
    async fn a_call_that_time_ends_is_heard_by_exactly_whom_the_contract_names(app: TestApp with impatient) {
        calls::ends_by_time(&mut Stage::set(&app).await).await;
    }
}

/// Everything that pushes, once.
pub async fn walk(app: &TestApp) -> Stage {
    let mut stage = Stage::set(app).await;
    delivery(&mut stage).await;
    private_chat(&mut stage).await;
    recall_and_typing(&mut stage).await;
    duty(&mut stage).await;
    web_push(&stage).await;
    quick_replies(&stage).await;
    calls::walk(&mut stage).await;
    doctors::walk(&mut stage).await;
    contracts(&mut stage).await;
    discussions(&mut stage).await;
    notices::announcements(&mut stage).await;
    notices::appointments(&mut stage).await;
    connections(&mut stage).await;
    stage
}

/// No more patience with calls than a test has.
fn impatient(config: &mut Config) {
    (config.call.ring_seconds, config.call.grace_seconds) = (2, 1);
}

/// What is said to who asked, and to nobody else.
const ANSWERS: &[&str] = &["S2C_REGISTER_RES", "S2C_SYNC_RES", "S2C_ERROR"];

/// What many would hear all through the walk: it is walked in `presence`, on a server that says it, in `desk` and in
/// `roster`.
const ELSEWHERE: &[&str] = &["S2C_PRESENCE_PUSH", "S2C_DUTY_PUSH", "S2C_ONDUTY_PUSH"];

/// Before all else, as an acknowledgement tells the authors of everything up to it.
async fn delivery(stage: &mut Stage) {
    let sent = stage.get("doctor1").writes(stage.get("resident1"), "好些了吗").await;
    stage
        .fleeting_row("S2C_DELIVERY_PUSH", async |stage, connected| {
            let phone = connected.get_mut("resident1").unwrap();
            phone.connection.say("C2S_ACK", json!({ "seq": phone.since })).await;
            let mut data = json!({ "uid": stage.get("resident1").uid, "state": "delivered" });
            (data["roomid"], data["roomseq"]) = (sent["roomid"].clone(), sent["roomseq"].clone());
            Stage::alike("S2C_DELIVERY_PUSH", &["doctor1"], &data)
        })
        .await;
}

async fn private_chat(stage: &mut Stage) {
    stage
        .row("S2C_ALONECHAT_PUSH", async |stage| {
            let (resident, doctor) = (stage.get("resident1"), stage.get("doctor1"));
            let receipt = resident.writes(doctor, "我头疼").await;
            let heard = stage.lines("S2C_ALONECHAT_PUSH", &["doctor1"]).await;
            let line = &heard[0].2;
            assert_eq!(line["data"]["dialogid"], receipt["dialogid"]);
            let expected = json!({ "uid": doctor.uid, "tags": ["alonechat"], "title": resident.name, "content": "我头疼", "unread": 1 });
            assert_holds(line, &expected);
            heard
        })
        .await;
    stage
        .row("S2C_ALONECHAT_PUSH", async |stage| {
            stage.get("doctor1").writes(stage.get("resident1"), "多喝水").await;
            let heard = stage.lines("S2C_ALONECHAT_PUSH", &["resident1"]).await;
            assert_holds(&heard[0].2, &json!({ "title": stage.get("doctor1").name, "content": "多喝水" }));
            heard
        })
        .await;
    stage
        .row("S2C_READ_PUSH", async |stage| {
            let room = stage.newest("doctor1").await["data"].clone();
            let read = json!({ "roomid": room["roomid"], "roomseq": room["roomseq"] });
            stage.get("doctor1").posts("message/read", read.clone()).await;
            let mut data = read;
            data["uid"] = json!(stage.get("doctor1").uid);
            Stage::alike("S2C_READ_PUSH", &["doctor1", "resident1"], &data)
        })
        .await;
}

async fn recall_and_typing(stage: &mut Stage) {
    let author = stage.get("doctor1").uid.clone();
    let sent = stage.get("doctor1").writes(stage.get("resident1"), "写错了").await;
    stage
        .fleeting_row("S2C_TYPING_PUSH", async |_, connected| {
            let roomid = &sent["roomid"];
            connected
                .get_mut("doctor1")
                .unwrap()
                .connection
                .say("C2S_TYPING", json!({ "roomid": roomid }))
                .await;
            Stage::alike("S2C_TYPING_PUSH", &["resident1"], &json!({ "roomid": roomid, "uid": author }))
        })
        .await;
    stage
        .row("S2C_RECALL_PUSH", async |stage| {
            stage.get("doctor1").posts("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await;
            let mut data = json!({ "by": author });
            for name in ["roomid", "dialogid", "roomseq"] {
                data[name] = sent[name].clone();
            }
            Stage::alike("S2C_RECALL_PUSH", &["doctor1", "resident1"], &data)
        })
        .await;
}

async fn duty(stage: &mut Stage) {
    let question = stage.get("resident1").writes(stage.get("doctor1"), "还是头疼").await;
    stage
        .row("S2C_REMIND_PUSH", async |stage| {
            let body = json!({ "dialogid": question["dialogid"], "body": "请尽快回复" });
            stage.get("doctor3").posts("/admin/duty/remindmsg", body).await;
            let mut heard = stage.lines("S2C_REMIND_PUSH", &["doctor1", "resident1"]).await;
            for (_, _, line) in &mut heard {
                assert_holds(line, &json!({ "tags": ["alonechat"], "content": "请尽快回复" }));
                line["data"]["dutyinfo"] = json!({ "dutyuid": null, "process": 0 });
            }
            heard
        })
        .await;
    stage
        .row("S2C_ALONECHAT_PUSH", async |stage| {
            let (asked, quote) = (&question["dialogid"], &question["roomseq"]);
            let body = json!({ "dialogid": asked, "body": "先量血压", "quote": quote, "clientid": "desk-1" });
            stage.get("doctor3").posts("/admin/duty/sendmsg", body).await;
            let heard = stage.lines("S2C_ALONECHAT_PUSH", &["doctor1", "resident1"]).await;
            for (_, _, line) in &heard {
                assert_holds(line, &json!({ "tags": ["alonechat"], "content": "先量血压" }));
                assert_eq!(line["data"]["from"]["uid"], stage.get("doctor3").uid);
                assert_eq!(line["data"]["onbehalfof"], stage.get("doctor1").uid);
            }
            heard
        })
        .await;
}

/// Where web push is on (`plans`), browsers are subscribed at a service that nobody reaches.
async fn web_push(stage: &Stage) {
    for account in ["resident1", "doctor1"] {
        let who = stage.get(account);
        let browser = json!({
            "endpoint": format!("http://127.0.0.1:9/{account}"),
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            "language": "zh-CN",
        });
        let is_on = !who.gets("webpush/key").await["key"].is_null();
        who.posts("webpush/unsubscribe", json!({})).await;
        let (status, _) = who.post("webpush/subscribe", browser).await;
        assert_eq!(status, if is_on { 200 } else { 409 });
    }
}

/// Pushes nothing, but asks the database.
async fn quick_replies(stage: &Stage) {
    let doctor = stage.get("doctor1");
    let stid = doctor.gets("me").await["teams"][0].clone();
    for stid in [Value::Null, stid] {
        let new = json!({ "stid": stid, "content": "请先量体温" });
        let kept = doctor.posts("quickreply/create", new.clone()).await;
        let moved = json!({ "replyid": kept["replyid"], "content": "请量血压", "place": 1 });
        doctor.posts("quickreply/update", moved).await;
        doctor.posts("quickreply/remove", kept).await;
        doctor.posts("quickreply/create", new).await;
    }
}

/// Applies for a contract of resident2 with doctor1.
async fn apply(stage: &Stage) -> Value {
    crate::contract::apply(stage.get("resident2"), stage.get("doctor1")).await
}

/// The notice of a decision in the room, and the contract as it then stands.
async fn processed(stage: &Stage, contract: &Value) -> Vec<Heard> {
    let notice = stage.newest("resident2").await;
    assert_holds(&notice, &json!({ "tags": ["alonechat"], "title": stage.get("doctor1").name }));
    assert_eq!(notice["data"]["kind"], "system");
    let mut heard = vec![("resident2", "S2C_ALONECHAT_PUSH", notice)];
    heard.extend(Stage::alike("S2C_SIGNED_PUSH", &["resident2", "doctor1"], contract));
    heard
}

async fn contracts(stage: &mut Stage) {
    stage
        .row("S2C_SIGNED_PUSH", async |stage| {
            let contract = apply(stage).await;
            Stage::alike("S2C_SIGNED_PUSH", &["resident2", "doctor1"], &contract)
        })
        .await;
    stage
        .row("S2C_ALONECHAT_PUSH", async |stage| {
            let asked = stage.get("resident2").gets("signed/list").await["items"][0].clone();
            let rejected = stage.get("doctor1").posts("signedprocess", decision(&asked, false)).await;
            processed(stage, &rejected).await
        })
        .await;
    let asked = apply(stage).await;
    stage
        .row("S2C_SIGNED_PUSH", async |stage| {
            let signed = stage.get("doctor1").posts("signedprocess", decision(&asked, true)).await;
            processed(stage, &signed).await
        })
        .await;
    stage
        .row("S2C_UNSIGNED_PUSH", async |stage| {
            let ending = json!({ "sid": asked["sid"], "reason": "迁居" });
            stage.get("doctor1").posts("rejectsigned", ending).await;
            let told = json!({
                "title": "解除签约通知", "team": asked["team"], "content": "您的签约已被解除: 迁居", "sid": asked["sid"],
            });
            Stage::alike("S2C_UNSIGNED_PUSH", &["resident2"], &told)
        })
        .await;
    let asked = apply(stage).await;
    stage
        .row("S2C_SIGNED_PUSH", async |stage| {
            let signed = stage.get("doctor2").posts("signedprocess2", decision(&asked, true)).await;
            Stage::alike("S2C_SIGNED_PUSH", &["resident2", "doctor1", "doctor2"], &signed)
        })
        .await;
}

/// Who joined or left, as all are told.
fn membership(stage: &Stage, roomid: &Value, members: &[&str], by: &str) -> Value {
    let mut people: Vec<_> = members.iter().map(|account| stage.get(account)).collect();
    people.sort_by(|one, other| one.uid.cmp(&other.uid));
    let shown =
        people.iter().map(|person| json!({ "uid": person.uid, "name": person.name, "role": person.role }));
    json!({ "roomid": roomid, "members": shown.collect::<Vec<_>>(), "by": stage.get(by).uid })
}

async fn discussions(stage: &mut Stage) {
    stage
        .row("S2C_TEAMMEMBER_ENTER", async |stage| {
            let group =
                json!({ "name": "会诊", "members": [stage.get("resident1").uid, stage.get("doctor2").uid] });
            let made = stage.get("doctor1").posts("discussion/create", group).await;
            let all = ["doctor1", "doctor2", "resident1"];
            Stage::alike("S2C_TEAMMEMBER_ENTER", &all, &membership(stage, &made["roomid"], &all, "doctor1"))
        })
        .await;
    let roomid = stage.get("doctor1").gets("discussion/list").await["items"][0]["roomid"].clone();
    stage
        .row("S2C_TEAMMEMBER_ENTER", async |stage| {
            let body = json!({ "roomid": roomid, "members": [stage.get("doctor3").uid] });
            stage.get("doctor1").posts("addmember", body).await;
            let told = membership(stage, &roomid, &["doctor3"], "doctor1");
            Stage::alike("S2C_TEAMMEMBER_ENTER", &["doctor1", "doctor2", "doctor3", "resident1"], &told)
        })
        .await;
    for author in ["resident1", "doctor3"] {
        stage
            .row("S2C_TEAMCHAT_PUSH", async |stage| {
                let body = json!({ "roomid": roomid, "body": "大家好" });
                stage.get(author).posts("send", body).await;
                let others: Vec<_> = ["doctor1", "doctor2", "doctor3", "resident1"]
                    .into_iter()
                    .filter(|to| *to != author)
                    .collect();
                let heard = stage.lines("S2C_TEAMCHAT_PUSH", &others).await;
                for (_, _, line) in &heard {
                    assert_holds(
                        line,
                        &json!({ "tags": ["discussion"], "title": "会诊", "content": "大家好" }),
                    );
                }
                heard
            })
            .await;
    }
    stage
        .row("S2C_TEAMMEMBER_LEAVE", async |stage| {
            let body = json!({ "roomid": roomid, "uid": stage.get("doctor3").uid });
            stage.get("doctor1").posts("removemember", body).await;
            let told = membership(stage, &roomid, &["doctor3"], "doctor1");
            Stage::alike("S2C_TEAMMEMBER_LEAVE", &["doctor1", "doctor2", "doctor3", "resident1"], &told)
        })
        .await;
    stage
        .row("S2C_TEAMMEMBER_LEAVE", async |stage| {
            stage.get("doctor2").posts("removemember", json!({ "roomid": roomid })).await;
            let told = membership(stage, &roomid, &["doctor2"], "doctor2");
            Stage::alike("S2C_TEAMMEMBER_LEAVE", &["doctor1", "doctor2", "resident1"], &told)
        })
        .await;
    stage
        .row("S2C_TEAMMEMBER_LEAVE", async |stage| {
            stage.get("resident1").posts("contacts/remove", json!({ "roomid": roomid })).await;
            let told = membership(stage, &roomid, &["resident1"], "resident1");
            Stage::alike("S2C_TEAMMEMBER_LEAVE", &["doctor1", "resident1"], &told)
        })
        .await;
}

async fn connections(stage: &mut Stage) {
    stage
        .fleeting_row("S2C_DIFFERENT_CONNECTION", async |stage, connected| {
            let mut first = connected.remove("resident1").unwrap().connection;
            stage.get("resident1").connect("another").await.hears_nothing().await;
            assert_eq!(first.hear("S2C_DIFFERENT_CONNECTION").await["data"], json!({}));
            assert_eq!(first.close_code().await, Some(4001));
            Vec::new()
        })
        .await;
}

/// A time in the future.
fn in_an_hour() -> Value {
    json!(jiayi::model::Time::now() + std::time::Duration::from_secs(3600))
}

/// Asserts that an object has these fields with these values, among others.
fn assert_holds(object: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(object[name], *value, "{name} of {object}");
    }
}

//! The rows of video calls.

use super::assert_holds;
use super::stage::{Heard, Stage};
use serde_json::{Value, json};
use std::time::Duration;

pub async fn walk(stage: &mut Stage) {
    stage.row("S2C_VIDEOCALL_INVITE", async |stage| rings(stage).await.1).await;
    let call = stage.newest_push("doctor1").await;
    stage
        .row("S2C_VIDEOCALL_ACCEPT", async |stage| {
            let doctor = stage.get("doctor1");
            doctor.posts("videoCall/accept", json!({ "callid": call["callid"] })).await;
            let told = json!({ "callid": call["callid"], "roomid": call["roomid"], "by": doctor.uid });
            Stage::alike("S2C_VIDEOCALL_ACCEPT", &["resident1"], &told)
        })
        .await;
    stage
        .fleeting_row("S2C_VIDEOCALL_SIGNAL", async |stage, connected| {
            let signal = json!({ "description": { "type": "answer", "sdp": "v=0" } });
            let data = json!({ "callid": call["callid"], "signal": signal });
            connected.get_mut("doctor1").unwrap().connection.say("C2S_VIDEOCALL_SIGNAL", data.clone()).await;
            let mut data = data;
            data["from"] = json!(stage.get("doctor1").uid);
            Stage::alike("S2C_VIDEOCALL_SIGNAL", &["resident1"], &data)
        })
        .await;
    stage
        .row("S2C_VIDEOCALL_END", async |stage| {
            stage.get("resident1").posts("videoCall/disconnect", json!({ "callid": call["callid"] })).await;
            ended(stage, &call, &["doctor1"], Some("resident1"), "hangup").await
        })
        .await;
    stage
        .row("S2C_VIDEOCALL_END", async |stage| {
            let (call, mut heard) = rings(stage).await;
            let room = json!({ "roomid": call["roomid"] });
            stage.get("resident1").posts("videoCall/disconnect", room).await;
            heard.extend(ended(stage, &call, &["doctor1"], Some("resident1"), "cancel").await);
            heard
        })
        .await;
    stage
        .row("S2C_VIDEOCALL_END", async |stage| {
            let (call, mut heard) = rings(stage).await;
            let body = json!({ "callid": call["callid"] });
            stage.get("doctor1").posts("videoCall/disconnect", body).await;
            heard.extend(ended(stage, &call, &["resident1"], Some("doctor1"), "reject").await);
            heard
        })
        .await;
    stage.row("S2C_ALONECHAT_PUSH", busy).await;
}

/// The ends that take their time: they want a server without patience.
pub async fn ends_by_time(stage: &mut Stage) {
    stage
        .row("S2C_VIDEOCALL_END", async |stage| {
            let (call, mut heard) = rings(stage).await;
            until_ended(stage).await;
            heard.extend(ended(stage, &call, &["doctor1", "resident1"], None, "timeout").await);
            heard
        })
        .await;
    stage
        .row_among("S2C_VIDEOCALL_END", async |stage, connected| {
            let (call, mut heard) = rings(stage).await;
            let accepted = json!({ "callid": call["callid"] });
            stage.get("doctor1").posts("videoCall/accept", accepted).await;
            connected.remove("resident1").unwrap().connection.drop_dead();
            until_ended(stage).await;
            let told =
                json!({ "callid": call["callid"], "roomid": call["roomid"], "by": stage.get("doctor1").uid });
            heard.extend(Stage::alike("S2C_VIDEOCALL_ACCEPT", &["resident1"], &told));
            heard.extend(ended(stage, &call, &["doctor1"], Some("resident1"), "offline").await);
            heard
        })
        .await;
}

/// resident1 calls doctor1: the call, and what is heard of it.
async fn rings(stage: &Stage) -> (Value, Vec<Heard>) {
    let caller = stage.get("resident1");
    let call = caller.posts("videoCall/invite", json!({ "touid": stage.get("doctor1").uid })).await;
    let invited = stage.newest_push("doctor1").await;
    let data = json!({
        "callid": call["callid"], "roomid": call["roomid"], "iceservers": [], "expires": invited["expires"],
        "from": { "uid": caller.uid, "name": caller.name, "role": "user" },
    });
    (call, Stage::alike("S2C_VIDEOCALL_INVITE", &["doctor1"], &data))
}

/// While doctor1 is in a call somebody else calls, and is the only one not to be told of it.
async fn busy(stage: &Stage) -> Vec<Heard> {
    let (call, mut heard) = rings(stage).await;
    let body = json!({ "touid": stage.get("doctor1").uid });
    let (status, refusal) = stage.get("resident3").post("videoCall/invite", body).await;
    assert_eq!((status, &refusal["code"]), (409, &json!("FA_BUSY")));
    let missed = stage.newest("doctor1").await;
    assert_holds(&missed["data"]["body"], &json!({ "status": "ended", "reason": "busy" }));
    heard.push(("doctor1", "S2C_ALONECHAT_PUSH", missed));
    stage.get("resident1").posts("videoCall/disconnect", json!({ "callid": call["callid"] })).await;
    heard.extend(ended(stage, &call, &["doctor1"], Some("resident1"), "cancel").await);
    heard
}

/// Nobody tells the walk, which reads what everybody hears only afterwards; so it looks.
async fn until_ended(stage: &Stage) {
    while stage.newest("doctor1").await["data"]["body"]["status"] != "ended" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The end for these people, and for both ends the room's line with how the call went.
async fn ended(
    stage: &Stage,
    call: &Value,
    to: &[&'static str],
    by: Option<&str>,
    reason: &str,
) -> Vec<Heard> {
    let lines = stage.lines("S2C_ALONECHAT_PUSH", &["doctor1", "resident1"]).await;
    let body = &lines[0].2["data"]["body"];
    assert_holds(body, &json!({ "callid": call["callid"], "status": "ended", "reason": reason }));
    let end = json!({
        "callid": call["callid"], "roomid": call["roomid"], "by": by.map(|by| &stage.get(by).uid),
        "reason": reason, "duration": body["duration"],
    });
    let mut heard = Stage::alike("S2C_VIDEOCALL_END", to, &end);
    heard.extend(lines);
    heard
}

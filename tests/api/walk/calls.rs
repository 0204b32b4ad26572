//! The rows of video calls.

use super::assert_holds;
use super::stage::{Heard, Stage};
use serde_json::{Value, json};

pub async fn walk(stage: &mut Stage) {
    stage
        .row("S2C_VIDEOCALL_INVITE", async |stage| {
            let caller = stage.get("resident1");
            let body = json!({ "touid": stage.get("doctor1").uid });
            let call = caller.posts("videoCall/invite", body).await;
            let invited = stage.newest_push("doctor1").await;
            let from = json!({ "uid": caller.uid, "name": caller.name, "role": "user" });
            Stage::alike(
                "S2C_VIDEOCALL_INVITE",
                &["doctor1"],
                &json!({
                    "callid": call["callid"], "roomid": call["roomid"], "from": from,
                    "iceservers": [], "expires": invited["expires"],
                }),
            )
        })
        .await;
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
            ended(stage, &call, "resident1", "hangup").await
        })
        .await;
    let body = json!({ "touid": stage.get("doctor1").uid });
    let call = stage.get("resident1").posts("videoCall/invite", body).await;
    stage
        .row("S2C_VIDEOCALL_END", async |stage| {
            stage.get("resident1").posts("videoCall/disconnect", json!({ "roomid": call["roomid"] })).await;
            ended(stage, &call, "resident1", "cancel").await
        })
        .await;
}

/// The end for doctor1, and for both the room's line with how the call went.
async fn ended(stage: &Stage, call: &Value, by: &str, reason: &str) -> Vec<Heard> {
    let lines = stage.lines("S2C_ALONECHAT_PUSH", &["doctor1", "resident1"]).await;
    let body = &lines[0].2["data"]["body"];
    assert_holds(body, &json!({ "callid": call["callid"], "status": "ended", "reason": reason }));
    let end = json!({
        "callid": call["callid"], "roomid": call["roomid"], "by": stage.get(by).uid,
        "reason": reason, "duration": body["duration"],
    });
    let mut heard = Stage::alike("S2C_VIDEOCALL_END", &["doctor1"], &end);
    heard.extend(lines);
    heard
}

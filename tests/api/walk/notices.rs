//! The rows of notices and appointments.

use super::stage::{Heard, Stage};
use super::{assert_holds, in_an_hour};
use serde_json::{Value, json};

/// The line of a tag in somebody's list.
async fn line(stage: &Stage, account: &str, tag: &str) -> Value {
    stage.get(account).gets(&format!("message/list?tag={tag}")).await["items"][0].clone()
}

/// The line of a tag for each of these people; it must hold this title.
async fn lines(stage: &Stage, push: &'static str, tag: &str, title: &str, to: &[&'static str]) -> Vec<Heard> {
    let mut heard = Vec::new();
    for account in to {
        let line = line(stage, account, tag).await;
        assert_holds(&line, &json!({ "uid": stage.get(account).uid, "tags": [tag], "title": title }));
        heard.push((*account, push, line));
    }
    heard
}

fn words(title: &str, more: Value) -> Value {
    let mut body = json!({ "title": title, "content": "详见公告。" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub async fn announcements(stage: &mut Stage) {
    const ALL: [&str; 8] =
        ["doctor1", "doctor2", "doctor3", "resident1", "resident2", "resident3", "locum", "newcomer"];
    const DOCTORS: [&str; 4] = ["doctor1", "doctor2", "doctor3", "locum"];
    for (audience, to) in [("all", &ALL[..]), ("doctor", &DOCTORS)] {
        stage
            .row("S2C_SYSTEM_PUSH", async |stage| {
                let body = words(audience, json!({ "audience": audience }));
                let answer = stage.get("admin").posts("platform/push", body).await;
                assert_eq!(answer["sent"], to.len());
                lines(stage, "S2C_SYSTEM_PUSH", "system", audience, to).await
            })
            .await;
    }
    stage
        .row("S2C_SOCIAL_PUSH", async |stage| {
            let community = stage.get("resident1").gets("me").await["communityid"].clone();
            let body = words("社区", json!({ "communityid": community, "audience": "user" }));
            stage.get("admin").posts("socialpush/create", body).await;
            lines(stage, "S2C_SOCIAL_PUSH", "social", "社区", &["resident1", "resident2", "resident3"]).await
        })
        .await;
    let later = words("以后", json!({ "audience": "all", "sendtime": in_an_hour() }));
    let waits = stage.get("admin").posts("announcement/schedule", later).await;
    stage.get("admin").posts("announcement/cancel", waits).await;
    stage
        .row("S2C_DOCTORMSG_PUSH", async |stage| {
            let body = words("复诊", json!({ "uid": stage.get("resident3").uid }));
            stage.get("doctor1").posts("usermessage/push", body).await;
            lines(stage, "S2C_DOCTORMSG_PUSH", "doctormsg", "复诊", &["resident3"]).await
        })
        .await;
    stage
        .row("S2C_DOCTORMSG_PUSH", async |stage| {
            let uids = ["resident1", "newcomer", "resident3"].map(|account| &stage.get(account).uid);
            let body = words("随访", json!({ "uids": uids }));
            let answer = stage.get("doctor2").posts("usermessage/push2", body).await;
            assert_eq!(answer, json!({ "sent": 2, "refused": [stage.get("newcomer").uid] }));
            lines(stage, "S2C_DOCTORMSG_PUSH", "doctormsg", "随访", &["resident1", "resident3"]).await
        })
        .await;
    stage
        .row("S2C_DOCTORMSG_PUSH", async |stage| {
            let body = words("体检", json!({ "stid": stage.get("doctor2").gets("me").await["teams"][0] }));
            let answer = stage.get("doctor2").posts("usermessage/pushall", body).await;
            assert_eq!(answer, json!({ "sent": 3 }));
            let residents = ["resident1", "resident2", "resident3"];
            lines(stage, "S2C_DOCTORMSG_PUSH", "doctormsg", "体检", &residents).await
        })
        .await;
    stage
        .row("S2C_READ_PUSH", async |stage| {
            let line = line(stage, "resident3", "doctormsg").await;
            let read = json!({ "messageid": line["messageid"] });
            stage.get("resident3").posts("message/read", read.clone()).await;
            let mut data = read;
            data["uid"] = json!(stage.get("resident3").uid);
            Stage::alike("S2C_READ_PUSH", &["resident3"], &data)
        })
        .await;
}

pub async fn appointments(stage: &mut Stage) {
    let wish = json!({ "doctoruid": stage.get("doctor1").uid, "time": in_an_hour(), "reason": "复查" });
    stage
        .row("S2C_RESERVATION_PUSH", async |stage| {
            stage.get("resident1").posts("reservation/create", wish.clone()).await;
            lines(stage, "S2C_RESERVATION_PUSH", "reservation", "预约申请", &["doctor1"]).await
        })
        .await;
    let asked = stage.get("resident1").gets("reservation/list").await["items"][0].clone();
    stage
        .row("S2C_RESERVATION_PUSH", async |stage| {
            let which = json!({ "reservationid": asked["reservationid"] });
            stage.get("resident1").posts("reservation/cancel", which).await;
            lines(stage, "S2C_RESERVATION_PUSH", "reservation", "取消预约", &["doctor1"]).await
        })
        .await;
    let made = stage.get("resident1").posts("reservation/create", wish).await;
    stage
        .row("S2C_ALONECHAT_PUSH", async |stage| {
            let answer = json!({ "reservationid": made["reservationid"], "accept": true });
            stage.get("doctor1").posts("reservation/update", answer).await;
            let line = line(stage, "resident1", "alonechat").await;
            assert_holds(&line["data"], &json!({ "kind": "system", "body": "您的预约申请已通过" }));
            vec![("resident1", "S2C_ALONECHAT_PUSH", line)]
        })
        .await;
}

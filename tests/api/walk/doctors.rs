//! The rows of doctors among themselves: friends, teams, and the desk's answers to them.

use super::assert_holds;
use super::stage::{Heard, Stage};
use serde_json::{Value, json};

pub async fn walk(stage: &mut Stage) {
    stage
        .row("S2C_FRIENDAPPLY_PUSH", async |stage| {
            let (asking, asked) = (stage.get("doctor2"), stage.get("doctor3"));
            asking.posts("doctorfriend/add", json!({ "friendid": asked.uid })).await;
            let updatetime = stage.newest_push("doctor3").await["updatetime"].clone();
            let content = format!("{}用户向你添加好友请求", asking.name);
            Stage::alike(
                "S2C_FRIENDAPPLY_PUSH",
                &["doctor3"],
                &json!({
                    "title": "请求添加好友", "content": content, "updatetime": updatetime, "uid": asking.uid,
                }),
            )
        })
        .await;
    stage
        .row("S2C_FRIENDACCEPT_PUSH", async |stage| {
            let (asking, asked) = (stage.get("doctor2"), stage.get("doctor3"));
            asked.posts("doctorfriend/accept", json!({ "uid": asking.uid })).await;
            let friend = asking.gets("doctorfriend/list").await["items"][0].clone();
            let told = json!({ "uid": asked.uid, "name": asked.name, "roomid": friend["roomid"] });
            Stage::alike("S2C_FRIENDACCEPT_PUSH", &["doctor2"], &told)
        })
        .await;
    let touid = json!({ "touid": stage.get("doctor3").uid, "body": "请教一下" });
    written(
        stage,
        "S2C_DOCTORFRIENDCHAT_PUSH",
        "doctorfriendchat/send",
        touid,
        &["doctor3"],
        &["doctor2", "doctor3"],
    )
    .await;
    let stid = stage.get("doctor2").gets("me").await["teams"][0].clone();
    let body = json!({ "stid": stid, "body": "请教一下" });
    written(stage, "S2C_TEAMMATECHAT_PUSH", "teammatechat/send", body, &["doctor1"], &["doctor1", "doctor2"])
        .await;
}

/// doctor2 writes, and these hear it; the desk answers, and those hear that.
async fn written(
    stage: &mut Stage,
    push: &'static str,
    path: &str,
    body: Value,
    others: &[&'static str],
    members: &[&'static str],
) {
    let mut question = Value::Null;
    stage
        .row(push, async |stage| {
            question = stage.get("doctor2").posts(path, body).await;
            lines(stage, push, others, "请教一下").await
        })
        .await;
    stage
        .row(push, async |stage| {
            let answer = json!({ "dialogid": question["dialogid"], "body": "这样就好" });
            stage.get("admin").posts("/admin/duty/sendmsg", answer).await;
            lines(stage, push, members, "这样就好").await
        })
        .await;
}

async fn lines(stage: &Stage, push: &'static str, to: &[&'static str], content: &str) -> Vec<Heard> {
    let heard = stage.lines(push, to).await;
    for (_, _, line) in &heard {
        assert_holds(line, &json!({ "content": content }));
    }
    heard
}

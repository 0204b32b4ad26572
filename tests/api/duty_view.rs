//! What the duty desk sees of a question that waits: the messages before it, and the files of both.

use crate::app::verdict;
use crate::contract::{apply, decision};
use crate::file::{png, status, uploaded};
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

/// What who may not answer a question hears of it.
const NONE: (u16, &str) = (404, "FA_NOTFOUND");

async fn history(at: &Person, question: &Value) -> (u16, Value) {
    at.get(&format!("/admin/duty/history?dialogid={}", question["dialogid"].as_str().unwrap())).await
}

/// The words of a question and of what came before it, as somebody at the desk sees them.
async fn words(at: &Person, question: &Value) -> Vec<Value> {
    let (status, page) = history(at, question).await;
    assert_eq!((status, &page["next"]), (200, &Value::Null), "{page}");
    page["items"].as_array().unwrap().iter().map(|item| item["body"].clone()).collect()
}

async fn sends_picture(who: &Person, to: &Person, file: &Value) -> Value {
    let body = json!({ "fileid": file["fileid"] });
    who.posts("alonechat/send", json!({ "touid": to.uid, "kind": "image", "body": body })).await
}

/// Writes until the room has so many messages more.
async fn chats(resident: &Person, doctor: &Person, count: usize) {
    for number in 0..count {
        resident.writes(doctor, &format!("第{number}句")).await;
    }
}

on_both_databases! {
    async fn what_was_said_under_an_earlier_contract_is_not_shown(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let duty = app.login("doctor3").await;
        let file = uploaded(&app, &resident, &png(2, 2)).await;
        sends_picture(&resident, &doctor, &file).await;
        let sid = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": sid, "reason": "迁居" })).await;
        resident.posts("contacts/remove", json!({ "uid": doctor.uid })).await;
        let contract = apply(&resident, &doctor).await;
        doctor.posts("signedprocess", decision(&contract, true)).await;
        let question = resident.writes(&doctor, "又头疼").await;
        let shown = words(&duty, &question).await;
        assert_eq!(shown[0], "又头疼");
        assert!(shown.iter().all(|body| body["fileid"].is_null()), "{shown:?}");
        assert_eq!(status(&app, &duty, &file).await, 404);
    }

    async fn the_desk_sees_what_came_before_a_question_while_it_waits(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (duty, admin) = (app.login("doctor3").await, app.login("admin").await);
        let off_duty = app.login("doctor2").await;
        chats(&resident, &doctor, 3).await;
        let withdrawn = resident.writes(&doctor, "写错了").await;
        resident.posts("dialog/recall", json!({ "dialogid": withdrawn["dialogid"] })).await;
        doctor.writes(&resident, "量过体温吗").await;
        let question = resident.writes(&doctor, "三十九度").await;
        resident.writes(&doctor, "后来的话").await;
        let wanted = json!(["三十九度", "量过体温吗", null, "第2句", "第1句", "第0句"]);
        for at in [&duty, &admin] {
            assert_eq!(json!(words(at, &question).await), wanted);
        }
        for person in [&resident, &doctor, &off_duty] {
            assert_eq!(verdict(&history(person, &question).await), (403, "FA_PERMISSION"), "{}", person.name);
        }
        // Whoever has taken it on goes on seeing it, and nobody else does.
        duty.posts("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
        assert_eq!(json!(words(&duty, &question).await), wanted);
        assert_eq!(verdict(&history(&admin, &question).await), NONE);

        duty.posts("/admin/duty/sendmsg", json!({ "dialogid": question["dialogid"], "body": "请来就诊" })).await;
        assert_eq!(verdict(&history(&duty, &question).await), NONE);
        assert_eq!(verdict(&history(&duty, &json!({ "dialogid": "nothing" })).await), NONE);
        let refused = duty.get("/admin/duty/history").await;
        assert_eq!(verdict(&refused), (400, "FA_PARAM"));
        assert!(refused.1["message"].as_str().unwrap().contains("dialogid"));
    }

    async fn the_desk_sees_twenty_messages_and_no_more(app: TestApp) {
        let (resident, doctor, duty) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let (too_old, seen) = (uploaded(&app, &resident, &png(1, 1)).await, uploaded(&app, &resident, &png(2, 2)).await);
        sends_picture(&resident, &doctor, &too_old).await;
        sends_picture(&resident, &doctor, &seen).await;
        chats(&resident, &doctor, 18).await;
        doctor.writes(&resident, "好的").await;
        assert_eq!([status(&app, &duty, &too_old).await, status(&app, &duty, &seen).await], [404, 404], "nothing waits");
        let question = resident.writes(&doctor, "还疼").await;
        let words = words(&duty, &question).await;
        assert_eq!((words.len(), &words[0], &words[20]), (21, &json!("还疼"), &json!({ "fileid": seen["fileid"] })));
        assert_eq!([status(&app, &duty, &too_old).await, status(&app, &duty, &seen).await], [404, 200]);
    }

    async fn the_desk_reads_the_picture_of_a_question_until_it_is_answered(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (duty, admin) = (app.login("doctor3").await, app.login("admin").await);
        let others = [app.login("doctor2").await, app.login("resident3").await];
        let desk = async |file: &Value| [status(&app, &duty, file).await, status(&app, &admin, file).await];
        let unsent = uploaded(&app, &resident, &png(9, 9)).await;
        let first = uploaded(&app, &resident, &png(640, 480)).await;
        assert_eq!(desk(&first).await, [404, 404], "not sent yet");
        let question = sends_picture(&resident, &doctor, &first).await;
        assert_eq!(desk(&first).await, [200, 200]);
        assert_eq!(desk(&unsent).await, [404, 404]);
        for other in &others {
            assert_eq!(status(&app, other, &first).await, 404, "{}", other.name);
        }
        admin.posts("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
        assert_eq!(desk(&first).await, [404, 200], "a colleague answers it");
        admin.posts("/admin/duty/sendmsg", json!({ "dialogid": question["dialogid"], "body": "不要紧" })).await;
        assert_eq!(desk(&first).await, [404, 404], "it is answered");

        // Off duty is off the desk, and a withdrawn picture is nobody's.
        let question = sends_picture(&resident, &doctor, &uploaded(&app, &resident, &png(3, 3)).await).await;
        assert_eq!(desk(&first).await, [200, 200], "it came before a question that waits");
        let turn = admin.gets("/admin/duty/roster").await["items"][0].clone();
        admin.posts("/admin/duty/roster", json!({ "rosterid": turn["rosterid"], "remove": true })).await;
        assert_eq!(desk(&first).await, [404, 200]);
        resident.posts("dialog/recall", json!({ "dialogid": question["dialogid"] })).await;
        assert_eq!(desk(&first).await, [404, 404], "the question is withdrawn");
    }

    async fn nobody_sits_at_the_desk_over_their_own_question(app: TestApp) {
        let (leader, member, duty) =
            (app.login("doctor1").await, app.login("doctor2").await, app.login("doctor3").await);
        let admin = app.login("admin").await;
        admin.posts("/admin/duty/roster", json!({ "uid": member.uid })).await;
        let stid = member.gets("me").await["teams"][0].clone();
        let question = member.posts("teammatechat/send", json!({ "stid": stid, "body": "谁有空" })).await;
        assert_eq!(verdict(&history(&member, &question).await), NONE);
        assert_eq!(words(&duty, &question).await, ["谁有空"]);
        // What ends the question ends the look at it.
        leader.posts("teammatechat/send", json!({ "stid": stid, "body": "我有" })).await;
        assert_eq!(verdict(&history(&duty, &question).await), NONE);
    }
}

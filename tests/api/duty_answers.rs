//! The desk's answer with files, and with a quote: all of it arrives, once and in order, or nothing.

use crate::app::{TestApp, verdict};
use crate::file::{png, status, uploaded};
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

/// A picture of somebody's, as a part of an answer.
async fn picture(app: &TestApp, who: &Person, caption: &str) -> (Value, Value) {
    let file = uploaded(app, who, &png(4, 4)).await;
    let part = json!({ "kind": "image", "body": { "fileid": file["fileid"], "caption": caption } });
    (file, part)
}

async fn answers(at: &Person, body: &Value) -> (u16, Value) {
    at.post("/admin/duty/sendmsg", body.clone()).await
}

async fn messages(who: &Person, sent: &Value) -> Vec<Value> {
    let page = who.gets(&format!("dialog/list?roomid={}", sent["roomid"].as_str().unwrap())).await;
    page["items"].as_array().unwrap().iter().rev().cloned().collect()
}

fn field((status, answer): &(u16, Value)) -> (u16, &str, &str) {
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    (*status, text("field"), text("rule"))
}

on_both_databases! {
    async fn words_and_pictures_arrive_in_order_and_settle_the_question_once(app: TestApp) {
        let (resident, doctor, duty) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let mut phone = resident.connect("phone").await;
        resident.writes(&doctor, "皮疹两天了").await;
        let question = resident.writes(&doctor, "怎么涂药").await;
        let (first, one) = picture(&app, &duty, "薄涂").await;
        let (second, two) = picture(&app, &duty, "不要这样").await;
        let body = json!({
            "dialogid": question["dialogid"], "body": "看图", "clientid": "c1", "quote": question["roomseq"],
            "attachments": [one, two],
        });
        let sent = duty.posts("/admin/duty/sendmsg", body.clone()).await;
        assert_eq!(sent["roomseq"], 3);
        for (number, (content, body)) in [("看图", json!("看图")), ("[图片]", one["body"].clone()), ("[图片]", two["body"].clone())].into_iter().enumerate() {
            let push = phone.hear("S2C_ALONECHAT_PUSH").await;
            let line = &push["data"];
            assert_eq!((&line["content"], &line["data"]["body"]), (&json!(content), &body));
            assert_eq!((&line["data"]["roomseq"], &line["unread"]), (&json!(3 + number), &json!(1 + number)));
            assert_eq!((&line["data"]["onbehalfof"], &line["data"]["from"]["uid"]), (&json!(doctor.uid), &json!(duty.uid)));
        }
        for file in [&first, &second] {
            assert_eq!((status(&app, &resident, file).await, status(&app, &doctor, file).await), (200, 200));
        }
        let all = messages(&resident, &question).await;
        assert_eq!(all.iter().map(|one| &one["dutyinfo"]["process"]).collect::<Vec<_>>(), [&json!(1), &json!(1), &Value::Null, &Value::Null, &Value::Null]);
        assert_eq!((&all[2]["quote"], all[3].get("quote")), (&question["roomseq"], None));
        // The same again is the same; other files are not.
        assert_eq!(answers(&duty, &body).await, (200, sent.clone()));
        let mut other = body.clone();
        other["attachments"] = json!([two, one]);
        assert_eq!(verdict(&answers(&duty, &other).await), (409, "FA_CONFLICT"));
        for others in [json!([one, two, one]), json!([one]), json!([])] {
            other["attachments"] = others;
            assert_eq!(verdict(&answers(&duty, &other).await), (409, "FA_CONFLICT"));
        }
        phone.hears_nothing().await;
        assert_eq!(messages(&resident, &question).await.len(), 5);
    }

    async fn an_answer_of_which_a_part_is_wrong_is_none(app: TestApp) {
        let (resident, doctor, duty) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let question = resident.writes(&doctor, "我头疼").await;
        let (_, good) = picture(&app, &duty, "").await;
        let (_, theirs) = picture(&app, &resident, "").await;
        for (attachments, wrong) in [
            (json!([good, theirs]), (400, "attachments[1].body", "invalid")),
            (json!([{ "kind": "text", "body": "还有" }]), (400, "attachments[0].kind", "invalid")),
            (json!([good, { "kind": "image", "body": 7 }]), (400, "attachments[1].body", "invalid")),
            (json!([{ "body": "F" }]), (400, "kind", "missing")),
            (json!(vec![good.clone(); 10]), (400, "attachments", "too_long")),
        ] {
            let body = json!({ "dialogid": question["dialogid"], "body": "看图", "attachments": attachments });
            let refused = answers(&duty, &body).await;
            assert_eq!(field(&refused), wrong, "{}", refused.1);
        }
        assert_eq!(messages(&resident, &question).await.len(), 1);
        assert!(resident.all_pushes().await.is_empty());
        let body = json!({ "dialogid": question["dialogid"], "body": "看图", "attachments": [good] });
        assert_eq!(answers(&duty, &body).await.0, 200, "it still waits, and the file is still there");
        assert_eq!(verdict(&answers(&duty, &body).await), (409, "FA_STATE"), "once");
    }

    async fn an_administrator_answers_with_a_picture_alone(app: TestApp) {
        let (resident, doctor, admin) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("admin").await);
        let question = resident.writes(&doctor, "门诊在哪").await;
        let (map, part) = picture(&app, &admin, "一楼").await;
        let body = json!({ "dialogid": question["dialogid"], "kind": part["kind"], "body": part["body"] });
        assert_eq!(answers(&admin, &body).await.0, 200);
        assert_eq!((status(&app, &resident, &map).await, status(&app, &app.login("resident2").await, &map).await), (200, 404));
        assert_eq!(messages(&resident, &question).await[1]["body"], part["body"]);
    }

    async fn the_desk_quotes_what_it_is_shown(app: TestApp) {
        let (resident, doctor, duty) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let old = resident.writes(&doctor, "很久以前").await;
        for number in 0..20 {
            resident.writes(&doctor, &format!("第{number}句")).await;
        }
        let question = resident.writes(&doctor, "我头疼").await;
        let later = resident.writes(&doctor, "还有咳嗽").await;
        for odd in [&old["roomseq"], &later["roomseq"]] {
            let body = json!({ "dialogid": question["dialogid"], "body": "多喝水", "quote": odd });
            assert_eq!(field(&answers(&duty, &body).await), (400, "quote", "unknown"), "{odd}");
        }
        let quote = question["roomseq"].as_i64().unwrap() - 20;
        let body = json!({ "dialogid": question["dialogid"], "body": "多喝水", "quote": quote });
        assert_eq!(answers(&duty, &body).await.0, 200);
    }

    async fn a_withdrawn_answer_has_its_question_wait_though_its_files_stay(app: TestApp) {
        let (resident, doctor, duty) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let question = resident.writes(&doctor, "我头疼").await;
        let (_, part) = picture(&app, &duty, "").await;
        let body = json!({ "dialogid": question["dialogid"], "body": "看图", "attachments": [part] });
        let sent = duty.posts("/admin/duty/sendmsg", body).await;
        let file = messages(&resident, &question).await[2]["dialogid"].clone();
        let process = async || messages(&resident, &question).await[0]["dutyinfo"]["process"].clone();
        assert_eq!(process().await, 1);
        let withdrawn = duty.post("dialog/recall", json!({ "dialogid": file })).await;
        assert_eq!((withdrawn.0, process().await), (200, json!(1)));
        let withdrawn = duty.post("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await;
        assert_eq!((withdrawn.0, process().await), (200, json!(0)));
    }
}

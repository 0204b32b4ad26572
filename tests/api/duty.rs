//! The duty desk: what waits, who takes it on, who answers in whose place, who is reminded.

use crate::app::{Database, TestApp, verdict};
use crate::on_both_databases;
use crate::people::Person;
use jiayi::config::Config;
use serde_json::{Value, json};
use std::time::Duration;

/// What waits on the desk, as this person sees it.
async fn waiting(at: &Person) -> Vec<Value> {
    at.gets("/admin/duty/list").await["items"].as_array().unwrap().clone()
}

async fn answers(at: &Person, question: &Value, text: &str) -> (u16, Value) {
    at.post("/admin/duty/sendmsg", json!({ "dialogid": question["dialogid"], "body": text })).await
}

async fn claims(at: &Person, question: &Value) -> (u16, Value) {
    at.post("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await
}

/// How the message stands in history.
async fn dutyinfo(of: &Person, message: &Value) -> Value {
    let history = of.gets(&format!("dialog/list?roomid={}", message["roomid"].as_str().unwrap())).await;
    let items = history["items"].as_array().unwrap();
    items.iter().find(|item| item["dialogid"] == message["dialogid"]).unwrap()["dutyinfo"].clone()
}

/// The reminders that somebody has got.
async fn reminders(of: &Person) -> Vec<Value> {
    let pushes = of.all_pushes().await.into_iter();
    pushes.filter(|push| push["type"] == "S2C_REMIND_PUSH").collect()
}

/// Looks until `count` reminders have come.
async fn until_reminded(of: &Person, count: usize) -> Vec<Value> {
    for _ in 0..400 {
        let reminders = reminders(of).await;
        if reminders.len() >= count {
            return reminders;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} was not reminded", of.name);
}

/// A second server at the store of the first.
async fn beside(app: &TestApp, settle: impl FnOnce(&mut Config)) -> TestApp {
    let database_url = app.app.config().database_url.clone();
    TestApp::start_with(Database::Sqlite, |config| {
        config.database_url = database_url;
        settle(config);
    })
    .await
}

on_both_databases! {
    async fn a_question_waits_until_its_doctor_answers(app: TestApp) {
        let (resident, doctor, admin) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("admin").await);
        assert_eq!(waiting(&admin).await, Vec::<Value>::new());
        let first = resident.writes(&doctor, "我头疼").await;
        crate::inbox::a_later_millisecond();
        let second = resident.writes(&doctor, "三天了").await;
        let items = waiting(&admin).await;
        assert_eq!(items.iter().map(|item| &item["dialogid"]).collect::<Vec<_>>(), [&first["dialogid"], &second["dialogid"]]);
        assert_eq!(items[0]["body"], "我头疼");
        assert_eq!(items[0]["from"]["uid"], *resident.uid);
        assert_eq!(items[0]["doctor"], json!({ "uid": doctor.uid, "name": "王医生", "role": "doctor" }));
        assert_eq!(items[0]["tags"], json!(["alonechat"]));
        assert!((0..20).contains(&items[0]["waiting"].as_i64().unwrap()));
        assert_eq!(items[0]["dutyinfo"], json!({ "dutyuid": null, "process": 0 }));
        let page = admin.gets("/admin/duty/list?limit=1").await;
        let rest = admin.gets(&format!("/admin/duty/list?limit=1&before={}", page["next"].as_str().unwrap())).await;
        assert_eq!((&page["items"][0], &rest["items"][0], &rest["next"]), (&items[0], &items[1], &Value::Null));

        let reply = doctor.writes(&resident, "多喝水").await;
        assert_eq!(waiting(&admin).await, Vec::<Value>::new());
        for question in [&first, &second] {
            assert_eq!(dutyinfo(&resident, question).await, json!({ "dutyuid": null, "process": 2 }));
        }
        assert_eq!(dutyinfo(&resident, &reply).await, Value::Null);
        assert_eq!(verdict(&answers(&admin, &first, "晚了").await), (409, "FA_STATE"));
        resident.writes(&doctor, "还疼").await;
        assert_eq!(waiting(&admin).await.len(), 1);
    }

    async fn the_duty_doctor_answers_in_the_doctors_place(app: TestApp) {
        let (resident, doctor, duty) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let strangers =
            [app.login("resident2").await, app.login("resident3").await, app.login("doctor2").await, app.login("admin").await];
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let first = resident.writes(&doctor, "医生您好").await;
        let question = resident.writes(&doctor, "我头疼").await;
        desk.hear("S2C_ALONECHAT_PUSH").await;
        desk.hear("S2C_ALONECHAT_PUSH").await;

        let body = json!({ "dialogid": question["dialogid"], "body": "请先量体温", "clientid": "c1" });
        let sent = duty.posts("/admin/duty/sendmsg", body.clone()).await;
        for (connection, title, unread) in [(&mut phone, "王医生", 1), (&mut desk, "张三", 3)] {
            let push = connection.hear("S2C_ALONECHAT_PUSH").await;
            let item = &push["data"];
            assert_eq!((&item["title"], &item["unread"], &item["content"]), (&json!(title), &json!(unread), &json!("请先量体温")));
            assert_eq!(item["data"]["from"], json!({ "uid": duty.uid, "name": "赵医生", "role": "doctor" }));
            assert_eq!(item["data"]["onbehalfof"], *doctor.uid);
            assert_eq!(item["data"]["dialogid"], sent["dialogid"]);
            assert_eq!(item["data"]["roomseq"], 3);
            assert!(item["data"].get("dutyinfo").is_none());
        }
        // The same again is the same, and told to nobody.
        assert_eq!(duty.posts("/admin/duty/sendmsg", body).await, sent);
        phone.hears_nothing().await;
        desk.hears_nothing().await;
        for question in [&first, &question] {
            assert_eq!(dutyinfo(&resident, question).await, json!({ "dutyuid": duty.uid, "process": 1 }));
        }
        let roomid = question["roomid"].as_str().unwrap();
        let history = doctor.gets(&format!("dialog/list?roomid={roomid}&limit=1")).await;
        assert_eq!(history["items"][0]["onbehalfof"], *doctor.uid);
        assert_eq!(waiting(&duty).await, Vec::<Value>::new());
        assert_eq!(verdict(&answers(&duty, &question, "再来").await), (409, "FA_STATE"));
        assert!(duty.all_pushes().await.is_empty());
        for stranger in strangers.iter().filter(|stranger| stranger.role != "admin") {
            assert!(stranger.all_pushes().await.is_empty(), "{}", stranger.name);
        }
    }

    async fn of_two_who_answer_at_once_one_does(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (duty, admin) = (app.login("doctor3").await, app.login("admin").await);
        for round in 0..10 {
            let question = resident.writes(&doctor, "我头疼").await;
            let (one, other) = tokio::join!(answers(&duty, &question, "一"), answers(&admin, &question, "二"));
            let mut verdicts = [verdict(&one), verdict(&other)];
            verdicts.sort_unstable();
            assert_eq!(verdicts, [(200, ""), (409, "FA_STATE")], "{round}");
        }
        let pushes = resident.all_pushes().await;
        assert_eq!(pushes.len(), 10);
    }

    async fn what_one_has_taken_on_no_other_answers(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (duty, admin) = (app.login("doctor3").await, app.login("admin").await);
        let first = resident.writes(&doctor, "我头疼").await;
        let second = resident.writes(&doctor, "还发烧").await;
        let (status, held) = claims(&duty, &first).await;
        assert_eq!(status, 200, "{held}");
        assert_eq!(waiting(&admin).await[0]["claim"], json!({ "uid": duty.uid, "until": held["until"] }));
        assert_eq!(verdict(&claims(&admin, &first).await), (409, "FA_STATE"));
        assert_eq!(verdict(&answers(&admin, &first, "一").await), (409, "FA_STATE"));
        assert_eq!(claims(&duty, &first).await.0, 200);
        // What another has taken on is not settled with the one after it.
        assert_eq!(answers(&admin, &second, "二").await.0, 200);
        assert_eq!(dutyinfo(&resident, &first).await["process"], 0);
        assert_eq!(answers(&duty, &first, "三").await.0, 200);
        // Its own doctor answers whatever the desk holds.
        let third = resident.writes(&doctor, "谢谢").await;
        claims(&duty, &third).await;
        doctor.writes(&resident, "不客气").await;
        assert_eq!(verdict(&answers(&duty, &third, "四").await), (409, "FA_STATE"));
    }

    async fn a_browser_of_several_roles_says_as_which_one_it_sits_there(app: TestApp) {
        let (off_duty, admin) = (app.login("doctor1").await, app.login("admin").await);
        let cookies = format!("jiayi_doctor={}; jiayi_admin={}", off_duty.token, admin.token);
        for (role, wanted) in [(None, 403), (Some("doctor"), 403), (Some("admin"), 200), (Some("user"), 401)] {
            let mut request = reqwest::Client::new().get(app.url("/admin/duty/list")).header("cookie", &cookies);
            if let Some(role) = role {
                request = request.header("jiayi-role", role);
            }
            assert_eq!(request.send().await.unwrap().status(), wanted, "{role:?}");
        }
    }

    async fn the_desk_is_for_administrators_and_doctors_on_duty(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (duty, admin, colleague) = (app.login("doctor3").await, app.login("admin").await, app.login("doctor2").await);
        let question = resident.writes(&doctor, "我头疼").await;
        for person in [&resident, &doctor, &colleague] {
            assert_eq!(verdict(&person.get("/admin/duty/list").await), (403, "FA_PERMISSION"));
            assert_eq!(verdict(&answers(person, &question, "一").await), (403, "FA_PERMISSION"));
            let turn = json!({ "uid": doctor.uid });
            assert_eq!(verdict(&person.post("/admin/duty/roster", turn).await), (403, "FA_PERMISSION"));
        }
        let turn = admin.posts("/admin/duty/roster", json!({ "uid": colleague.uid })).await;
        assert_eq!((&turn["uid"], &turn["name"], &turn["ends"], &turn["onduty"]), (&json!(colleague.uid), &json!("李医生"), &Value::Null, &json!(true)));
        assert_eq!(waiting(&colleague).await.len(), 1);
        assert_eq!(colleague.gets("me").await["onduty"], true);
        assert_eq!(duty.gets("/admin/duty/roster").await["items"][0], turn);

        let again = json!({ "uid": colleague.uid, "begins": "2036-01-01T00:00:00.000Z" });
        assert_eq!(verdict(&admin.post("/admin/duty/roster", again).await), (409, "FA_CONFLICT"));
        let end = json!({ "rosterid": turn["rosterid"], "ends": turn["begins"] });
        assert_eq!(verdict(&admin.post("/admin/duty/roster", end).await), (400, "FA_PARAM"));
        let later = json!({ "rosterid": turn["rosterid"], "ends": "2036-01-01T00:00:00.000Z" });
        assert_eq!(admin.posts("/admin/duty/roster", later).await["ends"], "2036-01-01T00:00:00.000Z");
        assert_eq!(colleague.get("/admin/duty/list").await.0, 200);
        admin.posts("/admin/duty/roster", json!({ "rosterid": turn["rosterid"], "remove": true })).await;
        assert_eq!(verdict(&colleague.get("/admin/duty/list").await), (403, "FA_PERMISSION"));
        // Past and coming turns do not count.
        for (begins, ends) in [("2016-01-01T00:00:00.000Z", Some("2016-01-02T00:00:00.000Z")), ("2036-01-01T00:00:00.000Z", None)] {
            admin.posts("/admin/duty/roster", json!({ "uid": colleague.uid, "begins": begins, "ends": ends })).await;
        }
        assert_eq!(verdict(&colleague.get("/admin/duty/list").await), (403, "FA_PERMISSION"));
        for (turn, field) in [
            (json!({}), "uid"),
            (json!({ "uid": resident.uid }), "uid"),
            (json!({ "uid": "nobody" }), "uid"),
            (json!({ "uid": doctor.uid, "begins": "soon" }), "begins"),
            (json!({ "uid": doctor.uid, "rosterid": "x" }), "uid"),
            (json!({ "rosterid": "x", "begins": "2036-01-01T00:00:00.000Z" }), "begins"),
        ] {
            let refused = admin.post("/admin/duty/roster", turn.clone()).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{turn}");
            assert!(refused.1["message"].as_str().unwrap().contains(field), "{turn}: {}", refused.1);
        }
        assert_eq!(verdict(&admin.post("/admin/duty/roster", json!({ "rosterid": "x", "remove": true })).await), (404, "FA_NOTFOUND"));
    }

    async fn what_is_no_question_is_not_answered(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (admin, duty) = (app.login("admin").await, app.login("doctor3").await);
        let question = resident.writes(&doctor, "我头疼").await;
        let reply = doctor.writes(&resident, "多喝水").await;
        for nothing in [json!({ "dialogid": "nothing" }), reply] {
            assert_eq!(verdict(&claims(&admin, &nothing).await), (404, "FA_NOTFOUND"));
            assert_eq!(verdict(&answers(&admin, &nothing, "一").await), (404, "FA_NOTFOUND"));
            let body = json!({ "dialogid": nothing["dialogid"] });
            assert_eq!(verdict(&admin.post("/admin/duty/remindmsg", body).await), (404, "FA_NOTFOUND"));
        }
        assert_eq!(verdict(&admin.post("/admin/duty/remindmsg", json!({ "dialogid": question["dialogid"] })).await), (409, "FA_STATE"));

        let question = resident.writes(&doctor, "还疼").await;
        for (body, field) in [
            (json!({ "body": "一" }), "dialogid"),
            (json!({ "dialogid": question["dialogid"] }), "body"),
            (json!({ "dialogid": question["dialogid"], "body": " " }), "body"),
            (json!({ "dialogid": question["dialogid"], "body": "一", "kind": "system" }), "kind"),
        ] {
            let refused = duty.post("/admin/duty/sendmsg", body.clone()).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{body}");
            assert!(refused.1["message"].as_str().unwrap().contains(field), "{body}: {}", refused.1);
        }
        let long = json!({ "dialogid": question["dialogid"], "body": "长".repeat(501) });
        assert_eq!(verdict(&admin.post("/admin/duty/remindmsg", long).await), (400, "FA_PARAM"));
        assert_eq!(dutyinfo(&resident, &question).await["process"], 0);

        // The room that a contract's end has closed is closed for the desk too.
        let contract = doctor.gets("signed/list?status=signed").await["items"].as_array().unwrap().iter()
            .find(|contract| contract["uid"] == *resident.uid).unwrap().clone();
        doctor.posts("rejectsigned", json!({ "sid": contract["sid"], "reason": "搬家" })).await;
        assert_eq!(waiting(&admin).await, Vec::<Value>::new());
        assert_eq!(verdict(&answers(&admin, &question, "一").await), (409, "FA_STATE"));
    }

    async fn the_servers_notices_do_not_wait(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let contract = crate::contract::apply(&resident, &doctor).await;
        doctor.posts("signedprocess", json!({ "sid": contract["sid"], "accept": true })).await;
        assert_eq!(waiting(&app.login("admin").await).await, Vec::<Value>::new());
    }

    async fn a_duty_doctor_reminds_the_room(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (duty, colleague) = (app.login("doctor3").await, app.login("doctor2").await);
        let question = resident.writes(&doctor, "我头疼").await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let body = json!({ "dialogid": question["dialogid"], "body": "请尽快回复" });
        let sent = duty.posts("/admin/duty/remindmsg", body).await;
        for connection in [&mut phone, &mut desk] {
            let push = connection.hear("S2C_REMIND_PUSH").await;
            assert_eq!(push["data"]["content"], "请尽快回复");
            assert_eq!(push["data"]["data"]["kind"], "system");
            assert_eq!(push["data"]["data"]["dialogid"], sent["dialogid"]);
            assert_eq!(push["data"]["data"]["from"]["uid"], *duty.uid);
            assert_eq!(push["data"]["data"]["dutyinfo"], json!({ "dutyuid": null, "process": 0 }));
        }
        assert_eq!(dutyinfo(&resident, &question).await["process"], 0);
        assert_eq!(dutyinfo(&resident, &sent).await, Value::Null);
        assert_eq!(resident.gets("message/list").await["items"][0]["content"], "请尽快回复");
        assert!(colleague.all_pushes().await.is_empty() && duty.all_pushes().await.is_empty());
        let body = json!({ "dialogid": question["dialogid"] });
        duty.posts("/admin/duty/remindmsg", body).await;
        assert!(!phone.hear("S2C_REMIND_PUSH").await["data"]["content"].as_str().unwrap().is_empty());
    }

    async fn a_question_that_is_withdrawn_is_read_in_no_reminder_either(app: TestApp) {
        let (resident, doctor, leader) =
            (app.login("resident3").await, app.login("doctor2").await, app.login("doctor1").await);
        let question = resident.writes(&doctor, "不该问的").await;
        let reminding = beside(&app, |config| config.remind_seconds = 1).await;
        let reminded = [until_reminded(&doctor, 1).await, until_reminded(&leader, 1).await];
        assert!(reminded.iter().all(|pushes| pushes[0]["data"]["content"] == "[待回复] 不该问的"));
        resident.posts("dialog/recall", json!({ "dialogid": question["dialogid"] })).await;
        for who in [&doctor, &leader] {
            let pushes = json!(who.all_pushes().await).to_string();
            assert!(!pushes.contains("不该") && pushes.contains("S2C_REMIND_PUSH"), "{pushes}");
            assert!(pushes.contains("S2C_RECALL_PUSH"), "{} hears of it", who.name);
        }
        reminding.stop().await;
    }

    async fn time_reminds_the_doctor_and_then_the_leader_once_each(app: TestApp) {
        let (resident, doctor, leader) =
            (app.login("resident3").await, app.login("doctor2").await, app.login("doctor1").await);
        let question = resident.writes(&doctor, "我头疼").await;
        resident.writes(&doctor, "三天了").await;
        // What has waited long enough for both before the server begins.
        let admin = app.login("admin").await;
        while !waiting(&admin).await.iter().all(|question| question["waiting"].as_i64().unwrap() >= 2) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let first = beside(&app, |config| config.remind_seconds = 1).await;
        let (mut desk, _) = first.login("doctor2").await.connect_since("desk", Some(2)).await;
        let reminded = until_reminded(&doctor, 1).await;
        let item = &reminded[0]["data"];
        assert_eq!(item["data"]["dialogid"], question["dialogid"]);
        assert_eq!(item["data"]["dutyinfo"], json!({ "dutyuid": null, "process": 0 }));
        assert_eq!((&item["uid"], &item["title"], &item["tags"]), (&json!(doctor.uid), &json!("王五"), &json!(["alonechat"])));
        assert_eq!(desk.hear("S2C_REMIND_PUSH").await["data"], *item);
        let told = until_reminded(&leader, 1).await;
        assert_eq!(told[0]["data"]["data"]["dialogid"], question["dialogid"]);
        assert_eq!(told[0]["data"]["uid"], *leader.uid);
        desk.hears_nothing().await;

        // A server that begins anew reads what waits, and reminds nobody a second time.
        first.stop().await;
        let second = beside(&app, |config| config.remind_seconds = 1).await;
        let other = app.login("resident1").await;
        other.writes(&leader, "我也头疼").await;
        assert_eq!(until_reminded(&second.login("doctor1").await, 2).await.len(), 2);
        assert_eq!(reminders(&doctor).await.len(), 1);
        assert!(reminders(&resident).await.is_empty() && reminders(&other).await.is_empty());
    }
}

#[actix_web::test]
async fn a_claim_runs_out() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.claim_seconds = 1).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let (duty, admin) = (app.login("doctor3").await, app.login("admin").await);
    let question = resident.writes(&doctor, "我头疼").await;
    assert_eq!(claims(&duty, &question).await.0, 200);
    assert_eq!(verdict(&answers(&admin, &question, "一").await), (409, "FA_STATE"));
    while claims(&admin, &question).await.0 != 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(verdict(&answers(&duty, &question, "二").await), (409, "FA_STATE"));
    assert_eq!(answers(&admin, &question, "三").await.0, 200);
}

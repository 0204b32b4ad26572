//! Appointments: asking, answering, calling off; who hears of it, and who may.

use crate::app::{TestApp, verdict};
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

/// A time so many seconds from now.
fn in_seconds(seconds: u64) -> Value {
    json!(jiayi::model::Time::now() + std::time::Duration::from_secs(seconds))
}

fn wish(doctor: &Person) -> Value {
    json!({ "doctoruid": doctor.uid, "time": in_seconds(86_400), "reason": "复查血压" })
}

fn answer(made: &Value, accept: bool, reply: Option<&str>) -> Value {
    json!({ "reservationid": made["reservationid"], "accept": accept, "reply": reply })
}

async fn nobody_else_heard(app: &TestApp) {
    for account in ["resident2", "resident3", "doctor2", "doctor3"] {
        assert!(app.login(account).await.all_pushes().await.is_empty(), "{account}");
    }
}

on_both_databases! {
    async fn asking_tells_the_doctor_and_the_answer_stands_in_the_chat(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let wish = wish(&doctor);
        let made = resident.posts("reservation/create", wish.clone()).await;
        let push = desk.hear("S2C_RESERVATION_PUSH").await["data"].clone();
        assert_eq!((&push["tags"], &push["unread"], &push["uid"]), (&json!(["reservation"]), &json!(1), &json!(doctor.uid)));
        let data = json!({
            "reservationid": made["reservationid"], "uid": resident.uid, "name": resident.name,
            "doctoruid": doctor.uid, "time": wish["time"], "reason": "复查血压", "status": "applied", "reply": null,
            "createtime": push["data"]["createtime"], "updatetime": push["data"]["updatetime"],
            "topicid": push["data"]["topicid"],
        });
        assert_eq!(push["data"], data);
        assert_eq!(doctor.gets("message/list?tag=reservation").await["items"], json!([push]));
        assert_eq!(doctor.posts("reservation/update", answer(&made, true, Some("请空腹前来"))).await, json!({}));
        let notice = phone.hear("S2C_ALONECHAT_PUSH").await["data"].clone();
        assert_eq!((&notice["data"]["kind"], &notice["content"]), (&json!("system"), &json!("您的预约申请已通过: 请空腹前来")));
        phone.hears_nothing().await;
        desk.hears_nothing().await;
        nobody_else_heard(&app).await;
        for person in [&resident, &doctor] {
            let listed = person.gets("reservation/list?status=accepted").await["items"].clone();
            assert_eq!((&listed[0]["reply"], &listed[1]), (&json!("请空腹前来"), &Value::Null));
            assert_eq!(person.gets("reservation/list?status=applied").await["items"], json!([]));
        }
    }

    async fn calling_off_tells_the_doctor(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let made = resident.posts("reservation/create", wish(&doctor)).await;
        assert_eq!(resident.posts("reservation/cancel", made.clone()).await, json!({}));
        let pushes = doctor.all_pushes().await;
        assert_eq!((pushes.len(), &pushes[1]["data"]["data"]["status"]), (2, &json!("cancelled")));
        assert_eq!(pushes[1]["data"]["unread"], 2);
        assert!(resident.all_pushes().await.is_empty());
        nobody_else_heard(&app).await;
    }

    async fn each_step_is_taken_once(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        for first in ["accept", "refuse", "cancel"] {
            let made = resident.posts("reservation/create", wish(&doctor)).await;
            match first {
                "cancel" => resident.posts("reservation/cancel", made.clone()).await,
                first => doctor.posts("reservation/update", answer(&made, first == "accept", None)).await,
            };
            let heard = (resident.all_pushes().await.len(), doctor.all_pushes().await.len());
            for accept in [true, false] {
                let again = doctor.post("reservation/update", answer(&made, accept, None)).await;
                assert_eq!(verdict(&again), (409, "FA_STATE"), "{first}, then {accept}");
            }
            let again = resident.post("reservation/cancel", made.clone()).await;
            assert_eq!(verdict(&again), (409, "FA_STATE"), "{first}, then cancel");
            assert_eq!((resident.all_pushes().await.len(), doctor.all_pushes().await.len()), heard, "{first}");
        }
    }

    async fn of_two_steps_at_once_one_is_taken(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let made = resident.posts("reservation/create", wish(&doctor)).await;
        let (accepted, refused, cancelled) = tokio::join!(
            doctor.post("reservation/update", answer(&made, true, None)),
            doctor.post("reservation/update", answer(&made, false, None)),
            resident.post("reservation/cancel", made.clone()),
        );
        let mut statuses = [accepted.0, refused.0, cancelled.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409]);
        assert_eq!(resident.all_pushes().await.len() + doctor.all_pushes().await.len(), 2);
    }

    async fn others_neither_ask_nor_answer(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let stranger = app.login("resident2").await;
        assert_eq!(verdict(&stranger.post("reservation/create", wish(&doctor)).await), (403, "FA_PERMISSION"));
        let nobody = json!({ "doctoruid": "nobody", "time": in_seconds(60), "reason": "复查" });
        assert_eq!(verdict(&resident.post("reservation/create", nobody).await), (404, "FA_NOTFOUND"));
        let made = resident.posts("reservation/create", wish(&doctor)).await;
        let colleague = app.login("doctor2").await;
        assert_eq!(verdict(&colleague.post("reservation/update", answer(&made, true, None)).await), (404, "FA_NOTFOUND"));
        assert_eq!(verdict(&stranger.post("reservation/cancel", made.clone()).await), (404, "FA_NOTFOUND"));
        assert_eq!(stranger.gets("reservation/list").await["items"], json!([]));
        assert_eq!(colleague.gets("reservation/list").await["items"], json!([]));
        // A colleague of the contract's doctor may be asked too; one of another team may not.
        resident.posts("reservation/create", wish(&colleague)).await;
        let other = app.login("doctor3").await;
        assert_eq!(verdict(&resident.post("reservation/create", wish(&other)).await), (403, "FA_PERMISSION"));
        assert_eq!((doctor.all_pushes().await.len(), colleague.all_pushes().await.len()), (1, 1));
    }

    async fn without_a_contract_it_is_only_refused(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let made = resident.posts("reservation/create", wish(&doctor)).await;
        let sid = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": sid, "reason": "迁居" })).await;
        assert_eq!(verdict(&resident.post("reservation/create", wish(&doctor)).await), (403, "FA_PERMISSION"));
        assert_eq!(verdict(&doctor.post("reservation/update", answer(&made, true, None)).await), (409, "FA_STATE"));
        doctor.posts("reservation/update", answer(&made, false, Some("合同已结束"))).await;
        let last = resident.all_pushes().await.pop().unwrap();
        assert_eq!(last["data"]["content"], "您的预约申请未通过: 合同已结束");
    }

    async fn what_is_wrong_is_named_and_tells_nobody(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let past = json!(jiayi::model::Time::now() - std::time::Duration::from_secs(60));
        for (change, field) in [
            (json!({ "time": past }), "time"),
            (json!({ "time": "tomorrow" }), "time"),
            (json!({ "reason": "" }), "reason"),
            (json!({ "doctoruid": 7 }), "doctoruid"),
        ] {
            let mut body = wish(&doctor);
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let refused = resident.post("reservation/create", body).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{field}");
            assert!(refused.1["message"].as_str().unwrap().starts_with(field), "{}", refused.1);
        }
        let none = json!({ "reservationid": "none", "accept": true });
        assert_eq!(verdict(&doctor.post("reservation/update", none).await), (404, "FA_NOTFOUND"));
        assert!(doctor.all_pushes().await.is_empty() && resident.all_pushes().await.is_empty());
        assert_eq!(resident.gets("reservation/list").await["items"], json!([]));
    }
}

//! Who a resident is: written by themself and by doctors under contract, read by them and at the duty desk.

use crate::app::verdict;
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

/// What strangers hear, whether there is such a resident or not.
const REFUSED: (u16, &str) = (403, "FA_PERMISSION");

async fn card(at: &Person, of: &Person) -> Value {
    at.gets(&format!("person?uid={}", of.uid)).await
}

fn contents(card: &Value) -> [&Value; 4] {
    ["birthdate", "sex", "illnesses", "allergies"].map(|fact| &card[fact]["content"])
}

on_both_databases! {
    async fn the_resident_and_the_doctors_under_contract_write_and_read(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let colleague = app.login("doctor2").await;
        let blank = resident.gets("person").await;
        assert_eq!((&blank["name"], contents(&blank)), (&json!(resident.name), [&Value::Null; 4]));
        assert_eq!((&blank["contract"]["status"], &blank["reservations"]), (&json!("signed"), &json!([])));
        let own = json!({ "birthdate": "1952-03-08", "sex": "female", "illnesses": " 高血压\n糖尿病 " });
        resident.posts("person/update", own).await;
        let by_doctor = json!({ "uid": resident.uid, "illnesses": "高血压", "allergies": "青霉素" });
        let written = colleague.posts("person/update", by_doctor).await;
        assert_eq!(written, card(&doctor, &resident).await);
        assert_eq!(contents(&written), [&json!("1952-03-08"), &json!("female"), &json!("高血压"), &json!("青霉素")]);
        let by = ["sex", "illnesses"].map(|fact| &written[fact]["by"]["uid"]);
        assert_eq!(by, [&json!(resident.uid), &json!(colleague.uid)]);
        // What is empty is taken away, what is not named stays.
        let left = resident.posts("person/update", json!({ "allergies": "", "sex": null })).await;
        assert_eq!(contents(&left), [&json!("1952-03-08"), &json!("female"), &json!("高血压"), &Value::Null]);
        assert!(doctor.all_pushes().await.is_empty() && resident.all_pushes().await.is_empty());
    }

    async fn strangers_and_the_doctors_of_a_past_contract_are_refused(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (stranger, other) = (app.login("doctor3").await, app.login("resident2").await);
        resident.posts("person/update", json!({ "allergies": "青霉素" })).await;
        for uid in [&resident.uid, "nobody", &doctor.uid] {
            assert_eq!(verdict(&stranger.get(&format!("person?uid={uid}")).await), REFUSED, "{uid}");
            let body = json!({ "uid": uid, "allergies": "没有" });
            assert_eq!(verdict(&stranger.post("person/update", body).await), REFUSED, "{uid}");
        }
        // A resident has no way to name somebody else.
        other.posts("person/update", json!({ "uid": resident.uid, "allergies": "没有" })).await;
        assert_eq!(card(&doctor, &resident).await["allergies"]["content"], "青霉素");
        let sid = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": sid, "reason": "迁居" })).await;
        assert_eq!(verdict(&doctor.get(&format!("person?uid={}", resident.uid)).await), REFUSED);
        let body = json!({ "uid": resident.uid, "allergies": "没有" });
        assert_eq!(verdict(&doctor.post("person/update", body).await), REFUSED);
        let own = resident.gets("person").await;
        assert_eq!((&own["allergies"]["content"], &own["contract"]), (&json!("青霉素"), &Value::Null));
    }

    async fn who_writes_takes_nothing_away_that_was_written_meanwhile(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        resident.posts("person/update", json!({ "allergies": "青霉素", "seen": { "allergies": "" } })).await;
        resident.posts("person/update", json!({ "allergies": "青霉素、头孢" })).await;
        let by_doctor = |seen: &str| {
            json!({ "uid": resident.uid, "sex": "female", "allergies": "青霉素、海鲜", "seen": { "allergies": seen } })
        };
        for seen in ["青霉素", "", "青霉素、头孢、海鲜"] {
            let refused = doctor.post("person/update", by_doctor(seen)).await;
            assert_eq!(verdict(&refused), (409, "FA_CONFLICT"), "{seen}");
        }
        let left = card(&doctor, &resident).await;
        assert_eq!(contents(&left)[1..], [&Value::Null, &Value::Null, &json!("青霉素、头孢")]);
        let written = doctor.posts("person/update", by_doctor("青霉素、头孢")).await;
        assert_eq!(contents(&written)[1..], [&json!("female"), &Value::Null, &json!("青霉素、海鲜")]);
    }

    async fn what_is_wrong_is_named_and_changes_nothing(app: TestApp) {
        let resident = app.login("resident1").await;
        for (body, field) in [
            (json!({ "birthdate": "1952-02-30" }), "birthdate"),
            (json!({ "birthdate": "2999-01-01" }), "birthdate"),
            (json!({ "sex": "f" }), "sex"),
            (json!({ "allergies": "青霉素", "illnesses": "长".repeat(501) }), "illnesses"),
            (json!({ "allergies": "a\u{0}" }), "allergies"),
            (json!({ "allergies": 7 }), "allergies"),
        ] {
            let refused = resident.post("person/update", body).await;
            assert_eq!((verdict(&refused), &refused.1["field"]), ((400, "FA_PARAM"), &json!(field)), "{}", refused.1);
        }
        assert_eq!(contents(&resident.gets("person").await), [&Value::Null; 4]);
    }

    async fn a_doctor_sees_the_appointments_with_oneself_the_nearest_first(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let colleague = app.login("doctor2").await;
        let asks = async |with: &Person, hours: u64| {
            let time = json!(jiayi::model::Time::now() + std::time::Duration::from_secs(hours * 3600));
            let wish = json!({ "doctoruid": with.uid, "time": time, "reason": format!("{hours}") });
            resident.posts("reservation/create", wish).await
        };
        for hours in [30, 20, 40, 50, 60, 70] {
            asks(&doctor, hours).await;
        }
        let gone = asks(&doctor, 10).await;
        resident.posts("reservation/cancel", gone).await;
        asks(&colleague, 5).await;
        let reasons = |card: Value| -> Vec<Value> {
            card["reservations"].as_array().unwrap().iter().map(|one| one["reason"].clone()).collect()
        };
        assert_eq!(reasons(card(&doctor, &resident).await), ["20", "30", "40", "50", "60"]);
        assert_eq!(reasons(card(&colleague, &resident).await), ["5"]);
        assert_eq!(reasons(resident.gets("person").await), ["5", "20", "30", "40", "50"]);
    }

    async fn the_desk_sees_who_asks_until_the_question_is_answered(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (duty, admin) = (app.login("doctor3").await, app.login("admin").await);
        resident.posts("person/update", json!({ "allergies": "青霉素" })).await;
        let question = resident.writes(&doctor, "能吃阿莫西林吗").await;
        let path = format!("/admin/duty/person?dialogid={}", question["dialogid"].as_str().unwrap());
        for at in [&duty, &admin] {
            let card = at.gets(&path).await;
            assert_eq!((&card["uid"], &card["allergies"]["content"]), (&json!(resident.uid), &json!("青霉素")));
            assert_eq!(card["reservations"], json!([]));
        }
        assert_eq!(verdict(&app.login("doctor2").await.get(&path).await), REFUSED, "off duty");
        admin.posts("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
        assert_eq!(verdict(&duty.get(&path).await), (404, "FA_NOTFOUND"), "a colleague answers it");
        admin.posts("/admin/duty/sendmsg", json!({ "dialogid": question["dialogid"], "body": "不能" })).await;
        assert_eq!(verdict(&admin.get(&path).await), (404, "FA_NOTFOUND"), "it is answered");
        // A doctor who asks is no resident.
        let stid = doctor.gets("me").await["teams"][0].clone();
        let asked = doctor.posts("teammatechat/send", json!({ "stid": stid, "body": "谁有空" })).await;
        let path = format!("/admin/duty/person?dialogid={}", asked["dialogid"].as_str().unwrap());
        assert_eq!(verdict(&admin.get(&path).await), (404, "FA_NOTFOUND"));
    }
}

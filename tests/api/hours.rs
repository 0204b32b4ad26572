//! The hours in which a doctor offers appointments: who sets and reads them, and what is refused outside of them.

use crate::app::verdict;
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

/// Monday and Tuesday mornings in China. 2036-03-03 is a Monday.
fn mornings() -> Value {
    let hours = [1, 2].map(|day| json!({ "weekday": day, "begins": "08:00", "ends": "12:00" }));
    json!({ "hours": hours, "offset": 480, "autoanswer": false })
}

async fn asks(resident: &Person, doctor: &Person, time: &str) -> (u16, Value) {
    let wish = json!({ "doctoruid": doctor.uid, "time": time, "reason": "复查血压" });
    resident.post("reservation/create", wish).await
}

/// What a resident reads of a doctor's hours.
async fn read(resident: &Person, doctor: &Person) -> (u16, Value) {
    resident.get(&format!("hours?doctoruid={}", doctor.uid)).await
}

on_both_databases! {
    async fn what_is_asked_outside_of_a_doctors_hours_is_refused(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let none = json!({ "hours": [], "offset": 0, "autoanswer": false });
        assert_eq!((doctor.gets("hours").await, read(&resident, &doctor).await), (none.clone(), (200, none.clone())));
        assert_eq!(asks(&resident, &doctor, "2036-03-02T15:00:00.000Z").await.0, 200, "who has set none offers any");

        assert_eq!(doctor.posts("hours/update", mornings()).await, mornings());
        assert_eq!((doctor.gets("hours").await, read(&resident, &doctor).await), (mornings(), (200, mornings())));
        let heard = doctor.all_pushes().await.len();
        for (time, is_offered) in [
            ("2036-03-02T23:59:59.999Z", false),
            ("2036-03-03T00:00:00.000Z", true),
            ("2036-03-04T03:59:00.000Z", true),
            ("2036-03-04T04:00:00.000Z", false),
            ("2036-03-05T01:00:00.000Z", false),
        ] {
            let (status, answer) = asks(&resident, &doctor, time).await;
            assert_eq!(status, if is_offered { 200 } else { 400 }, "{time}: {answer}");
            if !is_offered {
                assert_eq!((&answer["field"], &answer["rule"]), (&json!("time"), &json!("hours")), "{answer}");
            }
        }
        assert_eq!(doctor.all_pushes().await.len(), heard + 2, "what is refused is told to nobody");
        // A colleague's hours are the colleague's.
        let colleague = app.login("doctor2").await;
        assert_eq!(asks(&resident, &colleague, "2036-03-05T01:00:00.000Z").await.0, 200);

        assert_eq!(doctor.posts("hours/update", none.clone()).await, none);
        assert_eq!(asks(&resident, &doctor, "2036-03-05T01:00:00.000Z").await.0, 200);
    }

    async fn hours_are_read_by_whom_a_contract_binds(app: TestApp) {
        let (stranger, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        doctor.posts("hours/update", mornings()).await;
        assert_eq!(verdict(&read(&stranger, &doctor).await), (403, "FA_PERMISSION"));
        assert_eq!(verdict(&stranger.get("hours?doctoruid=nobody").await), (404, "FA_NOTFOUND"));
        assert_eq!(verdict(&stranger.get("hours").await), (400, "FA_PARAM"));
        assert_eq!(verdict(&app.login("resident1").await.get("/doctor/hours").await), (403, "FA_PERMISSION"));
    }

    async fn hours_that_cannot_be_are_named_and_change_nothing(app: TestApp) {
        let doctor = app.login("doctor1").await;
        doctor.posts("hours/update", mornings()).await;
        let span = |begins: &str, ends: &str| json!({ "weekday": 1, "begins": begins, "ends": ends });
        for (hours, offset, field, rule) in [
            (json!([span("12:00", "08:00")]), json!(480), "hours", "invalid"),
            (json!([span("08:00", "12:00"), span("11:59", "13:00")]), json!(480), "hours", "invalid"),
            (json!([span("8:00", "12:00")]), json!(480), "hours[0].begins", "invalid"),
            (json!([{ "weekday": 8, "begins": "08:00", "ends": "12:00" }]), json!(480), "hours[0].weekday", "invalid"),
            (json!(vec![span("08:00", "08:01"); 29]), json!(480), "hours", "too_long"),
            (json!([]), json!(841), "offset", "invalid"),
            (json!([]), Value::Null, "offset", "invalid"),
        ] {
            let refused = doctor.post("hours/update", json!({ "hours": hours, "offset": offset })).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{hours}");
            assert_eq!((&refused.1["field"], &refused.1["rule"]), (&json!(field), &json!(rule)), "{}", refused.1);
        }
        assert_eq!(doctor.gets("hours").await, mornings());
    }
}

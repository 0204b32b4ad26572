//! The duty roster: a week of it, and doctors who hear that they go on duty or off.

use crate::app::verdict;
use crate::on_both_databases;
use crate::people::{Connection, Person};
use jiayi::model::Time;
use serde_json::{Value, json};
use std::time::Duration;

/// A time so many milliseconds from now.
fn in_millis(millis: u64) -> Value {
    json!(Time::now() + Duration::from_millis(millis))
}

async fn hears_to_be_on_duty(desk: &mut Connection, onduty: bool) {
    let heard = desk.hear("S2C_ONDUTY_PUSH").await;
    assert_eq!(heard, json!({ "type": "S2C_ONDUTY_PUSH", "data": { "onduty": onduty } }));
}

/// The turns from one time until another, without what is the same for all.
async fn turns(at: &Person, from: &str, to: &str) -> Vec<[Value; 3]> {
    let path = format!("/admin/duty/turns?from={from}&to={to}&limit=1");
    let (mut turns, mut before) = (Vec::new(), String::new());
    loop {
        let page = at.gets(&format!("{path}{before}")).await;
        let items = page["items"].as_array().unwrap().iter();
        turns.extend(items.map(|turn| ["name", "begins", "ends"].map(|field| turn[field].clone())));
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => return turns,
        }
    }
}

on_both_databases! {
    async fn a_doctor_hears_of_going_on_duty_and_off_by_the_roster(app: TestApp) {
        let (admin, doctor) = (app.login("admin").await, app.login("doctor2").await);
        let mut desk = doctor.connect("desk").await.at_the_desk();
        let mut others = Vec::new();
        for account in ["resident1", "doctor1", "doctor3", "admin"] {
            others.push(app.login(account).await.connect("other").await.at_the_desk());
        }
        let turn = admin.posts("/admin/duty/roster", json!({ "uid": doctor.uid })).await;
        hears_to_be_on_duty(&mut desk, true).await;
        assert_eq!(doctor.gets("me").await["onduty"], true);
        // What changes nothing now is not told.
        let later = json!({ "rosterid": turn["rosterid"], "ends": in_millis(3_600_000) });
        admin.posts("/admin/duty/roster", later).await;
        admin.posts("/admin/duty/roster", json!({ "rosterid": turn["rosterid"], "remove": true })).await;
        hears_to_be_on_duty(&mut desk, false).await;
        desk.hears_nothing().await;
        for other in &mut others {
            other.hears_nothing().await;
        }
        assert!(doctor.all_pushes().await.is_empty(), "it is fleeting");
    }

    async fn a_doctor_hears_when_a_turn_begins_and_when_it_ends(app: TestApp) {
        let (admin, doctor) = (app.login("admin").await, app.login("doctor2").await);
        let mut desk = doctor.connect("desk").await.at_the_desk();
        let turn = json!({ "uid": doctor.uid, "begins": in_millis(700), "ends": in_millis(1400) });
        assert_eq!(admin.posts("/admin/duty/roster", turn).await["onduty"], false);
        hears_to_be_on_duty(&mut desk, true).await;
        doctor.gets("/admin/duty/list").await;
        hears_to_be_on_duty(&mut desk, false).await;
        assert_eq!(verdict(&doctor.get("/admin/duty/list").await), (403, "FA_PERMISSION"));
    }

    async fn a_week_shows_the_turns_that_it_has_some_of(app: TestApp) {
        let (admin, duty) = (app.login("admin").await, app.login("doctor3").await);
        let [one, two] = [app.login("doctor1").await, app.login("doctor2").await];
        // The turn of the demonstration has no end, and covers all that comes.
        let endless = admin.gets("/admin/duty/roster").await["items"][0].clone();
        admin.posts("/admin/duty/roster", json!({ "rosterid": endless["rosterid"], "remove": true })).await;
        let mut made = Vec::new();
        for (doctor, begins, ends) in [
            (&one, "2036-03-02T08:00:00.000Z", Some("2036-03-03T08:00:00.000Z")), // ends before the week
            (&two, "2036-03-09T08:00:00.000Z", None),                             // begins in it, at its end
            (&one, "2036-03-09T00:00:00.000Z", Some("2036-03-09T08:00:00.000Z")),
            (&two, "2036-03-02T20:00:00.000Z", Some("2036-03-03T08:00:00.001Z")), // ends in it
            (&one, "2036-03-10T08:00:00.000Z", Some("2036-03-11T08:00:00.000Z")), // begins after it
        ] {
            let turn = json!({ "uid": doctor.uid, "begins": begins, "ends": ends });
            made.push(admin.posts("/admin/duty/roster", turn).await);
        }
        let shown = |index: usize| ["name", "begins", "ends"].map(|field| made[index][field].clone());
        let (from, to) = ("2036-03-03T08:00:00.000Z", "2036-03-10T08:00:00.000Z");
        assert_eq!(turns(&admin, from, to).await, [shown(3), shown(2), shown(1)]);
        assert_eq!(turns(&admin, "2016-01-01T00:00:00.000Z", from).await, [shown(0), shown(3)]);
        assert_eq!(turns(&admin, "2016-01-01T00:00:00.000Z", "2016-02-01T00:00:00.000Z").await, Vec::<[Value; 3]>::new());
        // Who is on duty sees it too, and nobody else.
        assert_eq!(verdict(&duty.get(&format!("/admin/duty/turns?from={from}&to={to}")).await), (403, "FA_PERMISSION"));
        admin.posts("/admin/duty/roster", json!({ "uid": duty.uid })).await;
        assert_eq!(turns(&duty, from, to).await.len(), 4);
        for (query, field) in [("", "from"), ("?from=2036-03-03T08:00:00.000Z", "to"), ("?from=soon&to=late", "from")] {
            let refused = admin.get(&format!("/admin/duty/turns{query}")).await;
            assert_eq!((verdict(&refused), &refused.1["field"]), ((400, "FA_PARAM"), &json!(field)), "{query}");
        }
        let refused = admin.get(&format!("/admin/duty/turns?from={to}&to={from}")).await;
        assert_eq!((&refused.1["field"], &refused.1["rule"]), (&json!("to"), &json!("order")));
    }
}

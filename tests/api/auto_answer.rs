//! The automatic answer: a resident who writes out of hours is told so, once in a while, and not by the doctor.

use crate::on_both_databases;
use crate::people::{Connection, Person};
use diesel::prelude::*;
use jiayi::db::schema::{auto_answer, social_dialog};
use jiayi::model::Time;
use serde_json::{Value, json};
use std::time::Duration;

/// Hours of a day that is neither yesterday, today nor tomorrow, by any clock.
fn another_day(autoanswer: bool) -> Value {
    let today = Time::now().millis().div_euclid(86_400_000) + 3;
    let hours = [json!({ "weekday": (today + 3) % 7 + 1, "begins": "08:00", "ends": "12:00" })];
    json!({ "hours": hours, "offset": 480, "autoanswer": autoanswer })
}

fn all_days() -> Value {
    let hours: Vec<_> =
        (1..=7).map(|day| json!({ "weekday": day, "begins": "00:00", "ends": "24:00" })).collect();
    json!({ "hours": hours, "offset": 0, "autoanswer": true })
}

async fn hears_the_answer(phone: &mut Connection, doctor: &Person) {
    let line = phone.hear("S2C_ALONECHAT_PUSH").await["data"].clone();
    assert_eq!((&line["data"]["kind"], &line["data"]["from"]["uid"]), (&json!("system"), &json!(doctor.uid)));
    assert!(line["data"]["body"].as_str().unwrap().starts_with("【自动回复】"), "{line}");
}

/// It comes a moment later, if at all.
async fn hears_nothing_for_a_moment(connection: &mut Connection) {
    tokio::time::sleep(Duration::from_millis(400)).await;
    connection.hears_nothing().await;
}

on_both_databases! {
    async fn who_writes_out_of_hours_is_told_so_once_in_a_while(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut phone = resident.connect("phone").await;
        for hours in [another_day(false), all_days()] {
            doctor.posts("hours/update", hours).await;
            resident.writes(&doctor, "医生您好").await;
            hears_nothing_for_a_moment(&mut phone).await;
        }
        assert_eq!(doctor.posts("hours/update", another_day(true)).await["autoanswer"], true);
        let mut desk = doctor.connect("desk").await;
        let question = resident.writes(&doctor, "我头疼").await;
        desk.hear("S2C_ALONECHAT_PUSH").await;
        hears_the_answer(&mut phone, &doctor).await;
        // What was asked waits as before, and the doctor is not told what nobody has said.
        let waiting = app.login("admin").await.gets("/admin/duty/list").await["items"].clone();
        assert!(waiting.as_array().unwrap().iter().any(|item| item["dialogid"] == question["dialogid"]), "{waiting}");
        resident.writes(&doctor, "还发烧").await;
        desk.hear("S2C_ALONECHAT_PUSH").await;
        hears_nothing_for_a_moment(&mut phone).await;
        desk.hears_nothing().await;
        // The doctor's own words are answered by nobody.
        doctor.writes(&resident, "多喝水").await;
        phone.hear("S2C_ALONECHAT_PUSH").await;
        hears_nothing_for_a_moment(&mut phone).await;

        let then = Time::now() - Duration::from_secs(13 * 3600);
        let long_ago = move || diesel::update(auto_answer::table).set(auto_answer::answered.eq(then));
        app.app.write(move |tx| Ok(long_ago().execute(&mut **tx)?)).await.unwrap();
        resident.writes(&doctor, "谢谢").await;
        // Who has just written is there, whatever the hours say.
        hears_nothing_for_a_moment(&mut phone).await;
        let theirs = diesel::update(social_dialog::table.filter(social_dialog::fromuid.eq(doctor.uid.clone())));
        let earlier = theirs.set(social_dialog::createtime.eq(then));
        app.app.write(move |tx| Ok(earlier.clone().execute(&mut **tx)?)).await.unwrap();
        resident.writes(&doctor, "再见").await;
        hears_the_answer(&mut phone, &doctor).await;
    }

    async fn a_colleague_who_asks_is_told_nothing(app: TestApp) {
        let (asking, doctor) = (app.login("doctor3").await, app.login("doctor1").await);
        doctor.posts("hours/update", another_day(true)).await;
        let mut desk = asking.connect("desk").await;
        asking.posts("doctorfriendchat/send", json!({ "touid": doctor.uid, "body": "在吗" })).await;
        hears_nothing_for_a_moment(&mut desk).await;
    }
}

//! Announcements for later: how many one would reach, waiting, taking back, being sent once at their time.

use crate::app::{TestApp, verdict};
use crate::chores::leave_a_dead_holder;
use crate::cluster::Two;
use crate::people::Person;
use crate::{on_both_databases, run_on_both};
use jiayi::model::Time;
use serde_json::{Value, json};
use std::time::Duration;

fn in_time(seconds: u64) -> Time {
    Time::now() + Duration::from_secs(seconds)
}

fn body(sendtime: Time, more: Value) -> Value {
    let mut body =
        json!({ "title": "停诊", "content": "周五停诊。", "audience": "user", "sendtime": sendtime });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn waiting(admin: &Person) -> Vec<Value> {
    admin.gets("announcement/scheduled").await["items"].as_array().unwrap().clone()
}

/// Awaits the end of sending; returns how many it went to.
async fn sent(admin: &Person) -> Value {
    loop {
        let items = admin.gets("platform/list").await["items"].clone();
        if items[0]["sent"].as_i64() > Some(0) {
            assert_eq!(items.as_array().unwrap().len(), 1);
            return items[0]["sent"].clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

on_both_databases! {
    async fn an_audience_is_counted_before_it_is_told(app: TestApp) {
        let admin = app.login("admin").await;
        let community = app.login("resident1").await.gets("me").await["communityid"].clone();
        let community = community.as_str().unwrap();
        let people = async |query: &str| admin.gets(&format!("announcement/audience?{query}")).await["people"].clone();
        for (audience, number) in [("all", 6), ("user", 3), ("doctor", 3)] {
            assert_eq!(people(&format!("audience={audience}")).await, number, "{audience}");
            let query = format!("audience={audience}&communityid={community}");
            let body = json!({ "title": "x", "content": "y", "audience": audience, "communityid": community });
            assert_eq!(people(&query).await, admin.posts("socialpush/create", body).await["sent"], "{audience}");
        }
        let resident = app.login("resident2").await;
        admin.posts("user/disable", json!({ "uid": resident.uid })).await;
        assert_eq!(people("audience=user").await, 2);
        assert_eq!(people(&format!("audience=user&communityid={community}")).await, 2);
        for query in ["audience=admin", "", "audience=all&communityid=none"] {
            let refused = admin.get(&format!("announcement/audience?{query}")).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{query}");
        }
    }

    async fn it_waits_for_its_time_and_is_then_told_by_name(app: TestApp) {
        let admin = app.login("admin").await;
        let mut phone = app.login("resident1").await.connect("phone").await;
        let sendtime = in_time(2);
        let wanted = body(sendtime, json!({ "url": "https://a.test/", "clientid": "c-1" }));
        let scheduleid = admin.posts("announcement/schedule", wanted.clone()).await["scheduleid"].clone();
        assert_eq!(admin.posts("announcement/schedule", wanted.clone()).await["scheduleid"], scheduleid);
        let from = json!({ "uid": admin.uid, "name": admin.name, "role": "admin" });
        let listed = waiting(&admin).await;
        assert_eq!(listed, [json!({
            "scheduleid": scheduleid, "tag": "system", "title": "停诊", "content": "周五停诊。", "audience": "user",
            "communityid": null, "sendtime": sendtime, "createtime": listed[0]["createtime"],
            "data": { "url": "https://a.test/", "from": from },
        })]);
        assert_eq!(admin.gets("platform/list").await["items"], json!([]));
        let push = phone.hear("S2C_SYSTEM_PUSH").await;
        assert!(Time::now() >= sendtime, "it came too early");
        assert_eq!((&push["data"]["title"], &push["data"]["data"]["from"]), (&json!("停诊"), &from));
        assert_eq!(sent(&admin).await, 3);
        assert_eq!(waiting(&admin).await, Vec::<Value>::new());
        phone.hears_nothing().await;
        let late = admin.post("announcement/cancel", json!({ "scheduleid": scheduleid })).await;
        assert_eq!(verdict(&late), (404, "FA_NOTFOUND"));
        let again = admin.post("announcement/schedule", body(in_time(60), json!({ "url": "https://a.test/", "clientid": "c-1" }))).await;
        assert_eq!(verdict(&again), (409, "FA_STATE"), "{}", again.1);
    }

    async fn a_community_is_told_at_its_time_alone(app: TestApp) {
        let admin = app.login("admin").await;
        let doctor = app.login("doctor1").await;
        let mut desk = doctor.connect("desk").await;
        let made = admin.posts("community/create", json!({ "name": "另一社区" })).await["communityid"].clone();
        let own = doctor.gets("me").await["communityid"].clone();
        for (communityid, title) in [(&made, "另一"), (&own, "本社区")] {
            let more = json!({ "communityid": communityid, "audience": "doctor", "title": title });
            admin.posts("announcement/schedule", body(in_time(1), more)).await;
        }
        let push = desk.hear("S2C_SOCIAL_PUSH").await;
        assert_eq!((&push["data"]["title"], &push["data"]["data"]["communityid"]), (&json!("本社区"), &own));
    }

    async fn it_may_be_taken_back_before_its_time(app: TestApp) {
        let admin = app.login("admin").await;
        let scheduleid = admin.posts("announcement/schedule", body(in_time(2), json!({}))).await["scheduleid"].clone();
        assert_eq!(admin.posts("announcement/cancel", json!({ "scheduleid": scheduleid })).await, json!({}));
        let later = body(in_time(3), json!({ "title": "改期" }));
        admin.posts("announcement/schedule", later).await;
        assert_eq!(sent(&admin).await, 3);
        assert_eq!(app.login("resident1").await.all_pushes().await.len(), 1, "only the second");
        let twice = admin.post("announcement/cancel", json!({ "scheduleid": scheduleid })).await;
        assert_eq!(verdict(&twice), (404, "FA_NOTFOUND"));
    }

    async fn what_is_wrong_schedules_nothing(app: TestApp) {
        let admin = app.login("admin").await;
        let soon = in_time(3600);
        let wrong = [
            (body(in_time(0), json!({})), "sendtime"),
            (body(in_time(367 * 86_400), json!({})), "sendtime"),
            (body(soon, json!({ "sendtime": "tomorrow" })), "sendtime"),
            (body(soon, json!({ "audience": "admin" })), "audience"),
            (body(soon, json!({ "communityid": "none" })), "communityid"),
            (body(soon, json!({ "title": " " })), "title"),
            (body(soon, json!({ "content": "长".repeat(5001) })), "content"),
            (body(soon, json!({ "url": "javascript:alert(1)" })), "url"),
        ];
        for (body, field) in wrong {
            let refused = admin.post("announcement/schedule", body).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{field}");
            assert!(refused.1["message"].as_str().unwrap().starts_with(field), "{}", refused.1);
        }
        assert_eq!(waiting(&admin).await, Vec::<Value>::new());

        admin.posts("announcement/schedule", body(soon, json!({ "clientid": "c-1" }))).await;
        let other = admin.post("announcement/schedule", body(soon, json!({ "clientid": "c-1", "title": "别的" }))).await;
        assert_eq!(verdict(&other), (409, "FA_CONFLICT"));
        let now = json!({ "title": "停诊", "content": "周五停诊。", "audience": "user", "clientid": "c-1" });
        assert_eq!(verdict(&admin.post("platform/push", now).await), (409, "FA_CONFLICT"));
        for number in 1..100 {
            admin.posts("announcement/schedule", body(soon, json!({ "title": number.to_string() }))).await;
        }
        let one_more = admin.post("announcement/schedule", body(soon, json!({}))).await;
        assert_eq!(verdict(&one_more), (409, "FA_STATE"));
        assert_eq!(waiting(&admin).await.len(), 100);
    }
}

run_on_both! {
    /// A server that ends before the time; the next one sends it, though it starts behind the time.
    async fn it_survives_the_end_of_the_server(database) {
        let first = TestApp::start(database).await;
        let admin = first.login("admin").await;
        admin.posts("announcement/schedule", body(in_time(1), json!({}))).await;
        let url = first.app.config().database_url.clone();
        first.stop().await;
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let second = TestApp::start_with(database, |config| config.database_url = url).await;
        assert_eq!(sent(&second.login("admin").await).await, 3);
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_a_killed_node_has_not_sent_another_sends_once() {
    let two = Two::start().await;
    let admin = two.one.login("admin").await;
    while !two.one.app.does_chores() && !two.other.app.does_chores() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let sendtime = in_time(5);
    admin.posts("announcement/schedule", body(sendtime, json!({}))).await;
    leave_a_dead_holder(&two.one);
    assert_eq!(sent(&admin).await, 3);
    assert!(Time::now() > sendtime + Duration::from_secs(3), "the dead have their time");
    assert_eq!(pushes(&two.other).await, 1);
}

/// How many pushes a resident has.
async fn pushes(node: &TestApp) -> usize {
    node.login("resident1").await.all_pushes().await.len()
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn two_nodes_send_it_once() {
    let two = Two::start().await;
    let admin = two.one.login("admin").await;
    for number in 0..5 {
        admin.posts("announcement/schedule", body(in_time(1), json!({ "title": number.to_string() }))).await;
    }
    // Whoever does what is done once ends; the other one goes on with it.
    let (holder, left) = loop {
        match (two.one.app.does_chores(), two.other.app.does_chores()) {
            (true, _) => break (&two.one, &two.other),
            (_, true) => break (&two.other, &two.one),
            (false, false) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    holder.stop().await;
    let admin = left.login("admin").await;
    while admin.gets("platform/list").await["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["sent"] == 3)
        .count()
        < 5
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(waiting(&admin).await, Vec::<Value>::new());
    assert_eq!(pushes(left).await, 5);
}

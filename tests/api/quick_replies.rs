//! Quick replies: one's own, those of a team, who sees and who changes them, their order and their bounds.

use crate::app::verdict;
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

async fn adds(who: &Person, content: &str) -> Value {
    who.posts("quickreply/create", json!({ "content": content })).await["replyid"].clone()
}

/// What somebody sees, in its order.
async fn seen(who: &Person) -> Vec<Value> {
    let page = who.gets("quickreply/list").await;
    assert_eq!(page["next"], Value::Null);
    page["items"].as_array().unwrap().iter().map(|one| one["content"].clone()).collect()
}

on_both_databases! {
    async fn ones_own_are_added_changed_moved_and_deleted(app: TestApp) {
        for account in ["doctor1", "admin"] {
            let who = app.login(account).await;
            assert!(seen(&who).await.is_empty());
            let (first, second) = (adds(&who, " 请量体温 ").await, adds(&who, "多喝水").await);
            adds(&who, "请来门诊\n带上病历").await;
            assert_eq!(seen(&who).await, ["请量体温", "多喝水", "请来门诊\n带上病历"]);
            who.posts("quickreply/update", json!({ "replyid": second, "content": "多喝温水", "place": 1 })).await;
            assert_eq!(seen(&who).await, ["多喝温水", "请量体温", "请来门诊\n带上病历"]);
            who.posts("quickreply/update", json!({ "replyid": second, "place": 99 })).await;
            assert_eq!(seen(&who).await, ["请量体温", "请来门诊\n带上病历", "多喝温水"]);
            who.posts("quickreply/remove", json!({ "replyid": first })).await;
            adds(&who, "好的").await;
            assert_eq!(seen(&who).await, ["请来门诊\n带上病历", "多喝温水", "好的"]);
            let gone = who.post("quickreply/update", json!({ "replyid": first, "place": 1 })).await;
            assert_eq!(verdict(&gone), (404, "FA_NOTFOUND"));
        }
    }

    async fn those_of_a_team_are_seen_by_its_doctors_and_changed_by_its_leader(app: TestApp) {
        let (leader, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let (stranger, admin) = (app.login("doctor3").await, app.login("admin").await);
        let stid = leader.gets("me").await["teams"][0].clone();
        let path = format!("quickreply/list?stid={}", stid.as_str().unwrap());
        let new = |content: &str| json!({ "stid": stid, "content": content });
        let replyid = leader.posts("quickreply/create", new("团队门诊周三")).await["replyid"].clone();
        adds(&colleague, "我自己的").await;
        assert_eq!(seen(&colleague).await, ["我自己的", "团队门诊周三"]);
        assert_eq!(seen(&leader).await, ["团队门诊周三"]);
        let listed = colleague.gets(&path).await["items"].clone();
        assert_eq!(listed, json!([{ "replyid": replyid, "stid": stid, "content": "团队门诊周三" }]));
        assert_eq!(admin.gets(&path).await["items"], listed);
        assert!(seen(&admin).await.is_empty() && seen(&stranger).await.is_empty());
        let update = json!({ "replyid": replyid, "content": "改了" });
        for (who, refusal) in [(&colleague, "team's leader"), (&stranger, "doctor of this team")] {
            for (path, body) in [("create", new("多一条")), ("update", update.clone()), ("remove", json!({ "replyid": replyid }))] {
                let refused = who.post(&format!("quickreply/{path}"), body).await;
                assert_eq!(verdict(&refused), (403, "FA_PERMISSION"), "{path} by {}", who.name);
                assert!(refused.1["message"].as_str().unwrap().contains(refusal), "{}", refused.1);
            }
        }
        for path in [path, "quickreply/list?stid=nobody".to_owned()] {
            assert_eq!(verdict(&stranger.get(&path).await), (403, "FA_PERMISSION"));
        }
        admin.posts("quickreply/update", json!({ "replyid": replyid, "content": "团队门诊周四" })).await;
        assert_eq!(seen(&colleague).await, ["我自己的", "团队门诊周四"]);
    }

    async fn another_persons_do_not_exist_and_wrong_ones_are_named(app: TestApp) {
        let (owner, other) = (app.login("doctor1").await, app.login("doctor2").await);
        let replyid = adds(&owner, "只给自己").await;
        for (path, body) in [("update", json!({ "replyid": replyid, "content": "改了" })), ("remove", json!({ "replyid": replyid }))] {
            assert_eq!(verdict(&other.post(&format!("quickreply/{path}"), body).await), (404, "FA_NOTFOUND"));
        }
        for (path, body, field, rule) in [
            ("create", json!({}), "content", "missing"),
            ("create", json!({ "content": " \n" }), "content", "empty"),
            ("create", json!({ "content": "长".repeat(501) }), "content", "too_long"),
            ("create", json!({ "content": "a\u{0}" }), "content", "invisible"),
            ("update", json!({ "replyid": replyid, "place": 0 }), "place", "invalid"),
            ("remove", json!({}), "replyid", "missing"),
        ] {
            let (status, answer) = owner.post(&format!("quickreply/{path}"), body).await;
            assert_eq!((status, &answer["field"], &answer["rule"]), (400, &json!(field), &json!(rule)), "{answer}");
        }
        assert_eq!(seen(&owner).await, ["只给自己"]);
    }

    async fn fifty_are_kept_at_most(app: TestApp) {
        let who = app.login("doctor1").await;
        for number in 0..50 {
            adds(&who, &number.to_string()).await;
        }
        let more = who.post("quickreply/create", json!({ "content": "51" })).await;
        assert_eq!(verdict(&more), (409, "FA_STATE"));
        assert_eq!(seen(&who).await.len(), 50);
    }
}

//! The back office: making communities, people and teams.

use crate::app::verdict;
use crate::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    async fn the_back_office_makes_a_community_with_its_people(app: TestApp) {
        let admin = app.login("admin").await;
        let community = admin.posts("community/create", json!({ "name": "和平社区" })).await["communityid"].clone();
        let doctor = json!({
            "account": "sun", "password": "correct horse", "name": "孙医生", "communityid": community, "title": "主任医师",
        });
        let doctor = admin.posts("doctor/create", doctor).await["uid"].clone();
        let team = json!({ "name": "新团队", "communityid": community, "leader": doctor, "doctors": [doctor] });
        let stid = admin.posts("team/create", team).await["stid"].clone();
        let user = json!({
            "phone": "13800000001", "password": "correct horse", "name": "钱七", "communityid": community,
        });
        let uid = admin.posts("user/create", user).await["uid"].clone();
        let second = json!({ "account": "admin2", "password": "correct horse", "name": "后台" });
        admin.posts("admin/create", second).await;

        let resident = app.login_as("user", "13800000001", "correct horse").await;
        assert_eq!(json!(resident.uid), uid);
        assert_eq!(resident.gets("team/list").await["items"], json!([{
            "stid": stid, "name": "新团队", "communityid": community,
            "doctors": [{ "uid": doctor, "name": "孙医生", "title": "主任医师", "leader": true, "onduty": false }],
        }]));
        assert_eq!(app.login_as("doctor", "sun", "correct horse").await.gets("me").await["teams"], json!([stid]));
        app.login_as("admin", "admin2", "correct horse").await.posts("logout", json!({})).await;
    }

    async fn a_login_that_is_taken_is_refused(app: TestApp) {
        let admin = app.login("admin").await;
        let community = app.login("doctor1").await.gets("me").await["communityid"].clone();
        let person = |account: &str| json!({
            "account": account, "phone": account, "password": "correct horse", "name": "某人", "communityid": community,
        });
        for (path, account) in
            [("doctor/create", "doctor1"), ("admin/create", "admin"), ("user/create", "13800000001")]
        {
            if path == "user/create" {
                admin.posts(path, person(account)).await;
            }
            assert_eq!(verdict(&admin.post(path, person(account)).await), (409, "FA_CONFLICT"), "{path}");
        }
    }

    async fn what_is_not_there_is_refused_by_field(app: TestApp) {
        let admin = app.login("admin").await;
        let doctor = app.login("doctor1").await;
        let resident = app.login("resident1").await;
        let community = doctor.gets("me").await["communityid"].clone();
        let person = json!({
            "account": "new", "phone": "13800000001", "password": "correct horse", "name": "某人", "communityid": "nowhere",
        });
        let team = |communityid: &Value, leader: &str, doctors: &[&str]| {
            json!({ "name": "新团队", "communityid": communityid, "leader": leader, "doctors": doctors })
        };
        for (path, body, field) in [
            ("community/create", json!({ "name": "" }), "name"),
            ("doctor/create", person.clone(), "communityid"),
            ("user/create", person, "communityid"),
            ("admin/create", json!({ "account": "new", "name": "某人" }), "password"),
            ("team/create", team(&json!("nowhere"), &doctor.uid, &[]), "communityid"),
            ("team/create", team(&community, &resident.uid, &[]), "leader"),
            ("team/create", team(&community, "nobody", &[]), "leader"),
            ("team/create", team(&community, &doctor.uid, &[&resident.uid]), "doctors"),
        ] {
            let refused = admin.post(path, body).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{path} {field}");
            assert!(refused.1["message"].as_str().unwrap().contains(field), "{path}: {}", refused.1);
        }
        assert_eq!(resident.gets("team/list").await["items"].as_array().unwrap().len(), 2);
        let login = json!({ "account": "new", "password": "correct horse" });
        assert_eq!(app.post("/doctor/login", login).await.0, 401);
    }
}

//! The back office: listing, changing and closing what there is, and who is connected.

use crate::app::{TestApp, verdict};
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

async fn items(of: &Person, path: &str) -> Vec<Value> {
    of.gets(path).await["items"].as_array().unwrap().clone()
}

/// The entry of that name.
fn named(items: &[Value], name: &str) -> Value {
    items.iter().find(|item| item["name"] == name).unwrap().clone()
}

/// The team that a doctor is in.
async fn team_of(doctor: &Person) -> Value {
    doctor.gets("me").await["teams"][0].clone()
}

async fn may_write(from: &Person, to: &Person) -> u16 {
    from.post("alonechat/send", json!({ "touid": to.uid, "body": "在吗" })).await.0
}

async fn closed_with(app: &TestApp, person: &Person, path: &str, body: Value) {
    let admin = app.login("admin").await;
    let mut phone = person.connect("phone").await;
    admin.posts(path, body).await;
    assert_eq!(phone.close_code().await, Some(4003), "{path}");
    assert_eq!(verdict(&person.get("me").await), (401, "FA_AUTH"), "{path}");
}

on_both_databases! {
    async fn lists_show_everybody_by_pages_and_by_name(app: TestApp) {
        let admin = app.login("admin").await;
        let doctors = items(&admin, "doctor/list").await;
        assert_eq!(doctors.len(), 3);
        let wang = named(&doctors, "王医生");
        assert_eq!((&wang["account"], &wang["title"], &wang["disabled"]), (&json!("doctor1"), &json!("主任医师"), &json!(false)));
        let page = admin.gets("doctor/list?limit=2").await;
        let rest = items(&admin, &format!("doctor/list?before={}", page["next"].as_str().unwrap())).await;
        assert_eq!((&page["items"][0], &page["items"][1], &rest[0]), (&doctors[0], &doctors[1], &doctors[2]));
        assert_eq!(items(&admin, "doctor/list?name=%E6%9D%8E").await, [named(&doctors, "李医生")]);
        assert_eq!(items(&admin, "doctor/list?name=%25").await, Vec::<Value>::new());
        assert_eq!(items(&admin, "user/list").await.len(), 3);
        assert_eq!(items(&admin, "admin/list").await.len(), 1);
        assert_eq!(items(&admin, "community/list").await[0]["name"], "幸福社区");
        let teams = items(&admin, "team/list").await;
        assert_eq!(teams.len(), 2);
        assert_eq!(named(&teams, "签约团队一")["doctors"].as_array().unwrap().len(), 2);
    }

    async fn an_account_is_changed_and_a_new_password_shuts_the_old_one_out(app: TestApp) {
        let (admin, doctor) = (app.login("admin").await, app.login("doctor1").await);
        let changed = admin.posts("doctor/update", json!({ "uid": doctor.uid, "name": "王主任", "title": "院长" })).await;
        assert_eq!((&changed["name"], &changed["title"], &changed["account"]), (&json!("王主任"), &json!("院长"), &json!("doctor1")));
        assert_eq!(doctor.gets("me").await["name"], "王主任");
        assert_eq!(admin.posts("doctor/update", json!({ "uid": doctor.uid })).await, changed);
        for (body, expected) in [
            (json!({ "uid": doctor.uid, "account": "doctor2" }), (409, "FA_CONFLICT")),
            (json!({ "uid": doctor.uid, "communityid": "nowhere" }), (400, "FA_PARAM")),
            (json!({ "uid": admin.uid, "name": "王主任" }), (404, "FA_NOTFOUND")),
            (json!({ "name": "王主任" }), (400, "FA_PARAM")),
        ] {
            assert_eq!(verdict(&admin.post("doctor/update", body.clone()).await), expected, "{body}");
        }
        closed_with(&app, &doctor, "doctor/update", json!({ "uid": doctor.uid, "password": "another one" })).await;
        app.login_as("doctor", "doctor1", "another one").await;
    }

    async fn a_closed_account_is_out_at_once_and_stays_out(app: TestApp) {
        let (admin, resident, doctor) = (app.login("admin").await, app.login("resident1").await, app.login("doctor2").await);
        closed_with(&app, &resident, "user/disable", json!({ "uid": resident.uid })).await;
        closed_with(&app, &doctor, "doctor/disable", json!({ "uid": doctor.uid })).await;
        let login = json!({ "account": "resident1", "password": jiayi::cli::demo::PASSWORD });
        assert_eq!(verdict(&app.post("/user/login", login).await), (401, "FA_AUTH"));
        assert_eq!(items(&admin, "user/list").await.iter().filter(|user| user["disabled"] == true).count(), 1);
        let team = app.login("resident2").await.gets("team/list").await;
        assert!(!team.to_string().contains(&doctor.uid));

        admin.posts("user/disable", json!({ "uid": resident.uid, "disabled": false })).await;
        assert_eq!(app.login("resident1").await.gets("me").await["uid"], *resident.uid);
        assert_eq!(verdict(&admin.post("admin/disable", json!({ "uid": admin.uid })).await), (409, "FA_STATE"));
        assert_eq!(verdict(&admin.post("user/disable", json!({ "uid": doctor.uid })).await), (404, "FA_NOTFOUND"));
    }

    async fn who_is_connected_is_seen_and_can_be_logged_out(app: TestApp) {
        let (admin, resident, doctor) = (app.login("admin").await, app.login("resident1").await, app.login("doctor1").await);
        let (_phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let sessions = items(&admin, "session/list").await;
        assert_eq!(sessions.len(), 2);
        let session = json!({ "uid": doctor.uid, "name": "王医生", "role": "doctor", "devices": ["desk"] });
        assert_eq!(named(&sessions, "王医生"), session);
        assert_eq!(named(&sessions, "张三")["devices"], json!(["phone"]));
        let mut stats = admin.gets("stats").await;
        for more in ["days", "deployment", "hours", "errors", "refused", "writes", "commits", "push"] {
            assert!(stats.as_object_mut().unwrap().remove(more).is_some(), "{more}");
        }
        assert_eq!(stats, json!({
            "connections": 2, "users": 3, "doctors": 3, "admins": 1, "communities": 1, "teams": 2,
            "applied": 0, "signed": 2, "waiting": 0, "onduty": 1,
        }));
        admin.posts("session/kick", json!({ "uid": doctor.uid })).await;
        assert_eq!(desk.close_code().await, Some(4003));
        assert_eq!(verdict(&doctor.get("me").await), (401, "FA_AUTH"));
        assert_eq!(items(&admin, "session/list").await.len(), 1);
        assert_eq!(verdict(&admin.post("session/kick", json!({ "uid": "nobody" })).await), (404, "FA_NOTFOUND"));
        app.login("doctor1").await;
    }

    async fn who_leaves_a_team_leaves_its_rooms_and_hands_over(app: TestApp) {
        let (admin, resident, other) = (app.login("admin").await, app.login("resident3").await, app.login("resident1").await);
        let (leader, doctor, joins) = (app.login("doctor1").await, app.login("doctor2").await, app.login("doctor3").await);
        let stid = team_of(&leader).await;
        // resident1 has written to doctor2 too, as a colleague of the contract's doctor.
        assert_eq!((may_write(&resident, &doctor).await, may_write(&other, &doctor).await), (200, 200));
        assert_eq!(may_write(&resident, &joins).await, 403);
        let heard = resident.all_pushes().await.len();

        let update = json!({ "stid": stid, "doctors": [leader.uid, joins.uid] });
        admin.posts("team/update", update).await;
        assert_eq!((may_write(&resident, &doctor).await, may_write(&other, &doctor).await), (403, 403));
        assert_eq!(may_write(&doctor, &resident).await, 403);
        assert_eq!((may_write(&resident, &leader).await, may_write(&leader, &resident).await), (200, 200));
        assert_eq!(may_write(&resident, &joins).await, 200);
        let contract = items(&resident, "signed/list").await[0].clone();
        assert_eq!((&contract["doctoruid"], &contract["status"]), (&json!(leader.uid), &json!("signed")));
        let told = resident.all_pushes().await[heard].clone();
        assert_eq!((&told["type"], &told["data"]), (&json!("S2C_SIGNED_PUSH"), &contract));
        assert_eq!(doctor.gets("me").await["teams"], json!([]));
        // Back in the team, the rooms of its residents are open again.
        admin.posts("team/update", json!({ "stid": stid, "doctors": [leader.uid, doctor.uid], "leader": doctor.uid })).await;
        assert_eq!((may_write(&resident, &doctor).await, may_write(&doctor, &other).await), (200, 200));
        assert_eq!(may_write(&resident, &joins).await, 403);

        for (body, expected) in [
            (json!({ "stid": "nothing" }), (404, "FA_NOTFOUND")),
            (json!({ "stid": stid, "leader": resident.uid }), (400, "FA_PARAM")),
            (json!({ "stid": stid, "doctors": ["nobody"] }), (400, "FA_PARAM")),
        ] {
            assert_eq!(verdict(&admin.post("team/update", body.clone()).await), expected, "{body}");
        }
    }

    async fn a_room_that_opens_again_has_its_resident_back(app: TestApp) {
        let (admin, resident) = (app.login("admin").await, app.login("resident1").await);
        let (leader, doctor) = (app.login("doctor1").await, app.login("doctor2").await);
        let stid = team_of(&leader).await;
        let roomid = resident.writes(&doctor, "我头疼").await["roomid"].clone();
        admin.posts("team/update", json!({ "stid": stid, "doctors": [leader.uid] })).await;
        resident.posts("contacts/remove", json!({ "roomid": roomid })).await;
        admin.posts("team/update", json!({ "stid": stid, "doctors": [leader.uid, doctor.uid] })).await;
        let mut phone = resident.connect("phone").await;
        assert_eq!(doctor.writes(&resident, "您好些了吗").await["roomid"], roomid);
        assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["data"]["unread"], 1);
        assert_eq!(items(&resident, "contacts/list").await[0]["roomid"], roomid);
    }

    async fn a_closed_team_takes_nobody_and_keeps_whom_it_has(app: TestApp) {
        let (admin, resident, stranger, doctor) =
            (app.login("admin").await, app.login("resident1").await, app.login("resident2").await, app.login("doctor1").await);
        let stid = team_of(&doctor).await;
        let applied = crate::contract::apply(&stranger, &doctor).await;
        admin.posts("team/disable", json!({ "stid": stid })).await;
        assert_eq!(may_write(&resident, &doctor).await, 200);
        let accept = json!({ "sid": applied["sid"], "accept": true });
        assert_eq!(verdict(&doctor.post("signedprocess", accept.clone()).await), (409, "FA_STATE"));
        assert_eq!(resident.gets("team/list").await["items"].as_array().unwrap().len(), 1);
        admin.posts("team/disable", json!({ "stid": stid, "disabled": false })).await;
        doctor.posts("signedprocess", accept).await;
        assert_eq!(may_write(&stranger, &doctor).await, 200);
        let contract = items(&resident, "signed/list").await[0].clone();
        admin.posts("team/disable", json!({ "stid": stid })).await;
        doctor.posts("rejectsigned", json!({ "sid": contract["sid"], "reason": "搬家" })).await;
        assert_eq!(verdict(&admin.post("team/disable", json!({ "stid": "nothing" })).await), (404, "FA_NOTFOUND"));
    }

    async fn a_closed_community_takes_nobody(app: TestApp) {
        let admin = app.login("admin").await;
        let community = items(&admin, "community/list").await[0]["communityid"].clone();
        let renamed = admin.posts("community/update", json!({ "communityid": community, "name": "和平社区" })).await;
        assert_eq!((&renamed["name"], &renamed["disabled"]), (&json!("和平社区"), &json!(false)));
        admin.posts("community/disable", json!({ "communityid": community })).await;
        let resident = json!({ "phone": "13800000001", "password": "correct horse", "name": "钱七", "communityid": community });
        assert_eq!(verdict(&app.post("/user/register", resident.clone()).await), (400, "FA_PARAM"));
        admin.posts("community/disable", json!({ "communityid": community, "disabled": false })).await;
        assert_eq!(app.post("/user/register", resident).await.0, 200);
        for path in ["community/disable", "community/update"] {
            let nothing = json!({ "communityid": "nothing", "name": "和平社区" });
            assert_eq!(verdict(&admin.post(path, nothing).await), (404, "FA_NOTFOUND"), "{path}");
        }
    }
}

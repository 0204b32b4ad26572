//! Doctors among themselves: the room of a team, and friends.

use crate::app::{TestApp, verdict};
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

async fn team_of(doctor: &Person) -> Value {
    doctor.gets("me").await["teams"][0].clone()
}

async fn tells_the_team(doctor: &Person, stid: &Value, text: &str) -> Value {
    doctor.posts("teammatechat/send", json!({ "stid": stid, "body": text })).await
}

async fn tells_a_friend(doctor: &Person, friend: &Person, text: &str) -> (u16, Value) {
    doctor.post("doctorfriendchat/send", json!({ "touid": friend.uid, "body": text })).await
}

async fn asks(doctor: &Person, friend: &Person) -> (u16, Value) {
    doctor.post("doctorfriend/add", json!({ "friendid": friend.uid })).await
}

async fn accepts(doctor: &Person, friend: &Person) -> (u16, Value) {
    doctor.post("doctorfriend/accept", json!({ "uid": friend.uid })).await
}

async fn parts(doctor: &Person, friend: &Person) -> (u16, Value) {
    doctor.post("doctorfriend/remove", json!({ "friendid": friend.uid })).await
}

/// The ids of those who stand so to a doctor.
async fn listed(doctor: &Person, state: &str) -> Vec<Value> {
    let list = doctor.gets(&format!("doctorfriend/list?state={state}")).await;
    list["items"].as_array().unwrap().iter().map(|friend| friend["uid"].clone()).collect()
}

async fn texts(who: &Person, roomid: &Value) -> Vec<String> {
    let history = who.gets(&format!("dialog/list?roomid={}", roomid.as_str().unwrap())).await;
    history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["body"].as_str().unwrap().to_owned())
        .collect()
}

async fn count_pushes(person: &Person, name: &str) -> usize {
    person.all_pushes().await.iter().filter(|push| push["type"] == name).count()
}

/// Lets the office say who is in a team.
async fn change_team(app: &TestApp, stid: &Value, doctors: [&Person; 2]) {
    let doctors = doctors.map(|doctor| &doctor.uid);
    let admin = app.login("admin").await;
    admin.posts("team/update", json!({ "stid": stid, "doctors": doctors, "leader": doctors[0] })).await;
}

on_both_databases! {
    async fn what_a_doctor_tells_the_team_reaches_its_doctors(app: TestApp) {
        let (doctor, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let (outsider, resident) = (app.login("doctor3").await, app.login("resident1").await);
        let stid = team_of(&doctor).await;
        let (mut desk, mut other_desk) = (doctor.connect("desk").await, colleague.connect("desk").await);
        let (mut far_desk, mut phone) = (outsider.connect("desk").await, resident.connect("phone").await);
        let body = json!({ "stid": stid, "body": "明天开会", "clientid": "c-1" });
        let sent = doctor.posts("teammatechat/send", body.clone()).await;
        let item = other_desk.hear("S2C_TEAMMATECHAT_PUSH").await["data"].clone();
        assert_eq!(item, colleague.gets("message/list").await["items"][0]);
        assert_eq!((&item["title"], &item["content"], &item["unread"]), (&json!("签约团队一"), &json!("明天开会"), &json!(1)));
        assert_eq!((&item["tags"], &item["data"]["dialogid"]), (&json!(["teammate"]), &sent["dialogid"]));
        assert_eq!(item["data"]["from"], json!({ "uid": doctor.uid, "name": "王医生", "role": "doctor" }));
        assert_eq!(doctor.posts("teammatechat/send", body).await, sent, "the first answer again");
        for screen in [&mut desk, &mut other_desk, &mut far_desk, &mut phone] {
            screen.hears_nothing().await;
        }
        assert_eq!(tells_the_team(&colleague, &stid, "好").await["roomid"], sent["roomid"], "a team has one room");
        assert_eq!(desk.hear("S2C_TEAMMATECHAT_PUSH").await["data"]["content"], "好");
    }

    async fn only_doctors_of_the_team_write_to_it(app: TestApp) {
        let (doctor, outsider) = (app.login("doctor1").await, app.login("doctor3").await);
        let stid = team_of(&doctor).await;
        let send = async |body: Value| outsider.post("teammatechat/send", body).await;
        assert_eq!(verdict(&send(json!({ "stid": stid, "body": "在吗" })).await), (403, "FA_PERMISSION"));
        assert_eq!(verdict(&send(json!({ "stid": "nowhere", "body": "在吗" })).await), (404, "FA_NOTFOUND"));
        assert_eq!(verdict(&send(json!({ "body": "在吗" })).await), (400, "FA_PARAM"));
        assert_eq!(verdict(&send(json!({ "stid": stid, "body": " " })).await), (400, "FA_PARAM"));
        assert_eq!(doctor.all_pushes().await, [] as [Value; 0]);
    }

    async fn the_room_follows_the_team(app: TestApp) {
        let (doctor, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let newcomer = app.login("doctor3").await;
        let stid = team_of(&doctor).await;
        let roomid = tells_the_team(&doctor, &stid, "以前").await["roomid"].clone();
        change_team(&app, &stid, [&doctor, &newcomer]).await;
        tells_the_team(&doctor, &stid, "以后").await;
        assert_eq!((texts(&newcomer, &roomid).await, texts(&colleague, &roomid).await), (vec!["以后".to_owned()], vec!["以前".to_owned()]));
        assert_eq!(count_pushes(&colleague, "S2C_TEAMMATECHAT_PUSH").await, 1);
        assert_eq!(newcomer.gets("message/list").await["items"][0]["unread"], 1);
        assert_eq!(colleague.gets("message/list").await["items"], json!([]));
        let late = colleague.post("teammatechat/send", json!({ "stid": stid, "body": "等等" })).await;
        assert_eq!(verdict(&late), (403, "FA_PERMISSION"));
    }

    async fn colleagues_and_friends_are_contacts(app: TestApp) {
        let (doctor, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let (friend, resident) = (app.login("doctor3").await, app.login("resident1").await);
        let _desk = friend.connect("desk").await;
        let contacts = doctor.gets("contacts/list").await["items"].clone();
        let mut shown: Vec<_> = contacts.as_array().unwrap().iter()
            .map(|contact| (contact["kind"].as_str().unwrap(), contact["uid"].as_str().unwrap(), contact["online"] == true))
            .collect();
        shown.sort_unstable();
        assert_eq!(shown, [
            ("alonechat", resident.uid.as_str(), false),
            ("doctorfriend", friend.uid.as_str(), true),
            ("teammate", colleague.uid.as_str(), false),
        ]);
        let (mut pages, mut query) = (Vec::new(), "?limit=1".to_owned());
        loop {
            let page = doctor.gets(&format!("contacts/list{query}")).await;
            pages.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=1&before={next}");
        }
        assert_eq!(json!(pages), contacts);
        assert_eq!(verdict(&doctor.get("contacts/list?before=odd").await), (400, "FA_PARAM"));
        parts(&doctor, &friend).await;
        assert_eq!(doctor.gets("contacts/list").await["items"].as_array().unwrap().len(), 2);
    }

    async fn a_doctor_asks_another_and_is_accepted(app: TestApp) {
        let (doctor, other) = (app.login("doctor2").await, app.login("doctor3").await);
        let bystander = app.login("doctor1").await;
        let (mut desk, mut other_desk) = (doctor.connect("desk").await, other.connect("desk").await);
        let mut far_desk = bystander.connect("desk").await;
        assert_eq!(asks(&doctor, &other).await, (200, json!({})));
        let told = other_desk.hear("S2C_FRIENDAPPLY_PUSH").await["data"].clone();
        assert_eq!(told, json!({
            "title": "请求添加好友", "content": "李医生用户向你添加好友请求", "updatetime": told["updatetime"], "uid": doctor.uid,
        }));
        assert_eq!(asks(&doctor, &other).await, (200, json!({})), "asked twice is asked once");
        other_desk.hears_nothing().await;
        assert_eq!((listed(&doctor, "sent").await, listed(&other, "received").await), (vec![json!(other.uid)], vec![json!(doctor.uid)]));
        assert_eq!(listed(&doctor, "friends").await, [] as [Value; 0]);
        assert_eq!(verdict(&tells_a_friend(&doctor, &other, "在吗").await), (403, "FA_PERMISSION"));
        assert_eq!(verdict(&accepts(&doctor, &other).await), (404, "FA_NOTFOUND"), "one does not accept for the other");
        assert_eq!(accepts(&other, &doctor).await, (200, json!({})));
        let accepted = desk.hear("S2C_FRIENDACCEPT_PUSH").await["data"].clone();
        let friends = doctor.gets("doctorfriend/list").await["items"].clone();
        assert_eq!(friends, json!([
            { "uid": other.uid, "name": "赵医生", "title": "住院医师", "roomid": accepted["roomid"], "online": true },
        ]));
        assert_eq!(accepted, json!({ "uid": other.uid, "name": "赵医生", "roomid": friends[0]["roomid"] }));
        assert_eq!(listed(&other, "received").await, [] as [Value; 0]);
        for screen in [&mut desk, &mut other_desk, &mut far_desk] {
            screen.hears_nothing().await;
        }
        assert_eq!(verdict(&asks(&doctor, &other).await), (409, "FA_STATE"));
        assert_eq!(verdict(&accepts(&other, &doctor).await), (409, "FA_STATE"));
    }

    async fn friends_write_to_each_other(app: TestApp) {
        let (doctor, friend) = (app.login("doctor1").await, app.login("doctor3").await);
        let bystander = app.login("doctor2").await;
        let mut desk = friend.connect("desk").await;
        let body = json!({ "touid": friend.uid, "body": "会诊吗", "clientid": "c" });
        let sent = doctor.posts("doctorfriendchat/send", body.clone()).await;
        let item = desk.hear("S2C_DOCTORFRIENDCHAT_PUSH").await["data"].clone();
        assert_eq!(item, friend.gets("message/list").await["items"][0]);
        assert_eq!((&item["title"], &item["tags"], &item["unread"]), (&json!("王医生"), &json!(["doctorfriend"]), &json!(1)));
        assert_eq!(doctor.posts("doctorfriendchat/send", body).await, sent);
        desk.hears_nothing().await;
        assert_eq!(bystander.all_pushes().await, [] as [Value; 0]);
        assert_eq!(doctor.all_pushes().await, [] as [Value; 0]);
    }

    async fn who_is_no_friend_may_not_write(app: TestApp) {
        let (doctor, stranger) = (app.login("doctor2").await, app.login("doctor3").await);
        let resident = app.login("resident1").await;
        assert_eq!(verdict(&tells_a_friend(&doctor, &stranger, "在吗").await), (403, "FA_PERMISSION"));
        let absent = tells_a_friend(&doctor, &resident, "在吗").await;
        assert_eq!(verdict(&absent), (404, "FA_NOTFOUND"));
        let nobody = doctor.post("doctorfriendchat/send", json!({ "touid": "nobody", "body": "在吗" })).await;
        assert_eq!(nobody, absent, "whether a resident exists is not told");
        for (path, body, verdict_) in [
            ("add", json!({ "friendid": resident.uid }), (404, "FA_NOTFOUND")),
            ("add", json!({ "friendid": "nobody" }), (404, "FA_NOTFOUND")),
            ("add", json!({ "friendid": doctor.uid }), (400, "FA_PARAM")),
            ("add", json!({}), (400, "FA_PARAM")),
            ("accept", json!({}), (400, "FA_PARAM")),
            ("accept", json!({ "uid": stranger.uid }), (404, "FA_NOTFOUND")),
            ("remove", json!({ "friendid": stranger.uid }), (404, "FA_NOTFOUND")),
        ] {
            let refused = doctor.post(&format!("doctorfriend/{path}"), body.clone()).await;
            assert_eq!(verdict(&refused), verdict_, "{path} {body}");
        }
        assert_eq!(verdict(&doctor.get("doctorfriend/list?state=odd").await), (400, "FA_PARAM"));
        for person in [&stranger, &resident] {
            assert_eq!(person.all_pushes().await, [] as [Value; 0]);
        }
    }

    async fn who_parted_may_not_write_until_friends_again_in_the_same_room(app: TestApp) {
        let (doctor, friend) = (app.login("doctor1").await, app.login("doctor3").await);
        let (_, sent) = tells_a_friend(&doctor, &friend, "会诊吗").await;
        assert_eq!(parts(&friend, &doctor).await, (200, json!({})));
        assert_eq!(verdict(&parts(&doctor, &friend).await), (404, "FA_NOTFOUND"));
        for (one, other) in [(&doctor, &friend), (&friend, &doctor)] {
            assert_eq!(verdict(&tells_a_friend(one, other, "在吗").await), (403, "FA_PERMISSION"));
            assert_eq!(texts(one, &sent["roomid"]).await, ["会诊吗"], "the record stays");
            assert_eq!(listed(one, "friends").await, [] as [Value; 0]);
        }
        assert_eq!(doctor.all_pushes().await, [] as [Value; 0], "who was parted from is not told");
        asks(&doctor, &friend).await;
        accepts(&friend, &doctor).await;
        let again = tells_a_friend(&friend, &doctor, "会诊").await;
        assert_eq!(again.1["roomid"], sent["roomid"]);
        assert_eq!(texts(&doctor, &sent["roomid"]).await, ["会诊", "会诊吗"]);
    }

    async fn a_request_is_taken_back_or_refused(app: TestApp) {
        let (doctor, other) = (app.login("doctor2").await, app.login("doctor3").await);
        for (removing, from) in [(&doctor, &other), (&other, &doctor)] {
            asks(&doctor, &other).await;
            assert_eq!(parts(removing, from).await, (200, json!({})));
            assert_eq!(verdict(&accepts(&other, &doctor).await), (404, "FA_NOTFOUND"));
            assert_eq!(listed(&other, "received").await, [] as [Value; 0]);
        }
        assert_eq!(count_pushes(&other, "S2C_FRIENDAPPLY_PUSH").await, 2);
    }

    async fn two_who_ask_each_other_at_once_are_friends_once(app: TestApp) {
        let (doctor, other) = (app.login("doctor2").await, app.login("doctor3").await);
        let (one, two) = tokio::join!(asks(&doctor, &other), asks(&other, &doctor));
        assert_eq!((one.0, two.0), (200, 200));
        assert_eq!(listed(&doctor, "friends").await, [json!(other.uid)]);
        assert_eq!(listed(&other, "friends").await.iter().filter(|uid| **uid == *doctor.uid).count(), 1);
        let count = async |name: &str| count_pushes(&doctor, name).await + count_pushes(&other, name).await;
        assert_eq!((count("S2C_FRIENDAPPLY_PUSH").await, count("S2C_FRIENDACCEPT_PUSH").await), (1, 1));
    }

    async fn of_two_acceptances_at_once_one_counts(app: TestApp) {
        let (doctor, other) = (app.login("doctor2").await, app.login("doctor3").await);
        asks(&doctor, &other).await;
        let (one, two) = tokio::join!(accepts(&other, &doctor), accepts(&other, &doctor));
        let mut verdicts = [verdict(&one), verdict(&two)];
        verdicts.sort_unstable();
        assert_eq!(verdicts, [(200, ""), (409, "FA_STATE")]);
        assert_eq!(count_pushes(&doctor, "S2C_FRIENDACCEPT_PUSH").await, 1);
    }
}

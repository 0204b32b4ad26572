//! Notices: a doctor's, the platform's, a community's; who hears of them, and how far they reach.

use crate::app::{TestApp, verdict};
use crate::people::Person;
use crate::{on_both_databases, run_on_both};
use futures_util::future::join_all;
use jiayi::model::{Audience, NoticeKind, Uid};
use jiayi::service::notices;
use jiayi::store::topic::{Facts, NewTopic, Scope};
use serde_json::{Value, json};

const ALL: [&str; 7] = ["resident1", "resident2", "resident3", "doctor1", "doctor2", "doctor3", "admin"];

/// Asserts that exactly these of the demonstration's people have been pushed something of this name,
/// once, and that what each was pushed is the line that their message list shows.
async fn told(app: &TestApp, name: &str, expected: &[&str]) {
    for account in ALL.iter().filter(|account| **account != "admin") {
        let person = app.login(account).await;
        let pushes = person.all_pushes().await;
        let named: Vec<_> = pushes.iter().filter(|push| push["type"] == name).collect();
        assert_eq!(named.len(), usize::from(expected.contains(account)), "{account} and {name}");
        if let Some(push) = named.first() {
            let tag = push["data"]["tags"][0].as_str().unwrap();
            let list = person.gets(&format!("message/list?tag={tag}")).await;
            assert_eq!(list, json!({ "items": [push["data"]], "next": null }), "{account}");
        }
    }
}

/// The community of the demonstration.
async fn community(person: &Person) -> Value {
    person.gets("me").await["communityid"].clone()
}

/// The team of that name.
async fn team(person: &Person, name: &str) -> Value {
    let teams = person.gets("team/list").await["items"].clone();
    let team = teams.as_array().unwrap().iter().find(|team| team["name"] == name).unwrap();
    team["stid"].clone()
}

fn words(more: Value) -> Value {
    let mut body = json!({ "title": "流感疫苗", "content": "周六上午可以接种。" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Who sends an announcement, as its notice names them.
fn office(admin: &Person) -> Value {
    json!({ "uid": admin.uid, "name": admin.name, "role": "admin" })
}

fn titles(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

on_both_databases! {
    async fn older_notices_can_be_read_again_by_who_was_told(app: TestApp) {
        let (resident, doctor, admin) = (app.login("resident1").await, app.login("doctor1").await, app.login("admin").await);
        let stranger = app.login("resident2").await;
        assert_eq!(resident.gets("notice/list").await, json!({ "items": [], "next": null }));
        for title in ["一", "二", "三"] {
            let body = json!({ "uid": resident.uid, "title": title, "content": "请复诊。" });
            doctor.posts("usermessage/push", body).await;
        }
        let body = json!({ "title": "停机", "content": "今晚。", "audience": "user", "url": "https://a.test/" });
        let topicid = admin.posts("platform/push", body).await["topicid"].clone();

        let all = resident.gets("notice/list").await["items"].clone();
        assert_eq!(titles(&all), ["停机", "三", "二", "一"]);
        assert_eq!(all[0], json!({
            "topicid": topicid, "tag": "system", "title": "停机", "content": "今晚。", "read": false,
            "createtime": all[0]["createtime"],
            "data": { "topicid": topicid, "url": "https://a.test/", "from": office(&admin) },
        }));
        assert_eq!(all[1]["data"]["from"]["uid"], *doctor.uid);
        let page = resident.gets("notice/list?tag=doctormsg&limit=2").await;
        assert_eq!(titles(&page["items"]), ["三", "二"]);
        let rest = format!("notice/list?tag=doctormsg&limit=2&before={}", page["next"].as_str().unwrap());
        let rest = resident.gets(&rest).await;
        assert_eq!((titles(&rest["items"]), &rest["next"]), (vec!["一"], &Value::Null));

        let line = resident.gets("message/list?tag=doctormsg").await["items"][0]["messageid"].clone();
        resident.posts("message/read", json!({ "messageid": line })).await;
        let body = json!({ "uid": resident.uid, "title": "四", "content": "请复诊。" });
        doctor.posts("usermessage/push", body).await;
        let read = |item: &Value| item["read"].as_bool().unwrap();
        let all = resident.gets("notice/list").await["items"].clone();
        assert_eq!(titles(&all), ["四", "停机", "三", "二", "一"]);
        assert_eq!(all.as_array().unwrap().iter().map(read).collect::<Vec<_>>(), [false, false, true, true, true]);

        assert_eq!(titles(&stranger.gets("notice/list").await["items"]), ["停机"]);
        assert_eq!(doctor.gets("notice/list").await["items"], json!([]));
        for path in ["notice/list?tag=alonechat", "notice/list?limit=0", "notice/list?before=!"] {
            assert_eq!(verdict(&resident.get(path).await), (400, "FA_PARAM"), "{path}");
        }
    }

    async fn a_doctors_notice_comes_to_the_resident_and_nobody_else(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut phone = resident.connect("phone").await;
        assert_eq!(doctor.posts("usermessage/push", words(json!({ "uid": resident.uid }))).await, json!({}));
        let push = phone.hear("S2C_DOCTORMSG_PUSH").await;
        let notices = doctor.gets("usermessage/list").await["items"].clone();
        assert_eq!(push["data"], json!({
            "messageid": push["data"]["messageid"], "uid": resident.uid, "tags": ["doctormsg"],
            "title": "流感疫苗", "content": "周六上午可以接种。", "unread": 1,
            "updatetime": push["data"]["updatetime"],
            "data": {
                "topicid": notices[0]["topicid"],
                "from": { "uid": doctor.uid, "name": doctor.name, "role": "doctor" },
            },
        }));
        assert_eq!(notices[0]["sent"], 1);
        phone.hears_nothing().await;
        told(&app, "S2C_DOCTORMSG_PUSH", &["resident1"]).await;
    }

    async fn a_colleague_of_the_team_may_tell_and_others_may_not(app: TestApp) {
        let resident = app.login("resident1").await;
        app.login("doctor2").await.posts("usermessage/push", words(json!({ "uid": resident.uid }))).await;
        let stranger = app.login("doctor3").await;
        let no_contract = stranger.post("usermessage/push", words(json!({ "uid": resident.uid }))).await;
        assert_eq!(verdict(&no_contract), (403, "FA_PERMISSION"));
        let nobody = stranger.post("usermessage/push", words(json!({ "uid": "nobody" }))).await;
        assert_eq!(nobody, no_contract, "whether a resident exists is private");
        assert_eq!(stranger.gets("usermessage/list").await["items"], json!([]));
        told(&app, "S2C_DOCTORMSG_PUSH", &["resident1"]).await;
    }

    async fn several_are_told_and_the_rest_is_named(app: TestApp) {
        let doctor = app.login("doctor1").await;
        let (one, two, three) =
            (app.login("resident1").await.uid, app.login("resident2").await.uid, app.login("resident3").await.uid);
        let body = words(json!({ "uids": [one, two, three, "nobody", one], "clientid": "c-1" }));
        let mut answer = doctor.posts("usermessage/push2", body.clone()).await;
        let again = doctor.posts("usermessage/push2", body).await;
        assert_eq!(again, answer, "the same number is the same notice");
        let refused = answer["refused"].as_array_mut().unwrap();
        refused.sort_by_key(|uid| uid != "nobody");
        assert_eq!(answer, json!({ "sent": 2, "refused": ["nobody", two] }));
        told(&app, "S2C_DOCTORMSG_PUSH", &["resident1", "resident3"]).await;
        let none = doctor.posts("usermessage/push2", words(json!({ "uids": [two] }))).await;
        assert_eq!(none, json!({ "sent": 0, "refused": [two] }));
        assert_eq!(doctor.gets("usermessage/list").await["items"].as_array().unwrap().len(), 1);
    }

    async fn a_whole_team_is_told(app: TestApp) {
        let doctor = app.login("doctor2").await;
        let (own, other) = (team(&doctor, "签约团队一").await, team(&doctor, "签约团队二").await);
        assert_eq!(doctor.posts("usermessage/pushall", words(json!({ "stid": own }))).await, json!({ "sent": 2 }));
        told(&app, "S2C_DOCTORMSG_PUSH", &["resident1", "resident3"]).await;
        let others = doctor.post("usermessage/pushall", words(json!({ "stid": other }))).await;
        assert_eq!(verdict(&others), (403, "FA_PERMISSION"));
        let none = doctor.post("usermessage/pushall", words(json!({ "stid": "none" }))).await;
        assert_eq!(verdict(&none), (404, "FA_NOTFOUND"));
        let empty = app.login("doctor3").await.posts("usermessage/pushall", words(json!({ "stid": other }))).await;
        assert_eq!(empty, json!({ "sent": 0 }));
    }

    async fn the_platform_tells_whom_it_means(app: TestApp) {
        let admin = app.login("admin").await;
        let mut phone = app.login("resident2").await.connect("phone").await;
        let body = words(json!({ "audience": "user", "url": "https://example.org/vaccine" }));
        let answer = admin.posts("platform/push", body).await;
        assert_eq!(answer, json!({ "topicid": answer["topicid"], "sent": 3 }));
        let push = phone.hear("S2C_SYSTEM_PUSH").await;
        let data = json!({
            "topicid": answer["topicid"], "url": "https://example.org/vaccine", "from": office(&admin),
        });
        assert_eq!((&push["data"]["tags"], &push["data"]["data"]), (&json!(["system"]), &data));
        told(&app, "S2C_SYSTEM_PUSH", &["resident1", "resident2", "resident3"]).await;

        assert_eq!(admin.posts("platform/push", words(json!({ "audience": "doctor" }))).await["sent"], 3);
        assert_eq!(admin.posts("platform/push", words(json!({ "audience": "all" }))).await["sent"], 6);
        let push = phone.hear("S2C_SYSTEM_PUSH").await;
        assert_eq!((&push["data"]["unread"], &push["data"]["data"]["url"]), (&json!(2), &Value::Null));
        let listed = admin.gets("platform/list?limit=2").await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        assert_eq!((&listed["items"][0]["sent"], listed["next"].is_string()), (&json!(6), true));
    }

    async fn a_community_is_told_and_other_communities_are_not(app: TestApp) {
        let admin = app.login("admin").await;
        let community = community(&app.login("resident1").await).await;
        let made = admin.posts("community/create", json!({ "name": "东风社区" })).await["communityid"].clone();
        let new = json!({ "phone": "13900000001", "password": "jiayi-demo", "name": "外人", "communityid": made });
        admin.posts("user/create", new).await;
        let outsider = app.login_as("user", "13900000001", "jiayi-demo").await;

        let answer = admin.posts("socialpush/create", words(json!({ "communityid": community, "audience": "doctor" }))).await;
        assert_eq!(answer, json!({ "sent": 3 }));
        told(&app, "S2C_SOCIAL_PUSH", &["doctor1", "doctor2", "doctor3"]).await;
        let answer = admin.posts("socialpush/create", words(json!({ "communityid": made, "audience": "all" }))).await;
        assert_eq!(answer, json!({ "sent": 1 }));
        told(&app, "S2C_SOCIAL_PUSH", &["doctor1", "doctor2", "doctor3"]).await;
        assert_eq!(outsider.all_pushes().await.len(), 1);
        let none = admin.post("socialpush/create", words(json!({ "communityid": "none", "audience": "all" }))).await;
        assert_eq!(verdict(&none), (400, "FA_PARAM"));
    }

    async fn a_line_is_read_on_all_of_ones_devices(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        for unread in 1..=2 {
            doctor.posts("usermessage/push", words(json!({ "uid": resident.uid }))).await;
            assert_eq!(resident.gets("message/list").await["items"][0]["unread"], unread);
        }
        let line = resident.gets("message/list").await["items"][0].clone();
        let read = json!({ "messageid": line["messageid"] });
        for stranger in ["resident3", "doctor1"] {
            let refused = app.login(stranger).await.post("message/read", read.clone()).await;
            assert_eq!(verdict(&refused), (404, "FA_NOTFOUND"));
        }
        let mut phone = resident.connect("phone").await;
        phone.say("C2S_READ", read.clone()).await;
        let mark = phone.hear("S2C_READ_PUSH").await;
        assert_eq!(mark["data"], json!({ "messageid": line["messageid"], "uid": resident.uid }));
        assert_eq!(resident.posts("message/read", read).await, json!({}));
        phone.hears_nothing().await;
        assert_eq!(resident.gets("message/list").await["items"][0]["unread"], 0);
        doctor.posts("usermessage/push", words(json!({ "uid": resident.uid }))).await;
        assert_eq!(phone.hear("S2C_DOCTORMSG_PUSH").await["data"]["unread"], 1);
        assert!(doctor.all_pushes().await.is_empty());
    }

    async fn rooms_and_notices_are_one_list(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let colleague = app.login("doctor2").await;
        let admin = app.login("admin").await;
        doctor.writes(&resident, "一").await;
        crate::inbox::a_later_millisecond();
        doctor.posts("usermessage/push", words(json!({ "uid": resident.uid }))).await;
        crate::inbox::a_later_millisecond();
        colleague.writes(&resident, "二").await;
        crate::inbox::a_later_millisecond();
        admin.posts("platform/push", words(json!({ "audience": "user" }))).await;
        let tags = ["system", "alonechat", "doctormsg", "alonechat"];
        let list = resident.gets("message/list").await;
        let tag = |item: &Value| item["tags"][0].as_str().unwrap().to_owned();
        assert_eq!(list["items"].as_array().unwrap().iter().map(tag).collect::<Vec<_>>(), tags);
        let (mut paged, mut next) = (Vec::new(), String::new());
        while paged.len() < 9 {
            let page = resident.gets(&format!("message/list?limit=1{next}")).await;
            paged.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&before={cursor}"),
                None => break,
            }
        }
        assert_eq!(json!(paged), list["items"]);
        let only = resident.gets("message/list?tag=alonechat").await;
        assert_eq!(only["items"].as_array().unwrap().iter().map(tag).collect::<Vec<_>>(), ["alonechat"; 2]);
        assert_eq!(resident.gets("message/list?tag=social").await["items"], json!([]));
    }

    async fn the_same_number_is_the_same_announcement(app: TestApp) {
        let admin = app.login("admin").await;
        let body = words(json!({ "audience": "all", "clientid": "c-1" }));
        let first = admin.posts("platform/push", body.clone()).await;
        let again = join_all((0..4).map(|_| admin.posts("platform/push", body.clone()))).await;
        assert!(again.iter().all(|answer| *answer == first));
        let twice = words(json!({ "audience": "all", "clientid": "c-2" }));
        let answers = join_all((0..4).map(|_| admin.posts("platform/push", twice.clone()))).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(app.login("resident1").await.all_pushes().await.len(), 2);
        assert_eq!(admin.gets("platform/list").await["items"].as_array().unwrap().len(), 2);
    }

    async fn what_is_wrong_is_named_and_tells_nobody(app: TestApp) {
        let (admin, doctor) = (app.login("admin").await, app.login("doctor1").await);
        let uid = app.login("resident1").await.uid;
        let long = "长".repeat(5001);
        let wrong = [
            (&admin, "platform/push", json!({ "title": "x", "content": "y" }), "audience"),
            (&admin, "platform/push", json!({ "title": "x", "content": "y", "audience": "admin" }), "audience"),
            (&admin, "platform/push", json!({ "title": " ", "content": "y", "audience": "all" }), "title"),
            (&admin, "platform/push", json!({ "title": "x", "content": long, "audience": "all" }), "content"),
            (&admin, "platform/push", words(json!({ "audience": "all", "url": "javascript:alert(1)" })), "url"),
            (&admin, "socialpush/create", words(json!({ "audience": "all" })), "communityid"),
            (&doctor, "usermessage/push", words(json!({})), "uid"),
            (&doctor, "usermessage/push", json!({ "uid": uid, "content": "y" }), "title"),
            (&doctor, "usermessage/push2", words(json!({ "uids": [] })), "uids"),
            (&doctor, "usermessage/push2", words(json!({ "uids": [uid, "a b"] })), "uids"),
            (&doctor, "usermessage/pushall", words(json!({ "stid": 1 })), "stid"),
        ];
        for (person, path, body, field) in wrong {
            let refused = person.post(path, body).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{path} {field}");
            assert!(refused.1["message"].as_str().unwrap().starts_with(field), "{path}: {}", refused.1);
        }
        for account in ["resident1", "doctor1"] {
            assert!(app.login(account).await.all_pushes().await.is_empty());
        }
        assert_eq!(admin.gets("platform/list").await["items"], json!([]));
    }

    async fn a_report_counts_who_has_it(app: TestApp) {
        let admin = app.login("admin").await;
        let resident = app.login("resident1").await;
        let mut phone = resident.connect("phone").await;
        let answer = admin.posts("platform/push", words(json!({ "audience": "all" }))).await;
        let topicid = answer["topicid"].as_str().unwrap();
        let report = async || admin.gets(&format!("platform/report?topicid={topicid}")).await;
        let push = phone.hear("S2C_SYSTEM_PUSH").await;
        assert_eq!(report().await["stored"], 6);
        phone.say("C2S_ACK", json!({ "seq": push["seq"] })).await;
        phone.say("C2S_READ", json!({ "messageid": push["data"]["messageid"] })).await;
        phone.hear("S2C_READ_PUSH").await;
        assert_eq!(report().await, json!({ "stored": 6, "delivered": 1, "acknowledged": 1, "read": 1 }));
        // A later notice does not count as read with the earlier one, nor the other way round.
        let later = admin.posts("platform/push", words(json!({ "audience": "user" }))).await;
        let later = admin.gets(&format!("platform/report?topicid={}", later["topicid"].as_str().unwrap())).await;
        assert_eq!((&later["stored"], &later["acknowledged"], &later["read"]), (&json!(3), &json!(0), &json!(0)));
        assert_eq!(report().await, admin.gets(&format!("report?topicid={topicid}")).await);
        let doctor = app.login("doctor1").await;
        doctor.posts("usermessage/push", words(json!({ "uid": resident.uid }))).await;
        let of_doctor = doctor.gets("usermessage/list").await["items"][0]["topicid"].clone();
        for topicid in ["none", of_doctor.as_str().unwrap()] {
            let wrong = admin.get(&format!("report?topicid={topicid}")).await;
            assert_eq!(verdict(&wrong), (404, "FA_NOTFOUND"), "{topicid}");
        }
    }

    async fn what_went_out_to_a_device_is_delivered(app: TestApp) {
        let (admin, resident) = (app.login("admin").await, app.login("resident1").await);
        let mut phone = resident.connect("phone").await;
        let answer = admin.posts("platform/push", words(json!({ "audience": "user" }))).await;
        phone.hear("S2C_SYSTEM_PUSH").await;
        phone.close().await;
        let path = format!("platform/report?topicid={}", answer["topicid"].as_str().unwrap());
        while admin.gets(&path).await["delivered"] != 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(admin.gets(&path).await, json!({ "stored": 3, "delivered": 1, "acknowledged": 0, "read": 0 }));
    }

    async fn a_doctor_sees_reports_of_own_notices_only(app: TestApp) {
        let (doctor, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let resident = app.login("resident1").await;
        doctor.posts("usermessage/push", words(json!({ "uid": resident.uid }))).await;
        let topicid = doctor.gets("usermessage/list").await["items"][0]["topicid"].clone();
        let path = format!("report?topicid={}", topicid.as_str().unwrap());
        assert_eq!(doctor.gets(&path).await["stored"], 1);
        assert_eq!(doctor.gets(&format!("usermessage/{path}")).await["stored"], 1);
        assert_eq!(verdict(&colleague.get(&path).await), (404, "FA_NOTFOUND"));
        assert_eq!(colleague.gets("usermessage/list").await["items"], json!([]));
    }

    async fn a_crowd_is_told_once_each_while_others_chat(app: TestApp) {
        let crowd = app.crowd(1200).await;
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let admin = app.login("admin").await;
        let announcement = admin.posts("platform/push", words(json!({ "audience": "user" })));
        let chat = async {
            for number in 0..20 {
                doctor.writes(&resident, &number.to_string()).await;
            }
        };
        let (answer, ()) = futures_util::future::join(announcement, chat).await;
        assert_eq!(answer["sent"], 1203);
        check_told_once(&app, &crowd).await;
        assert_eq!(resident.all_pushes().await.len(), 21);
    }
}

async fn check_told_once(app: &TestApp, crowd: &[Uid]) {
    for uid in crowd {
        let pushes = app.pushes_of(uid).await;
        let named: Vec<_> = pushes.iter().map(|push| (push.seq, &*push.name)).collect();
        assert_eq!(named, [(1, "S2C_SYSTEM_PUSH")], "{uid}");
    }
}

run_on_both! {
    /// A server that has told only part of an announcement when it ends; the next one goes on with it.
    async fn an_announcement_that_broke_off_is_gone_on_with(database) {
        let first = TestApp::start(database).await;
        let crowd = first.crowd(1200).await;
        let admin = first.login("admin").await;
        let text = |text: &str| text.to_owned();
        let new = NewTopic {
            kind: NoticeKind::System,
            author: Uid::try_from(admin.uid.clone()).unwrap(),
            clientid: None,
            title: text("流感疫苗").try_into().unwrap(),
            content: text("周六上午可以接种。").try_into().unwrap(),
            facts: Facts::new(),
        };
        let told = first.app.write(move |tx| {
            let topicid = notices::announce(tx, &new, &Scope::Platform(Audience::User))?;
            notices::send_next_batch(tx, &topicid)
        });
        assert_eq!(told.await.unwrap(), None, "there is more to do");
        let url = first.app.config().database_url.clone();
        first.stop().await;
        let second = TestApp::start_with(database, |config| config.database_url = url).await;
        let admin = second.login("admin").await;
        while admin.gets("platform/list").await["items"][0]["sent"] != 1203 {
            tokio::task::yield_now().await;
        }
        check_told_once(&second, &crowd).await;
    }
}

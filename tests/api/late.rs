//! Requests whose body comes late: what the head was allowed holds only if it still holds when the whole
//! request is there.

use crate::app::{TestApp, verdict};
use crate::on_both_databases;
use crate::people::Person;
use crate::raw::{Begun, Post};
use jiayi::http::docs::openapi;
use jiayi::http::tables;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// What is done without a token.
const OPEN: &[&str] = &["/user/register", "/user/login", "/doctor/login", "/admin/login"];

/// The people whose tokens become void, and where they may write.
struct Cast {
    resident: Person,
    doctor: Person,
    admin: Person,
    roomid: Value,
    stid: Value,
    friend: Value,
}

impl Cast {
    async fn of(app: &TestApp) -> Self {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let group = json!({ "name": "高血压病友", "members": [resident.uid] });
        let friends = doctor.gets("doctorfriend/list").await;
        Self {
            roomid: doctor.posts("discussion/create", group).await["roomid"].clone(),
            stid: doctor.gets("me").await["teams"][0].clone(),
            friend: friends["items"][0]["uid"].clone(),
            admin: app.login("admin").await,
            resident,
            doctor,
        }
    }

    fn caller(&self, path: &str) -> &Person {
        match path {
            _ if path.starts_with("/doctor/") => &self.doctor,
            _ if path.starts_with("/admin/") => &self.admin,
            _ => &self.resident,
        }
    }

    /// The example of the description, with what there really is where it matters.
    fn body(&self, path: &str, mut example: Value) -> Value {
        match path {
            "/doctor/doctorfriendchat/send" => example["touid"] = self.friend.clone(),
            "/user/alonechat/send" => example["touid"] = json!(self.doctor.uid),
            "/doctor/alonechat/send" => example["touid"] = json!(self.resident.uid),
            "/user/send" | "/doctor/send" => example["roomid"] = self.roomid.clone(),
            "/doctor/teammatechat/send" => example["stid"] = self.stid.clone(),
            "/admin/duty/roster" => example = json!({ "uid": self.doctor.uid }),
            _ => {}
        }
        example
    }

    /// Begins every request that has a body and asks for a token.
    async fn begin_all(&self, app: &TestApp) -> Vec<(String, Begun)> {
        let mut begun = Vec::new();
        for (path, operation) in openapi::document(&tables())["paths"].as_object().unwrap() {
            let content = &operation["post"]["requestBody"]["content"];
            let (by, example) = (self.caller(path), &content["application/json"]["example"]);
            let post = match (content["multipart/form-data"].is_object(), example.is_object()) {
                (true, _) => Post::file(by, path, b"x"),
                (false, true) => Post::json(by, path, &self.body(path, example.clone())),
                (false, false) => continue,
            };
            if !OPEN.contains(&path.as_str()) {
                begun.push((path.clone(), post.begin(app).await));
            }
        }
        begun
    }
}

/// The numbers of everybody's newest pushes.
async fn newest_pushes(app: &TestApp) -> Vec<Option<Value>> {
    let mut newest = Vec::new();
    for account in ["resident1", "resident2", "resident3", "doctor1", "doctor2", "doctor3"] {
        newest.push(app.login(account).await.all_pushes().await.pop());
    }
    newest
}

on_both_databases! {
    async fn nothing_is_done_under_a_token_that_became_void_before_the_last_byte(app: TestApp) {
        let cast = Cast::of(&app).await;
        let before = newest_pushes(&app).await;
        let begun = cast.begin_all(&app).await;
        assert!(begun.len() > 50);
        for person in [&cast.resident, &cast.doctor, &cast.admin] {
            person.posts("logout", json!({})).await;
        }
        for (path, begun) in begun {
            let answer = begun.finish().await;
            assert_eq!(verdict(&answer), (401, "FA_AUTH"), "{path}: {}", answer.1);
        }
        assert_eq!(newest_pushes(&app).await, before);
    }

    async fn a_message_sent_before_is_not_answered_again_under_a_void_token(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let message = json!({ "touid": resident.uid, "body": "好些了吗", "clientid": "desk-1" });
        doctor.posts("alonechat/send", message.clone()).await;
        let again = Post::json(&doctor, "/doctor/alonechat/send", &message).begin(&app).await;
        doctor.posts("logout", json!({})).await;
        assert_eq!(verdict(&again.finish().await), (401, "FA_AUTH"));
    }

    async fn whose_account_is_closed_meanwhile_sends_nothing(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let message = json!({ "touid": resident.uid, "body": "好些了吗" });
        let begun = Post::json(&doctor, "/doctor/alonechat/send", &message).begin(&app).await;
        app.login("admin").await.posts("doctor/disable", json!({ "uid": doctor.uid })).await;
        assert_eq!(verdict(&begun.finish().await), (401, "FA_AUTH"));
        assert!(resident.all_pushes().await.is_empty());
    }

    async fn whose_contract_ends_meanwhile_sends_nothing(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let message = json!({ "touid": doctor.uid, "body": "在吗" });
        let begun = Post::json(&resident, "/user/alonechat/send", &message).begin(&app).await;
        let sid = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": sid, "reason": "迁居" })).await;
        assert_eq!(verdict(&begun.finish().await), (403, "FA_PERMISSION"));
    }

    async fn who_goes_off_duty_meanwhile_does_nothing_at_the_desk(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor3").await);
        let asked = resident.writes(&app.login("doctor1").await, "我头疼").await["dialogid"].clone();
        let bodies = [
            ("claim", json!({ "dialogid": asked })),
            ("sendmsg", json!({ "dialogid": asked, "body": "请多休息" })),
            ("remindmsg", json!({ "dialogid": asked })),
        ];
        let mut begun = Vec::new();
        for (path, body) in bodies {
            begun.push(Post::json(&doctor, &format!("/admin/duty/{path}"), &body).begin(&app).await);
        }
        let admin = app.login("admin").await;
        let turns = admin.gets("duty/roster").await["items"].clone();
        let turn = turns.as_array().unwrap().iter().find(|turn| turn["uid"] == json!(doctor.uid)).unwrap();
        let over = json!({ "rosterid": turn["rosterid"], "remove": true });
        admin.posts("duty/roster", over).await;
        for begun in begun {
            assert_eq!(verdict(&begun.finish().await), (403, "FA_PERMISSION"));
        }
    }

    async fn a_log_in_whose_password_is_changed_meanwhile_gives_no_token(app: TestApp) {
        use jiayi::error::Error;
        use jiayi::limits::network::Network;
        use jiayi::model::{Time, TokenHash, Uid};
        use jiayi::service::sessions::{self, NewToken};
        let resident = app.login("resident1").await;
        let uid = Uid::try_from(resident.uid.clone()).unwrap();
        let log_in = async |password: &str, hash: u8| {
            let (uid, password) = (uid.clone(), password.to_owned());
            let new = NewToken { hash: TokenHash([hash; 32]), expires: Time::from_millis(i64::MAX), earlier: None };
            app.app.write(move |tx| sessions::log_in(tx, &uid, &password, new, Network::from(IpAddr::V4(Ipv4Addr::LOCALHOST)))).await
        };
        assert!(matches!(log_in("the hash of the password before", 1).await, Err(Error::Auth(_))));
    }
}

//! Clients that hang up: what they sent in part changes nothing, and what they sent whole is carried out,
//! with all that follows from it, though nobody waits for the answer.

use crate::app::TestApp;
use crate::on_both_databases;
use crate::people::Person;
use crate::raw::Post;
use diesel::prelude::*;
use jiayi::db::connection::AnyConnection;
use jiayi::db::schema;
use jiayi::error::Result;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Waits until the token is refused.
async fn until_refused(who: &Person) {
    for _ in 0..800 {
        if who.get("me").await.0 == 401 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the token of {} is still good", who.name);
}

on_both_databases! {
    async fn a_log_out_takes_hold_though_nobody_waits_for_it(app: TestApp) {
        let resident = app.login("resident1").await;
        let mut phone = resident.connect("phone").await;
        Post::json(&resident, "/user/logout", &json!({})).send_and_hang_up(&app, 100).await;
        until_refused(&resident).await;
        assert_eq!(phone.close_code().await, Some(4003));
    }

    async fn whoever_is_put_out_is_out_though_the_office_hung_up(app: TestApp) {
        let admin = app.login("admin").await;
        let puts_out = [
            ("doctor1", "/admin/session/kick", json!({})),
            ("doctor2", "/admin/doctor/disable", json!({})),
            ("doctor3", "/admin/doctor/update", json!({ "password": "another-one" })),
        ];
        for (account, path, mut body) in puts_out {
            let doctor = app.login(account).await;
            let mut desk = doctor.connect("desk").await;
            body["uid"] = json!(doctor.uid);
            Post::json(&admin, path, &body).send_and_hang_up(&app, 100).await;
            until_refused(&doctor).await;
            assert_eq!(desk.close_code().await, Some(4003), "{path}");
        }
    }

    async fn every_request_is_carried_out_whole_or_not_at_all(app: TestApp) {
        let patient = TestApp::start(crate::app::Database::Sqlite).await;
        let (waits, hangs_up) = (Cast::of(&patient).await, Cast::of(&app).await);
        for (account, path) in DEEDS {
            let body = waits.body(account, path).await;
            waits.people[account].posts(path, body).await;
            let body = hangs_up.body(account, path).await;
            let post = Post::json(&hangs_up.people[account], path, &body);
            for share in [30, 90, 99] {
                post.send_and_hang_up(&app, share).await;
            }
            post.send_and_hang_up(&app, 100).await;
            until_alike(&patient, &app, path).await;
        }
    }
}

/// Waits until both stores hold as much.
async fn until_alike(one: &TestApp, other: &TestApp, path: &str) {
    let wanted = one.app.read(holdings).await.unwrap();
    let mut found = BTreeMap::new();
    for _ in 0..800 {
        found = other.app.read(holdings).await.unwrap();
        if found == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{path}: {found:?} instead of {wanted:?}");
}

/// How much there is of everything that requests change.
fn holdings(store: &mut AnyConnection) -> Result<BTreeMap<&'static str, i64>> {
    use diesel::dsl::count_star;
    use schema::*;
    let mut found = BTreeMap::new();
    macro_rules! count {
        ($($what:literal: $rows:expr;)+) => {$(
            found.insert($what, $rows.select(count_star()).get_result(store)?);
        )+};
    }
    count! {
        "communities": community::table;
        "closed communities": community::table.filter(community::disabled);
        "accounts": account::table;
        "closed accounts": account::table.filter(account::disabled);
        "tokens": token::table;
        "pushes": push_log::table;
        "teams": team::table;
        "closed teams": team::table.filter(team::disabled);
        "doctors of teams": team_doctor::table;
        "turns of duty": duty_roster::table;
        "contracts": social_signed::table;
        "contracts that changed": social_signed::table.filter(social_signed::updatetime.gt(social_signed::createtime));
        "rooms": room::table;
        "open rooms": room::table.filter(room::open);
        "members": room_member::table;
        "members who left": room_member::table.filter(room_member::left_seq.is_not_null());
        "members who read": room_member::table.filter(room_member::read_seq.gt(0));
        "requests of friends": friend_request::table;
        "messages": social_dialog::table;
        "recalled messages": social_dialog::table.filter(social_dialog::recalled);
        "calls": video_call::table;
        "who is in a call": video_call_party::table;
        "topics": platform_topic::table;
        "notices": social_message::table;
        "appointments": reservation::table;
        "appointments that wait": reservation::table.filter(reservation::status.eq("applied"));
    }
    Ok(found)
}

/// What is done, by whom, in this order.
const DEEDS: &[(&str, &str)] = &[
    ("resident1", "/user/alonechat/send"),
    ("doctor1", "/doctor/message/read"),
    ("resident1", "/user/dialog/recall"),
    ("resident1", "/user/alonechat/send"),
    ("doctor3", "/admin/duty/claim"),
    ("doctor3", "/admin/duty/remindmsg"),
    ("doctor3", "/admin/duty/sendmsg"),
    ("resident2", "/social/signed2"),
    ("doctor1", "/doctor/signedprocess"),
    ("doctor1", "/doctor/rejectsigned"),
    ("resident2", "/user/contacts/remove"),
    ("resident1", "/user/reservation/create"),
    ("doctor1", "/doctor/reservation/update"),
    ("resident1", "/user/reservation/create"),
    ("resident1", "/user/reservation/cancel"),
    ("doctor1", "/doctor/discussion/create"),
    ("doctor1", "/doctor/addmember"),
    ("doctor1", "/doctor/send"),
    ("doctor1", "/doctor/removemember"),
    ("doctor1", "/doctor/teammatechat/send"),
    ("doctor1", "/doctor/doctorfriend/add"),
    ("doctor2", "/doctor/doctorfriend/accept"),
    ("doctor1", "/doctor/doctorfriendchat/send"),
    ("doctor1", "/doctor/doctorfriend/remove"),
    ("doctor1", "/doctor/usermessage/push"),
    ("doctor1", "/doctor/usermessage/push2"),
    ("doctor1", "/doctor/usermessage/pushall"),
    ("resident1", "/user/videoCall/invite"),
    ("resident1", "/user/videoCall/disconnect"),
    ("admin", "/admin/duty/roster"),
    ("admin", "/admin/community/create"),
    ("admin", "/admin/doctor/create"),
    ("admin", "/admin/user/create"),
    ("admin", "/admin/admin/create"),
    ("admin", "/admin/team/create"),
    ("admin", "/admin/team/update"),
    ("admin", "/admin/team/disable"),
    ("admin", "/admin/platform/push"),
    ("admin", "/admin/socialpush/create"),
    ("admin", "/admin/session/kick"),
    ("admin", "/admin/doctor/disable"),
    ("admin", "/admin/community/disable"),
    ("doctor1", "/doctor/logout"),
];

/// Everybody of the demonstration.
struct Cast {
    people: BTreeMap<&'static str, Person>,
}

impl Cast {
    async fn of(app: &TestApp) -> Self {
        let mut people = BTreeMap::new();
        for account in ["admin", "doctor1", "doctor2", "doctor3", "resident1", "resident2", "resident3"] {
            people.insert(account, app.login(account).await);
        }
        Self { people }
    }

    fn uid(&self, account: &str) -> Value {
        json!(self.people[account].uid)
    }

    /// A field of the first item that somebody finds under an address.
    async fn first(&self, account: &str, path: &str, field: &str) -> Value {
        self.people[account].gets(path).await["items"][0][field].clone()
    }

    /// What a deed needs, of what there is by now.
    async fn body(&self, account: &str, path: &str) -> Value {
        let deed =
            path.split_once('/').map_or(path, |_| path.trim_start_matches('/').split_once('/').unwrap().1);
        match (account, deed) {
            ("admin", _) => self.body_of_admin(deed).await,
            (_, "alonechat/send") => json!({ "touid": self.uid("doctor1"), "body": "我头疼" }),
            (_, "message/read") => {
                json!({ "messageid": self.first(account, "message/list", "messageid").await })
            }
            (_, "dialog/recall") => {
                json!({ "dialogid": self.newest_message(account).await["dialogid"] })
            }
            (_, "duty/claim" | "duty/remindmsg" | "duty/sendmsg") => {
                let asked = self.first("admin", "/admin/duty/list", "dialogid").await;
                match deed {
                    "duty/sendmsg" => json!({ "dialogid": asked, "body": "请多休息" }),
                    _ => json!({ "dialogid": asked }),
                }
            }
            (_, "signed2") => {
                let stid = self.people["doctor1"].gets("me").await["teams"][0].clone();
                json!({ "stid": stid, "doctoruid": self.uid("doctor1") })
            }
            (_, "signedprocess") => {
                json!({ "sid": self.first("resident2", "signed/list", "sid").await, "accept": true })
            }
            (_, "rejectsigned") => {
                json!({ "sid": self.first("resident2", "signed/list", "sid").await, "reason": "迁居" })
            }
            (_, "contacts/remove") => json!({ "uid": self.uid("doctor1") }),
            (_, "reservation/create") => {
                json!({ "doctoruid": self.uid("doctor1"), "time": "2099-01-01T08:00:00.000Z", "reason": "复查血压" })
            }
            (_, "reservation/update" | "reservation/cancel") => {
                let id = self.first(account, "reservation/list", "reservationid").await;
                match deed {
                    "reservation/update" => json!({ "reservationid": id, "accept": true }),
                    _ => json!({ "reservationid": id }),
                }
            }
            (_, "discussion/create") => json!({ "name": "高血压病友", "members": [self.uid("resident1")] }),
            (_, "addmember") => {
                json!({ "roomid": self.group().await, "members": [self.uid("doctor2")] })
            }
            (_, "send") => json!({ "roomid": self.group().await, "body": "大家好" }),
            (_, "removemember") => json!({ "roomid": self.group().await, "uid": self.uid("resident1") }),
            (_, "teammatechat/send") => {
                json!({ "stid": self.people["doctor1"].gets("me").await["teams"][0], "body": "开会" })
            }
            (_, "doctorfriend/add" | "doctorfriend/remove") => json!({ "friendid": self.uid("doctor2") }),
            (_, "doctorfriend/accept") => json!({ "uid": self.uid("doctor1") }),
            (_, "doctorfriendchat/send") => json!({ "touid": self.uid("doctor2"), "body": "在吗" }),
            (_, "usermessage/push") => notice(json!({ "uid": self.uid("resident1") })),
            (_, "usermessage/push2") => notice(json!({ "uids": [self.uid("resident1")] })),
            (_, "usermessage/pushall") => {
                notice(json!({ "stid": self.people["doctor1"].gets("me").await["teams"][0] }))
            }
            (_, "videoCall/invite") => json!({ "touid": self.uid("doctor1") }),
            (_, "videoCall/disconnect") => {
                json!({ "callid": self.newest_message(account).await["body"]["callid"] })
            }
            (_, "logout") => json!({}),
            (_, other) => panic!("what does {other} need?"),
        }
    }

    async fn body_of_admin(&self, deed: &str) -> Value {
        let community = self.first("admin", "/admin/community/list", "communityid").await;
        let person = json!({ "password": "jiayi-demo", "name": "孙七", "communityid": community });
        let with = |mut body: Value, field: &str, value: Value| {
            body[field] = value;
            body
        };
        match deed {
            "duty/roster" => json!({ "uid": self.uid("doctor2") }),
            "community/create" => json!({ "name": "新社区" }),
            "community/disable" => json!({ "communityid": community }),
            "doctor/create" => with(person, "account", json!("doctor7")),
            "user/create" => with(person, "phone", json!("13900000007")),
            "admin/create" => json!({ "account": "admin7", "password": "jiayi-demo", "name": "周八" }),
            "team/create" => {
                json!({ "name": "新团队", "communityid": self.home().await, "leader": self.uid("doctor3"), "doctors": [] })
            }
            "team/update" => {
                let stid = self.first("admin", "/admin/team/list", "stid").await;
                json!({ "stid": stid, "doctors": [self.uid("doctor2")] })
            }
            "team/disable" => json!({ "stid": self.first("admin", "/admin/team/list", "stid").await }),
            "platform/push" => notice(json!({ "audience": "all" })),
            "socialpush/create" => notice(json!({ "audience": "all", "communityid": self.home().await })),
            "session/kick" => json!({ "uid": self.uid("resident3") }),
            "doctor/disable" => json!({ "uid": self.uid("doctor2") }),
            other => panic!("what does {other} need?"),
        }
    }

    /// The community of the demonstration.
    async fn home(&self) -> Value {
        self.people["doctor1"].gets("me").await["communityid"].clone()
    }

    async fn group(&self) -> Value {
        self.first("doctor1", "discussion/list", "roomid").await
    }

    /// The newest message of the room of resident1 and doctor1.
    async fn newest_message(&self, account: &str) -> Value {
        let person = &self.people[account];
        let lines = person.gets("message/list").await["items"].clone();
        let line = lines.as_array().unwrap().iter().find(|line| line["tags"] == json!(["alonechat"]));
        let roomid = line.unwrap()["data"]["roomid"].clone();
        let page = person.gets(&format!("dialog/list?roomid={}", roomid.as_str().unwrap())).await;
        let items = page["items"].as_array().unwrap();
        items.iter().max_by_key(|dialog| dialog["roomseq"].as_i64()).unwrap().clone()
    }
}

/// A notice with its words.
fn notice(mut to: Value) -> Value {
    (to["title"], to["content"]) = (json!("流感疫苗"), json!("周六上午可以接种。"));
    to
}

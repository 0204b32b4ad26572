//! Message lists, read marks, history, missed pushes, contacts and teams.

use crate::app::verdict;
use crate::contract::{apply, decision};
use crate::on_both_databases;
use crate::people::Person;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use jiayi::db::schema::{room, room_member};
use jiayi::model::{RoomId, Time};
use serde_json::{Value, json};

/// The message list that a client holds after it has applied its pushes, newest first.
fn applied(uid: &str, pushes: &[Value]) -> Vec<Value> {
    let mut lines: Vec<Value> = Vec::new();
    for push in pushes {
        let data = &push["data"];
        match push["type"].as_str().unwrap() {
            "S2C_ALONECHAT_PUSH" => {
                lines.retain(|line| line["messageid"] != data["messageid"]);
                lines.insert(0, data.clone());
            }
            // One's own mark at the newest message leaves nothing unread.
            "S2C_READ_PUSH" if data["uid"] == *uid => {
                for line in lines.iter_mut().filter(|line| line["data"]["roomid"] == data["roomid"]) {
                    assert_eq!(line["data"]["roomseq"], data["roomseq"], "this test reads to the end");
                    line["unread"] = json!(0);
                }
            }
            _ => {}
        }
    }
    lines
}

/// Holds what the pushes of each have told against the list as it is.
async fn verify_action(action: &str, people: &[&Person]) {
    for person in people {
        let told = applied(&person.uid, &person.all_pushes().await);
        assert_eq!(json!(told), person.gets("message/list").await["items"], "{action}: {}", person.name);
    }
}

on_both_databases! {
    async fn what_the_pushes_tell_is_what_the_list_holds(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let other = app.login("resident1").await;
        let contract = apply(&resident, &doctor).await;
        verify_action("signed2", &[&resident, &doctor]).await;
        doctor.posts("signedprocess", decision(&contract, true)).await;
        // What one wrote oneself is told by the answer, not by a push: only its readers are compared.
        verify_action("signedprocess", &[&resident]).await;
        let asked = resident.writes(&doctor, "头疼").await;
        verify_action("a resident's send", &[&doctor]).await;
        doctor.posts("message/read", json!({ "roomid": asked["roomid"], "roomseq": asked["roomseq"] })).await;
        verify_action("a doctor's read", &[&doctor]).await;
        doctor.writes(&resident, "您好").await;
        let sent = doctor.writes(&resident, "哪里不舒服").await;
        verify_action("send", &[&resident]).await;
        resident.posts("message/read", json!({ "roomid": sent["roomid"], "roomseq": sent["roomseq"] })).await;
        verify_action("read", &[&resident]).await;
        other.writes(&app.login("doctor1").await, "我头疼").await;
        doctor.posts("rejectsigned", json!({ "sid": contract["sid"], "reason": "迁居" })).await;
        verify_action("rejectsigned", &[&resident]).await;
    }

    async fn the_list_bears_a_line_a_room_the_newest_first(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let second = app.login("resident2").await;
        let contract = apply(&second, &doctor).await;
        doctor.posts("signedprocess", decision(&contract, true)).await;
        for text in ["一", "二"] {
            resident.writes(&doctor, text).await;
        }
        a_later_millisecond();
        let sent = second.writes(&doctor, "三").await;
        let list = doctor.gets("message/list").await;
        assert_eq!(list["next"], Value::Null);
        let lines = list["items"].as_array().unwrap();
        let short = |line: &Value| (line["title"].clone(), line["content"].clone(), line["unread"].clone());
        assert_eq!(lines.iter().map(short).collect::<Vec<_>>(), [
            (json!("李四"), json!("三"), json!(1)),
            (json!("张三"), json!("二"), json!(2)),
        ]);
        assert_eq!(lines[0], json!({
            "messageid": lines[0]["messageid"], "uid": doctor.uid, "tags": ["alonechat"], "title": "李四",
            "content": "三", "unread": 1, "updatetime": lines[0]["updatetime"],
            "data": {
                "roomid": sent["roomid"], "dialogid": sent["dialogid"], "roomseq": sent["roomseq"],
                "kind": "text", "body": "三", "clientid": null,
                "from": { "uid": second.uid, "name": "李四", "role": "user" },
                "dutyinfo": { "dutyuid": null, "process": 0 },
            },
        }));
        let first = doctor.gets("message/list?limit=1").await;
        let next = first["next"].as_str().unwrap();
        let rest = doctor.gets(&format!("message/list?limit=1&before={next}")).await;
        assert_eq!((&first["items"][0], &rest["items"][0], &rest["next"]), (&lines[0], &lines[1], &Value::Null));
        assert_eq!(doctor.gets("message/list?tag=system").await["items"], json!([]));
        assert_eq!(verdict(&doctor.get("message/list?before=odd").await), (400, "FA_PARAM"));
        assert_eq!(verdict(&doctor.get("message/list?limit=201").await), (400, "FA_PARAM"));
    }

    async fn a_read_mark_is_told_to_both_and_never_goes_back(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let roomid = resident.writes(&doctor, "一").await["roomid"].clone();
        for text in ["二", "三"] {
            resident.writes(&doctor, text).await;
        }
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let unread = async || doctor.gets("message/list").await["items"][0]["unread"].clone();
        let read = |roomseq: i64| json!({ "roomid": roomid, "roomseq": roomseq });
        assert_eq!(unread().await, 3);
        doctor.posts("message/read", read(2)).await;
        let mark = json!({ "roomid": roomid, "uid": doctor.uid, "roomseq": 2 });
        assert_eq!(phone.hear("S2C_READ_PUSH").await["data"], mark);
        assert_eq!(desk.hear("S2C_READ_PUSH").await["data"], mark);
        assert_eq!(unread().await, 1);
        doctor.posts("message/read", read(1)).await;
        doctor.posts("message/read", read(2)).await;
        phone.hears_nothing().await;
        assert_eq!(unread().await, 1);
        assert_eq!(verdict(&doctor.post("message/read", read(4)).await), (400, "FA_PARAM"));
        let messageid = doctor.gets("message/list").await["items"][0]["messageid"].clone();
        doctor.posts("message/read", json!({ "messageid": messageid })).await;
        assert_eq!(phone.hear("S2C_READ_PUSH").await["data"]["roomseq"], 3);
        assert_eq!(unread().await, 0);
    }

    async fn history_is_read_from_both_ends(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let roomid = resident.writes(&doctor, "1").await["roomid"].as_str().unwrap().to_owned();
        for number in 2..=5 {
            doctor.writes(&resident, &number.to_string()).await;
        }
        let texts = async |query: &str| -> (Vec<String>, Value) {
            let page = resident.gets(&format!("dialog/list?roomid={roomid}{query}")).await;
            let items = page["items"].as_array().unwrap().iter();
            (items.map(|item| item["body"].as_str().unwrap().to_owned()).collect(), page["next"].clone())
        };
        assert_eq!(texts("").await.0, ["5", "4", "3", "2", "1"]);
        assert_eq!(texts("&limit=2").await, (vec!["5".to_owned(), "4".to_owned()], json!("4")));
        assert_eq!(texts("&limit=2&before=4").await.0, ["3", "2"]);
        assert_eq!(texts("&after=3").await.0, ["5", "4"]);
        assert_eq!(texts("&after=1&before=4").await.0, ["3", "2"]);
    }

    async fn a_room_of_others_does_not_exist(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let sent = resident.writes(&doctor, "一").await;
        for stranger in ["resident3", "doctor2", "doctor3"] {
            let stranger = app.login(stranger).await;
            let path = format!("dialog/list?roomid={}", sent["roomid"].as_str().unwrap());
            assert_eq!(verdict(&stranger.get(&path).await), (404, "FA_NOTFOUND"));
            for read in [
                json!({ "roomid": sent["roomid"], "roomseq": 1 }),
                json!({ "messageid": sent["messageid"] }),
            ] {
                assert_eq!(verdict(&stranger.post("message/read", read).await), (404, "FA_NOTFOUND"));
            }
        }
        assert_eq!(resident.all_pushes().await, [] as [Value; 0]);
    }

    async fn missed_pushes_are_read_page_by_page(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        for number in 1..=3 {
            resident.writes(&doctor, &number.to_string()).await;
        }
        let page = doctor.gets("sync?since=0&limit=2").await;
        assert_eq!((&page["items"][1]["seq"], &page["next"]), (&json!(2), &json!("2")));
        let page = doctor.gets("sync?since=2").await;
        assert_eq!((&page["items"][0]["seq"], &page["next"]), (&json!(3), &Value::Null));
        assert_eq!(page["items"][0]["type"], "S2C_ALONECHAT_PUSH");
        assert_eq!(doctor.gets("sync?since=3").await["items"], json!([]));
        assert_eq!(verdict(&doctor.get("sync?since=-1").await), (400, "FA_PARAM"));
        assert_eq!(verdict(&doctor.get("sync").await), (400, "FA_PARAM"));
    }

    async fn what_is_sent_again_gives_the_first_answer_and_tells_nobody(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let body = json!({ "touid": doctor.uid, "body": "一", "clientid": "c-1" });
        let first = resident.posts("alonechat/send", body.clone()).await;
        assert_eq!(resident.posts("alonechat/send", body.clone()).await, first);
        let (one, two) = tokio::join!(
            resident.post("alonechat/send", json!({ "touid": doctor.uid, "body": "二", "clientid": "c-2" })),
            resident.post("alonechat/send", json!({ "touid": doctor.uid, "body": "二", "clientid": "c-2" })),
        );
        assert_eq!((one.0, &one.1), (200, &two.1));
        assert_eq!(doctor.all_pushes().await.len(), 2);
        let reply = json!({ "touid": resident.uid, "body": "三", "clientid": "c-1" });
        assert_ne!(doctor.posts("alonechat/send", reply).await["dialogid"], first["dialogid"], "another sender");
    }

    async fn contacts_and_teams_say_who_is_there(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let contact = async || resident.gets("contacts/list").await["items"].clone();
        let expected = |online: bool, roomid: &Value| json!([{
            "roomid": roomid, "kind": "alonechat", "uid": doctor.uid, "name": "王医生", "role": "doctor",
            "online": online,
        }]);
        let before = contact().await;
        assert_eq!(before, expected(false, &before[0]["roomid"]));
        let _desk = doctor.connect("desk").await;
        assert_eq!(contact().await, expected(true, &before[0]["roomid"]));
        assert_eq!(app.login("resident2").await.gets("contacts/list").await["items"], json!([]));

        let teams = resident.gets("team/list").await["items"].clone();
        let mut names: Vec<_> = teams.as_array().unwrap().iter().map(|team| team["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["签约团队一", "签约团队二"]);
        let one = teams.as_array().unwrap().iter().find(|team| team["name"] == "签约团队一").unwrap();
        let mine = one["doctors"].as_array().unwrap().iter().find(|found| found["uid"] == *doctor.uid).unwrap();
        assert_eq!(*mine, json!({
            "uid": doctor.uid, "name": "王医生", "title": "主任医师", "leader": true, "onduty": false,
        }));
    }
}

/// Lines that change in the same millisecond have no order in time.
pub fn a_later_millisecond() {
    let now = jiayi::model::Time::now();
    while jiayi::model::Time::now() == now {
        std::hint::spin_loop();
    }
}

on_both_databases! {
    async fn a_list_of_many_rooms_is_read_page_by_page_newest_first(app: TestApp) {
        let doctor = app.login("doctor1").await;
        // Hours apart, some of them at the same time, and of two kinds; the doctor has left the last ones.
        let (uid, now) = (doctor.uid.clone(), Time::now().millis());
        let made = app.app.write(move |tx| {
            for i in 0..90 {
                let (kind, left) = (if i % 3 == 0 { "discussion" } else { "teammate" }, if i < 80 { "NULL" } else { "1" });
                let then = now - (i * 37 % 90 / 2) * 1_900_000;
                tx.batch_execute(&format!(
                    "INSERT INTO room (roomid, kind, name, open, seq, updatetime, createtime) VALUES ('many{i}', '{kind}', 'n', TRUE, 1, 1, 1); \
                     INSERT INTO room_member (roomid, uid, messageid, joined_seq, read_seq, left_seq) VALUES ('many{i}', '{uid}', 'line{i}', 0, 0, {left}); \
                     INSERT INTO social_dialog (roomid, roomseq, dialogid, fromuid, kind, body, createtime) VALUES ('many{i}', 1, 'dialog{i}', '{uid}', 'text', '\"x\"', 1); \
                     UPDATE room SET updatetime = {then} WHERE roomid = 'many{i}'"
                ))?;
            }
            Ok(())
        });
        made.await.unwrap();
        let walk = async |query: &str, limit: usize| {
            let (mut lines, mut next) = (Vec::new(), String::new());
            loop {
                let page = doctor.gets(&format!("message/list?limit={limit}{query}{next}")).await;
                lines.extend(page["items"].as_array().unwrap().clone());
                let Some(before) = page["next"].as_str() else { return lines };
                next = format!("&before={before}");
            }
        };
        for query in ["", "&tag=discussion", "&tag=teammate"] {
            let (whole, mut expected) = (walk(query, 200).await, Vec::new());
            assert!(whole.len() > 25, "{} lines of{query}", whole.len());
            expected.clone_from(&whole);
            expected.sort_by_key(|line| (line["updatetime"].to_string(), line["messageid"].to_string()));
            expected.reverse();
            assert_eq!(whole, expected, "newest first");
            for limit in [1, 7] {
                assert_eq!(walk(query, limit).await, whole, "{limit} at a time");
            }
        }
    }

    async fn the_hour_of_a_room_is_kept_for_whoever_is_in_it(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let asked = resident.writes(&doctor, "头疼").await;
        let roomid: RoomId = serde_json::from_value(asked["roomid"].clone()).unwrap();
        let hours = async || {
            let roomid = roomid.clone();
            let list = move |store: &mut _| {
                let rows = room_member::table.filter(room_member::roomid.eq(&roomid)).select(room_member::active);
                Ok(rows.load::<i64>(store)?)
            };
            app.app.read(list).await.unwrap()
        };
        let now = || Time::now().millis() / 3_600_000;
        let before = now();
        assert!(hours().await.iter().all(|hour| (before..=now()).contains(hour)));
        let earlier = roomid.clone();
        let age = app.app.write(move |tx| {
            diesel::update(room::table.find(&earlier)).set(room::updatetime.eq(7_200_000)).execute(&mut **tx)?;
            Ok(())
        });
        age.await.unwrap();
        assert_eq!(hours().await, [2, 2]);
        resident.writes(&doctor, "还疼").await;
        assert!(hours().await.iter().all(|hour| (before..=now()).contains(hour)));
    }
}

//! Discussion groups: making one, writing in it, who joins, who leaves, and who hears of it.

use crate::app::{TestApp, verdict};
use crate::contract::apply;
use crate::on_both_databases;
use crate::people::Person;
use jiayi::model::{Login, Name, Role, RoomId, Uid};
use jiayi::service::accounts;
use jiayi::store::account::NewAccount;
use jiayi::store::{member, room};
use serde_json::{Value, json};

/// A group of doctor1's; returns its id.
pub async fn group(owner: &Person, members: &[&Person]) -> String {
    let members: Vec<_> = members.iter().map(|member| &member.uid).collect();
    let made = owner.posts("discussion/create", json!({ "name": "高血压讨论", "members": members })).await;
    made["roomid"].as_str().unwrap().to_owned()
}

/// Adds one.
pub async fn add(by: &Person, roomid: &str, who: &Person) -> (u16, Value) {
    by.post("addmember", json!({ "roomid": roomid, "members": [who.uid] })).await
}

/// The owner removes one.
pub async fn removes(owner: &Person, roomid: &str, who: &Person) {
    owner.posts("removemember", json!({ "roomid": roomid, "uid": who.uid })).await;
}

/// Writes in the group.
pub async fn says(by: &Person, roomid: &str, text: &str) -> Value {
    by.posts("send", json!({ "roomid": roomid, "body": text })).await
}

/// The texts of the group that one may see, newest first.
async fn texts(who: &Person, roomid: &str) -> Vec<String> {
    let history = who.gets(&format!("dialog/list?roomid={roomid}")).await;
    history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["body"].as_str().unwrap().to_owned())
        .collect()
}

async fn count_lines(who: &Person) -> usize {
    who.gets("message/list?tag=discussion").await["items"].as_array().unwrap().len()
}

fn shown(person: &Person) -> Value {
    json!({ "uid": person.uid, "name": person.name, "role": person.role })
}

/// Those of a person's pushes that are of this type.
async fn pushes_of(person: &Person, name: &str) -> Vec<Value> {
    person.all_pushes().await.into_iter().filter(|push| push["type"] == name).collect()
}

/// Puts new residents into a group behind everybody's back.
pub async fn fill(app: &TestApp, roomid: &str, count: usize) {
    let roomid = RoomId::try_from(roomid.to_owned()).unwrap();
    let work = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
        let group = room::lock(tx, &roomid)?.unwrap();
        for number in 0..count {
            let uid = accounts::create(tx, &resident(&format!("filler{number}")))?;
            member::enter(tx, &group, &[&uid])?;
        }
        Ok(())
    };
    app.app.write(work).await.unwrap();
}

fn resident(login: &str) -> NewAccount {
    NewAccount {
        role: Role::User,
        login: Login::try_from(login.to_owned()).unwrap(),
        password: "none".to_owned(),
        name: Name::try_from("居民".to_owned()).unwrap(),
        communityid: None,
        title: None,
    }
}

on_both_databases! {
    async fn a_group_is_made_and_its_members_hear_of_it(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (colleague, friend) = (app.login("doctor2").await, app.login("doctor3").await);
        let bystander = app.login("resident3").await;
        let mut screens = Vec::new();
        for person in [&doctor, &resident, &colleague, &friend] {
            screens.push(person.connect("screen").await);
        }
        let mut other_screen = bystander.connect("screen").await;
        let roomid = group(&doctor, &[&resident, &colleague, &friend, &doctor, &resident]).await;
        for screen in &mut screens {
            let told = screen.hear("S2C_TEAMMEMBER_ENTER").await["data"].clone();
            assert_eq!((&told["roomid"], &told["by"]), (&json!(roomid), &json!(doctor.uid)));
            let members = told["members"].as_array().unwrap();
            assert_eq!(members.len(), 4, "each once: {told}");
            for person in [&doctor, &resident, &colleague, &friend] {
                assert!(members.contains(&shown(person)), "{told}");
            }
        }
        other_screen.hears_nothing().await;
        assert_eq!(resident.gets("discussion/list").await["items"], json!([
            { "roomid": roomid, "name": "高血压讨论", "owner": doctor.uid, "members": 4 },
        ]));
        let page = resident.gets(&format!("discussion/members?roomid={roomid}&limit=3")).await;
        let rest = resident.gets(&format!("discussion/members?roomid={roomid}&before={}", page["next"].as_str().unwrap())).await;
        let listed = [page["items"].as_array().unwrap().clone(), rest["items"].as_array().unwrap().clone()].concat();
        assert_eq!((listed.len(), &rest["next"]), (4, &Value::Null));
        let owner = json!({ "uid": doctor.uid, "name": "王医生", "role": "doctor", "owner": true });
        assert!(listed.contains(&owner), "{listed:?}");
        assert_eq!(bystander.gets("discussion/list").await["items"], json!([]));
        assert_eq!(count_lines(&resident).await, 0, "nothing has been written yet");
    }

    async fn what_is_written_reaches_the_other_members_once(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (colleague, bystander) = (app.login("doctor2").await, app.login("doctor3").await);
        let roomid = group(&doctor, &[&resident, &colleague]).await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let (mut other_desk, mut far_desk) = (colleague.connect("desk").await, bystander.connect("desk").await);
        let body = json!({ "roomid": roomid, "body": "血压还是高", "clientid": "c-1" });
        let sent = resident.posts("send", body.clone()).await;
        for (screen, person) in [(&mut desk, &doctor), (&mut other_desk, &colleague)] {
            let item = screen.hear("S2C_TEAMCHAT_PUSH").await["data"].clone();
            assert_eq!(item, person.gets("message/list").await["items"][0]);
            assert_eq!(item["tags"], json!(["discussion"]));
            assert_eq!((&item["title"], &item["content"], &item["unread"]), (&json!("高血压讨论"), &json!("血压还是高"), &json!(1)));
            assert_eq!(item["data"]["from"], shown(&resident));
            assert_eq!(item["data"]["dialogid"], sent["dialogid"]);
        }
        assert_eq!(resident.posts("send", body).await, sent, "the first answer again");
        for screen in [&mut phone, &mut desk, &mut other_desk, &mut far_desk] {
            screen.hears_nothing().await;
        }
        assert_eq!(resident.gets("message/list").await["items"][0]["messageid"], sent["messageid"]);
        assert_eq!(resident.gets("message/list").await["items"][0]["unread"], 0);
        doctor.posts("message/read", json!({ "roomid": roomid, "roomseq": 1 })).await;
        assert_eq!(phone.hear("S2C_READ_PUSH").await["data"], json!({ "roomid": roomid, "uid": doctor.uid, "roomseq": 1 }));
        far_desk.hears_nothing().await;
    }

    async fn who_joins_sees_what_is_written_from_then_on(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let joiner = app.login("doctor2").await;
        let roomid = group(&doctor, &[&resident]).await;
        says(&doctor, &roomid, "以前").await;
        let (mut phone, mut desk) = (resident.connect("phone").await, joiner.connect("desk").await);
        assert_eq!(add(&resident, &roomid, &joiner).await, (200, json!({})), "a resident may, under contract with the team");
        let told = json!({ "roomid": roomid, "members": [shown(&joiner)], "by": resident.uid });
        assert_eq!(phone.hear("S2C_TEAMMEMBER_ENTER").await["data"], told);
        assert_eq!(desk.hear("S2C_TEAMMEMBER_ENTER").await["data"], told);
        assert_eq!((count_lines(&joiner).await, texts(&joiner, &roomid).await), (0, vec![]));
        says(&doctor, &roomid, "现在").await;
        assert_eq!(desk.hear("S2C_TEAMCHAT_PUSH").await["data"]["unread"], 1);
        assert_eq!(texts(&joiner, &roomid).await, ["现在"]);
        assert_eq!(texts(&resident, &roomid).await, ["现在", "以前"]);
        assert_eq!(add(&doctor, &roomid, &joiner).await, (200, json!({})), "who is in it already stays so");
        desk.hears_nothing().await;
        assert_eq!(texts(&joiner, &roomid).await, ["现在"]);
    }

    async fn who_leaves_sees_nothing_later(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let colleague = app.login("doctor2").await;
        let roomid = group(&doctor, &[&resident, &colleague]).await;
        says(&doctor, &roomid, "一").await;
        let sent = colleague.posts("send", json!({ "roomid": roomid, "body": "二", "clientid": "c" })).await;
        let (mut phone, mut desk) = (resident.connect("phone").await, colleague.connect("desk").await);
        removes(&doctor, &roomid, &colleague).await;
        let told = json!({ "roomid": roomid, "members": [shown(&colleague)], "by": doctor.uid });
        assert_eq!(phone.hear("S2C_TEAMMEMBER_LEAVE").await["data"], told);
        assert_eq!(desk.hear("S2C_TEAMMEMBER_LEAVE").await["data"], told);
        says(&doctor, &roomid, "三").await;
        desk.hears_nothing().await;
        assert_eq!(texts(&colleague, &roomid).await, ["二", "一"], "what was written while they were in it");
        assert_eq!((count_lines(&colleague).await, count_lines(&resident).await), (0, 1));
        assert_eq!(colleague.gets("discussion/list").await["items"], json!([]));
        for (path, body) in [
            ("send", json!({ "roomid": roomid, "body": "四" })),
            ("addmember", json!({ "roomid": roomid, "members": [resident.uid] })),
            ("removemember", json!({ "roomid": roomid })),
            ("message/read", json!({ "roomid": roomid, "roomseq": 1 })),
        ] {
            assert_eq!(verdict(&colleague.post(path, body).await), (404, "FA_NOTFOUND"), "{path}");
        }
        let members = colleague.get(&format!("discussion/members?roomid={roomid}")).await;
        assert_eq!(verdict(&members), (404, "FA_NOTFOUND"));
        let again = colleague.posts("send", json!({ "roomid": roomid, "body": "二", "clientid": "c" })).await;
        assert_eq!(again, sent, "what was sent before is still answered");
        // Coming back.
        assert_eq!(add(&doctor, &roomid, &colleague).await.0, 200);
        assert_eq!((count_lines(&colleague).await, texts(&colleague, &roomid).await), (0, vec![]));
        says(&resident, &roomid, "五").await;
        assert_eq!(texts(&colleague, &roomid).await, ["五"]);
        assert_eq!(colleague.gets("message/list").await["items"][0]["unread"], 1);
    }

    async fn only_contacts_are_added_and_only_by_members(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (stranger, neighbour) = (app.login("resident2").await, app.login("resident3").await);
        let (friend, admin) = (app.login("doctor3").await, app.login("admin").await);
        let roomid = group(&doctor, &[&resident]).await;
        let nobody = json!({ "roomid": roomid, "members": ["nobody"] });
        let unknown = doctor.post("addmember", nobody).await;
        assert_eq!(verdict(&unknown), (403, "FA_PERMISSION"));
        assert_eq!(add(&doctor, &roomid, &stranger).await, unknown, "whether somebody exists is not told");
        assert_eq!(add(&doctor, &roomid, &admin).await, unknown);
        assert_eq!(add(&resident, &roomid, &neighbour).await, unknown);
        assert_eq!(add(&resident, &roomid, &friend).await, unknown, "friends are not shared");
        let mixed = json!({ "name": "群", "members": [doctor.uid, stranger.uid] });
        assert_eq!(resident.post("discussion/create", mixed).await, unknown);
        for outsider in [&friend, &neighbour, &stranger] {
            assert_eq!(verdict(&add(outsider, &roomid, &doctor).await), (404, "FA_NOTFOUND"));
            let send = outsider.post("send", json!({ "roomid": roomid, "body": "在吗" })).await;
            assert_eq!(verdict(&send), (404, "FA_NOTFOUND"));
            let members = outsider.get(&format!("discussion/members?roomid={roomid}")).await;
            assert_eq!(verdict(&members), (404, "FA_NOTFOUND"));
        }
        assert_eq!(verdict(&friend.post("removemember", json!({ "roomid": roomid, "uid": resident.uid })).await), (404, "FA_NOTFOUND"));
        for person in [&stranger, &neighbour, &friend] {
            assert_eq!(person.all_pushes().await, [] as [Value; 0]);
        }
        assert_eq!(resident.all_pushes().await.len(), 1, "that the group was made");
        // Who is in a group with somebody knows them.
        assert_eq!(add(&doctor, &roomid, &friend).await.0, 200);
        assert_eq!(resident.post("discussion/create", json!({ "name": "群", "members": [friend.uid] })).await.0, 200);
    }

    async fn only_the_owner_removes_others_and_who_leaves_hands_over(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (colleague, friend) = (app.login("doctor2").await, app.login("doctor3").await);
        let roomid = group(&doctor, &[&resident]).await;
        says(&doctor, &roomid, "一").await;
        for later in [&colleague, &friend] {
            add(&doctor, &roomid, later).await;
            says(&doctor, &roomid, "二").await;
        }
        let removal = json!({ "roomid": roomid, "uid": resident.uid });
        assert_eq!(verdict(&colleague.post("removemember", removal.clone()).await), (403, "FA_PERMISSION"));
        assert_eq!(pushes_of(&resident, "S2C_TEAMMEMBER_LEAVE").await, [] as [Value; 0]);
        doctor.posts("removemember", json!({ "roomid": roomid })).await;
        let members = resident.gets(&format!("discussion/members?roomid={roomid}")).await;
        let owners: Vec<_> = members["items"].as_array().unwrap().iter().filter(|one| one["owner"] == true).collect();
        assert_eq!(owners.len(), 1);
        assert_eq!(owners[0]["uid"], *colleague.uid, "the doctor who was in it longest");
        assert_eq!(verdict(&friend.post("removemember", removal.clone()).await), (403, "FA_PERMISSION"));
        colleague.posts("removemember", removal.clone()).await;
        assert_eq!(verdict(&colleague.post("removemember", removal).await), (404, "FA_NOTFOUND"));
        colleague.posts("removemember", json!({ "roomid": roomid, "uid": colleague.uid })).await;
        assert_eq!(pushes_of(&doctor, "S2C_TEAMMEMBER_LEAVE").await.len(), 1, "of their own leaving only");
        assert_eq!(pushes_of(&friend, "S2C_TEAMMEMBER_LEAVE").await.len(), 3);
        friend.posts("removemember", json!({ "roomid": roomid })).await;
    }

    async fn of_two_who_add_somebody_at_once_one_tells(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let joiner = app.login("doctor2").await;
        let roomid = group(&doctor, &[&resident]).await;
        let (one, two) = tokio::join!(add(&doctor, &roomid, &joiner), add(&resident, &roomid, &joiner));
        assert_eq!((one.0, two.0), (200, 200));
        for person in [&joiner, &doctor] {
            let told = pushes_of(person, "S2C_TEAMMEMBER_ENTER").await;
            let of_joiner = told.iter().filter(|push| push["data"]["members"] == json!([shown(&joiner)]));
            assert_eq!(of_joiner.count(), 1);
        }
    }

    async fn what_is_written_while_somebody_goes_and_comes_reaches_them_as_they_see_it(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let mover = app.login("doctor2").await;
        let roomid = group(&doctor, &[&resident, &mover]).await;
        let chatter = async {
            for number in 0..20 {
                says(&resident, &roomid, &number.to_string()).await;
            }
        };
        let moving = async {
            for _ in 0..4 {
                let leave = json!({ "roomid": roomid });
                let (left, added) = tokio::join!(mover.post("removemember", leave), add(&doctor, &roomid, &mover));
                assert_eq!((left.0, added.0), (200, 200));
                add(&doctor, &roomid, &mover).await;
            }
        };
        tokio::join!(chatter, moving);
        // They heard exactly what they may see: what was written after each coming and before each going.
        let heard = mover.all_pushes().await;
        let last_coming = heard.iter().rposition(|push| push["type"] == "S2C_TEAMMEMBER_ENTER").unwrap();
        let since: Vec<_> = heard[last_coming..].iter().filter(|push| push["type"] == "S2C_TEAMCHAT_PUSH")
            .map(|push| push["data"]["content"].as_str().unwrap().to_owned()).rev().collect();
        assert_eq!(texts(&mover, &roomid).await, since);
        let mut inside = false;
        for push in &heard {
            match push["type"].as_str().unwrap() {
                "S2C_TEAMMEMBER_ENTER" => inside = true,
                "S2C_TEAMMEMBER_LEAVE" => inside = false,
                name => assert!(inside, "{name} after they had left"),
            }
        }
    }

    async fn a_group_has_at_most_500_members(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let roomid = group(&doctor, &[&resident]).await;
        fill(&app, &roomid, 497).await;
        let (colleague, friend) = (app.login("doctor2").await, app.login("doctor3").await);
        let (one, two) = tokio::join!(add(&doctor, &roomid, &colleague), add(&doctor, &roomid, &friend));
        let mut verdicts = [verdict(&one), verdict(&two)];
        verdicts.sort_unstable();
        assert_eq!(verdicts, [(200, ""), (409, "FA_STATE")]);
        assert_eq!(doctor.gets("discussion/list").await["items"][0]["members"], 500);
        says(&doctor, &roomid, "都好").await;
        assert_eq!(pushes_of(&resident, "S2C_TEAMCHAT_PUSH").await.len(), 1);
        let too_many: Vec<_> = (0..501).map(|number| format!("u{number}")).collect();
        let refused = doctor.post("discussion/create", json!({ "name": "群", "members": too_many })).await;
        assert_eq!(verdict(&refused), (400, "FA_PARAM"));
    }

    async fn a_closed_account_is_not_added(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let uid = Uid::try_from(resident.uid.clone()).unwrap();
        app.app.write(move |tx| {
            use diesel::prelude::*;
            use jiayi::db::schema::account;
            diesel::update(account::table.find(&uid)).set(account::disabled.eq(true)).execute(&mut **tx)?;
            Ok(())
        }).await.unwrap();
        let refused = doctor.post("discussion/create", json!({ "name": "群", "members": [resident.uid] })).await;
        assert_eq!(verdict(&refused), (403, "FA_PERMISSION"));
    }

    async fn a_malformed_request_names_its_field(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let roomid = group(&doctor, &[&resident]).await;
        let private = resident.writes(&doctor, "我头疼").await["roomid"].clone();
        for (path, body, field) in [
            ("discussion/create", json!({ "members": [resident.uid] }), "name"),
            ("discussion/create", json!({ "name": " ", "members": [resident.uid] }), "name"),
            ("discussion/create", json!({ "name": "名".repeat(51), "members": [resident.uid] }), "name"),
            ("discussion/create", json!({ "name": "群", "members": [] }), "members"),
            ("discussion/create", json!({ "name": "群", "members": ["a b"] }), "members"),
            ("discussion/create", json!({ "name": "群", "members": resident.uid }), "members"),
            ("addmember", json!({ "roomid": roomid, "members": [] }), "members"),
            ("addmember", json!({ "roomid": private, "members": [resident.uid] }), "roomid"),
            ("removemember", json!({ "roomid": private }), "roomid"),
            ("removemember", json!({ "uid": resident.uid }), "roomid"),
            ("send", json!({ "roomid": private, "body": "在吗" }), "roomid"),
            ("send", json!({ "roomid": roomid }), "body"),
            ("send", json!({ "roomid": roomid, "body": "" }), "body"),
            ("send", json!({ "roomid": roomid, "body": "在吗", "kind": "system" }), "kind"),
            ("send", json!({ "roomid": roomid, "body": "在吗", "clientid": "" }), "clientid"),
        ] {
            let refused = doctor.post(path, body.clone()).await;
            assert_eq!(verdict(&refused), (400, "FA_PARAM"), "{path} {body}");
            assert!(refused.1["message"].as_str().unwrap().starts_with(field), "{path} {body}: {}", refused.1);
        }
        assert_eq!(resident.all_pushes().await.len(), 1);
    }

    async fn a_resident_takes_a_past_contact_off_the_list(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let roomid = resident.writes(&doctor, "我头疼").await["roomid"].clone();
        let (by_room, by_uid) = (json!({ "roomid": roomid }), json!({ "uid": doctor.uid }));
        for body in [&by_room, &by_uid] {
            assert_eq!(verdict(&resident.post("contacts/remove", body.clone()).await), (409, "FA_STATE"));
        }
        let contract = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": contract, "reason": "迁居" })).await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        resident.posts("contacts/remove", by_uid.clone()).await;
        let told = json!({ "roomid": roomid, "members": [shown(&resident)], "by": resident.uid });
        assert_eq!(phone.hear("S2C_TEAMMEMBER_LEAVE").await["data"], told);
        assert_eq!(desk.hear("S2C_TEAMMEMBER_LEAVE").await["data"], told);
        assert_eq!(resident.gets("contacts/list").await["items"], json!([]));
        assert_eq!(resident.gets("message/list").await["items"], json!([]));
        assert_eq!(verdict(&resident.post("contacts/remove", by_uid).await), (404, "FA_NOTFOUND"));
        assert_eq!(doctor.gets("message/list").await["items"][0]["title"], "张三", "the doctor's record stays");
        // A new application brings the room back.
        apply(&resident, &doctor).await;
        assert_eq!(resident.gets("contacts/list").await["items"][0]["roomid"], roomid);
        assert_eq!(verdict(&resident.post("contacts/remove", by_room).await), (409, "FA_STATE"));
    }

    async fn contacts_are_removed_by_who_has_them_only(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let stranger = app.login("resident2").await;
        let private = resident.writes(&doctor, "我头疼").await["roomid"].clone();
        let remove = async |body: Value| {
            let refused = stranger.post("contacts/remove", body).await;
            (refused.0, refused.1["code"].as_str().unwrap().to_owned())
        };
        assert_eq!(remove(json!({ "roomid": private })).await, (404, "FA_NOTFOUND".to_owned()));
        assert_eq!(remove(json!({ "uid": doctor.uid })).await, (404, "FA_NOTFOUND".to_owned()));
        assert_eq!(remove(json!({})).await, (400, "FA_PARAM".to_owned()));
        assert_eq!(remove(json!({ "uid": doctor.uid, "roomid": private })).await, (400, "FA_PARAM".to_owned()));
        assert_eq!(doctor.all_pushes().await.len(), 1, "what was written");
        // A resident leaves a group by the same call.
        let roomid = group(&doctor, &[&resident]).await;
        resident.posts("contacts/remove", json!({ "roomid": roomid })).await;
        assert_eq!(pushes_of(&doctor, "S2C_TEAMMEMBER_LEAVE").await.len(), 1);
        assert_eq!(resident.gets("discussion/list").await["items"], json!([]));
    }
}

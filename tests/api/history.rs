//! Withdrawing messages, and searching in them.

use crate::app::{TestApp, verdict};
use crate::discussion::{add, group, removes, says};
use crate::inbox::a_later_millisecond;
use crate::on_both_databases;
use crate::people::Person;
use diesel::prelude::*;
use jiayi::db::schema::social_dialog;
use jiayi::model::{DialogId, Time};
use serde_json::{Value, json};

/// Withdraws what was sent.
async fn recall(by: &Person, sent: &Value) -> (u16, Value) {
    by.post("dialog/recall", json!({ "dialogid": sent["dialogid"] })).await
}

/// The bodies of what was found, newest first.
async fn find(who: &Person, query: &str) -> Vec<String> {
    let found = who.gets(&format!("dialog/search?{query}")).await;
    found["items"].as_array().unwrap().iter().map(|item| item["body"].as_str().unwrap().to_owned()).collect()
}

/// What stands behind `q=`.
fn quoted(words: &str) -> String {
    words.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Makes a message older than it is.
async fn age(app: &TestApp, sent: &Value, seconds: i64) {
    let dialogid = DialogId::try_from(sent["dialogid"].as_str().unwrap().to_owned()).unwrap();
    let then = Time::from_millis(Time::now().millis() - seconds * 1000);
    let work = move |tx: &mut jiayi::db::transaction::Tx<'_>| {
        let message = social_dialog::table.filter(social_dialog::dialogid.eq(&dialogid));
        diesel::update(message).set(social_dialog::createtime.eq(then)).execute(&mut **tx)?;
        Ok(())
    };
    app.app.write(work).await.unwrap();
}

/// The words of a message as they are kept.
async fn kept(app: &TestApp, sent: &Value) -> String {
    let dialogid = DialogId::try_from(sent["dialogid"].as_str().unwrap().to_owned()).unwrap();
    let read = move |store: &mut jiayi::db::connection::AnyConnection| {
        let message = social_dialog::table.filter(social_dialog::dialogid.eq(&dialogid));
        Ok(message.select(social_dialog::body).first(store)?)
    };
    app.app.read(read).await.unwrap()
}

async fn count_recalls(person: &Person) -> usize {
    person.all_pushes().await.iter().filter(|push| push["type"] == "S2C_RECALL_PUSH").count()
}

on_both_databases! {
    async fn a_message_is_withdrawn_and_its_words_stay_in_the_record(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let bystander = app.login("doctor2").await;
        resident.writes(&doctor, "您好").await;
        let sent = resident.writes(&doctor, "我头疼").await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let mut other_desk = bystander.connect("desk").await;
        assert_eq!(recall(&resident, &sent).await, (200, json!({})));
        let told = json!({ "roomid": sent["roomid"], "dialogid": sent["dialogid"], "roomseq": 2, "by": resident.uid });
        assert_eq!(phone.hear("S2C_RECALL_PUSH").await["data"], told);
        assert_eq!(desk.hear("S2C_RECALL_PUSH").await["data"], told);
        assert_eq!(recall(&resident, &sent).await, (200, json!({})), "once more is the same");
        for screen in [&mut phone, &mut desk, &mut other_desk] {
            screen.hears_nothing().await;
        }
        let path = format!("dialog/list?roomid={}", sent["roomid"].as_str().unwrap());
        for person in [&resident, &doctor] {
            let history = person.gets(&path).await["items"].clone();
            assert_eq!((&history[0]["recalled"], &history[0]["body"]), (&json!(true), &Value::Null));
            assert_eq!((&history[1]["recalled"], &history[1]["body"]), (&json!(false), &json!("您好")));
            let line = person.gets("message/list").await["items"][0].clone();
            assert_eq!((&line["content"], &line["data"]["body"]), (&json!("[消息已撤回]"), &Value::Null));
            assert_eq!(find(person, &format!("q={}", quoted("头疼"))).await, [] as [&str; 0]);
        }
        assert_eq!(doctor.gets("message/list").await["items"][0]["unread"], 2, "it keeps its number");
        assert_eq!(kept(&app, &sent).await, "\"我头疼\"");
    }

    async fn who_was_away_never_reads_what_was_withdrawn(app: TestApp) {
        let (doctor, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let resident = app.login("resident1").await;
        let roomid = group(&doctor, &[&resident, &colleague]).await;
        let secret = says(&doctor, &roomid, "不该说的").await;
        let private = doctor.writes(&resident, "发错人了").await;
        let stays = says(&doctor, &roomid, "该说的").await;
        recall(&doctor, &secret).await;
        recall(&doctor, &private).await;
        let (mut phone, _) = resident.connect_since("phone", Some(1)).await;
        let group_line = phone.hear("S2C_TEAMCHAT_PUSH").await["data"].clone();
        assert_eq!((&group_line["content"], &group_line["data"]["body"]), (&json!("[消息已撤回]"), &Value::Null));
        assert_eq!((&group_line["unread"], &group_line["data"]["dialogid"]), (&json!(1), &secret["dialogid"]));
        let private_line = phone.hear("S2C_ALONECHAT_PUSH").await["data"].clone();
        assert_eq!((&private_line["content"], &private_line["data"]["body"]), (&json!("[消息已撤回]"), &Value::Null));
        let other_line = phone.hear("S2C_TEAMCHAT_PUSH").await["data"].clone();
        assert_eq!((&other_line["content"], &other_line["data"]["dialogid"]), (&json!("该说的"), &stays["dialogid"]));
        assert_eq!(phone.hear("S2C_RECALL_PUSH").await["data"]["dialogid"], secret["dialogid"]);
        assert_eq!(phone.hear("S2C_RECALL_PUSH").await["data"]["dialogid"], private["dialogid"]);
        let all = json!([resident.all_pushes().await, colleague.all_pushes().await]).to_string();
        assert!(!all.contains("不该") && !all.contains("发错"), "{all}");
    }

    async fn only_who_wrote_it_withdraws_it_and_only_in_time(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let stranger = app.login("resident2").await;
        let sent = resident.writes(&doctor, "我头疼").await;
        let nothing = json!({ "dialogid": "nothing" });
        assert_eq!(verdict(&recall(&doctor, &sent).await), (403, "FA_PERMISSION"));
        let unseen = recall(&stranger, &sent).await;
        assert_eq!(verdict(&unseen), (404, "FA_NOTFOUND"));
        assert_eq!(stranger.post("dialog/recall", nothing).await, unseen);
        assert_eq!(verdict(&resident.post("dialog/recall", json!({})).await), (400, "FA_PARAM"));
        assert_eq!(verdict(&resident.post("dialog/recall", json!({ "dialogid": "a b" })).await), (400, "FA_PARAM"));
        age(&app, &sent, 130).await;
        assert_eq!(verdict(&recall(&resident, &sent).await), (409, "FA_STATE"));
        age(&app, &sent, 100).await;
        let (one, two) = tokio::join!(recall(&resident, &sent), recall(&resident, &sent));
        assert_eq!((one.0, two.0), (200, 200));
        assert_eq!((count_recalls(&resident).await, count_recalls(&doctor).await), (1, 1));
        assert_eq!(count_recalls(&stranger).await, 0);
    }

    async fn who_joined_later_or_left_has_no_part_in_it(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (joiner, leaver) = (app.login("doctor3").await, app.login("doctor2").await);
        let roomid = group(&doctor, &[&resident, &leaver]).await;
        let sent = says(&doctor, &roomid, "一").await;
        let of_leaver = says(&leaver, &roomid, "二").await;
        add(&doctor, &roomid, &joiner).await;
        removes(&doctor, &roomid, &leaver).await;
        recall(&doctor, &sent).await;
        assert_eq!((count_recalls(&resident).await, count_recalls(&doctor).await), (1, 1));
        assert_eq!((count_recalls(&joiner).await, count_recalls(&leaver).await), (0, 0));
        assert_eq!(verdict(&recall(&joiner, &sent).await), (404, "FA_NOTFOUND"), "it was before their time");
        assert_eq!(verdict(&recall(&leaver, &of_leaver).await), (404, "FA_NOTFOUND"));
    }

    async fn a_notice_is_not_withdrawn(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let contract = crate::contract::apply(&resident, &doctor).await;
        doctor.posts("signedprocess", crate::contract::decision(&contract, true)).await;
        let notice = resident.gets("message/list").await["items"][0]["data"].clone();
        assert_eq!(verdict(&recall(&doctor, &notice).await), (403, "FA_PERMISSION"));
        assert_eq!(count_recalls(&resident).await, 0);
    }

    async fn two_chinese_characters_are_found(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        for text in ["我头疼", "头很疼", "疼头", "昨天开始头疼的", "5%的人", "55的人", "a_b", "aXb", "说\"好\"", "两\n行", "BMI 24", "À propos"] {
            resident.writes(&doctor, text).await;
            a_later_millisecond();
        }
        for (words, expected) in [
            ("头疼", vec!["昨天开始头疼的", "我头疼"]),
            ("疼", vec!["昨天开始头疼的", "疼头", "头很疼", "我头疼"]),
            ("昨天开始头疼的", vec!["昨天开始头疼的"]),
            ("5%", vec!["5%的人"]),
            ("a_b", vec!["a_b"]),
            ("!", vec![]),
            ("\\", vec![]),
            ("n", vec![]),
            ("\"", vec!["说\"好\""]),
            ("两\n行", vec!["两\n行"]),
            ("bmi", vec!["BMI 24"]),
            ("BmI 24", vec!["BMI 24"]),
            ("À Pro", vec!["À propos"]),
            (" 头疼 ", vec!["昨天开始头疼的", "我头疼"]),
        ] {
            for person in [&resident, &doctor] {
                assert_eq!(find(person, &format!("q={}", quoted(words))).await, expected, "{words:?}");
            }
        }
        for query in ["q=", "q=%20", "", "q=a%00b", "q=a&limit=0", "q=a&before=odd", "q=a&roomid=a%20b"] {
            assert_eq!(verdict(&resident.get(&format!("dialog/search?{query}")).await), (400, "FA_PARAM"), "{query}");
        }
        let long = format!("dialog/search?q={}", quoted(&"长".repeat(101)));
        assert_eq!(verdict(&resident.get(&long).await), (400, "FA_PARAM"));
    }

    async fn one_searches_in_what_one_may_see_only(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (mover, stranger) = (app.login("doctor2").await, app.login("resident3").await);
        let roomid = group(&doctor, &[&resident]).await;
        says(&doctor, &roomid, "血压一").await;
        add(&doctor, &roomid, &mover).await;
        a_later_millisecond();
        says(&doctor, &roomid, "血压二").await;
        removes(&doctor, &roomid, &mover).await;
        a_later_millisecond();
        says(&doctor, &roomid, "血压三").await;
        a_later_millisecond();
        let private = resident.writes(&doctor, "血压四").await;
        let words = format!("q={}", quoted("血压"));
        assert_eq!(find(&resident, &words).await, ["血压四", "血压三", "血压二", "血压一"]);
        assert_eq!(find(&mover, &words).await, ["血压二"]);
        assert_eq!(find(&stranger, &words).await, [] as [&str; 0]);
        let in_group = format!("{words}&roomid={roomid}");
        assert_eq!(find(&doctor, &in_group).await, ["血压三", "血压二", "血压一"]);
        for outsider in [&stranger, &mover] {
            let path = format!("dialog/search?{words}&roomid={}", private["roomid"].as_str().unwrap());
            assert_eq!(verdict(&outsider.get(&path).await), (404, "FA_NOTFOUND"));
        }
        let (mut pages, mut query) = (Vec::new(), format!("{words}&limit=3"));
        loop {
            let page = doctor.gets(&format!("dialog/search?{query}")).await;
            pages.extend(page["items"].as_array().unwrap().iter().map(|item| item["body"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("{words}&limit=3&before={next}");
        }
        assert_eq!(json!(pages), json!(["血压四", "血压三", "血压二", "血压一"]));
    }
}

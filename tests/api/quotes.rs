//! Quoting a message: where it is told, who may quote what, and what becomes of it when the original is withdrawn.

use crate::app::verdict;
use crate::discussion::{add, group, says};
use crate::on_both_databases;
use crate::people::Person;
use serde_json::{Value, json};

/// What a quote of something that is not there is answered.
fn assert_unknown((status, answer): (u16, Value)) {
    let told = (status, &answer["code"], &answer["field"], &answer["rule"]);
    assert_eq!(told, (400, &json!("FA_PARAM"), &json!("quote"), &json!("unknown")), "{answer}");
}

async fn quotes(by: &Person, to: &Person, text: &str, quote: Value) -> (u16, Value) {
    by.post("alonechat/send", json!({ "touid": to.uid, "body": text, "quote": quote })).await
}

/// The newest messages of a room, as somebody reads them.
async fn history(who: &Person, sent: &Value) -> Vec<Value> {
    let page = who.gets(&format!("dialog/list?roomid={}", sent["roomid"].as_str().unwrap())).await;
    page["items"].as_array().unwrap().clone()
}

on_both_databases! {
    async fn a_quote_is_told_wherever_its_message_is(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut phone = resident.connect("phone").await;
        let asked = resident.writes(&doctor, "早上的药还吃吗").await;
        let plain = resident.writes(&doctor, "另外，什么时候复查").await;
        let (status, sent) = quotes(&doctor, &resident, "照常吃药", asked["roomseq"].clone()).await;
        assert_eq!(status, 200, "{sent}");
        let push = phone.hear("S2C_ALONECHAT_PUSH").await;
        assert_eq!(push["data"]["data"]["quote"], asked["roomseq"]);
        let replayed = resident.all_pushes().await.pop().unwrap();
        assert_eq!(replayed["data"]["data"], push["data"]["data"]);
        let line = resident.gets("message/list").await["items"][0].clone();
        assert_eq!(line["data"]["quote"], asked["roomseq"]);
        let found = resident.gets("dialog/search?q=%E7%85%A7%E5%B8%B8").await;
        assert_eq!(found["items"][0]["quote"], asked["roomseq"]);
        for who in [&resident, &doctor] {
            let messages = history(who, &sent).await;
            assert_eq!(messages[0]["quote"], asked["roomseq"]);
            // Who knows nothing of quotes sees nothing new.
            assert_eq!(messages[1]["dialogid"], plain["dialogid"]);
            assert!(messages[1].get("quote").is_none(), "{}", messages[1]);
        }
    }

    async fn the_words_of_a_withdrawn_original_are_nowhere(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let asked = resident.writes(&doctor, "身份证号写错").await;
        let (_, sent) = quotes(&doctor, &resident, "收到", asked["roomseq"].clone()).await;
        resident.posts("dialog/recall", json!({ "dialogid": asked["dialogid"] })).await;
        let messages = history(&doctor, &sent).await;
        assert_eq!((&messages[0]["quote"], &messages[0]["body"]), (&asked["roomseq"], &json!("收到")));
        assert_eq!((&messages[1]["recalled"], &messages[1]["body"]), (&json!(true), &Value::Null));
        for who in [&resident, &doctor] {
            let all = [json!(history(who, &sent).await), json!(who.all_pushes().await), who.gets("message/list").await];
            assert!(!json!(all).to_string().contains("身份证"), "{}", who.name);
        }
        assert_unknown(quotes(&doctor, &resident, "再说一次", asked["roomseq"].clone()).await);
    }

    async fn only_what_is_there_for_its_author_is_quoted(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let sent = resident.writes(&doctor, "您好").await;
        for odd in [json!(0), json!(-1), json!(2), json!(i64::MAX)] {
            assert_unknown(quotes(&doctor, &resident, "回答", odd).await);
        }
        for odd in [json!("1"), json!(1.5), json!({ "roomseq": 1 })] {
            let (status, answer) = quotes(&doctor, &resident, "回答", odd).await;
            assert_eq!((status, &answer["field"], &answer["rule"]), (400, &json!("quote"), &json!("invalid")));
        }
        assert_eq!(history(&doctor, &sent).await.len(), 1, "nothing was written");
        assert_eq!(quotes(&doctor, &resident, "回答", Value::Null).await.0, 200, "no quote");
    }

    async fn who_came_later_quotes_nothing_from_before(app: TestApp) {
        let (owner, member) = (app.login("doctor1").await, app.login("resident1").await);
        let late = app.login("doctor2").await;
        let roomid = group(&owner, &[&member]).await;
        let before = says(&member, &roomid, "之前的话").await;
        assert_eq!(add(&owner, &roomid, &late).await.0, 200);
        let body = |seq: &Value| json!({ "roomid": roomid, "body": "引用", "quote": seq });
        assert_unknown(late.post("send", body(&before["roomseq"])).await);
        let after = says(&member, &roomid, "之后的话").await;
        late.posts("send", body(&after["roomseq"])).await;
        let sent = owner.posts("send", body(&before["roomseq"])).await;
        // Whom a message reaches, may read what it quotes, or not: the number says nothing.
        assert_eq!(history(&late, &sent).await[0]["quote"], before["roomseq"]);
    }

    async fn teams_quote_too_and_the_same_again_is_the_same(app: TestApp) {
        let (asking, answering) = (app.login("doctor2").await, app.login("doctor1").await);
        let stid = asking.gets("me").await["teams"][0].clone();
        let asked = asking.posts("teammatechat/send", json!({ "stid": stid, "body": "谁有空" })).await;
        let mut body = json!({ "stid": stid, "body": "我", "clientid": "c1", "quote": asked["roomseq"] });
        let sent = answering.posts("teammatechat/send", body.clone()).await;
        // What was quoted may be gone by the time it is sent once more.
        asking.posts("dialog/recall", json!({ "dialogid": asked["dialogid"] })).await;
        assert_eq!(answering.posts("teammatechat/send", body.clone()).await, sent);
        body["quote"] = Value::Null;
        assert_eq!(verdict(&answering.post("teammatechat/send", body).await), (409, "FA_CONFLICT"));
    }
}

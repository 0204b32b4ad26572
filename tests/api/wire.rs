//! What old clients read: the names of every object on the wire, field by field as the contract has them.

use crate::on_both_databases;
use serde_json::{Value, json};

/// The names in an object, sorted.
fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn sorted(text: &str) -> Vec<&str> {
    let mut names: Vec<_> = text.split_whitespace().collect();
    names.sort_unstable();
    names
}

const ITEM: &str = "messageid uid tags title content unread updatetime data";
const LINE: &str = "roomid dialogid roomseq kind body clientid from";
const DIALOG: &str = "dialogid roomid roomseq from kind body clientid createtime recalled dutyinfo";
const CONTRACT: &str = "sid uid doctoruid stid team status reason source createtime updatetime";

on_both_databases! {
    async fn every_object_has_exactly_the_names_of_the_contract(app: TestApp) {
        let (resident, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let (mut phone, registered) = resident.connect_since("phone", None).await;
        assert_eq!(names(&registered), sorted("uid type name seq recovered"));

        let teams = resident.gets("team/list").await;
        assert_eq!(names(&teams), sorted("items next"));
        let team = teams["items"].as_array().unwrap().iter().find(|team| team["name"] == "签约团队一").unwrap();
        assert_eq!(names(team), sorted("stid name communityid doctors"));
        assert_eq!(names(&team["doctors"][0]), sorted("uid name title leader onduty"));

        let application = json!({ "stid": team["stid"], "doctoruid": doctor.uid, "source": "wechat" });
        let contract = resident.posts("/social/signed2", application).await;
        assert_eq!(names(&contract), sorted(CONTRACT));
        let signed = phone.hear("S2C_SIGNED_PUSH").await;
        assert_eq!(names(&signed), sorted("type seq data"));
        assert_eq!(signed["data"], contract);

        doctor.posts("signedprocess", json!({ "sid": contract["sid"], "accept": true })).await;
        let notice = phone.hear("S2C_ALONECHAT_PUSH").await;
        assert_eq!(names(&notice["data"]), sorted(ITEM));
        assert_eq!(names(&notice["data"]["data"]), sorted(LINE));
        assert_eq!(names(&notice["data"]["data"]["from"]), sorted("uid name role"));
        assert_eq!(phone.hear("S2C_SIGNED_PUSH").await["data"]["status"], "signed");

        let receipt = resident.writes(&doctor, "你好").await;
        assert_eq!(names(&receipt), sorted("messageid dialogid roomid roomseq"));
        let list = resident.gets("message/list").await;
        assert_eq!(names(&list["items"][0]), sorted(ITEM));
        let roomid = receipt["roomid"].as_str().unwrap();
        let history = resident.gets(&format!("dialog/list?roomid={roomid}")).await;
        // Its author also reads how far it has come.
        assert_eq!(names(&history["items"][0]), sorted(&format!("{DIALOG} states")));
        assert_eq!(names(&history["items"][0]["states"][0]), sorted("uid state"));
        let history = doctor.gets(&format!("dialog/list?roomid={roomid}")).await;
        assert_eq!(names(&history["items"][0]), sorted(DIALOG));

        doctor.posts("message/read", json!({ "roomid": roomid, "roomseq": receipt["roomseq"] })).await;
        assert_eq!(names(&phone.hear("S2C_READ_PUSH").await["data"]), sorted("roomid uid roomseq"));
        doctor.posts("rejectsigned", json!({ "sid": contract["sid"], "reason": "搬家" })).await;
        let ended = phone.hear("S2C_UNSIGNED_PUSH").await;
        let told = json!({ "title": "解除签约通知", "team": "签约团队一", "content": "您的签约已被解除: 搬家", "sid": contract["sid"] });
        assert_eq!(ended["data"], told);

        let contacts = doctor.gets("contacts/list").await;
        assert_eq!(names(&contacts["items"][0]), sorted("roomid kind uid name role online"));
        assert_eq!(names(&doctor.gets("me").await), sorted("uid role name communityid title onduty teams"));
        assert_eq!(names(&resident.get("nothing").await.1), sorted("code message"));
    }

    async fn the_demonstration_is_as_the_contract_says(app: TestApp) {
        let (one, three) = (app.login("doctor1").await, app.login("doctor3").await);
        let kinds = |contacts: &Value| -> Vec<(String, String)> {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let contacts = contacts["items"].as_array().unwrap();
            contacts.iter().map(|contact| (text(&contact["kind"]), text(&contact["uid"]))).collect()
        };
        assert!(kinds(&one.gets("contacts/list").await).contains(&("doctorfriend".to_owned(), three.uid.clone())));
        assert_eq!(three.gets("me").await["onduty"], true);
        assert_eq!(one.gets("me").await["onduty"], false);
        let signed = app.login("resident3").await.gets("signed/list?status=signed").await;
        assert_eq!(signed["items"][0]["doctoruid"], app.login("doctor2").await.uid);
    }
}

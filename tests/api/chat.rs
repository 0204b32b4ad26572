//! Private chat of residents and doctors.

use crate::on_both_databases;
use serde_json::json;

on_both_databases! {
    async fn a_resident_and_a_doctor_chat(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);

        let sent = resident.writes(&doctor, "我头疼").await;
        let push = desk.hear("S2C_ALONECHAT_PUSH").await;
        assert_eq!(push["seq"], 1);
        let item = &push["data"];
        assert_eq!(item["uid"], *doctor.uid);
        assert_eq!(item["tags"], json!(["alonechat"]));
        assert_eq!(item["title"], "张三");
        assert_eq!(item["content"], "我头疼");
        assert_eq!(item["unread"], 1);
        assert_eq!(item["data"]["dialogid"], sent["dialogid"]);
        assert_eq!(item["data"]["roomid"], sent["roomid"]);
        assert_eq!(item["data"]["roomseq"], sent["roomseq"]);
        assert_eq!(item["data"]["kind"], "text");
        assert_eq!(item["data"]["body"], "我头疼");
        assert_eq!(item["data"]["from"], json!({ "uid": resident.uid, "name": "张三", "role": "user" }));

        doctor.writes(&resident, "多喝水").await;
        assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["data"]["content"], "多喝水");
        phone.hears_nothing().await;
        desk.hears_nothing().await;
    }

    async fn who_has_no_contract_may_not_write(app: TestApp) {
        let (stranger, doctor) = (app.login("resident2").await, app.login("doctor1").await);
        let mut desk = doctor.connect("desk").await;
        let (status, refusal) = stranger.post("alonechat/send", json!({ "touid": doctor.uid, "body": "hi" })).await;
        assert_eq!((status, refusal["code"].as_str()), (403, Some("FA_PERMISSION")));
        desk.hears_nothing().await;
        assert_eq!(stranger.gets("message/list").await["items"], json!([]));
    }
}

//! How far a message has come, for who wrote it: in history, and live as `S2C_DELIVERY_PUSH`.

use crate::on_both_databases;
use crate::people::Person;
use jiayi::store::push_log;
use serde_json::{Value, json};

impl Person {
    /// How far a message of one's own has come with each of the others, as history has it.
    pub async fn states(&self, receipt: &Value) -> Value {
        let roomid = receipt["roomid"].as_str().unwrap();
        let history = self.gets(&format!("dialog/list?roomid={roomid}")).await;
        let dialogs = history["items"].as_array().unwrap();
        let own = dialogs.iter().find(|dialog| dialog["dialogid"] == receipt["dialogid"]).unwrap();
        own["states"].clone()
    }
}

fn one(person: &Person, state: &str) -> Value {
    json!([{ "uid": person.uid, "state": state }])
}

on_both_databases! {
    async fn a_message_climbs_as_it_is_taken_in_and_read(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut desk = doctor.connect("desk").await;
        let first = doctor.writes(&resident, "您好").await;
        let last = doctor.writes(&resident, "血压多少").await;
        assert_eq!(doctor.states(&last).await, one(&resident, "stored"));

        let (mut phone, _) = resident.connect_since("phone", Some(0)).await;
        let seqs = [phone.hear("S2C_ALONECHAT_PUSH").await, phone.hear("S2C_ALONECHAT_PUSH").await];
        phone.say("C2S_ACK", json!({ "seq": seqs[0]["seq"] })).await;
        let told = desk.hear("S2C_DELIVERY_PUSH").await;
        let expected = json!({ "roomid": first["roomid"], "roomseq": first["roomseq"], "uid": resident.uid, "state": "delivered" });
        assert_eq!(told["data"], expected);
        assert!(told["seq"].is_null(), "it is fleeting");
        assert_eq!(doctor.states(&first).await, one(&resident, "delivered"));
        assert_eq!(doctor.states(&last).await, one(&resident, "stored"));

        phone.say("C2S_ACK", json!({ "seq": seqs[1]["seq"] })).await;
        assert_eq!(desk.hear("S2C_DELIVERY_PUSH").await["data"]["roomseq"], last["roomseq"]);
        resident.posts("message/read", json!({ "roomid": last["roomid"], "roomseq": first["roomseq"] })).await;
        desk.hear("S2C_READ_PUSH").await;
        assert_eq!(doctor.states(&first).await, one(&resident, "read"));
        assert_eq!(doctor.states(&last).await, one(&resident, "delivered"));
    }

    async fn history_knows_an_acknowledgement_before_its_author_is_told(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let sent = doctor.writes(&resident, "您好").await;
        let uid = resident.uid.clone().try_into().unwrap();
        // Kept, and nobody told of it: as when the server ended in between.
        app.app.write(move |tx| push_log::acknowledge(tx, &uid, 1)).await.unwrap();
        assert_eq!(doctor.states(&sent).await, one(&resident, "delivered"));
    }

    async fn only_the_author_learns_how_far_it_has_come(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut strangers = [app.login("resident3").await.connect("phone").await, app.login("doctor2").await.connect("desk").await];
        let mut desk = doctor.connect("desk").await;
        let mut phone = resident.connect("phone").await;
        let sent = doctor.writes(&resident, "您好").await;
        let seq = phone.hear("S2C_ALONECHAT_PUSH").await["seq"].clone();
        phone.say("C2S_ACK", json!({ "seq": seq })).await;
        desk.hear("S2C_DELIVERY_PUSH").await;
        phone.hears_nothing().await;
        for stranger in &mut strangers {
            stranger.hears_nothing().await;
        }
        assert_eq!(resident.states(&sent).await, Value::Null, "it is not the reader's to see");
    }

    async fn a_burst_of_acknowledgements_is_few_words(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let mut desk = doctor.connect("desk").await;
        let mut phone = resident.connect("phone").await;
        let mut last = Value::Null;
        for number in 0..20 {
            last = doctor.writes(&resident, &format!("第{number}句")).await;
        }
        for _ in 0..20 {
            let seq = phone.hear("S2C_ALONECHAT_PUSH").await["seq"].clone();
            phone.say("C2S_ACK", json!({ "seq": seq })).await;
        }
        let mut words = 0;
        loop {
            words += 1;
            if desk.hear("S2C_DELIVERY_PUSH").await["data"]["roomseq"] == last["roomseq"] {
                break;
            }
        }
        assert!(words < 20, "{words} words for 20 acknowledgements");
        desk.hears_nothing().await;
    }
}

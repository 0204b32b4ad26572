//! How far a message has come, for who wrote it: in history, and live as `S2C_DELIVERY_PUSH`.

use crate::discussion::{group, says};
use crate::on_both_databases;
use crate::people::{Connection, Person};
use jiayi::store::mailbox;
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

/// How far the message has come with one of several.
pub async fn state_with(author: &Person, receipt: &Value, reader: &Person) -> Value {
    let states = author.states(receipt).await;
    let of = |state: &&Value| state["uid"] == *reader.uid;
    states.as_array().unwrap().iter().find(of).map_or(Value::Null, |state| state["state"].clone())
}

/// Hears that the message has come so far with the reader.
async fn hears_delivered(author: &mut Connection, receipt: &Value, reader: &Person) {
    let told = author.hear("S2C_DELIVERY_PUSH").await["data"].clone();
    let (roomid, roomseq) = (&receipt["roomid"], &receipt["roomseq"]);
    assert_eq!(
        told,
        json!({ "roomid": roomid, "roomseq": roomseq, "uid": reader.uid, "state": "delivered" })
    );
}

async fn takes_in(connection: &mut Connection, name: &str) {
    let seq = connection.hear(name).await["seq"].clone();
    connection.say("C2S_ACK", json!({ "seq": seq })).await;
}

async fn reads(reader: &Person, receipt: &Value) {
    let mark = json!({ "roomid": receipt["roomid"], "roomseq": receipt["roomseq"] });
    reader.posts("message/read", mark).await;
}

/// Two doctors in a room of theirs: from stored to read.
async fn climbs_among_doctors(author: &Person, reader: &Person, path: &str, to: Value, name: &str) {
    let mut desk = author.connect("desk").await;
    let mut body = to;
    body["body"] = "请会诊".into();
    let sent = author.posts(path, body).await;
    assert_eq!(state_with(author, &sent, reader).await, "stored");
    let (mut theirs, _) = reader.connect_since("theirs", Some(0)).await;
    takes_in(&mut theirs, name).await;
    hears_delivered(&mut desk, &sent, reader).await;
    assert_eq!(state_with(author, &sent, reader).await, "delivered");
    reads(reader, &sent).await;
    let mark = desk.hear("S2C_READ_PUSH").await["data"].clone();
    assert_eq!(mark, json!({ "roomid": sent["roomid"], "roomseq": sent["roomseq"], "uid": reader.uid }));
    assert_eq!(state_with(author, &sent, reader).await, "read");
    assert_eq!(reader.states(&sent).await, Value::Null, "it is not the reader's to see");
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
        app.app.write(move |tx| mailbox::acknowledge(tx, &uid, 1)).await.unwrap();
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

    async fn among_a_teams_doctors_it_climbs_as_well(app: TestApp) {
        let (doctor, colleague) = (app.login("doctor1").await, app.login("doctor2").await);
        let stid = doctor.gets("me").await["teams"][0].clone();
        climbs_among_doctors(&doctor, &colleague, "teammatechat/send", json!({ "stid": stid }), "S2C_TEAMMATECHAT_PUSH").await;
    }

    async fn among_friends_it_climbs_as_well(app: TestApp) {
        let (doctor, friend) = (app.login("doctor1").await, app.login("doctor3").await);
        let to = json!({ "touid": friend.uid });
        climbs_among_doctors(&doctor, &friend, "doctorfriendchat/send", to, "S2C_DOCTORFRIENDCHAT_PUSH").await;
    }

    async fn each_member_of_a_group_has_a_rung_of_their_own(app: TestApp) {
        let (owner, colleague, resident) =
            (app.login("doctor1").await, app.login("doctor2").await, app.login("resident1").await);
        let roomid = group(&owner, &[&colleague, &resident]).await;
        let sent = says(&owner, &roomid, "请大家看").await;
        let mut desk = owner.connect("desk").await;
        let (mut phone, _) = resident.connect_since("phone", Some(0)).await;
        phone.hear("S2C_TEAMMEMBER_ENTER").await;
        takes_in(&mut phone, "S2C_TEAMCHAT_PUSH").await;
        hears_delivered(&mut desk, &sent, &resident).await;
        let states = [state_with(&owner, &sent, &resident).await, state_with(&owner, &sent, &colleague).await];
        assert_eq!(states, ["delivered", "stored"]);

        reads(&colleague, &sent).await;
        assert_eq!(desk.hear("S2C_READ_PUSH").await["data"]["uid"], *colleague.uid);
        let states = [state_with(&owner, &sent, &resident).await, state_with(&owner, &sent, &colleague).await];
        assert_eq!(states, ["delivered", "read"]);
        assert_eq!(owner.states(&sent).await.as_array().unwrap().len(), 2, "and nobody else has one");

        // Who joins later sees nothing of it, and has no rung.
        let friend = app.login("doctor3").await;
        crate::discussion::add(&owner, &roomid, &friend).await;
        assert_eq!(state_with(&owner, &sent, &friend).await, Value::Null);
    }

    async fn who_answers_in_anothers_place_learns_how_far_it_has_come(app: TestApp) {
        let (resident, doctor, duty) =
            (app.login("resident1").await, app.login("doctor1").await, app.login("doctor3").await);
        let (mut theirs, mut desk) = (doctor.connect("theirs").await, duty.connect("desk").await);
        let question = resident.writes(&doctor, "我头疼").await;
        let answer = json!({ "dialogid": question["dialogid"], "body": "请先量体温" });
        let sent = duty.posts("/admin/duty/sendmsg", answer).await;
        let (mut phone, _) = resident.connect_since("phone", Some(0)).await;
        takes_in(&mut phone, "S2C_ALONECHAT_PUSH").await;
        hears_delivered(&mut desk, &sent, &resident).await;
        theirs.hear("S2C_ALONECHAT_PUSH").await;
        takes_in(&mut theirs, "S2C_ALONECHAT_PUSH").await;
        // The doctor has taken in the answer, and the resident's question with it.
        hears_delivered(&mut desk, &sent, &doctor).await;
        hears_delivered(&mut phone, &question, &doctor).await;
        theirs.hears_nothing().await;
        assert_eq!(doctor.states(&sent).await, Value::Null, "it is not the doctor's own message");
        assert_eq!(duty.get(&format!("dialog/list?roomid={}", sent["roomid"].as_str().unwrap())).await.0, 404);
    }
}

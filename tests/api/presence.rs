//! What only the present concerns: who types, who is there.

use crate::app::{Database, TestApp};
use crate::discussion::{group, removes};
use crate::people::{Connection, Person};
use crate::{on_both_databases, run_on_both};
use jiayi::config::Config;
use serde_json::{Value, json};

fn typing(roomid: &Value) -> Value {
    json!({ "roomid": roomid })
}

/// Tells contacts at once who goes.
fn at_once(config: &mut Config) {
    (config.presence, config.presence_grace_seconds) = (true, 0);
}

pub async fn hears_of(connection: &mut Connection, person: &Person, online: bool) {
    let told = connection.hear("S2C_PRESENCE_PUSH").await;
    assert_eq!(told, json!({ "type": "S2C_PRESENCE_PUSH", "data": { "uid": person.uid, "online": online } }));
}

on_both_databases! {
    async fn the_others_in_the_room_hear_that_somebody_types(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (colleague, bystander) = (app.login("doctor2").await, app.login("doctor3").await);
        let roomid = json!(group(&doctor, &[&resident, &colleague]).await);
        let private = doctor.writes(&resident, "您好").await["roomid"].clone();
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let (mut other_desk, mut far_desk) = (colleague.connect("desk").await, bystander.connect("desk").await);
        phone.say("C2S_TYPING", typing(&roomid)).await;
        for screen in [&mut desk, &mut other_desk] {
            let told = screen.hear("S2C_TYPING_PUSH").await;
            assert_eq!(told["data"], json!({ "roomid": roomid, "uid": resident.uid }));
            assert_eq!(told.get("seq"), None, "it is fleeting");
        }
        // Told a moment ago, they are not told again; another room is.
        phone.say("C2S_TYPING", typing(&roomid)).await;
        phone.say("C2S_TYPING", typing(&private)).await;
        assert_eq!(desk.hear("S2C_TYPING_PUSH").await["data"]["roomid"], private);
        for screen in [&mut phone, &mut desk, &mut other_desk, &mut far_desk] {
            screen.hears_nothing().await;
        }
        assert_eq!(bystander.all_pushes().await, [] as [Value; 0]);
    }

    async fn only_in_an_open_room_of_ones_own(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (leaver, stranger) = (app.login("doctor2").await, app.login("doctor3").await);
        let roomid = group(&doctor, &[&resident, &leaver]).await;
        removes(&doctor, &roomid, &leaver).await;
        let private = doctor.writes(&resident, "您好").await["roomid"].clone();
        let contract = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": contract, "reason": "迁居" })).await;
        let (mut phone, mut desk) = (resident.connect("phone").await, doctor.connect("desk").await);
        let (mut left, mut far) = (leaver.connect("desk").await, stranger.connect("desk").await);
        for outsider in [&mut left, &mut far] {
            outsider.say("C2S_TYPING", typing(&json!(roomid))).await;
            outsider.refused("FA_NOTFOUND").await;
            outsider.say("C2S_TYPING", typing(&json!("nowhere"))).await;
            outsider.refused("FA_NOTFOUND").await;
            outsider.say("C2S_TYPING", json!({})).await;
            outsider.refused("FA_PARAM").await;
        }
        phone.say("C2S_TYPING", typing(&private)).await;
        phone.refused("FA_PERMISSION").await;
        desk.hears_nothing().await;
        let mut strange = Connection::open(&app.ws_url()).await;
        strange.say("C2S_TYPING", typing(&private)).await;
        strange.refused("FA_AUTH").await;
    }
}

run_on_both! {
    /// On a server that tells who is there.
    async fn contacts_hear_who_comes_and_who_goes(database) {
        let app = TestApp::start_with(database, at_once).await;
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (stranger, colleague) = (app.login("resident2").await, app.login("doctor2").await);
        // A stranger in a group is no contact.
        group(&doctor, &[&resident, &colleague]).await;
        let (mut desk, mut other) = (doctor.connect("desk").await, stranger.connect("phone").await);
        let phone = resident.connect("phone").await;
        hears_of(&mut desk, &resident, true).await;
        phone.close().await;
        hears_of(&mut desk, &resident, false).await;
        let mut other_desk = colleague.connect("desk").await;
        hears_of(&mut desk, &colleague, true).await;
        let phone = resident.connect("phone").await;
        hears_of(&mut desk, &resident, true).await;
        let contract = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": contract, "reason": "迁居" })).await;
        phone.close().await;
        let friend = app.login("doctor3").await;
        let _far_desk = friend.connect("desk").await;
        hears_of(&mut desk, &friend, true).await;
        // What was told to anybody has been told by now: the friend came last.
        other.hears_nothing().await;
        other_desk.hears_nothing().await;
        assert!(
            doctor.all_pushes().await.iter().all(|push| push["type"] != "S2C_PRESENCE_PUSH"),
            "it is fleeting"
        );
    }
}

#[actix_web::test]
async fn who_comes_back_soon_was_never_away() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.presence = true).await;
    let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
    let mut desk = doctor.connect("desk").await;
    let phone = resident.connect("phone").await;
    hears_of(&mut desk, &resident, true).await;
    phone.drop_dead();
    let _phone = resident.connect("phone").await;
    let colleague = app.login("doctor2").await;
    let _other_desk = colleague.connect("desk").await;
    hears_of(&mut desk, &colleague, true).await;
    desk.hears_nothing().await;
}

//! The duty desk, live: who sits at it hears how questions stand, and nobody else does.

use crate::app::{Database, TestApp};
use crate::on_both_databases;
use crate::people::{Connection, Person};
use serde_json::{Value, json};
use std::time::Duration;

/// Everybody who hears how questions stand, connected; an administrator hears it who has opened the desk.
struct Desk {
    duty: Connection,
    office: Connection,
}

impl Desk {
    async fn open(app: &TestApp) -> (Self, Person, Person) {
        let (duty, admin) = (app.login("doctor3").await, app.login("admin").await);
        admin.gets("/admin/duty/list").await;
        let office = admin.connect("office").await.at_the_desk();
        (Self { duty: duty.connect("desk").await.at_the_desk(), office }, duty, admin)
    }

    /// What both hear next, which must be the same.
    async fn hears(&mut self) -> Value {
        let heard = self.duty.hear("S2C_DUTY_PUSH").await;
        assert_eq!(self.office.hear("S2C_DUTY_PUSH").await, heard);
        assert_eq!(heard.get("seq"), None, "it is fleeting");
        heard["data"].clone()
    }

    /// Both hear that a question stands so.
    async fn hears_of(&mut self, question: &Value, process: impl Into<Value>, claim: Option<&Value>) {
        let heard = self.hears().await;
        assert_eq!(heard["dialogid"], question["dialogid"], "{heard}");
        assert_eq!(heard["roomid"], question["roomid"]);
        assert_eq!((&heard["process"], heard.get("claim")), (&process.into(), claim), "{heard}");
        assert!(heard["since"].as_str().unwrap().ends_with('Z'));
    }

    async fn hears_nothing(&mut self) {
        // What changes is told a moment later.
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.duty.hears_nothing().await;
        self.office.hears_nothing().await;
    }
}

fn claim_of(person: &Person, until: &Value) -> Value {
    json!({ "uid": person.uid, "name": person.name, "until": until })
}

on_both_databases! {
    async fn who_sits_at_it_hears_how_each_question_stands(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (mut desk, duty, admin) = Desk::open(&app).await;
        let question = resident.writes(&doctor, "我头疼").await;
        desk.hears_of(&question, 0, None).await;

        let claimed = duty.posts("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
        desk.hears_of(&question, 0, Some(&claim_of(&duty, &claimed["until"]))).await;
        admin.posts("/admin/duty/remindmsg", json!({ "dialogid": question["dialogid"] })).await;
        desk.hears_of(&question, 0, Some(&claim_of(&duty, &claimed["until"]))).await;
        duty.posts("/admin/duty/sendmsg", json!({ "dialogid": question["dialogid"], "body": "请先量体温" })).await;
        desk.hears_of(&question, 1, None).await;

        let next = resident.writes(&doctor, "还疼").await;
        desk.hears_of(&next, 0, None).await;
        let answer = doctor.writes(&resident, "多喝水").await;
        desk.hears_of(&next, 2, None).await;
        doctor.posts("dialog/recall", json!({ "dialogid": answer["dialogid"] })).await;
        desk.hears_of(&next, 0, None).await;
        resident.posts("dialog/recall", json!({ "dialogid": next["dialogid"] })).await;
        desk.hears_of(&next, Value::Null, None).await;
        desk.hears_nothing().await;
    }

    async fn what_waits_in_a_room_that_is_closed_is_gone(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (mut desk, ..) = Desk::open(&app).await;
        let question = resident.writes(&doctor, "我头疼").await;
        desk.hears_of(&question, 0, None).await;
        let contract = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": contract, "reason": "迁居" })).await;
        desk.hears_of(&question, Value::Null, None).await;
        desk.hears_nothing().await;
    }

    async fn a_claim_is_given_back_when_its_turn_of_duty_ends_and_who_is_off_duty_hears_nothing(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (mut desk, duty, admin) = Desk::open(&app).await;
        let question = resident.writes(&doctor, "我头疼").await;
        desk.hears_of(&question, 0, None).await;
        let claimed = duty.posts("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
        desk.hears_of(&question, 0, Some(&claim_of(&duty, &claimed["until"]))).await;
        let turns = admin.gets("/admin/duty/roster").await["items"].as_array().unwrap().clone();
        let turn = turns.iter().find(|turn| turn["uid"] == *duty.uid).unwrap();
        admin.posts("/admin/duty/roster", json!({ "rosterid": turn["rosterid"], "remove": true })).await;
        let Desk { mut duty, mut office } = desk;
        let freed = office.hear("S2C_DUTY_PUSH").await["data"].clone();
        assert_eq!((freed.get("claim"), &freed["process"], &freed["dialogid"]), (None, &json!(0), &question["dialogid"]));
        resident.writes(&doctor, "三天了").await;
        office.hear("S2C_DUTY_PUSH").await;
        assert_eq!(duty.hear("S2C_ONDUTY_PUSH").await["data"], json!({ "onduty": false }));
        duty.hears_nothing().await;
    }

    async fn what_was_withdrawn_is_not_heard_of_again(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (mut desk, ..) = Desk::open(&app).await;
        let question = resident.writes(&doctor, "我头疼").await;
        desk.hears_of(&question, 0, None).await;
        resident.posts("dialog/recall", json!({ "dialogid": question["dialogid"] })).await;
        desk.hears_of(&question, Value::Null, None).await;
        doctor.writes(&resident, "怎么了").await;
        let contract = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": contract, "reason": "迁居" })).await;
        desk.hears_nothing().await;
    }

    async fn nobody_else_hears(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let (mut desk, ..) = Desk::open(&app).await;
        let mut others = Vec::new();
        for account in ["resident1", "resident2", "resident3", "doctor1", "doctor2"] {
            others.push(app.login(account).await.connect("phone").await.at_the_desk());
        }
        let question = resident.writes(&doctor, "我头疼").await;
        desk.hears_of(&question, 0, None).await;
        assert_eq!(others[3].hear("S2C_ALONECHAT_PUSH").await["data"]["data"]["dialogid"], question["dialogid"]);
        for other in &mut others {
            other.hears_nothing().await;
        }
    }

    async fn an_administrator_who_has_not_opened_the_desk_hears_nothing(app: TestApp) {
        let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
        let admin = app.login("admin").await;
        let mut office = admin.connect("office").await.at_the_desk();
        let mut desk = app.login("doctor3").await.connect("desk").await.at_the_desk();
        resident.writes(&doctor, "我头疼").await;
        desk.hear("S2C_DUTY_PUSH").await;
        office.hears_nothing().await;
        admin.gets("/admin/duty/list").await;
        resident.writes(&doctor, "三天了").await;
        office.hear("S2C_DUTY_PUSH").await;
    }
}

/// Time gives a claim back, and reminds.
#[actix_web::test]
async fn time_is_told_too() {
    let app = TestApp::start_with(Database::Sqlite, |config| {
        (config.claim_seconds, config.remind_seconds) = (1, 2)
    })
    .await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let (mut desk, duty, _) = Desk::open(&app).await;
    let question = resident.writes(&doctor, "我头疼").await;
    desk.hears_of(&question, 0, None).await;
    let claimed = duty.posts("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
    desk.hears_of(&question, 0, Some(&claim_of(&duty, &claimed["until"]))).await;
    desk.hears_of(&question, 0, None).await;
    // The doctor is reminded.
    desk.hears_of(&question, 0, None).await;
    assert!(json!(doctor.all_pushes().await).to_string().contains("S2C_REMIND_PUSH"));
}

/// What another process does to the same store is found by a sweep.
#[actix_web::test]
async fn what_was_asked_before_the_server_began_is_known() {
    let app = TestApp::start_with(Database::Sqlite, |_| {}).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let question = resident.writes(&doctor, "我头疼").await;
    let admin = app.login("admin").await;
    admin.posts("/admin/duty/claim", json!({ "dialogid": question["dialogid"] })).await;
    let database_url = app.app.config().database_url.clone();
    let second = TestApp::start_with(Database::Sqlite, |config| {
        (config.database_url, config.remind_seconds) = (database_url, 1);
    })
    .await;
    let mut desk = second.login("doctor3").await.connect("desk").await.at_the_desk();
    let reminded = desk.hear("S2C_DUTY_PUSH").await;
    assert_eq!(
        (&reminded["data"]["dialogid"], &reminded["data"]["claim"]["uid"]),
        (&question["dialogid"], &json!(admin.uid))
    );
    second.stop().await;
}

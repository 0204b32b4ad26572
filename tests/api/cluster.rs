//! Two nodes over one PostgreSQL and a bus: what one commits is heard on the other, whatever the bus loses, and who was
//! taken for dead begins anew. What follows a commit besides its pushes is in `everywhere`, what two processes must not
//! set back in `nodes`.

use crate::app::{Database, TestApp};
use crate::people::{Connection, Person};
use diesel::connection::SimpleConnection;
use jiayi::cluster::carrier::Carrier;
use jiayi::cluster::memory::{Faults, Network};
use jiayi::config::Config;
use jiayi::workers::sweep;
use serde_json::json;
use std::time::Duration;

/// Two nodes that know each other.
pub struct Two {
    pub network: Network,
    pub one: TestApp,
    pub other: TestApp,
}

impl Two {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn start_with(settle: impl Fn(&mut Config)) -> Self {
        let network = Network::new(11, Faults::default());
        let carrier = || Some(Carrier::Memory(network.clone()));
        let one = TestApp::start_on(Database::Postgres, &settle, carrier()).await;
        let url = one.app.config().database_url.clone();
        let same = |config: &mut Config| {
            settle(config);
            config.database_url = url;
        };
        let other = TestApp::start_on(Database::Postgres, same, carrier()).await;
        one.has_nodes(2).await;
        Self { network, one, other }
    }

    /// The resident's phone is on the other node; the doctor writes on the first.
    pub async fn people(&self) -> (Person, Connection, Person) {
        let resident = self.other.login("resident1").await;
        let phone = resident.connect("phone").await;
        (resident, phone, self.one.login("doctor1").await)
    }

    /// The nodes' slots, of which the first node may have either.
    pub fn part(&self) {
        self.network.part([0.try_into().unwrap()]);
    }
}

impl TestApp {
    pub async fn has_nodes(&self, count: i64) {
        let living =
            "SELECT count(*) AS number FROM node WHERE until > extract(epoch FROM clock_timestamp()) * 1000";
        while self.number(living.to_owned()) != count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_node_that_starts_leaves_the_calls_of_another_alone() {
    let two = Two::start().await;
    let (resident, doctor) = (two.one.login("resident1").await, two.one.login("doctor1").await);
    let _phone = resident.connect("phone").await;
    let mut desk = doctor.connect("desk").await;
    let call = resident.posts("videoCall/invite", json!({ "touid": doctor.uid })).await;
    desk.hear("S2C_VIDEOCALL_INVITE").await;
    two.one.second().await.has_cleared_up().await;
    doctor.posts("videoCall/accept", json!({ "callid": call["callid"] })).await;
}

/// Hears the messages with these numbers, one after the other.
pub async fn hears_all(phone: &mut Connection, seqs: std::ops::RangeInclusive<i64>) {
    for seq in seqs {
        assert_eq!(phone.hear("S2C_ALONECHAT_PUSH").await["seq"], seq);
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_is_written_on_one_node_is_heard_on_the_other() {
    let two = Two::start().await;
    let (resident, mut phone, doctor) = two.people().await;
    for number in 1..=30 {
        doctor.writes(&resident, &number.to_string()).await;
        hears_all(&mut phone, number..=number).await;
    }
    phone.hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_the_bus_loses_doubles_and_holds_back_is_heard_once_and_in_order() {
    let two = Two::start().await;
    let (resident, mut phone, doctor) = two.people().await;
    two.network.set_faults(Faults { lost: 40, doubled: 20, held: 10 });
    for number in 1..=60 {
        doctor.writes(&resident, &number.to_string()).await;
    }
    hears_all(&mut phone, 1..=60).await;
    two.network.bring_all();
    phone.hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_no_bus_brings_one_sweep_finds() {
    let two = Two::start().await;
    let (resident, mut phone, doctor) = two.people().await;
    two.part();
    for number in 1..=20 {
        doctor.writes(&resident, &number.to_string()).await;
    }
    sweep::sweep(&two.other.app).await.unwrap();
    hears_all(&mut phone, 1..=20).await;
    // Nodes that do not hear each other sweep by themselves.
    doctor.writes(&resident, "21").await;
    hears_all(&mut phone, 21..=21).await;
    phone.hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_node_that_was_taken_for_dead_begins_anew_and_one_that_ends_says_so() {
    let two = Two::start().await;
    let (resident, mut phone, doctor) = two.people().await;
    let newest = || two.one.number("SELECT max(incarnation) AS number FROM node".to_owned());
    let before = newest();
    two.one.store().batch_execute("UPDATE node SET until = 0").unwrap();
    two.one.has_nodes(2).await;
    assert!(newest() >= before + 2, "no life is lived twice");
    doctor.writes(&resident, "1").await;
    hears_all(&mut phone, 1..=1).await;
    two.one.stop().await;
    two.other.has_nodes(1).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_has_heard_what_the_database_has_lost_begins_anew() {
    let app = TestApp::start(Database::Postgres).await;
    let (resident, doctor) = (app.login("resident1").await, app.login("doctor1").await);
    let mut phone = resident.connect("phone").await;
    for number in 1..=3 {
        doctor.writes(&resident, &number.to_string()).await;
    }
    hears_all(&mut phone, 1..=3).await;
    sweep::sweep(&app.app).await.unwrap();
    phone.hears_nothing().await;
    // As a standby does that lacked the last two commits.
    let lost = format!(
        "DELETE FROM push_log WHERE uid = '{0}' AND seq > 1; UPDATE mailbox SET seq = 1 WHERE uid = '{0}'",
        resident.uid
    );
    app.store().batch_execute(&lost).unwrap();
    sweep::sweep(&app.app).await.unwrap();
    assert_eq!(phone.close_code().await, Some(4010));
    let (_, answer) = resident.connect_since("phone", Some(3)).await;
    assert_eq!((&answer["seq"], &answer["recovered"]), (&json!(1), &json!(false)));
}

//! Two nodes over one PostgreSQL know of each other's connections: who has taken whose place, whom to tell, who is there.

use crate::cluster::{Two, hears_all};
use crate::people::{Connection, Heard, Person};
use crate::presence::hears_of;
use diesel::connection::SimpleConnection;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiayi::config::Config;
use jiayi::model::connection::ConnectionPolicy;
use jiayi::workers::sweep;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::time::timeout;

impl Two {
    /// In how many nodes somebody is connected, as the store says.
    fn slots_of(&self, person: &Person) -> i64 {
        self.one
            .number(format!("SELECT slots AS number FROM mailbox WHERE uid = '{}'", person.uid))
            .count_ones()
            .into()
    }

    /// Waits until somebody is connected to so many nodes.
    async fn has_slots(&self, person: &Person, count: i64) {
        let begun = Instant::now();
        while self.slots_of(person) != count {
            assert!(begun.elapsed() < Duration::from_secs(20), "{} slots", self.slots_of(person));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn has_connections(&self, count: i64) {
        while self.connections() != count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn connections(&self) -> i64 {
        self.one.number("SELECT count(*) AS number FROM connection".to_owned())
    }
}

pub fn per_device(config: &mut Config) {
    config.connections = ConnectionPolicy::PerDevice;
}

/// Tells contacts soon who goes.
fn soon(config: &mut Config) {
    (config.presence, config.presence_grace_seconds) = (true, 1);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_connects_to_one_node_takes_the_place_of_what_they_had_on_the_other() {
    let two = Two::start().await;
    two.hear_each_other().await;
    let (here, there) = two.on_both("resident1").await;
    let doctor = two.one.login("doctor1").await;
    let mut phone = there.connect("phone").await;
    let mut desk = here.connect("desk").await;
    assert_eq!(phone.close_code().await, Some(4001));
    let mut again = there.connect("desk").await;
    assert_eq!(desk.close_code().await, Some(1000));
    two.has_slots(&here, 1).await;
    assert_eq!(two.connections(), 1);
    let devices = "SELECT count(*) AS number FROM device WHERE deviceid = 'phone'".to_owned();
    assert_eq!(two.one.number(devices), 0, "it gets no more mobile notices");
    doctor.writes(&here, "1").await;
    hears_all(&mut again, 1..=1).await;
    again.close().await;
    two.has_slots(&here, 0).await;
    assert_eq!(two.connections(), 0);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn where_an_account_may_have_several_only_the_same_device_is_displaced() {
    let two = Two::start_with(per_device).await;
    two.hear_each_other().await;
    let (here, there) = two.on_both("resident1").await;
    let doctor = two.one.login("doctor1").await;
    let mut phone = there.connect("phone").await;
    let mut desk = here.connect("desk").await;
    two.has_slots(&here, 2).await;
    doctor.writes(&here, "1").await;
    for device in [&mut phone, &mut desk] {
        hears_all(device, 1..=1).await;
    }
    let mut moved = here.connect("phone").await;
    assert_eq!(phone.close_code().await, Some(1000));
    two.has_slots(&here, 1).await;
    doctor.writes(&here, "2").await;
    hears_all(&mut desk, 2..=2).await;
    hears_all(&mut moved, 2..=2).await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_was_not_told_that_their_place_is_taken_learns_it_by_a_sweep() {
    let two = Two::start().await;
    two.hear_each_other().await;
    let (here, there) = two.on_both("resident1").await;
    let mut phone = there.connect("phone").await;
    two.part();
    let begun = Instant::now();
    let mut desk = here.connect("desk").await;
    assert_eq!(phone.close_code().await, Some(4001));
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    desk.hears_nothing().await;
    assert_eq!(two.connections(), 1);
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn of_connections_that_come_at_once_to_both_nodes_one_is_left() {
    let two = Two::start().await;
    two.hear_each_other().await;
    let (here, there) = two.on_both("resident1").await;
    let doctor = two.one.login("doctor1").await;
    for round in 1..=10 {
        let open = async |name: &str| {
            let (node, person) = if name < "c" { (&two.one, &here) } else { (&two.other, &there) };
            let mut connection = Connection::open(&node.ws_url()).await;
            connection.say("C2S_REGISTER_REQ", person.registration(name, None)).await;
            connection
        };
        let connections = futures_util::future::join_all(["a", "b", "c", "d"].map(open)).await;
        let mut verdicts: FuturesUnordered<_> = connections.into_iter().map(hears_or_closes).collect();
        for _ in 0..3 {
            assert!(!verdicts.next().await.unwrap(), "round {round}: it is displaced");
        }
        two.has_connections(1).await;
        doctor.writes(&here, &round.to_string()).await;
        assert!(verdicts.next().await.unwrap(), "round {round}: it is left");
    }
}

/// Whether a connection hears a message before it is displaced.
async fn hears_or_closes(mut connection: Connection) -> bool {
    loop {
        match timeout(Duration::from_secs(20), connection.next()).await.unwrap() {
            Heard::Envelope(envelope) if envelope["type"] == "S2C_ALONECHAT_PUSH" => return true,
            Heard::Envelope(_) => {}
            Heard::Closed(code) => {
                assert_eq!(code.map(|frame| u16::from(frame.code)), Some(4001));
                return false;
            }
        }
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn places_that_are_lost_with_the_database_or_a_life_are_taken_again() {
    let two = Two::start().await;
    two.hear_each_other().await;
    let (resident, mut phone, doctor) = two.people().await;
    two.has_slots(&resident, 1).await;
    // As PostgreSQL does when it was killed.
    let crash = "TRUNCATE node, connection; UPDATE mailbox SET slots = 0";
    two.one.store().batch_execute(crash).unwrap();
    doctor.writes(&resident, "1").await;
    hears_all(&mut phone, 1..=1).await;
    two.has_slots(&resident, 1).await;
    two.hear_each_other().await;
    doctor.writes(&resident, "2").await;
    hears_all(&mut phone, 2..=2).await;
    let desk = two.one.login("resident1").await.connect("desk").await;
    assert_eq!(phone.close_code().await, Some(4001));
    desk.close().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn places_of_the_dead_and_of_connections_that_are_gone_are_given_up() {
    let two = Two::start().await;
    two.hear_each_other().await;
    let (resident, phone, _) = two.people().await;
    // One that its node does not know, and one of a node that does not live.
    let left = format!(
        "INSERT INTO connection SELECT uid, 'lost', slot, incarnation, 1, 0, token, FALSE, 0 FROM connection; \
         INSERT INTO connection SELECT uid, 'dead', 40, 99999, 2, 0, token, FALSE, 0 FROM connection WHERE deviceid = 'lost'; \
         UPDATE mailbox SET slots = slots | (1::bigint << 40) WHERE uid = '{}'",
        resident.uid
    );
    two.one.store().batch_execute(&left).unwrap();
    two.has_slots(&resident, 1).await;
    let lost =
        || two.one.number("SELECT count(*) AS number FROM connection WHERE deviceid = 'lost'".to_owned());
    assert_eq!(lost(), 1);
    sweep::sweep(&two.other.app).await.unwrap();
    sweep::give_up_places(&two.other.app).await.unwrap();
    assert_eq!((lost(), two.connections()), (0, 1));
    phone.close().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn contacts_hear_once_who_comes_and_goes_on_whichever_node() {
    let two = Two::start_with(soon).await;
    two.hear_each_other().await;
    let (here, there) = two.on_both("resident1").await;
    let (doctor, colleague) = (two.one.login("doctor1").await, two.other.login("doctor1").await);
    doctor.writes(&here, "1").await;
    let mut desk = doctor.connect("desk").await;
    let phone = there.connect("phone").await;
    hears_of(&mut desk, &here, true).await;
    let friends = colleague.gets("contacts/list").await;
    assert!(friends.to_string().contains("\"online\":true"), "{friends}");
    // From one node to the other, within the grace.
    phone.close().await;
    let phone = here.connect("phone").await;
    desk.hears_nothing().await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    desk.hears_nothing().await;
    phone.close().await;
    hears_of(&mut desk, &here, false).await;
    desk.hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn the_office_sees_the_connections_of_all_nodes() {
    let two = Two::start().await;
    two.hear_each_other().await;
    let (resident, phone, doctor) = two.people().await;
    let desk = doctor.connect("desk").await;
    let admin = two.one.login("admin").await;
    let list = admin.gets("/admin/session/list").await;
    let uids: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["uid"].clone()).collect();
    assert!(uids.contains(&json!(resident.uid)) && uids.contains(&json!(doctor.uid)), "{list}");
    let begun = Instant::now();
    while admin.gets("/admin/stats").await["connections"] != 2 {
        assert!(begun.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    phone.close().await;
    desk.close().await;
}

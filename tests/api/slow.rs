//! Readers who do not read, and thousands who come and go: neither hurts anybody else.

use crate::alone::{alone, resident_kib};
use crate::app::{Database, TestApp};
use crate::people::{Connection, Heard, Person};
use futures_util::future::join_all;
use jiayi::model::connection::ConnectionPolicy;
use std::time::{Duration, Instant};

#[actix_web::test]
async fn a_slow_reader_is_closed_with_4009_while_others_chat_on() {
    let app = TestApp::start_with(Database::Sqlite, |config| config.queue = 16).await;
    let (slow, writer) = (app.login("resident1").await, app.login("doctor1").await);
    let (resident, doctor) = (app.login("resident3").await, app.login("doctor2").await);
    let mut phone = resident.connect("phone").await;
    let mut stuck = Connection::open_narrow(&app.ws_url(), app.address).await;
    stuck.say("C2S_REGISTER_REQ", slow.registration("phone", Some(0))).await;
    stuck.hear("S2C_REGISTER_RES").await;

    // The registry lets go of it as soon as its queue is full.
    let (long, mut written) = ("药".repeat(10_000), 0);
    while app.app.count_connections().await.unwrap() == 2 {
        assert!(written < 5_000, "it is not too slow yet");
        for _ in 0..10 {
            writer.writes(&slow, &long).await;
            written += 1;
        }
        let asked = Instant::now();
        doctor.writes(&resident, "您好").await;
        phone.hear("S2C_ALONECHAT_PUSH").await;
        assert!(asked.elapsed() < Duration::from_secs(2), "the others must wait");
    }

    let mut seq = 0;
    let code = loop {
        match stuck.next().await {
            Heard::Envelope(push) => {
                seq += 1;
                assert_eq!(push["seq"], seq);
            }
            Heard::Closed(frame) => break frame.map(|frame| frame.code.into()),
        }
    };
    assert_eq!(code, Some(4009));
    assert!(seq < written);
    let (mut back, answer) = slow.connect_since("phone", Some(seq)).await;
    assert_eq!((answer["seq"].as_i64(), answer["recovered"].as_bool()), (Some(written), Some(true)));
    for seq in seq + 1..=written {
        assert_eq!(back.hear("S2C_ALONECHAT_PUSH").await["seq"], seq);
    }
}

#[actix_web::test]
async fn two_thousand_who_come_and_go_leave_nothing_behind() {
    alone("slow::two_thousand_who_come_and_go_leave_nothing_behind", come_and_go(2_000)).await;
}

#[actix_web::test]
#[ignore = "long: run ./scripts/test"]
async fn twenty_thousand_who_come_and_go_leave_nothing_behind() {
    alone("slow::twenty_thousand_who_come_and_go_leave_nothing_behind", come_and_go(20_000)).await;
}

/// How many come and go at once.
const LANES: usize = 50;
/// What memory may grow by: the allocator's slack, which does not depend on how many came.
const SLACK_KIB: i64 = 16 * 1024;

async fn come_and_go(times: usize) {
    let settle = |config: &mut jiayi::config::Config| config.connections = ConnectionPolicy::PerDevice;
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let mut people = Vec::new();
    for account in ["resident1", "resident2", "resident3", "doctor1", "doctor2"] {
        people.push(app.login(account).await);
    }
    // All that is made once is made now.
    crowd(&app, &people, 20 * LANES).await;
    let before = resident_kib();
    crowd(&app, &people, times).await;
    let grown = resident_kib() - before;
    assert!(grown < SLACK_KIB, "memory has grown by {grown} KiB");
}

/// So many connections come and go; returns when the registry knows of none.
async fn crowd(app: &TestApp, people: &[Person], times: usize) {
    let lanes = (0..LANES).map(|lane| {
        let (person, url) = (people[lane % people.len()].clone(), app.ws_url());
        actix_web::rt::spawn(async move {
            for time in 0..times / LANES {
                match (lane + time) % 4 {
                    0 => person.connect(&format!("d{lane}")).await.close().await,
                    1 => person.connect(&format!("d{lane}")).await.drop_dead(),
                    2 => leave_in_the_midst(&person, &url, lane).await,
                    _ => Connection::open(&url).await.drop_dead(),
                }
            }
        })
    });
    join_all(lanes).await.into_iter().for_each(|lane| lane.unwrap());
    let patience = Instant::now() + Duration::from_secs(20);
    while app.app.count_connections().await.unwrap() > 0 {
        assert!(Instant::now() < patience, "the registry still knows of some who have gone");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Goes before the registration is answered.
async fn leave_in_the_midst(person: &Person, url: &str, lane: usize) {
    let mut connection = Connection::open(url).await;
    connection.say("C2S_REGISTER_REQ", person.registration(&format!("d{lane}"), Some(0))).await;
    connection.drop_dead();
}

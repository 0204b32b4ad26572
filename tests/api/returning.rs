//! Connections that register at the same time, and so together, as after a restart: each fares as it would by
//! itself, and has what it has missed, once and in order.

use crate::app::TestApp;
use crate::on_both_databases;
use crate::people::{Connection, Heard, Person};
use diesel::prelude::*;
use futures_util::future::join_all;
use jiayi::config::Config;
use jiayi::db::gather::Done;
use jiayi::db::schema::{account, device, login_record, mailbox};
use jiayi::model::connection::ConnectionPolicy;
use jiayi::model::{Role, RoomId, Uid};
use jiayi::protocol::pushes::{Push, ReadMark};
use jiayi::service::registration::{self, Request};
use jiayi::store::login_history::Origin;
use jiayi::store::mailbox as mailboxes;
use serde_json::json;
use std::time::{Duration, Instant};

/// How many come at once: as many as several batches take.
const AT_ONCE: usize = 200;
const MISSED: i64 = 20;

fn per_device(config: &mut Config) {
    config.connections = ConnectionPolicy::PerDevice;
}

fn quick_pings(config: &mut Config) {
    config.ping_seconds = 1;
}

/// So many pushes to each of these people, in one transaction.
async fn push_to(app: &TestApp, people: &[&Person], count: i64) {
    let uids: Vec<Uid> = people.iter().map(|person| person.uid.clone().try_into().unwrap()).collect();
    let pushed = app.app.write(move |tx| {
        for uid in &uids {
            let mark = ReadMark::Room { roomid: RoomId::new(), uid: uid.clone(), roomseq: 1 };
            (0..count).for_each(|_| tx.push(Push::Read(vec![uid.clone()], mark.clone())));
        }
        Ok(())
    });
    pushed.await.unwrap();
}

/// Asks to be registered, with all pushes since `since`.
async fn ask(app: &TestApp, person: &Person, deviceid: &str, since: i64) -> Connection {
    let mut connection = Connection::open(&app.ws_url()).await;
    connection.say("C2S_REGISTER_REQ", person.registration(deviceid, Some(since))).await;
    connection
}

/// What comes until a connection is closed, or has heard the push `last`.
async fn heard_until(connection: &mut Connection, last: i64) -> (Vec<i64>, Option<u16>) {
    let mut numbers = Vec::new();
    while numbers.last() != Some(&last) {
        match connection.next().await {
            Heard::Envelope(envelope) if envelope["seq"].is_i64() => {
                numbers.push(envelope["seq"].as_i64().unwrap())
            }
            Heard::Envelope(_) => {}
            Heard::Closed(frame) => return (numbers, frame.map(|frame| frame.code.into())),
        }
    }
    (numbers, None)
}

async fn disable(app: &TestApp, person: &Person) {
    // Past the rules, which would make the token void as well.
    let uid = person.uid.clone();
    let closed = app.app.write(move |tx| {
        diesel::update(account::table.find(&uid)).set(account::disabled.eq(true)).execute(&mut **tx)?;
        Ok(())
    });
    closed.await.unwrap();
}

fn request(person: &Person, deviceid: &str) -> Request {
    let deviceid = deviceid.to_owned().try_into().unwrap();
    Request {
        uid: person.uid.clone().try_into().unwrap(),
        role: if person.role == "doctor" { Role::Doctor } else { Role::User },
        token: jiayi::auth::token::hash(&person.token),
        origin: Origin { deviceid, platform: None, address: "192.0.2.1".to_owned() },
        place: None,
    }
}

on_both_databases! {
    async fn who_may_not_is_refused_alone(app: TestApp) {
        let (one, other) = (app.login("resident1").await, app.login("doctor1").await);
        let (void, closed) = (app.login("resident1").await, app.login("resident2").await);
        void.posts("logout", json!({})).await;
        disable(&app, &closed).await;
        let requests = [
            request(&one, "phone"),
            request(&void, "void"),
            request(&closed, "closed"),
            // With the token of somebody else.
            Request { uid: other.uid.clone().try_into().unwrap(), ..request(&one, "stolen") },
            request(&one, "tablet"),
            request(&other, "phone"),
            request(&other, "desk"),
        ];
        let outcome = app.app.write(move |tx| {
            let done = registration::record_all(tx, &requests)?;
            let records = login_record::table.order(login_record::recordid).select(login_record::deviceid);
            let devices = device::table.order(device::deviceid).select((device::deviceid, device::uid));
            Ok((done, records.load::<String>(&mut **tx)?, devices.load::<(String, String)>(&mut **tx)?))
        });
        let (done, mut records, devices) = outcome.await.unwrap();
        let short = done.iter().map(|done| match done {
            Done::Answered(Ok(recorded)) => recorded.caller.uid.as_str(),
            Done::Answered(Err(refusal)) => refusal.code(),
            Done::Alone => "alone",
        });
        let (one, other) = (one.uid.as_str(), other.uid.as_str());
        assert_eq!(short.collect::<Vec<_>>(), [one, "FA_AUTH", "FA_AUTH", "FA_AUTH", one, "alone", other]);
        records.sort_unstable();
        assert_eq!(records, ["desk", "phone", "tablet"]);
        let devices: Vec<_> = devices.iter().map(|(device, uid)| (device.as_str(), uid.as_str())).collect();
        assert_eq!(devices, [("desk", other), ("phone", one), ("tablet", one)]);
    }

    async fn each_of_many_has_what_it_has_missed_once_and_in_order(app: TestApp with per_device) {
        let mut people = Vec::new();
        for account in ["resident1", "resident3", "doctor1", "doctor2", "doctor3"] {
            people.push(app.login(account).await);
        }
        let (void, closed) = (app.login("resident1").await, app.login("resident2").await);
        void.posts("logout", json!({})).await;
        let all: Vec<_> = people.iter().collect();
        push_to(&app, &all, MISSED).await;
        disable(&app, &closed).await;
        // Some have missed all of it, some a part, some nothing.
        let since = |n: usize| n as i64 * 7 % (MISSED + 1);
        let device = |n: usize| format!("device-{n}");
        let come = (0..AT_ONCE).map(async |n| match n % 10 {
            8 => ask(&app, &void, &device(n), 0).await,
            9 => ask(&app, &closed, &device(n), 0).await,
            _ => ask(&app, all[n % all.len()], &device(n), since(n)).await,
        });
        // What is pushed meanwhile follows.
        let (mut connections, ()) = tokio::join!(join_all(come), push_to(&app, &all, 3));
        push_to(&app, &all, 2).await;
        let last = MISSED + 5;
        for (n, connection) in connections.iter_mut().enumerate() {
            if n % 10 >= 8 {
                connection.refused("FA_AUTH").await;
                continue;
            }
            let (numbers, closed) = heard_until(connection, last).await;
            assert_eq!((numbers, closed), ((since(n) + 1..=last).collect(), None), "{n}");
            connection.hears_nothing().await;
        }
    }

    async fn how_far_pushes_were_sent_is_kept_once(app: TestApp with quick_pings) {
        let (one, other) = (app.login("resident1").await, app.login("doctor1").await);
        push_to(&app, &[&one, &other], 3).await;
        let (phone, _) = one.connect_since("phone", Some(0)).await;
        awaits_sent(&app, &one, 3).await;
        phone.close().await;
        let (_phone, _) = one.connect_since("phone", Some(3)).await;
        let uid: Uid = one.uid.clone().try_into().unwrap();
        let forgotten = app.app.write(move |tx| {
            diesel::update(mailbox::table.find(&uid)).set(mailbox::sent.eq(0)).execute(&mut **tx)?;
            Ok(())
        });
        forgotten.await.unwrap();
        // Whose beat comes later.
        let (_desk, _) = other.connect_since("desk", Some(0)).await;
        awaits_sent(&app, &other, 3).await;
        assert_eq!(sent(&app, &one).await, 0);
    }

    async fn of_many_from_one_device_one_stays(app: TestApp with per_device) {
        let resident = app.login("resident1").await;
        one_stays(&app, &resident, |_| "phone".to_owned()).await;
    }

    async fn of_many_of_one_account_one_stays(app: TestApp) {
        let resident = app.login("resident1").await;
        one_stays(&app, &resident, |n| format!("device-{n}")).await;
    }
}

/// How far somebody's pushes are known to have been sent.
async fn sent(app: &TestApp, person: &Person) -> i64 {
    let uid: Uid = person.uid.clone().try_into().unwrap();
    app.app.read(move |store| mailboxes::find(store, &uid)).await.unwrap().sent
}

/// Waits until that is kept: nobody is told of it.
async fn awaits_sent(app: &TestApp, person: &Person, seq: i64) {
    let patience = Instant::now() + Duration::from_secs(20);
    while sent(app, person).await != seq {
        assert!(Instant::now() < patience);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Of all that come at once one connection stays, and hears all; the others hear less, in order, and are closed.
async fn one_stays(app: &TestApp, resident: &Person, device: impl Fn(usize) -> String) {
    push_to(app, &[resident], MISSED).await;
    let devices: Vec<_> = (0..AT_ONCE / 4).map(device).collect();
    let mut connections = join_all(devices.iter().map(|device| ask(app, resident, device, 0))).await;
    for connection in &mut connections {
        registered_or_closed(connection).await;
    }
    push_to(app, &[resident], 1).await;
    let mut stayed = 0;
    for connection in &mut connections {
        let (numbers, _) = heard_until(connection, MISSED + 1).await;
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
        stayed += usize::from(numbers.last() == Some(&(MISSED + 1)));
    }
    assert_eq!(stayed, 1);
}

/// Waits until a connection is told what has become of it.
async fn registered_or_closed(connection: &mut Connection) {
    match connection.next().await {
        Heard::Envelope(envelope) if envelope["type"] == "S2C_REGISTER_RES" => {}
        Heard::Envelope(envelope) => assert_eq!(envelope["type"], "S2C_DIFFERENT_CONNECTION", "{envelope}"),
        Heard::Closed(_) => {}
    }
}

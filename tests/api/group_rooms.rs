//! Rooms as actors: who types costs no read once a room is warm, and nobody hears or is heard who has left it.

use crate::app::{Database, TestApp};
use crate::cluster::Two;
use crate::discussion::{add, group, removes};
use crate::on_both_databases;
use crate::people::{Connection, Person};
use crate::rooms::set_team;
use diesel::connection::SimpleConnection;
use jiayi::cluster::bus::Bus;
use jiayi::model::Slot;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

impl Connection {
    /// Types in a room.
    pub async fn types(&mut self, roomid: &str) {
        self.say("C2S_TYPING", json!({ "roomid": roomid })).await;
    }

    /// Hears that somebody types in a room.
    pub async fn hears_typing(&mut self, roomid: &str, person: &Person) {
        let told = self.hear("S2C_TYPING_PUSH").await["data"].clone();
        assert_eq!(told, json!({ "roomid": roomid, "uid": person.uid }));
    }
}

/// Takes somebody out of a room so that nobody is told of it.
fn takes_out(app: &TestApp, person: &Person) {
    let left = format!("UPDATE room_member SET left_seq = 0 WHERE uid = '{}'", person.uid);
    app.store().batch_execute(&left).unwrap();
}

on_both_databases! {
    async fn typing_in_a_warm_room_asks_no_store(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (colleague, friend) = (app.login("doctor2").await, app.login("doctor3").await);
        let roomid = group(&doctor, &[&resident, &colleague, &friend]).await;
        let (mut desk, mut phone) = (doctor.connect("desk").await, resident.connect("phone").await);
        let (mut near, mut far) = (colleague.connect("desk").await, friend.connect("desk").await);
        phone.types(&roomid).await;
        for screen in [&mut desk, &mut near, &mut far] {
            screen.hears_typing(&roomid, &resident).await;
        }
        for person in [&doctor, &resident, &colleague] {
            takes_out(&app, person);
        }
        // Of those who are in the room as far as the store knows, nobody has typed.
        near.types(&roomid).await;
        for screen in [&mut desk, &mut phone, &mut far] {
            screen.hears_typing(&roomid, &colleague).await;
        }
    }

    async fn who_has_left_a_warm_group_neither_types_nor_hears(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (colleague, friend) = (app.login("doctor2").await, app.login("doctor3").await);
        let roomid = group(&doctor, &[&resident, &colleague, &friend]).await;
        let (mut desk, mut phone) = (doctor.connect("desk").await, resident.connect("phone").await);
        let (mut near, mut far) = (colleague.connect("desk").await, friend.connect("desk").await);
        phone.types(&roomid).await;
        for screen in [&mut desk, &mut near, &mut far] {
            screen.hears_typing(&roomid, &resident).await;
        }
        // One is removed, one leaves.
        removes(&doctor, &roomid, &colleague).await;
        removes(&friend, &roomid, &friend).await;
        near.hear("S2C_TEAMMEMBER_LEAVE").await;
        for screen in [&mut desk, &mut phone, &mut far] {
            for _ in 0..2 {
                screen.hear("S2C_TEAMMEMBER_LEAVE").await;
            }
        }
        near.types(&roomid).await;
        near.refused("FA_NOTFOUND").await;
        desk.types(&roomid).await;
        phone.hears_typing(&roomid, &doctor).await;
        // Who is back hears at once, and is heard.
        add(&doctor, &roomid, &friend).await;
        for screen in [&mut desk, &mut phone, &mut far] {
            screen.hear("S2C_TEAMMEMBER_ENTER").await;
        }
        far.types(&roomid).await;
        for screen in [&mut desk, &mut phone] {
            screen.hears_typing(&roomid, &friend).await;
        }
        for screen in [&mut desk, &mut phone, &mut near, &mut far] {
            screen.hears_nothing().await;
        }
    }

    async fn who_is_out_of_a_team_is_out_of_its_warm_room(app: TestApp) {
        let (leader, doctor) = (app.login("doctor1").await, app.login("doctor2").await);
        let stid = leader.gets("me").await["teams"][0].clone();
        let roomid = leader.posts("teammatechat/send", json!({ "stid": stid, "body": "早" })).await["roomid"].clone();
        let roomid = roomid.as_str().unwrap();
        let (mut desk, mut near) = (leader.connect("desk").await, doctor.connect("desk").await);
        desk.types(roomid).await;
        near.hears_typing(roomid, &leader).await;
        set_team(&app, &leader, &[]).await;
        desk.hear("S2C_SIGNED_PUSH").await;
        is_refused(&mut near, roomid, "FA_NOTFOUND").await;
        desk.hears_nothing().await;
    }

    async fn a_warm_room_that_closes_is_closed(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let roomid = doctor.writes(&resident, "您好").await["roomid"].as_str().unwrap().to_owned();
        let (mut desk, mut phone) = (doctor.connect("desk").await, resident.connect("phone").await);
        phone.types(&roomid).await;
        desk.hears_typing(&roomid, &resident).await;
        let contract = resident.gets("signed/list").await["items"][0]["sid"].clone();
        doctor.posts("rejectsigned", json!({ "sid": contract, "reason": "迁居" })).await;
        is_refused(&mut desk, &roomid, "FA_PERMISSION").await;
        phone.hear("S2C_UNSIGNED_PUSH").await;
        phone.hears_nothing().await;
    }

    async fn whose_account_is_closed_is_in_no_warm_room(app: TestApp) {
        let (doctor, resident) = (app.login("doctor1").await, app.login("resident1").await);
        let (colleague, admin) = (app.login("doctor2").await, app.login("admin").await);
        let roomid = group(&doctor, &[&resident, &colleague]).await;
        let (mut desk, mut phone) = (doctor.connect("desk").await, resident.connect("phone").await);
        let mut near = colleague.connect("desk").await;
        phone.types(&roomid).await;
        for screen in [&mut desk, &mut near] {
            screen.hears_typing(&roomid, &resident).await;
        }
        admin.posts("user/disable", json!({ "uid": resident.uid, "disabled": true })).await;
        // It may be under way already when the connection closes.
        phone.types(&roomid).await;
        assert_eq!(phone.close_code().await, Some(4003));
        near.types(&roomid).await;
        desk.hears_typing(&roomid, &colleague).await;
        desk.hears_nothing().await;
    }
}

/// Is refused in a room.
async fn is_refused(screen: &mut Connection, roomid: &str, code: &str) {
    screen.types(roomid).await;
    screen.refused(code).await;
}

/// A group on two nodes: its owner and somebody on the first, two on the other one, all of whom have heard one type.
struct Spread {
    two: Two,
    roomid: String,
    owner: Person,
    colleague: Person,
    desk: Connection,
    phone: Connection,
    near: Connection,
    far: Connection,
}

impl Spread {
    async fn start() -> Self {
        let two = Two::start().await;
        two.hear_each_other().await;
        let (owner, resident) = (two.one.login("doctor1").await, two.one.login("resident1").await);
        let (colleague, friend) = (two.other.login("doctor2").await, two.other.login("doctor3").await);
        let roomid = group(&owner, &[&resident, &colleague, &friend]).await;
        let (desk, mut phone) = (owner.connect("desk").await, resident.connect("phone").await);
        let (near, far) = (colleague.connect("desk").await, friend.connect("desk").await);
        phone.types(&roomid).await;
        let mut spread = Self { two, roomid, owner, colleague, desk, phone, near, far };
        for screen in [&mut spread.desk, &mut spread.near, &mut spread.far] {
            screen.hears_typing(&spread.roomid, &resident).await;
        }
        spread
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn who_is_removed_on_one_node_neither_hears_nor_is_heard_on_the_other() {
    let mut all = Spread::start().await;
    removes(&all.owner, &all.roomid, &all.colleague).await;
    // From the node of the removal, at once after it is answered.
    all.desk.types(&all.roomid).await;
    for screen in [&mut all.phone, &mut all.far] {
        screen.hear("S2C_TEAMMEMBER_LEAVE").await;
        screen.hears_typing(&all.roomid, &all.owner).await;
    }
    // At the other node who hears of it may rely on it.
    all.near.hear("S2C_TEAMMEMBER_LEAVE").await;
    all.near.types(&all.roomid).await;
    all.near.refused("FA_NOTFOUND").await;
    all.far.types(&all.roomid).await;
    all.desk.hear("S2C_TEAMMEMBER_LEAVE").await;
    for screen in [&mut all.desk, &mut all.phone] {
        assert_ne!(screen.hear("S2C_TYPING_PUSH").await["data"]["uid"], all.colleague.uid);
    }
    for screen in [&mut all.desk, &mut all.phone, &mut all.near, &mut all.far] {
        screen.hears_nothing().await;
    }
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_node_that_does_not_hear_all_asks_the_store_who_is_in_a_room() {
    let mut all = Spread::start().await;
    all.two.part();
    let begun = Instant::now();
    while all.two.other.app.trusts_memory() {
        assert!(begun.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    removes(&all.owner, &all.roomid, &all.colleague).await;
    all.far.types(&all.roomid).await;
    all.near.types(&all.roomid).await;
    all.near.refused("FA_NOTFOUND").await;
    let heard: Value = all.near.hear("S2C_TEAMMEMBER_LEAVE").await;
    assert_eq!(heard["data"]["roomid"], *all.roomid, "by a sweep");
    all.near.hears_nothing().await;
}

#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_node_that_has_missed_something_asks_the_store_who_is_in_a_room() {
    let mut all = Spread::start().await;
    takes_out(&all.two.one, &all.colleague);
    // The first word of a new life: there may have been others before it.
    let slot = |number: u8| Slot::try_from(number).unwrap();
    let (bus, _incoming) = all.two.network.join(slot(9));
    let word = r#"{"version":1,"from":9,"incarnation":99,"number":1,"kind":"beat","body":{"connections":0,"version":""}}"#;
    for to in [0, 1] {
        Bus::send(&*bus, slot(to), word.into());
    }
    // Both nodes have taken it in when they have gone on to their next beats.
    tokio::time::sleep(Duration::from_millis(100)).await;
    all.near.types(&all.roomid).await;
    all.near.refused("FA_NOTFOUND").await;
    assert!(all.two.other.app.trusts_memory(), "it hears all who live");
}

/// A throw-away measurement.
#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn measure_lane() {
    for database in [Database::Postgres] {
        let app = TestApp::start_with(database, |c| c.budgets.enabled = false).await;
        let names = ["doctor1", "doctor2", "doctor3", "resident1"];
        let mut people = Vec::new();
        for name in names {
            people.push(app.login(name).await);
        }
        let roomid = group(&people[0], &people[1..].iter().collect::<Vec<_>>()).await;
        crate::discussion::fill(&app, &roomid, 496).await;
        for senders in [1, 8, 16, 32, 64] {
            let figures = async || {
                let text = reqwest_get(&app).await;
                let of = |name: &str| text.lines().find(|l| l.starts_with(name)).and_then(|l| l.split(' ').nth(1)).unwrap().parse::<f64>().unwrap();
                eprintln!("{}", text.lines().filter(|l| l.starts_with("jiayi_store_commit_batch_size_b")).map(|l| l.split(' ').nth(1).unwrap()).collect::<Vec<_>>().join(" "));
                (of("jiayi_store_commit_batch_size_count"), of("jiayi_store_commit_batch_size_sum"))
            };
            let (count, sum) = figures().await;
            let begun = Instant::now();
            let send = async |n: usize| {
                for i in 0..(64 / senders).max(4) {
                    crate::discussion::says(&people[n % 4], &roomid, &format!("{n} {i}")).await;
                }
            };
            futures_util::future::join_all((0..senders).map(send)).await;
            let took = begun.elapsed();
            let (c, s) = figures().await;
            eprintln!("{database:?} senders {senders}: {} sends in {} commits, {:.0}/s", s - sum, c - count, (s - sum) / took.as_secs_f64());
        }
    }
}

async fn reqwest_get(app: &TestApp) -> String {
    reqwest::get(app.url("/metrics")).await.unwrap().text().await.unwrap()
}

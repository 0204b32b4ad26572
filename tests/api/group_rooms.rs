//! Rooms as actors: who types costs no read once a room is warm, and nobody hears or is heard who has left it.

use crate::app::{Database, TestApp};
use crate::cluster::Two;
use crate::discussion::{add, fill, group, removes, says};
use crate::on_both_databases;
use crate::people::{Connection, Person};
use crate::rooms::set_team;
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use jiayi::cluster::bus::Bus;
use jiayi::model::Slot;
use jiayi::realtime::group::message::Origin;
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
        // Its connection closes, and may say something until then.
        let types = async |person: &Person| {
            let (roomid, uid) = (roomid.clone().try_into().unwrap(), person.uid.clone().try_into().unwrap());
            app.app.tell_typing(roomid, uid, Origin::Here).await.map_err(|error| error.code())
        };
        assert_eq!((types(&resident).await, types(&colleague).await), (Ok(()), Ok(())));
        admin.posts("user/disable", json!({ "uid": resident.uid, "disabled": true })).await;
        assert_eq!((types(&resident).await, types(&colleague).await), (Err("FA_NOTFOUND"), Ok(())));
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

/// What a room of 500 costs, for each message, is what makes others wait.
#[actix_web::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn those_who_write_in_one_room_at_once_share_transactions() {
    let app = TestApp::start(Database::Postgres).await;
    let mut people = Vec::new();
    for account in ["doctor1", "doctor2", "doctor3", "resident1"] {
        people.push(app.login(account).await);
    }
    let roomid = group(&people[0], &people[1..].iter().collect::<Vec<_>>()).await;
    fill(&app, &roomid, 496).await;
    let commits = async || app.scrape().await.samples["jiayi_store_commit_batch_size_count"];
    let before = commits().await;
    let write = async |writer: usize| {
        let mut numbers = Vec::new();
        for text in ["一", "二", "三", "四"] {
            numbers.push(says(&people[writer % 4], &roomid, text).await["roomseq"].as_u64().unwrap());
        }
        assert!(numbers.is_sorted(), "{numbers:?}");
        numbers
    };
    let mut numbers = join_all((0..64).map(write)).await.concat();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=256).collect::<Vec<_>>());
    let commits = commits().await - before;
    assert!(commits < 25.0, "{commits} transactions for 256 messages");
}

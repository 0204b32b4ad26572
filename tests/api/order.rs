//! Whatever people do in whatever order: each hears what concerns them once, in order, and
//! nobody else hears it.

use crate::app::{Database, TestApp};
use crate::people::{Connection, Heard, Person};
use futures_util::future::{join, join_all};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Whom a turn is about: neighbours in this list have a contract.
const PEOPLE: [&str; 4] = ["resident1", "doctor1", "resident3", "doctor2"];

#[derive(Debug, Clone)]
enum Turn {
    /// Connects from one of two devices, with `since`, whether connected already or not.
    Connect(usize, bool),
    Disconnect(usize, bool),
    /// The first write while the others connect.
    Write(Vec<usize>, BTreeSet<usize>),
    /// Reads all but the newest so many.
    Read(usize, usize),
    /// Takes in what has come so far.
    Listen(usize),
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let who = || 0..PEOPLE.len();
    let turn = prop_oneof![
        3 => (who(), any::<bool>()).prop_map(|(who, tablet)| Turn::Connect(who, tablet)),
        1 => (who(), any::<bool>()).prop_map(|(who, dead)| Turn::Disconnect(who, dead)),
        4 => (prop::collection::vec(who(), 1..16), prop::collection::btree_set(who(), 0..4))
            .prop_map(|(writers, arriving)| Turn::Write(writers, arriving)),
        2 => (who(), 0..4usize).prop_map(|(who, newest)| Turn::Read(who, newest)),
        2 => who().prop_map(Turn::Listen),
    ];
    prop::collection::vec(turn, 1..60)
}

fn few() -> ProptestConfig {
    ProptestConfig { cases: 8, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn each_hears_everything_once_in_order_and_nobody_else_does_on_sqlite(turns in turns()) {
        actix_web::rt::System::new().block_on(play(Database::Sqlite, turns));
    }

    #[test]
    #[ignore = "needs PostgreSQL: run ./scripts/test"]
    fn each_hears_everything_once_in_order_and_nobody_else_does_on_postgres(turns in turns()) {
        actix_web::rt::System::new().block_on(play(Database::Postgres, turns));
    }
}

/// Somebody, and what they must and did hear.
struct Player {
    person: Person,
    connection: Option<Connection>,
    heard: Vec<Value>,
    /// How many pushes concern them.
    due: usize,
    read: usize,
}

impl Player {
    /// Takes in one push; it must follow the last one.
    fn hear(&mut self, envelope: Value) {
        assert_eq!(envelope["seq"], self.heard.len() as i64 + 1, "{envelope}");
        self.heard.push(envelope);
    }

    async fn connect(&mut self, tablet: bool) {
        let device = if tablet { "tablet" } else { "phone" };
        let (connection, answer) = self.person.connect_since(device, Some(self.heard.len() as i64)).await;
        assert_eq!((&answer["seq"], &answer["recovered"]), (&json!(self.due), &json!(true)));
        self.connection = Some(connection);
    }

    /// Takes in what comes before the answer to a question.
    async fn listen(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        connection.say("C2S_SYNC_REQ", json!({ "since": -1 })).await;
        loop {
            match connection.next().await {
                Heard::Envelope(envelope) if envelope["type"] == "S2C_ERROR" => break,
                Heard::Envelope(envelope) => self.hear(envelope),
                Heard::Closed(frame) => panic!("closed with {frame:?}"),
            }
        }
        self.connection = Some(connection);
    }

    /// Reconnects, hears the rest, and has heard just what is stored.
    async fn finish(&mut self) {
        self.connect(false).await;
        while self.heard.len() < self.due {
            match self.connection.as_mut().unwrap().next().await {
                Heard::Envelope(envelope) => self.hear(envelope),
                Heard::Closed(frame) => panic!("closed with {frame:?}"),
            }
        }
        self.connection.as_mut().unwrap().hears_nothing().await;
        assert_eq!(self.person.all_pushes().await, self.heard);
    }
}

/// The room of two neighbours: who wrote each message.
#[derive(Default)]
struct Room {
    roomid: Value,
    writers: Vec<usize>,
}

async fn play(database: Database, turns: Vec<Turn>) {
    let app = TestApp::start_with(database, |config| config.commands_per_second = 10_000).await;
    let stranger = app.login("resident2").await;
    let mut elsewhere = stranger.connect("phone").await;
    let mut players = Vec::new();
    for account in PEOPLE {
        let person = app.login(account).await;
        players.push(Player { person, connection: None, heard: Vec::new(), due: 0, read: 0 });
    }
    let mut rooms = [Room::default(), Room::default()];
    for turn in turns {
        match turn {
            Turn::Connect(who, tablet) => players[who].connect(tablet).await,
            Turn::Disconnect(who, dead) => match (players[who].connection.take(), dead) {
                (Some(connection), true) => connection.drop_dead(),
                (Some(connection), false) => connection.close().await,
                (None, _) => {}
            },
            Turn::Write(writers, arriving) => {
                let arrivals = arriving.iter().map(|who| {
                    let (person, since) = (players[*who].person.clone(), players[*who].heard.len() as i64);
                    async move { person.connect_since("phone", Some(since)).await }
                });
                let arrivals = join_all(arrivals.collect::<Vec<_>>());
                let ((), arrived) = join(write(&mut players, &mut rooms, &writers), arrivals).await;
                for (who, (connection, answer)) in arriving.into_iter().zip(arrived) {
                    assert_eq!(answer["recovered"], true);
                    players[who].connection = Some(connection);
                }
            }
            Turn::Read(who, newest) => read(&mut players, &rooms[who / 2], who, newest).await,
            Turn::Listen(who) => players[who].listen().await,
        }
    }
    for (who, player) in players.iter_mut().enumerate() {
        player.finish().await;
        let room = &rooms[who / 2];
        let unread = room.writers[player.read..].iter().filter(|writer| **writer != who).count();
        let lines = player.person.gets("message/list").await;
        let line =
            lines["items"].as_array().unwrap().iter().find(|line| line["tags"] == json!(["alonechat"]));
        assert_eq!(line.map_or(json!(0), |line| line["unread"].clone()), unread);
        for push in &player.heard {
            let about = if push["type"] == "S2C_READ_PUSH" { &push["data"] } else { &push["data"]["data"] };
            assert_eq!(about["roomid"], room.roomid, "{push}");
            assert_ne!(about["from"]["uid"], *player.person.uid, "{push}");
        }
    }
    elsewhere.hears_nothing().await;
    assert!(stranger.all_pushes().await.is_empty());
    app.stop().await;
}

/// All write at once; the answers say in which order they came.
async fn write(players: &mut [Player], rooms: &mut [Room; 2], writers: &[usize]) {
    let written = writers.iter().map(|who| players[*who].person.writes(&players[who ^ 1].person, "您好"));
    let answers = join_all(written).await;
    let mut numbered: Vec<_> = answers.iter().zip(writers).collect();
    numbered.sort_by_key(|(answer, _)| answer["roomseq"].as_i64());
    for (answer, who) in numbered {
        let room = &mut rooms[who / 2];
        room.roomid = answer["roomid"].clone();
        room.writers.push(*who);
        assert_eq!(answer["roomseq"], room.writers.len() as i64);
        players[who ^ 1].due += 1;
    }
}

async fn read(players: &mut [Player], room: &Room, who: usize, newest: usize) {
    let roomseq = room.writers.len().saturating_sub(newest);
    if roomseq == 0 {
        return;
    }
    players[who].person.posts("message/read", json!({ "roomid": room.roomid, "roomseq": roomseq })).await;
    if roomseq > players[who].read {
        players[who].read = roomseq;
        players[who].due += 1;
        players[who ^ 1].due += 1;
    }
}

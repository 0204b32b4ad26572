//! Readers and writers who are slow: nothing is lost, cut or kept without a bound, and nobody waits for ever.

use crate::alone::{alone, resident_kib};
use crate::app::{Database, TestApp};
use crate::frame::{self, PING, TEXT, whole};
use crate::line::{LINES, Line};
use crate::people::Person;
use crate::socket::{Heard, Socket, request};
use futures_util::future::join_all;
use jiayi::config::Config;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tokio::net::TcpSocket;

/// The room for what is not read yet, or not sent, of a slow client.
const NARROW: u32 = 4096;

impl Socket {
    /// Opens a connection with little room at the client's end.
    async fn open_narrow(line: Line, app: &TestApp) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(NARROW).unwrap();
        socket.set_send_buffer_size(NARROW).unwrap();
        let stream = socket.connect(app.address).await.unwrap();
        let (mut socket, head) = Self::open_on(line, stream, request(line.path()).as_bytes()).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        socket.join().await.unwrap();
        socket
    }

    pub async fn register(&mut self, who: &Person, since: Option<i64>) {
        let data = who.registration("phone", since);
        self.say(&json!({ "type": "C2S_REGISTER_REQ", "data": data })).await;
        assert_eq!(self.envelope().await.unwrap()["type"], "S2C_REGISTER_RES");
    }
}

/// Pushes are large, so that few of them fill what the kernel takes.
fn long(number: usize) -> String {
    format!("{number}{}", "药".repeat(9_000))
}

/// How many pushes may wait for one connection.
const QUEUE: usize = 64;
const PUSHES: usize = 5_000;
/// When TCP gives up a connection whose client does not read.
const TCP_PATIENCE: Duration = Duration::from_secs(30);
/// What a slow reader may cost: its queue, of pushes of 27 kB, and what the allocator and the store keep. All pushes
/// would be 135 MB.
const SLACK_KIB: i64 = 32 * 1024;

#[actix_web::test]
async fn who_does_not_read_is_closed_with_4009_and_costs_a_bounded_memory() {
    let name = "pressure::who_does_not_read_is_closed_with_4009_and_costs_a_bounded_memory";
    alone(name, async {
        let app = TestApp::start_with(Database::Sqlite, |config| config.queue = QUEUE).await;
        let (slow, writer) = (app.login("resident1").await, app.login("doctor1").await);
        // The first round makes all that is made once.
        for (round, line) in [LINES, LINES].concat().into_iter().enumerate() {
            let mut stuck = Socket::open_narrow(line, &app).await;
            stuck.register(&slow, None).await;
            let (before, begun, mut written) = (resident_kib(), Instant::now(), 0);
            while app.app.count_connections().await.unwrap() > 0 {
                assert!(written < PUSHES, "{line:?}: it is not too slow yet");
                join_all((0..20).map(|number| {
                    let text = long(written + number);
                    let (writer, slow) = (&writer, &slow);
                    async move { writer.writes(slow, &text).await }
                }))
                .await;
                written += 20;
            }
            assert!(begun.elapsed() < TCP_PATIENCE, "{line:?}: TCP has given it up, not the server");
            let grown = resident_kib() - before;
            let bounded = round < LINES.len() || grown < SLACK_KIB;
            assert!(bounded, "{line:?}: memory has grown by {grown} KiB for {written} pushes");
            let (heard, end) = read_to_the_end(&mut stuck).await;
            assert!(heard < written, "{line:?}: it has heard all");
            assert!([Heard::Close(Some(4009)), Heard::End, Heard::Break].contains(&end), "{line:?}: {end:?}");
        }
    })
    .await;
}

/// How many pushes there are, which must be whole and without a gap, and what comes behind them.
async fn read_to_the_end(socket: &mut Socket) -> (usize, Heard) {
    let (mut heard, mut last) = (0, None);
    loop {
        match socket.envelope().await {
            Ok(push) => {
                let seq = push["seq"].as_i64().expect("a push");
                assert!(last.is_none_or(|last| seq == last + 1), "{seq} comes after {last:?}");
                (heard, last) = (heard + 1, Some(seq));
            }
            Err(end) => return (heard, end),
        }
    }
}

const MESSAGES: usize = 60;

#[actix_web::test]
async fn what_the_kernel_takes_in_parts_arrives_whole() {
    let app = TestApp::start(Database::Sqlite).await;
    let (reader, writer) = (app.login("resident1").await, app.login("doctor1").await);
    for number in 0..MESSAGES {
        writer.writes(&reader, &long(number)).await;
    }
    for line in LINES {
        let mut socket = Socket::open_narrow(line, &app).await;
        socket.register(&reader, Some(0)).await;
        let stored = reader.all_pushes().await;
        for push in &stored {
            // It reads more slowly than the server writes.
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert_eq!(socket.envelope().await.as_ref(), Ok(push), "{line:?}");
        }
        let live: Vec<_> = (0..10).map(long).collect();
        join_all(live.iter().map(|text| writer.writes(&reader, text))).await;
        for _ in &live {
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert_eq!(socket.envelope().await.unwrap()["type"], "S2C_ALONECHAT_PUSH", "{line:?}");
        }
        socket.send(&whole(PING, "alive")).await;
        assert_eq!(socket.hear().await, Heard::Pong(b"alive".into()), "{line:?}");
    }
}

/// How many questions come at once, each with an answer of nearly 256 KiB: 75 MiB in all.
const QUESTIONS: usize = 300;

#[actix_web::test]
async fn who_asks_without_reading_is_not_read_any_further() {
    alone("pressure::who_asks_without_reading_is_not_read_any_further", async {
        let settle = |config: &mut Config| config.commands_per_second = 1000;
        let app = TestApp::start_with(Database::Sqlite, settle).await;
        let (reader, writer) = (app.login("resident1").await, app.login("doctor1").await);
        for number in 0..MESSAGES {
            writer.writes(&reader, &long(number)).await;
        }
        for line in LINES {
            let mut socket = Socket::open_narrow(line, &app).await;
            socket.register(&reader, None).await;
            let before = resident_kib();
            ask_for_pages(&mut socket).await;
            let grown = resident_kib() - before;
            assert!(grown < SLACK_KIB, "{line:?}: memory has grown by {grown} KiB");
            // It is read on when it reads, or is too slow.
            let mut questions = HashSet::new();
            for _ in 0..6 {
                match answered(&mut socket).await {
                    Ok(question) => assert!(questions.insert(question), "{line:?}: {question} twice"),
                    Err(Heard::Close(Some(4009))) => break,
                    Err(end) => panic!("{line:?}: heard {end:?} after {} answers", questions.len()),
                }
            }
        }
    })
    .await;
}

/// Who asks for pages and does not read them gets no more of the store than others leave.
#[actix_web::test]
async fn pages_that_nobody_reads_keep_nobody_from_the_store() {
    let app = TestApp::start(Database::Sqlite).await;
    let (mute, writer) = (app.login("resident1").await, app.login("doctor1").await);
    for number in 0..MESSAGES {
        writer.writes(&mute, &long(number)).await;
    }
    let mut sockets = Vec::new();
    for _ in 0..8 {
        let mut socket = Socket::open_narrow(Line::Plain, &app).await;
        socket.register(&mute, None).await;
        let question = json!({ "type": "C2S_SYNC_REQ", "data": { "since": 0, "limit": 200 } });
        // In one piece, so that all are heard before the first answer fills the line.
        socket.send(&whole(TEXT, Line::Plain.bear(&question)).repeat(36)).await;
        sockets.push(socket);
        for _ in 0..5 {
            assert_eq!(writer.get("contacts/list").await.0, 200);
        }
    }
}

/// Sends as many questions as the server takes within two seconds.
async fn ask_for_pages(socket: &mut Socket) {
    let questions = async {
        for number in 0..QUESTIONS {
            let data = json!({ "since": 0, "limit": 200 });
            socket.say(&json!({ "type": "C2S_SYNC_REQ", "data": data, "id": number })).await;
        }
        std::future::pending::<()>().await;
    };
    let _time_is_up = tokio::time::timeout(Duration::from_secs(2), questions).await;
}

/// Reads up to the end of a page; returns which question it answers.
async fn answered(socket: &mut Socket) -> Result<i64, Heard> {
    loop {
        let envelope = socket.envelope().await?;
        if envelope["type"] == "S2C_SYNC_RES" {
            return Ok(envelope["id"].as_i64().unwrap());
        }
    }
}

/// How many connections say how much each: less than a connection's burst of frames.
const CONNECTIONS: usize = 36;
const SAYINGS: usize = 280;

#[actix_web::test]
async fn ten_thousand_questions_at_odd_moments_are_all_answered() {
    let settle = |config: &mut Config| config.commands_per_second = 1000;
    let app = TestApp::start_with(Database::Sqlite, settle).await;
    let lines = LINES.into_iter().cycle().take(CONNECTIONS);
    join_all(lines.map(|line| ask_at_odd_moments(line, &app))).await;
}

async fn ask_at_odd_moments(line: Line, app: &TestApp) {
    let mut socket = Socket::open(line, app.address).await;
    for number in 0..SAYINGS {
        let dice = getrandom::u64().unwrap().to_le_bytes();
        let (frame, answer) = match dice[0] % 3 {
            0 => (whole(PING, number.to_string()), Heard::Pong(number.to_string().into())),
            1 => (whole(TEXT, line.text(number.to_string())), Heard::Echo(number.to_string())),
            _ => {
                let parts = frame::pieces(TEXT, line.text(number.to_string()).chunks(64)).concat();
                (parts, Heard::Echo(number.to_string()))
            }
        };
        let (start, end) = frame.split_at(usize::from(dice[1]) % frame.len());
        socket.send(start).await;
        rest(dice[2]).await;
        socket.send(end).await;
        assert_eq!(socket.hear().await, answer, "{line:?}: {number}");
        rest(dice[3]).await;
    }
}

/// A moment of up to 2 ms, or none.
async fn rest(dice: u8) {
    match dice % 4 {
        0 => tokio::time::sleep(Duration::from_micros(u64::from(dice) * 8)).await,
        1 => tokio::task::yield_now().await,
        _ => {}
    }
}

#[actix_web::test]
async fn who_only_listens_hears_each_push_when_it_comes() {
    let app = TestApp::start(Database::Sqlite).await;
    let (listener, writer) = (app.login("resident1").await, app.login("doctor1").await);
    for line in LINES {
        let mut socket = Socket::open(line, app.address).await;
        socket.register(&listener, None).await;
        for number in 0..50 {
            let text = number.to_string();
            writer.writes(&listener, &text).await;
            let push: Value = socket.envelope().await.unwrap();
            assert_eq!(push["data"]["content"], text, "{line:?}");
        }
    }
}

//! A storm: thousands of clients come back within a second, as after a restart, each with what it has missed,
//! while others chat.

use crate::chat::{chat_while, report_times};
use crate::client::{Socket, connect};
use crate::{CHATTING, Stage};
use futures_util::StreamExt;
use futures_util::future::join_all;
use std::time::{Duration, Instant};

/// How many pushes each has missed.
const MISSED: i64 = 20;
/// Over what time they come.
const WITHIN: Duration = Duration::from_secs(1);

/// Who comes back: an account, its token, and the last push that its devices have.
struct Absent {
    uid: String,
    token: String,
    since: i64,
}

pub async fn measure(clients: usize) {
    let stage = Stage::set(None).await;
    // What is sent is a push to who sends it, too.
    chat_while(&stage.server, &stage.pairs, &stage.doctors, tokio::time::sleep(WITHIN)).await;
    let (chatting, others) = stage.pairs.split_at(CHATTING);
    let absent = others.iter().map(|pair| find(&stage, &pair.resident_uid, &pair.resident.token));
    let absent = join_all(absent).await;
    let storm = async {
        let start = Instant::now();
        let back = (0..clients).map(|n| come_back(&stage, &absent[n % absent.len()], n, clients));
        // They stay until all are back.
        let sockets = join_all(back).await;
        (start.elapsed(), sockets)
    };
    let ((took, _sockets), times) = chat_while(&stage.server, chatting, &stage.doctors, storm).await;
    println!("storm               {:>9.2} s until {clients} are back and have all", took.as_secs_f64());
    report_times(&times);
}

async fn find(stage: &Stage, uid: &str, token: &str) -> Absent {
    let mut socket = connect(&stage.server.address, "user", uid, token, "storm", Some(0)).await;
    let mut seq = 0;
    while let Ok(Some(Ok(push))) = tokio::time::timeout(WITHIN, socket.next()).await {
        let text = push.into_text().unwrap();
        let number = text.split_once("\"seq\":").map(|(_, rest)| rest.split(',').next().unwrap());
        seq = number.map_or(seq, |number| number.parse().unwrap());
    }
    assert!(seq > MISSED, "{uid} has {seq} pushes");
    Absent { uid: uid.to_owned(), token: token.to_owned(), since: seq - MISSED }
}

async fn come_back(stage: &Stage, Absent { uid, token, since }: &Absent, n: usize, clients: usize) -> Socket {
    tokio::time::sleep(WITHIN * n as u32 / clients as u32).await;
    let device = format!("storm-{n}");
    let mut socket = connect(&stage.server.address, "user", uid, token, &device, Some(*since)).await;
    for _ in 0..MISSED {
        socket.next().await.unwrap().unwrap();
    }
    socket
}

//! Eight who write in one group of 500 as fast as they are answered, and what others who chat feel of it.

use crate::chat::{chat_while, report_times};
use crate::client::{Http, connect};
use crate::group::make_group;
use crate::usage::Usage;
use crate::{CHATTING, Stage};
use futures_util::StreamExt;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const WRITERS: usize = 8;
const TIME: Duration = Duration::from_secs(15);

/// Measures those who chat alone, those who write alone, then both.
pub async fn measure() {
    let Stage { server, mut doctors, pairs, .. } = Stage::set(None).await;
    let (roomid, members) = make_group(&server, &mut doctors[0]).await;
    let mut screens = tokio::task::JoinSet::new();
    for member in &members {
        let mut socket = connect(&server.address, "user", member, member, member, None).await;
        screens.spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    }
    let chatting = &pairs[..CHATTING];
    let ((), alone) = chat_while(&server, chatting, &doctors, tokio::time::sleep(TIME)).await;
    println!("chat alone          {:>9.0} sends a second ({CHATTING} clients)", per_second(alone.len()));
    report_times(&alone);
    let writing =
        || join_all(members[..WRITERS].iter().map(|member| write(&server.address, member, &roomid)));
    let report = |written: Vec<usize>, how: &str| {
        let written = per_second(written.iter().sum());
        println!(
            "group, {WRITERS} writers    {written:>9.1} messages a second {how}, {} pushes each",
            members.len()
        );
    };
    report(writing().await, "alone");
    let usage = Usage::now(&server);
    let (written, beside) = chat_while(&server, chatting, &doctors, writing()).await;
    report(written, "beside chat");
    println!(
        "chat beside it      {:>9.0} sends a second, {:.2} of alone",
        per_second(beside.len()),
        beside.len() as f64 / alone.len() as f64
    );
    report_times(&beside);
    usage.report(&server, None);
}

fn per_second(count: usize) -> f64 {
    count as f64 / TIME.as_secs_f64()
}

/// Writes in the room; returns how often it was answered.
async fn write(address: &str, member: &str, roomid: &Value) -> usize {
    let mut http = Http::open(address).await;
    http.token = member.to_owned();
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < TIME {
        // It begins with no number, by which those who chat know their own.
        let message =
            json!({ "roomid": roomid, "body": format!("this is how it goes, and it goes on: {count}") });
        http.post("/user/send", &message).await;
        count += 1;
    }
    count
}

//! What pushes cost: one at a time, many at once after an absence, and the connections themselves.

use crate::client::connect;
use crate::people::{Doctor, Pair};
use crate::server::Server;
use crate::usage::Usage;
use futures_util::StreamExt;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

const IDLE: usize = 10_000;

/// What a push costs alone: one message at a time, to many devices of one doctor.
pub async fn measure_pushes(server: &Server, pair: &mut Pair, doctors: &[Doctor]) {
    const DEVICES: usize = 100;
    const MESSAGES: usize = 500;
    let doctor = &doctors[pair.doctor];
    let (came, mut all) = mpsc::channel(DEVICES);
    pair.resident.reopen(&server.address).await;
    let mut devices = tokio::task::JoinSet::new();
    for n in 0..DEVICES {
        let device = format!("device-{n}");
        let mut socket = connect(&server.address, "doctor", &doctor.uid, &doctor.token, &device, None).await;
        let came = came.clone();
        devices.spawn(async move {
            while let Some(Ok(_)) = socket.next().await {
                let _ = came.send(()).await;
            }
        });
    }
    let usage = Usage::now(server);
    for n in 0..MESSAGES {
        let body = json!({ "touid": doctor.uid, "body": format!("0:{n} is how it goes, and it goes on") });
        pair.resident.post("/user/alonechat/send", &body).await;
        for _ in 0..DEVICES {
            all.recv().await.unwrap();
        }
    }
    println!("pushes to {DEVICES} devices, one message at a time");
    usage.report(server, Some((MESSAGES * DEVICES, "push")));
}

pub async fn measure_replay(server: &Server, doctors: &[Doctor]) {
    const WANTED: i64 = 10_000;
    let doctor = &doctors[0];
    let start = Instant::now();
    let mut socket = connect(&server.address, "doctor", &doctor.uid, &doctor.token, "late", Some(0)).await;
    let (mut got, mut bytes) = (0, 0);
    while got < WANTED {
        match tokio::time::timeout(Duration::from_secs(5), socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => (got, bytes) = (got + 1, bytes + text.len()),
            Ok(Some(Ok(_))) => {}
            Ok(None | Some(Err(_))) | Err(_) => break,
        }
    }
    println!(
        "replay              {:>9.0} ms for {got} missed pushes ({} kB)",
        start.elapsed().as_secs_f64() * 1e3,
        bytes / 1000
    );
}

pub async fn measure_memory(server: &Server, residents: &[(String, String)]) {
    let each = idle_memory(server, residents).await;
    println!("memory              {each:>9.0} bytes an idle registered connection ({IDLE})");
}

/// The bytes that an idle registered connection takes, of so many.
pub async fn idle_memory(server: &Server, residents: &[(String, String)]) -> f64 {
    let before = server.memory();
    let mut sockets = Vec::with_capacity(IDLE);
    while sockets.len() < IDLE {
        let batch = sockets.len()..sockets.len() + 100;
        let batch = batch.map(|n| async move {
            let (uid, token) = &residents[n % residents.len()];
            connect(&server.address, "user", uid, token, &format!("idle-{n}"), None).await
        });
        sockets.extend(futures_util::future::join_all(batch).await);
        eprint!("\rconnected {}", sockets.len());
    }
    eprintln!();
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.memory().saturating_sub(before) as f64 / IDLE as f64
}

//! The load tool: drives the real server, as a process of its own, over loopback and reports
//! durable sends a second with their latency, CPU a delivered push, memory a connection, and the
//! time of a long replay, of a large group, and of an announcement to 100,000. Over Socket.IO with
//! LOAD_TRANSPORT=socketio; arguments name the parts that are wanted. `scripts/load` builds and runs
//! it; docs/performance.md has figures.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod chat;
mod client;
mod crowd;
mod group;
mod people;
mod pushes;
mod server;

use client::Http;
use people::{make_doctor, make_pair};
use serde_json::json;
use server::Server;

const SENDERS: usize = 64;
const DOCTORS: usize = 8;
/// How many pairs chat while something else goes on.
const CHATTING: usize = 16;

#[tokio::main]
async fn main() {
    let server = Server::start();
    let address = server.address.clone();
    let mut admin = Http::open(&address).await;
    admin.log_in("admin", "admin").await;
    let community = admin.post("/admin/community/create", &json!({ "name": "Load" })).await;
    let community = community["communityid"].as_str().unwrap().to_owned();
    let (mut doctors, mut pairs) = (Vec::new(), Vec::new());
    for n in 0..DOCTORS {
        doctors.push(make_doctor(&address, &mut admin, &community, n).await);
    }
    for n in 0..SENDERS {
        pairs.push(make_pair(&address, &mut doctors, n).await);
        eprint!("\rmade {} of {SENDERS} pairs", n + 1);
    }
    eprintln!();
    let residents: Vec<_> =
        pairs.iter().map(|pair| (pair.resident_uid.clone(), pair.resident.token.clone())).collect();
    let named: Vec<_> = std::env::args().skip(1).collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    if wanted("memory") {
        pushes::measure_memory(&server, &residents).await;
    }
    if wanted("pushes") {
        pushes::measure_pushes(&server, &mut pairs[0], &doctors).await;
    }
    if wanted("sends") {
        chat::measure_sends(&server, &pairs, &doctors).await;
    }
    if wanted("replay") {
        pushes::measure_replay(&server, &doctors).await;
    }
    if wanted("group") {
        group::measure_group(&server, &mut doctors[0]).await;
    }
    if wanted("announcement") {
        crowd::measure_announcement(&server, &mut admin, &pairs[..CHATTING], &doctors).await;
    }
}

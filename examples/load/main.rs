//! The load tool: drives the real server, as a process of its own, over loopback and reports
//! durable sends a second with their latency, CPU a delivered push, memory a connection, and the
//! time of a long replay, of a large group, and of an announcement to 100,000. Over Socket.IO with
//! LOAD_TRANSPORT=socketio; arguments name the parts that are wanted. What mobile notices cost has
//! servers of its own and is measured where `notices` is named; `grown MESSAGES` makes a store that has grown for a
//! year, and measures on it, and keeps it in the folder LOAD_STORE for the next run; `search MESSAGES` only searches it; `indexing` is what the index of words costs who
//! sends; `storm CLIENTS` is a return of thousands; `nodes` compares several nodes with one process; `soak MINUTES` is ordinary life, for long. `scripts/load` builds and runs it;
//! docs/performance.md has figures.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod chat;
mod client;
mod crowd;
mod dice;
mod fill;
mod group;
mod grown;
mod idle;
mod indexing;
mod kept;
mod lean;
mod nodes;
mod notices;
mod people;
mod pushes;
mod rows;
mod search;
mod server;
mod soak;
mod storm;
mod usage;
#[path = "../../crates/jpush/tests/vendor/mod.rs"]
mod vendor;
mod writers;

use client::Http;
use people::{Doctor, Pair, make_doctor, make_pair};
use serde_json::json;
use server::{RARE_PINGS, Server};
use vendor::Vendor;

const SENDERS: usize = 64;
const DOCTORS: usize = 8;
/// How many pairs chat while something else goes on.
const CHATTING: usize = 16;

/// A server, and everybody who is to use it.
struct Stage {
    server: Server,
    admin: Http,
    doctors: Vec<Doctor>,
    pairs: Vec<Pair>,
}

impl Stage {
    async fn set(vendor: Option<&Vendor>) -> Self {
        Self::set_on(Server::start(vendor, RARE_PINGS)).await
    }

    async fn set_on(server: Server) -> Self {
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
        Self { server, admin, doctors, pairs }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let named: Vec<_> = std::env::args().skip(1).collect();
    match named.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["notices"] => notices::measure().await,
        ["grown"] => grown::measure(4_000_000).await,
        ["grown", messages] => grown::measure(messages.parse().expect("grown MESSAGES")).await,
        ["indexing"] => indexing::measure().await,
        ["search"] => search::measure(1_000_000).await,
        ["search", messages] => search::measure(messages.parse().expect("search MESSAGES")).await,
        ["idle"] => idle::measure().await,
        ["nodes"] => nodes::measure().await,
        ["writers"] => writers::measure().await,
        ["storm"] => storm::measure(5000, 5000).await,
        ["storm", clients] => {
            let clients = clients.parse().expect("storm CLIENTS");
            storm::measure(clients, clients).await
        }
        ["storm", clients, accounts] => {
            let (clients, accounts) =
                (clients.parse().expect("CLIENTS"), accounts.parse().expect("ACCOUNTS"));
            storm::measure(clients, accounts).await
        }
        ["soak"] => soak::measure(8).await,
        ["soak", minutes] => soak::measure(minutes.parse().expect("soak MINUTES")).await,
        _ => measure(|part| named.is_empty() || named.iter().any(|name| name == part)).await,
    }
}

async fn measure(wanted: impl Fn(&str) -> bool) {
    let Stage { server, mut admin, mut doctors, mut pairs } = Stage::set(None).await;
    let residents: Vec<_> =
        pairs.iter().map(|pair| (pair.resident_uid.clone(), pair.resident.token.clone())).collect();
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
        crowd::make_crowd(&server);
        crowd::measure_announcement(&server, &mut admin, &pairs[..CHATTING], &doctors).await;
    }
}

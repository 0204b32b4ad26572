//! What thousands of connections cost that only answer pings.

use crate::client::connect;
use crate::lean::answer_pings;
use crate::server::Server;
use crate::storm::{make_absent, uid};
use futures_util::future::join_all;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const CLIENTS: usize = 10_000;
/// As by default.
const PING_SECONDS: u32 = 25;
/// How many pings each gets while it is measured.
const PINGS: u32 = 4;
/// How many come at once.
const TOGETHER: usize = 20;

pub async fn measure() {
    let server = Server::start(None, PING_SECONDS);
    make_absent(&server.database, CLIENTS);
    let (begun, mut clients) = (Instant::now(), JoinSet::new());
    // They come over the time of a ping, and so do their pings.
    let between = Duration::from_secs(PING_SECONDS.into()) * TOGETHER as u32 / CLIENTS as u32;
    for first in (0..CLIENTS).step_by(TOGETHER) {
        tokio::time::sleep_until((begun + between * (first / TOGETHER) as u32).into()).await;
        let uids: Vec<_> = (first..first + TOGETHER).map(uid).collect();
        let come = uids.iter().map(|uid| connect(&server.address, "user", uid, uid, uid, None));
        for socket in join_all(come).await {
            clients.spawn(answer_pings(socket));
        }
    }
    // With the first ping it is kept how far each one's pushes have come.
    tokio::time::sleep(Duration::from_secs(PING_SECONDS.into())).await;
    let (start, before) = (Instant::now(), server.cpu_micros());
    tokio::time::sleep(Duration::from_secs((PING_SECONDS * PINGS).into())).await;
    let used = (server.cpu_micros() - before) as f64;
    assert!(clients.try_join_next().is_none(), "all are there");
    println!(
        "idle                {:>9.2} % of a core for {CLIENTS} connections with pings every {PING_SECONDS} s",
        used / start.elapsed().as_micros() as f64 * 100.0
    );
    println!("  a ping, its pong  {:>9.1} us", used / (CLIENTS * PINGS as usize) as f64);
}

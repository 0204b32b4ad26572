//! The soak: 300 people's ordinary life for some minutes, and what it does to the server's memory.
//!
//! They come and go, write, read, search and upload, about sixty requests a second together; each minute
//! a line says how much memory the server has, and the last lines what is left when all have gone.

use crate::client::{Http, connect};
use crate::people::{Doctor, make_doctor};
use crate::server::{RARE_PINGS, Server};
use futures_util::StreamExt;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const DOCTORS: usize = 8;
const RESIDENTS: usize = 292;

/// A resident who is logged in, and whom they write to.
struct Resident {
    uid: String,
    token: String,
    doctor: String,
}

/// Runs for so many minutes.
pub async fn measure(minutes: u64) {
    let server = Arc::new(Server::start(None, RARE_PINGS));
    let residents = make_people(&server.address).await;
    let (requests, begun) = (Arc::new(AtomicU64::new(0)), Instant::now());
    report(&server, &requests, begun);
    let end = begun + Duration::from_secs(60 * minutes);
    let lives = residents.into_iter().enumerate().map(|(n, resident)| {
        let (address, requests) = (server.address.clone(), requests.clone());
        tokio::spawn(async move { live(n, resident, &address, &requests, end).await })
    });
    let lives: Vec<_> = lives.collect();
    for _ in 0..minutes {
        tokio::time::sleep(Duration::from_secs(60)).await;
        report(&server, &requests, begun);
    }
    for life in lives {
        life.await.unwrap();
    }
    println!("all have gone");
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(60)).await;
        report(&server, &requests, begun);
    }
}

fn report(server: &Server, requests: &AtomicU64, begun: Instant) {
    let (memory, anonymous) = (server.memory() >> 10, server.anonymous_memory() >> 10);
    let (minutes, requests) = (begun.elapsed().as_secs_f64() / 60.0, requests.load(Ordering::Relaxed));
    println!("{minutes:>5.1} min {requests:>8} requests {memory:>9} KiB, {anonymous:>9} of them its own");
}

async fn make_people(address: &str) -> Vec<Resident> {
    let mut admin = Http::open(address).await;
    admin.log_in("admin", "admin").await;
    let community = admin.post("/admin/community/create", &json!({ "name": "Soak" })).await;
    let community = community["communityid"].as_str().unwrap().to_owned();
    let mut doctors = Vec::new();
    for n in 0..DOCTORS {
        doctors.push(make_doctor(address, &mut admin, &community, n).await);
    }
    let mut residents = Vec::new();
    for n in 0..RESIDENTS {
        let doctor = &mut doctors[n % DOCTORS];
        residents.push(make_resident(address, &mut admin, &community, doctor, n).await);
    }
    residents
}

async fn make_resident(
    address: &str,
    admin: &mut Http,
    community: &str,
    doctor: &mut Doctor,
    n: usize,
) -> Resident {
    let account = format!("1390000{n:04}");
    let new =
        json!({ "phone": account, "password": "jiayi-demo", "name": "Resident", "communityid": community });
    admin.post("/admin/user/create", &new).await;
    let mut resident = Http::open(address).await;
    let uid = resident.log_in("user", &account).await;
    let contract = json!({ "stid": doctor.stid, "doctoruid": doctor.uid });
    let applied = resident.post("/social/signed2", &contract).await;
    doctor.http.reopen(address).await;
    doctor.http.post("/doctor/signedprocess", &json!({ "sid": applied["sid"], "accept": true })).await;
    Resident { uid, token: resident.token, doctor: doctor.uid.clone() }
}

/// One visit after the other, until the end.
async fn live(n: usize, resident: Resident, address: &str, requests: &AtomicU64, end: Instant) {
    let mut visit = 0;
    while Instant::now() < end {
        visit += 1;
        // Nobody comes at the same time as all others.
        let pause = 2_000 + (n as u64 * 7919 + visit * 104_729) % 150_000;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        requests.fetch_add(visit_once(&resident, address, visit).await, Ordering::Relaxed);
    }
}

/// Connects, looks, writes and goes; returns how many requests that took.
async fn visit_once(resident: &Resident, address: &str, visit: u64) -> u64 {
    let mut http = Http::open(address).await;
    http.token.clone_from(&resident.token);
    let mut socket = connect(address, "user", &resident.uid, &http.token, &resident.uid, None).await;
    let mut count = 1;
    for n in 0..4 {
        let text = format!("visit {visit}, message {n}: it still hurts a little, more so in the evening");
        let sent =
            http.post("/user/alonechat/send", &json!({ "touid": resident.doctor, "body": text })).await;
        let room = sent["roomid"].as_str().unwrap();
        http.get("/user/message/list").await;
        http.get(&format!("/user/dialog/list?roomid={room}&limit=50")).await;
        http.post("/user/message/read", &json!({ "roomid": room, "roomseq": sent["roomseq"] })).await;
        count += 4;
    }
    if visit.is_multiple_of(5) {
        http.get("/user/dialog/search?q=evening").await;
        count += 1;
    }
    // What came meanwhile is read, as an app does.
    while let Ok(Some(Ok(_))) = tokio::time::timeout(Duration::from_millis(20), socket.next()).await {}
    count
}

//! Residents who chat with their doctors, as fast as they are answered, and how long that takes.

use crate::client::{Http, connect};
use crate::lean::{Sender, watch};
use crate::people::{Doctor, Pair};
use crate::server::Server;
use crate::usage::Usage;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

pub const SENDING: Duration = Duration::from_secs(10);

/// Sends until told to stop; returns the time of each from the POST until its push was received.
async fn send_on(mut sender: Sender, came: Arc<Notify>, stop: Arc<AtomicBool>) -> Vec<u64> {
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        sender.send(times.len()).await;
        came.notified().await;
        times.push(start.elapsed().as_micros() as u64);
    }
    times
}

pub fn percentile(sorted: &[u64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100] as f64 / 1000.0
}

/// The pairs chat while `work` lasts: what it gives, and the sorted times from POST to push.
pub async fn chat_while<T>(
    server: &Server,
    pairs: &[Pair],
    doctors: &[Doctor],
    work: impl Future<Output = T>,
) -> (T, Vec<u64>) {
    let here = [server.address.as_str()];
    chat_between(&here, &here, pairs, doctors, work).await
}

/// The same, where requests go to these addresses in turn, and doctors are connected to those.
pub async fn chat_between<T>(
    requests: &[&str],
    screens: &[&str],
    pairs: &[Pair],
    doctors: &[Doctor],
    work: impl Future<Output = T>,
) -> (T, Vec<u64>) {
    let came: Vec<_> = pairs.iter().map(|_| Arc::new(Notify::new())).collect();
    for (doctor, address) in doctors.iter().zip(screens.iter().cycle()) {
        let socket = connect(address, "doctor", &doctor.uid, &doctor.token, "desk", None).await;
        tokio::spawn(watch(socket, came.clone()));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for (n, ((pair, came), address)) in pairs.iter().zip(came).zip(requests.iter().cycle()).enumerate() {
        let mut http = Http::open(address).await;
        http.token.clone_from(&pair.resident.token);
        let sender = Sender::new(http, n, &doctors[pair.doctor].uid);
        tasks.push(tokio::spawn(send_on(sender, came, stop.clone())));
    }
    let done = work.await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    times.sort_unstable();
    (done, times)
}

pub fn report_times(times: &[u64]) {
    let (middle, late) = (percentile(times, 50), percentile(times, 99));
    println!("  POST to push      {middle:>9.2} ms p50 {late:>9.2} ms p99");
}

/// Reports how many are sent, and returns how many a second that is.
pub async fn measure_sends(server: &Server, pairs: &[Pair], doctors: &[Doctor]) -> f64 {
    let (start, usage) = (Instant::now(), Usage::now(server));
    let ((), times) = chat_while(server, pairs, doctors, tokio::time::sleep(SENDING)).await;
    let a_second = times.len() as f64 / start.elapsed().as_secs_f64();
    println!("durable sends       {a_second:>9.0} a second ({} clients)", pairs.len());
    report_times(&times);
    usage.report(server, Some((times.len(), "send")));
    a_second
}

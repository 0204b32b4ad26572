//! Residents who chat with their doctors, as fast as they are answered, and how long that takes.

use crate::client::{Http, Socket, connect};
use crate::people::{Doctor, Pair};
use crate::server::Server;
use futures_util::StreamExt;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

const SENDING: Duration = Duration::from_secs(10);

/// Reads a doctor's pushes and tells each sender that its message has come.
async fn read_pushes(mut socket: Socket, senders: Vec<mpsc::Sender<()>>) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let Some((_, rest)) = text.split_once("\"body\":\"") else { continue };
        let sender: usize = rest.split(':').next().unwrap().parse().unwrap();
        let _ = senders[sender].send(()).await;
    }
}

/// Sends until told to stop; returns the time of each from the POST until its push was received.
async fn send_on(
    mut resident: Http,
    n: usize,
    to: String,
    mut came: mpsc::Receiver<()>,
    stop: Arc<AtomicBool>,
) -> Vec<u64> {
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        let body = json!({ "touid": to, "body": format!("{n}:{} is how it goes, and it goes on for a while", times.len()) });
        resident.post("/user/alonechat/send", &body).await;
        came.recv().await.unwrap();
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
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..pairs.len()).map(|_| mpsc::channel(4)).unzip();
    for doctor in doctors {
        let socket = connect(&server.address, "doctor", &doctor.uid, &doctor.token, "desk", None).await;
        tokio::spawn(read_pushes(socket, senders.clone()));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for (n, (pair, came)) in pairs.iter().zip(receivers).enumerate() {
        let to = doctors[pair.doctor].uid.clone();
        let mut http = Http::open(&server.address).await;
        http.token = pair.resident.token.clone();
        tasks.push(tokio::spawn(send_on(http, n, to, came, stop.clone())));
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

pub async fn measure_sends(server: &Server, pairs: &[Pair], doctors: &[Doctor]) {
    let (start, cpu) = (Instant::now(), server.cpu_micros());
    let ((), times) = chat_while(server, pairs, doctors, tokio::time::sleep(SENDING)).await;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), server.cpu_micros() - cpu);
    println!("durable sends       {:>9.0} a second ({} clients)", times.len() as f64 / seconds, pairs.len());
    report_times(&times);
    println!("  CPU of the server {:>9.1} us a send, its push included", cpu as f64 / times.len() as f64);
}

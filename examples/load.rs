//! The load tool: drives the real server, as a process of its own, over loopback and reports
//! durable sends a second with their latency, CPU a delivered push, memory a connection, and the
//! time of a long replay, and of an announcement to 100,000. With LOAD_TRANSPORT=socketio over Socket.IO. `scripts/load` builds and runs it; docs/performance.md has figures.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use diesel::connection::SimpleConnection;
use futures_util::{SinkExt, StreamExt};
use jiayi::store::connection::Address;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const SENDERS: usize = 64;
const DOCTORS: usize = 8;
const IDLE: usize = 10_000;
const SENDING: Duration = Duration::from_secs(10);

/// Who hears an announcement, and how many pairs chat meanwhile.
const CROWD: usize = 100_000;
const CHATTING: usize = 16;

/// The server under load.
struct Server {
    process: Child,
    address: String,
    database: String,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let database = std::env::var("LOAD_DATABASE_URL")
            .unwrap_or_else(|_| format!("sqlite://{}", folder.path().join("load.db").display()));
        let binary = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("jiayi");
        let mut process = Command::new(binary)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--database-url", &database])
            .env("JIAYI_CONNECTIONS", "per_device")
            // Idle connections are not read, and so answer no ping.
            .env("JIAYI_PING_SECONDS", "3600")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("build the server first: cargo build --release");
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let ready = lines.find_map(|line| Some(line.ok()?.split_once("listening on http://")?.1.to_owned()));
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address: ready.expect("the server did not start"), database, _folder: folder }
    }

    /// CPU time used so far, in microseconds: clock ticks of 10 ms, from the kernel.
    fn cpu_micros(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10_000
    }

    /// Resident memory, in bytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A keep-alive HTTP client that costs next to nothing.
struct Http {
    stream: TcpStream,
    token: String,
    buffer: Vec<u8>,
}

impl Http {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, token: String::new(), buffer: Vec::new() }
    }

    /// The server closes a connection that was idle for too long.
    async fn reopen(&mut self, address: &str) {
        let token = std::mem::take(&mut self.token);
        *self = Self { token, ..Self::open(address).await };
    }

    async fn post(&mut self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.try_post(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        serde_json::from_str(&answer).unwrap()
    }

    async fn try_post(&mut self, path: &str, body: &Value) -> (u16, String) {
        let body = body.to_string();
        let token = &self.token;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.buffer.clear();
        loop {
            assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "the server hung up");
            let text = String::from_utf8_lossy(&self.buffer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if body.len() >= length.parse::<usize>().unwrap() {
                return (head[9..12].parse().unwrap(), body.to_owned());
            }
        }
    }

    /// Logs in and keeps the token; returns the uid.
    async fn log_in(&mut self, role: &str, account: &str) -> String {
        let login = json!({ "account": account, "password": "jiayi-demo" });
        let answer = self.post(&format!("/{role}/login"), &login).await;
        self.token = answer["token"].as_str().unwrap().to_owned();
        answer["uid"].as_str().unwrap().to_owned()
    }
}

/// A resident who writes to a doctor, both logged in.
struct Pair {
    resident: Http,
    resident_uid: String,
    doctor: usize,
}

struct Doctor {
    uid: String,
    token: String,
    http: Http,
    stid: String,
}

async fn make_doctor(address: &str, admin: &mut Http, community: &str, n: usize) -> Doctor {
    let account = format!("load-doctor-{n}");
    let new =
        json!({ "account": account, "password": "jiayi-demo", "name": "Doctor", "communityid": community });
    let uid = admin.post("/admin/doctor/create", &new).await["uid"].as_str().unwrap().to_owned();
    let team = json!({ "name": "Team", "communityid": community, "leader": uid, "doctors": [] });
    let stid = admin.post("/admin/team/create", &team).await["stid"].as_str().unwrap().to_owned();
    let mut http = Http::open(address).await;
    http.log_in("doctor", &account).await;
    Doctor { uid, token: http.token.clone(), http, stid }
}

async fn make_pair(address: &str, doctors: &mut [Doctor], n: usize) -> Pair {
    let mut resident = Http::open(address).await;
    let new = json!({ "phone": format!("1380000{n:04}"), "password": "jiayi-demo", "name": "Resident" });
    let made = resident.post("/user/register", &new).await;
    resident.token = made["token"].as_str().unwrap().to_owned();
    let resident_uid = made["uid"].as_str().unwrap().to_owned();
    let which = n % doctors.len();
    let doctor = &mut doctors[which];
    let applied =
        resident.post("/social/signed2", &json!({ "stid": doctor.stid, "doctoruid": doctor.uid })).await;
    doctor.http.post("/doctor/signedprocess", &json!({ "sid": applied["sid"], "accept": true })).await;
    Pair { resident, resident_uid, doctor: which }
}

/// Whether connections are those of Socket.IO instead of plain ones.
fn over_socketio() -> bool {
    std::env::var("LOAD_TRANSPORT").is_ok_and(|transport| transport == "socketio")
}

async fn connect(
    address: &str,
    role: &str,
    uid: &str,
    token: &str,
    device: &str,
    since: Option<i64>,
) -> Socket {
    let socketio = over_socketio();
    let path = if socketio { "socket.io/?EIO=4&transport=websocket" } else { "ws" };
    let (mut socket, _) = connect_async(format!("ws://{address}/{path}")).await.unwrap();
    if socketio {
        socket.send(Message::text("40")).await.unwrap();
        for packet in ["0{", "40{"] {
            let text = socket.next().await.unwrap().unwrap().into_text().unwrap();
            assert!(text.starts_with(packet), "{text}");
        }
    }
    let mut data = json!({ "type": role, "uid": uid, "deviceid": device, "token": token });
    if let Some(since) = since {
        data["since"] = since.into();
    }
    let envelope = json!({ "type": "C2S_REGISTER_REQ", "data": data });
    let text = if socketio { format!("42{}", json!(["message", envelope])) } else { envelope.to_string() };
    socket.send(Message::text(text)).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(answer.contains("S2C_REGISTER_RES"), "{answer}");
    socket
}

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

fn percentile(sorted: &[u64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100] as f64 / 1000.0
}

/// The pairs chat while `work` lasts: what it gives, and the sorted times from POST to push.
async fn chat_while<T>(
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

fn report_times(times: &[u64]) {
    let (middle, late) = (percentile(times, 50), percentile(times, 99));
    println!("  POST to push      {middle:>9.2} ms p50 {late:>9.2} ms p99");
}

async fn measure_sends(server: &Server, pairs: &[Pair], doctors: &[Doctor]) {
    let (start, cpu) = (Instant::now(), server.cpu_micros());
    let ((), times) = chat_while(server, pairs, doctors, tokio::time::sleep(SENDING)).await;
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), server.cpu_micros() - cpu);
    println!("durable sends       {:>9.0} a second ({SENDERS} clients)", times.len() as f64 / seconds);
    report_times(&times);
    println!("  CPU of the server {:>9.1} us a send, its push included", cpu as f64 / times.len() as f64);
}

/// Residents who are never there, written past the server: their passwords alone would take an hour.
const MAKE_CROWD: &str = "
    INSERT INTO account (uid, role, login, password, name, createtime)
    WITH RECURSIVE crowd (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM crowd WHERE n < 100000)
    SELECT 'crowd-' || n, 'user', 'crowd-' || n, 'x', 'Resident', 0 FROM crowd;
    INSERT INTO mailbox (uid) SELECT uid FROM account WHERE password = 'x'";

/// How long it takes to tell a crowd, and what those who chat feel of it.
async fn measure_announcement(server: &Server, admin: &mut Http, pairs: &[Pair], doctors: &[Doctor]) {
    let mut store = Address::parse(&server.database).unwrap().connect().unwrap();
    store.batch_execute(MAKE_CROWD).unwrap();
    admin.reopen(&server.address).await;
    let announcing = async {
        let start = Instant::now();
        let notice = json!({ "title": "Vaccination", "content": "From Monday on.", "audience": "user" });
        let answer = admin.post("/admin/platform/push", &notice).await;
        (start.elapsed(), answer["sent"].as_u64().unwrap())
    };
    let ((took, sent), times) = chat_while(server, pairs, doctors, announcing).await;
    assert!(sent >= CROWD as u64, "{sent}");
    println!("announcement        {:>9.2} s until stored for {sent}", took.as_secs_f64());
    println!(
        "  chat meanwhile    {:>9.0} sends a second ({CHATTING} clients)",
        times.len() as f64 / took.as_secs_f64()
    );
    report_times(&times);
}

/// What a push costs alone: one message at a time, to many devices of one doctor.
async fn measure_pushes(server: &Server, pair: &mut Pair, doctors: &[Doctor]) {
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
    let cpu = server.cpu_micros();
    for n in 0..MESSAGES {
        let body = json!({ "touid": doctor.uid, "body": format!("0:{n} is how it goes, and it goes on") });
        pair.resident.post("/user/alonechat/send", &body).await;
        for _ in 0..DEVICES {
            all.recv().await.unwrap();
        }
    }
    let each = (server.cpu_micros() - cpu) as f64 / (MESSAGES * DEVICES) as f64;
    println!("CPU of the server   {each:>9.2} us a push to one of {DEVICES} devices");
}

async fn measure_replay(server: &Server, doctors: &[Doctor]) {
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

async fn measure_memory(server: &Server, residents: &[(String, String)]) {
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
    let each = server.memory().saturating_sub(before) as f64 / IDLE as f64;
    println!("memory              {each:>9.0} bytes an idle registered connection ({IDLE})");
}

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
    measure_memory(&server, &residents).await;
    measure_pushes(&server, &mut pairs[0], &doctors).await;
    measure_sends(&server, &pairs, &doctors).await;
    measure_replay(&server, &doctors).await;
    measure_announcement(&server, &mut admin, &pairs[..CHATTING], &doctors).await;
}

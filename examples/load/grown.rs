//! A grown store, made past the server: residents under contract with one of three doctors, and what each has
//! written with theirs, over a year back. All of it is as the server itself would have kept it, but for pushes,
//! which after a year are gone.

use crate::Stage;
use crate::chat::{measure_sends, percentile};
use crate::client::Http;
use crate::fill::{make_messages, make_people};
use crate::indexing::wait_until_indexed;
use crate::kept;
use crate::rows::{hurry, log_in, take_stock};
use crate::search::{measure_searches, rebuild};
use crate::server::Server;
use crate::usage::Usage;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use jiayi::db::connection::{Address, AnyConnection};
use jiayi::model::{DialogId, Time};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Of so many rooms one is the third doctor's, ten are the second's, and all others the first's.
const SHARES: usize = 111;
/// So many messages there are for each room of the first doctor.
const IN_ROOM: usize = 40;
/// How often a page is asked for.
const TIMES: usize = 200;
const YEAR: i64 = 365 * 86_400_000;
/// The token of a resident whose doctor is the first one.
const TOKEN: &str = "grown-resident";

/// A store that was made.
pub struct Grown {
    pub stage: Stage,
    /// Of the doctors with nearly all rooms, a tenth, and a hundredth of that, and of a resident with one.
    pub tokens: [String; 4],
}

/// An id that sorts by its time and its number, as the server's do.
pub fn id(time: i64, number: usize) -> String {
    format!("{}{number:08}", &DialogId::least_from(Time::from_millis(time)).as_str()[..18])
}

/// What is to be made.
pub struct Plan {
    pub messages: usize,
    pub rooms: usize,
    /// When the year begins.
    pub begin: i64,
    /// The doctors with their teams.
    pub doctors: [(String, String); 3],
}

/// A resident, and the one room they have with their doctor.
pub struct Place {
    pub resident: String,
    pub doctor: String,
    pub roomid: String,
    pub messages: usize,
}

impl Plan {
    fn new(stage: &Stage, messages: usize) -> Self {
        let doctors = [0, 1, 2].map(|n| (stage.doctors[n].uid.clone(), stage.doctors[n].stid.clone()));
        let rooms = (messages / IN_ROOM * SHARES / 100).max(SHARES);
        Self { messages, rooms, begin: Time::now().millis() - YEAR, doctors }
    }

    /// Whose a room is.
    pub fn doctor(&self, room: usize) -> &(String, String) {
        match room % SHARES {
            0 => &self.doctors[2],
            1..=10 => &self.doctors[1],
            _ => &self.doctors[0],
        }
    }

    pub fn place(&self, room: usize) -> Place {
        Place {
            resident: id(self.begin, room),
            doctor: self.doctor(room).0.clone(),
            roomid: id(self.begin + 1, room),
            messages: self.messages / self.rooms + usize::from(room < self.messages % self.rooms),
        }
    }

    /// When the message `n` was written: the last one an hour ago.
    pub fn time(&self, n: usize) -> i64 {
        self.begin + 10 + (YEAR - 3_600_000) / self.messages as i64 * n as i64
    }
}

/// Makes so many messages, if none are kept, and says how it goes on.
pub async fn make(messages: usize) -> Grown {
    let stage = match kept::open().await {
        Some(stage) => stage,
        None => make_anew(messages).await,
    };
    let mut store = Address::parse(&stage.server.database).unwrap().connect().unwrap();
    wait_until_indexed(&mut store).await;
    take_stock(&mut store);
    kept::keep(&stage);
    let [one, other, third] = [0, 1, 2].map(|n| stage.doctors[n].token.clone());
    Grown { stage, tokens: [one, other, third, TOKEN.to_owned()] }
}

/// Makes so many messages and looks whether the server can work on them.
async fn make_anew(messages: usize) -> Stage {
    let mut stage = Stage::set(None).await;
    let (plan, begun) = (Plan::new(&stage, messages), Instant::now());
    let mut store = Address::parse(&stage.server.database).unwrap().connect().unwrap();
    hurry(&mut store);
    make_people(&mut store, &plan);
    make_messages(&mut store, &plan);
    let resident = plan.place(SHARES - 1).resident;
    log_in(&mut store, &resident, TOKEN);
    println!("{messages} messages in {} rooms, made in {:.0} s", plan.rooms, begun.elapsed().as_secs_f64());
    rebuild(&stage.server);
    wait_until_counted(&mut store, &plan).await;
    check(&mut stage, &plan).await;
    stage
}

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    total: i64,
}

/// The numbers of the back office follow some seconds later.
async fn wait_until_counted(store: &mut AnyConnection, plan: &Plan) {
    let tallied = "SELECT total FROM tally WHERE name = 'user'";
    while diesel::sql_query(tallied).get_result::<Total>(store).unwrap().total < plan.rooms as i64 {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Sends, lists, numbers and searches on a store that has grown so far.
pub async fn measure(messages: usize) {
    let Grown { stage: Stage { server, admin, doctors, pairs }, tokens } = make(messages).await;
    let rooms = messages / IN_ROOM / 10;
    ask(&server, &tokens[1], "/doctor/message/list", &format!("message list of {rooms} rooms")).await;
    ask(&server, &admin.token, "/admin/stats", "/admin/stats").await;
    measure_searches(&server, &tokens).await;
    measure_sends(&server, &pairs, &doctors).await;
    // What was written last is not counted before it is asked for.
    ask(&server, &admin.token, "/admin/stats", "/admin/stats after that").await;
}

/// How long a page takes.
async fn ask(server: &Server, token: &str, path: &str, what: &str) {
    let (mut http, mut times, usage) = (client(server, token).await, Vec::new(), Usage::now(server));
    for _ in 0..TIMES {
        let start = Instant::now();
        get(&mut http, path).await;
        times.push(start.elapsed().as_micros() as u64);
    }
    times.sort_unstable();
    let (middle, late) = (percentile(&times, 50), percentile(&times, 99));
    println!("{what:<30} {middle:>9.2} ms p50 {late:>9.2} ms p99");
    usage.report(server, Some((TIMES, "request")));
}

/// What was made is what the server shows, and goes on with.
async fn check(stage: &mut Stage, plan: &Plan) {
    let Stage { server, admin, doctors, pairs } = stage;
    admin.reopen(&server.address).await;
    let stats = get(admin, "/admin/stats").await;
    assert_eq!(stats["signed"], plan.rooms + pairs.len() + 2, "the pairs, and the demonstration's two");
    assert_eq!(stats["waiting"], 0);
    let Place { doctor, roomid, messages, .. } = plan.place(SHARES - 1);
    let mut resident = client(server, TOKEN).await;
    let page = get(&mut resident, &format!("/user/dialog/list?roomid={roomid}&limit=200")).await;
    let seqs: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| &item["roomseq"]).collect();
    assert_eq!(seqs, (1..=messages).rev().collect::<Vec<_>>());
    let sent = resident.post("/user/alonechat/send", &json!({ "touid": doctor, "body": "Thank you." })).await;
    assert_eq!(sent["roomseq"], messages + 1);
    let mut doctor = client(server, &doctors[0].token).await;
    let line = get(&mut doctor, "/doctor/message/list").await["items"][0].clone();
    assert_eq!((&line["unread"], &line["data"]["dialogid"]), (&json!(1), &sent["dialogid"]), "{line}");
    println!("the server works on it: history, numbers, the next message and its line are right");
}

pub async fn client(server: &Server, token: &str) -> Http {
    let mut http = Http::open(&server.address).await;
    token.clone_into(&mut http.token);
    http
}

async fn get(http: &mut Http, path: &str) -> Value {
    let (status, answer) = http.get(path).await;
    assert_eq!(status, 200, "{path}: {answer}");
    serde_json::from_str(&answer).unwrap()
}

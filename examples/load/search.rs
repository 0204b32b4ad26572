//! Searching a grown store: a doctor in all rooms, a doctor in one of a hundred, a resident in one; words that
//! are common, rare, or nowhere. The messages are made up and written past the server, over a year back.

use crate::Stage;
use crate::chat::percentile;
use crate::client::Http;
use crate::server::Server;
use diesel::connection::SimpleConnection;
use jiayi::db::connection::{Address, AnyConnection};
use jiayi::model::{DialogId, Time};
use jiayi::store::search::index;
use std::fmt::Write;
use std::process::Command;
use std::time::Instant;

/// How many messages a room has, of how many rooms one is the second doctor's, and how many rows a statement has.
const IN_ROOM: usize = 40;
const SHARE: usize = 100;
const ROWS: usize = 500;
/// How often each word is searched.
const TIMES: usize = 100;
const YEAR: i64 = 365 * 86_400_000;

/// What most people write of; the first in one message of ten.
const WORDS: [&str; 32] = [
    "头疼",
    "血压",
    "今天",
    "昨天",
    "吃药",
    "复查",
    "医生",
    "您好",
    "谢谢",
    "睡眠",
    "咳嗽",
    "发烧",
    "孩子",
    "饭后",
    "空腹",
    "血糖",
    "体检",
    "疫苗",
    "预约",
    "明天上午",
    "一天三次",
    "没有好转",
    "好多了",
    "BMI 24",
    "阿司匹林",
    "二甲双胍",
    "不舒服",
    "心慌",
    "胸闷",
    "腰疼",
    "过敏",
    "医院",
];
const SIGNS: [&str; 4] = ["，", "。", " ", ""];
const SEARCHES: [(&str, [&str; 3]); 5] = [
    ("a common word", ["头疼", "血压", "BMI"]),
    ("two common words", ["血糖，", "没有好转", "阿司匹林"]),
    ("a rare word", ["痛风石", "风石", "痛风"]),
    ("one character", ["疼", "石", "天"]),
    ("a word of nobody", ["疼头", "压血", "zebra"]),
];

/// A generator of numbers, the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    /// A text of 10 to 40 characters, one in fifty thousand with a rare word.
    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..3 + self.roll(7) {
            // The later a word stands in the list, the rarer it is.
            let place = self.roll(WORDS.len()) * self.roll(WORDS.len()) / WORDS.len();
            text.push_str(WORDS[place]);
            text.push_str(SIGNS[self.roll(SIGNS.len())]);
        }
        if self.roll(50_000) == 0 {
            text.push_str("痛风石");
        }
        text
    }
}

/// Makes so many messages and searches them.
pub async fn measure(messages: usize) {
    let Stage { server, doctors, pairs, .. } = Stage::set(None).await;
    let (of_all, of_few, resident) = (&doctors[0], &doctors[1], &pairs[0]);
    make_store(&server, messages, [&of_all.uid, &of_few.uid, &resident.resident_uid]);
    println!("{messages} messages in {} rooms", messages / IN_ROOM);
    rebuild(&server);
    for (who, role, token) in [
        ("a doctor in all rooms", "doctor", &of_all.http.token),
        ("a doctor in a hundredth", "doctor", &of_few.http.token),
        ("a resident in one room", "user", &resident.resident.token),
    ] {
        println!("{who}");
        let mut http = Http::open(&server.address).await;
        http.token = token.clone();
        for (what, words) in SEARCHES {
            search(&mut http, role, what, &words).await;
        }
    }
}

async fn search(http: &mut Http, role: &str, what: &str, words: &[&str]) {
    let (mut times, mut found, mut full) = (Vec::new(), Vec::new(), 0);
    for word in words {
        let word: String = word.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for _ in 0..TIMES {
            let start = Instant::now();
            let (status, answer) = http.get(&format!("/{role}/dialog/search?q={word}")).await;
            times.push(start.elapsed().as_micros() as u64);
            assert_eq!(status, 200, "{answer}");
            full += usize::from(!answer.contains("\"next\":null"));
            if times.len() % TIMES == 0 {
                found.push(answer.matches("\"roomseq\"").count());
            }
        }
    }
    times.sort_unstable();
    let (middle, late) = (percentile(&times, 50), percentile(&times, 99));
    let more = full / TIMES;
    println!("  {what:<18}{middle:>9.2} ms p50 {late:>9.2} ms p99   found {found:?}, {more} with more");
}

/// What is made up is older than what was indexed before, so that the index is made anew.
fn rebuild(server: &Server) {
    let binary = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("jiayi");
    let (begun, cpu) = (Instant::now(), server.cpu_micros());
    let mut command = Command::new(binary);
    assert!(
        command.args(["search", "rebuild", "--database-url", &server.database]).status().unwrap().success()
    );
    let mut store = Address::parse(&server.database).unwrap().connect().unwrap();
    let entries = index::mark(&mut store).unwrap().entryid;
    let cpu = (server.cpu_micros() - cpu) as f64 / 1e6;
    println!("{entries} indexed in {:.0} s, the server's part {cpu:.0} s", begun.elapsed().as_secs_f64());
    if let AnyConnection::Postgres(_) = &store {
        store.batch_execute("VACUUM ANALYZE").unwrap();
    }
}

fn make_store(server: &Server, messages: usize, [of_all, of_few, resident]: [&str; 3]) {
    let mut store = Address::parse(&server.database).unwrap().connect().unwrap();
    let rooms = messages / IN_ROOM;
    let mut members = Rows::new("room_member (roomid, uid, messageid, joined_seq, read_seq)");
    let mut made = Rows::new("room (roomid, kind, open, seq, updatetime, createtime)");
    for room in 0..rooms {
        made.add(&mut store, &format!("('load-{room}', 'teamchat', TRUE, {IN_ROOM}, 0, 0)"));
    }
    made.write(&mut store);
    for room in 0..rooms {
        let others = [(room % SHARE == 1, of_few), (room == 0, resident)];
        let others = others.iter().filter(|(is_in, _)| *is_in).map(|(_, uid)| *uid);
        for (n, uid) in [of_all].into_iter().chain(others).enumerate() {
            members.add(&mut store, &format!("('load-{room}', '{uid}', 'load-{n}-{room}', 0, {IN_ROOM})"));
        }
    }
    members.write(&mut store);
    let mut dice = Dice(2016);
    let mut texts = Rows::new("social_dialog (roomid, roomseq, dialogid, fromuid, kind, body, createtime)");
    for n in 0..messages {
        let (room, number) = (n % rooms, n / rooms + 1);
        let time = Time::now().millis() - YEAR + (YEAR - 3_600_000) / messages as i64 * n as i64;
        let id = DialogId::least_from(Time::from_millis(time));
        let id = format!("{}{:08}", &id.as_str()[..18], n);
        let text = dice.text();
        texts.add(
            &mut store,
            &format!("('load-{room}', {number}, '{id}', '{of_all}', 'text', '\"{text}\"', {time})"),
        );
    }
    texts.write(&mut store);
}

/// Rows that share a statement.
struct Rows {
    table: &'static str,
    rows: String,
    count: usize,
}

impl Rows {
    fn new(table: &'static str) -> Self {
        Self { table, rows: String::new(), count: 0 }
    }

    fn add(&mut self, store: &mut AnyConnection, row: &str) {
        let comma = if self.count == 0 { "" } else { "," };
        write!(self.rows, "{comma}{row}").unwrap();
        self.count += 1;
        if self.count == ROWS {
            self.write(store);
        }
    }

    fn write(&mut self, store: &mut AnyConnection) {
        if self.count > 0 {
            store.batch_execute(&format!("INSERT INTO {} VALUES {}", self.table, self.rows)).unwrap();
            (self.rows, self.count) = (String::new(), 0);
        }
    }
}

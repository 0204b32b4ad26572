//! Searching a grown store: doctors in nearly all rooms, in fewer, in few, a resident in one; words that are
//! common, rare, or nowhere.

use crate::chat::percentile;
use crate::client::Http;
use crate::grown::{self, client};
use crate::server::Server;
use jiayi::db::connection::Address;
use jiayi::store::search::index;
use std::process::Command;
use std::time::Instant;

/// How often each word is searched.
const TIMES: usize = 100;
const SEARCHES: [(&str, [&str; 3]); 5] = [
    ("a common word", ["头疼", "血压", "BMI"]),
    ("two common words", ["血糖，", "没有好转", "阿司匹林"]),
    ("a rare word", ["痛风石", "风石", "痛风"]),
    ("one character", ["疼", "石", "天"]),
    ("a word of nobody", ["疼头", "压血", "zebra"]),
];

/// Who searches, and as what.
const WHO: [(&str, &str); 4] = [
    ("a doctor with nearly all rooms", "doctor"),
    ("a doctor with a tenth of that", "doctor"),
    ("a doctor with a hundredth", "doctor"),
    ("a resident with one room", "user"),
];

/// Makes so many messages and searches them.
pub async fn measure(messages: usize) {
    let grown = grown::make(messages).await;
    measure_searches(&grown.stage.server, &grown.tokens).await;
}

/// Searches as everybody for everything.
pub async fn measure_searches(server: &Server, tokens: &[String; 4]) {
    for ((who, role), token) in WHO.iter().zip(tokens) {
        println!("search by {who}");
        let mut http = client(server, token).await;
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
pub fn rebuild(server: &Server) {
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
}

//! An announcement to 100,000, and who chats meanwhile.

use crate::chat::{chat_while, report_times};
use crate::client::Http;
use crate::people::{Doctor, Pair};
use crate::rows::take_stock;
use crate::server::Server;
use crate::usage::Usage;
use diesel::connection::SimpleConnection;
use jiayi::db::connection::Address;
use serde_json::json;
use std::time::Instant;

/// Who hears it.
pub const CROWD: usize = 100_000;

/// Residents who are never there, written past the server: their passwords alone would take an hour.
const MAKE_CROWD: &str = "
    INSERT INTO account (uid, role, login, password, name, createtime)
    WITH RECURSIVE crowd (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM crowd WHERE n < 100000)
    SELECT 'crowd-' || n, 'user', 'crowd-' || n, 'x', 'Resident', 0 FROM crowd;
    INSERT INTO mailbox (uid) SELECT uid FROM account WHERE uid LIKE 'crowd-%'";

/// Makes the crowd.
pub fn make_crowd(server: &Server) {
    let mut store = Address::parse(&server.database).unwrap().connect().unwrap();
    store.batch_execute(MAKE_CROWD).unwrap();
    take_stock(&mut store);
}

/// How long it takes to tell a crowd, and what those who chat feel of it.
pub async fn measure_announcement(server: &Server, admin: &mut Http, pairs: &[Pair], doctors: &[Doctor]) {
    admin.reopen(&server.address).await;
    let announcing = async {
        let start = Instant::now();
        let notice = json!({ "title": "Vaccination", "content": "From Monday on.", "audience": "user" });
        let answer = admin.post("/admin/platform/push", &notice).await;
        (start.elapsed(), answer["sent"].as_u64().unwrap())
    };
    let usage = Usage::now(server);
    let ((took, sent), times) = chat_while(server, pairs, doctors, announcing).await;
    assert!(sent >= CROWD as u64, "{sent}");
    println!("announcement        {:>9.2} s until stored for {sent}", took.as_secs_f64());
    println!(
        "  chat meanwhile    {:>9.0} sends a second ({} clients)",
        times.len() as f64 / took.as_secs_f64(),
        pairs.len()
    );
    report_times(&times);
    usage.report(server, None);
}

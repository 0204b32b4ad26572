//! A storm: thousands of clients come back within a second, as after a restart, each with what it has missed,
//! while others chat.

use crate::chat::{chat_while, report_times};
use crate::client::{Socket, connect};
use crate::rows::{Rows, hurry, log_in, take_stock};
use crate::usage::Usage;
use crate::{CHATTING, Stage};
use diesel::connection::SimpleConnection;
use futures_util::StreamExt;
use futures_util::future::join_all;
use jiayi::db::connection::{Address, AnyConnection};
use jiayi::model::Time;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How many pushes each has missed, and what there were before.
const MISSED: i64 = 20;
const SINCE: i64 = 7;
/// Over what time they come.
const WITHIN: Duration = Duration::from_secs(1);
/// What a push tells, as long as that of a short message.
const PUSH: &str = r#"{"dialogid":"01jd0000000000000000000000","roomid":"01jd0000000000000000000001","roomseq":1,"kind":"text","body":"how it goes, and it goes on for a while","fromuid":"01jd0000000000000000000002","createtime":1700000000000}"#;

/// So many clients of so many accounts, which the server has not seen since it was started.
pub async fn measure(clients: usize, accounts: usize) {
    let stage = Stage::set(None).await;
    make_absent(&stage.server.database, accounts);
    let address = &stage.server.address;
    let storm = async {
        let (start, usage) = (Instant::now(), Usage::now(&stage.server));
        // In a thread of their own: those who chat are not to wait for them here.
        let (all, all_are_back) = oneshot::channel();
        let address = address.clone();
        std::thread::spawn(move || all.send(come_back_all(&address, clients, accounts)).map_err(drop));
        // They stay until all are back.
        let sockets = all_are_back.await.unwrap();
        println!(
            "storm               {:>9.2} s until {clients} are back and have all",
            start.elapsed().as_secs_f64()
        );
        usage.report(&stage.server, Some((clients, "client")));
        sockets
    };
    let chatting = &stage.pairs[..CHATTING];
    let (_sockets, times) = chat_while(&stage.server, chatting, &stage.doctors, storm).await;
    report_times(&times);
}

/// Residents who are logged in, and were away for some pushes; written past the server.
pub fn make_absent(database: &str, accounts: usize) {
    let mut store = Address::parse(database).unwrap().connect().unwrap();
    hurry(&mut store);
    let now = Time::now().millis();
    let mut people = Rows::new("account (uid, role, login, password, name, createtime)");
    // SQLite has the pushes of somebody in a chain.
    let chained = matches!(store, AnyConnection::Sqlite(_));
    let (newest, place) = if chained { (", pushid", ", pushid, back") } else { ("", "") };
    let mut mailboxes = Rows::new(&format!("mailbox (uid, seq{newest})"));
    let mut pushes = Rows::new(&format!("push_log (uid, seq, name, shared, createtime{place})"));
    for n in 0..accounts {
        let (uid, last) = (uid(n), FIRST + (n as i64 + 1) * MISSED);
        people.add(&mut store, &format!("('{uid}', 'user', '{uid}', 'x', 'Resident', {now})"));
        let newest = if chained { format!(", {last}") } else { String::new() };
        mailboxes.add(&mut store, &format!("('{uid}', {}{newest})", SINCE + MISSED));
        for missed in 1..=MISSED {
            let place = if chained {
                format!(", {}, {}", last - MISSED + missed, i64::from(missed > 1))
            } else {
                String::new()
            };
            let seq = SINCE + missed;
            pushes.add(&mut store, &format!("('{uid}', {seq}, 'S2C_ALONECHAT', '{PUSH}', {now}{place})"));
        }
    }
    people.write(&mut store);
    mailboxes.write(&mut store);
    pushes.write(&mut store);
    in_one(&mut store, |store| (0..accounts).map(uid).for_each(|uid| log_in(store, &uid, &uid)));
    take_stock(&mut store);
}

/// Behind all that there may be by then.
const FIRST: i64 = 1_000_000;

fn in_one(store: &mut AnyConnection, work: impl FnOnce(&mut AnyConnection)) {
    store.batch_execute("BEGIN").unwrap();
    work(store);
    store.batch_execute("COMMIT").unwrap();
}

/// An account, and its token.
pub fn uid(n: usize) -> String {
    format!("storm-{n}")
}

#[tokio::main(flavor = "current_thread")]
async fn come_back_all(address: &str, clients: usize, accounts: usize) -> Vec<Socket> {
    let back = (0..clients).map(|n| come_back(address, n, accounts, WITHIN * n as u32 / clients as u32));
    join_all(back).await
}

async fn come_back(address: &str, n: usize, accounts: usize, after: Duration) -> Socket {
    tokio::time::sleep(after).await;
    let (uid, device) = (uid(n % accounts), format!("device-{n}"));
    let mut socket = connect(address, "user", &uid, &uid, &device, Some(SINCE)).await;
    for seq in SINCE + 1..=SINCE + MISSED {
        let push = socket.next().await.unwrap().unwrap().into_text().unwrap();
        assert!(push.contains(&format!("\"seq\":{seq},")), "{uid} waits for {seq}: {push}");
    }
    socket
}

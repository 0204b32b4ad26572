//! A discussion group of 500: how long it takes to make, and until the last member has heard a message.

use crate::chat::report_times;
use crate::client::connect;
use crate::people::Doctor;
use crate::rows::log_in;
use crate::server::Server;
use crate::usage::Usage;
use diesel::connection::SimpleConnection;
use futures_util::StreamExt;
use jiayi::db::connection::Address;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Instant;
use tokio::sync::mpsc;

/// Who is in it besides the doctor.
const MEMBERS: usize = 499;
const MESSAGES: usize = 500;

/// Residents under contract with the doctor, who are logged in; `member-N` is the uid and the token.
fn make_members(database: &str, doctor: &Doctor) {
    let (Doctor { uid, stid, .. }, mut rows) = (doctor, String::new());
    for n in 0..MEMBERS {
        let member = format!("member-{n}");
        writeln!(
            rows,
            "INSERT INTO account (uid, role, login, password, name, createtime)
                 VALUES ('{member}', 'user', '{member}', 'x', 'Resident', 0);
             INSERT INTO mailbox (uid) VALUES ('{member}');
             INSERT INTO social_signed (sid, uid, doctoruid, stid, status, createtime, updatetime)
                 VALUES ('{member}', '{member}', '{uid}', '{stid}', 'signed', 0, 0);"
        )
        .unwrap();
    }
    let mut store = Address::parse(database).unwrap().connect().unwrap();
    store.batch_execute(&format!("BEGIN; {rows} COMMIT")).unwrap();
    (0..MEMBERS).map(|n| format!("member-{n}")).for_each(|member| log_in(&mut store, &member, &member));
}

/// Makes the group; returns its room and those who are in it besides the doctor, who name and log in alike.
pub async fn make_group(server: &Server, doctor: &mut Doctor) -> (Value, Vec<String>) {
    make_members(&server.database, doctor);
    let members: Vec<_> = (0..MEMBERS).map(|n| format!("member-{n}")).collect();
    doctor.http.reopen(&server.address).await;
    let start = Instant::now();
    let made =
        doctor.http.post("/doctor/discussion/create", &json!({ "name": "Group", "members": members })).await;
    println!("group of {}        {:>9.0} ms to make", MEMBERS + 1, start.elapsed().as_secs_f64() * 1e3);
    (made["roomid"].clone(), members)
}

/// Makes the group, and lets its owner write in it, one message at a time.
pub async fn measure_group(server: &Server, doctor: &mut Doctor) {
    let (roomid, members) = make_group(server, doctor).await;
    let (came, mut all) = mpsc::channel(MEMBERS);
    let mut screens = tokio::task::JoinSet::new();
    for member in &members {
        let mut socket = connect(&server.address, "user", member, member, member, None).await;
        let came = came.clone();
        screens.spawn(async move {
            while let Some(Ok(_)) = socket.next().await {
                let _ = came.send(()).await;
            }
        });
    }
    let (usage, mut times) = (Usage::now(server), Vec::new());
    for n in 0..MESSAGES {
        let start = Instant::now();
        let message = json!({ "roomid": roomid, "body": format!("{n} is how it goes, and it goes on") });
        doctor.http.post("/doctor/send", &message).await;
        for _ in 0..MEMBERS {
            all.recv().await.unwrap();
        }
        times.push(start.elapsed().as_micros() as u64);
    }
    times.sort_unstable();
    println!("  until the last of {MEMBERS} has heard a message:");
    report_times(&times);
    usage.report(server, Some((MESSAGES * MEMBERS, "push")));
}

//! Nothing that was answered is lost when the server is killed, and nothing is there twice.
//!
//! The real program, real clients, SIGKILL at random moments while several people write as fast as
//! they can. `server` is the program, `client` somebody who writes and listens,
//! `nodes` has two programs over one database, `power` is what a power failure leaves.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, unused_macros)]
#[path = "../api/across.rs"]
mod across;
#[allow(dead_code, unused_macros)]
#[path = "../api/app.rs"]
mod app;
mod call;
mod client;
#[allow(dead_code)]
#[path = "../api/described.rs"]
mod described;
mod nodes;
mod power;
mod server;

use client::{Client, Sent};
use server::Server;
use std::collections::HashSet;
use tokio::sync::mpsc;

const KILLS: usize = 10;
/// How many requests of each person are under way at once.
const HANDS: usize = 3;
/// After at most so many answers the server is killed.
const MOST_ANSWERS: u32 = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_kill_9_exactly_once_on_sqlite() {
    let folder = tempfile::TempDir::new().unwrap();
    survive(&format!("sqlite://{}", folder.path().join("jiayi.db").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_was_answered_survives_kill_9_exactly_once_on_postgres() {
    survive(&app::postgres_schema()).await;
}

async fn survive(database_url: &str) {
    app::choose_tls();
    let mut server = Server::start(database_url);
    let mut people = Vec::new();
    // Each writes to the neighbour in this list.
    for account in ["resident1", "doctor1", "resident3", "doctor2"] {
        people.push(Client::log_in(&server.url, account).await);
    }
    for index in 0..people.len() {
        people[index].who.touid = people[index ^ 1].who.uid.clone();
    }
    let mut unanswered = 0;
    for round in 0..KILLS {
        let mut listeners = Vec::new();
        for person in &people {
            listeners.push(person.listen(&server.url).await);
        }
        storm_and_kill(&mut server, &mut people, round).await;
        for (person, listener) in people.iter_mut().zip(listeners) {
            person.heard.extend(listener.until_the_end().await);
        }
        unanswered += people.iter().map(|person| person.unanswered.len()).sum::<usize>();

        server = Server::start(database_url);
        check(&server, &people).await;
        for person in &mut people {
            person.repeat_unanswered(&server.url).await;
        }
        check(&server, &people).await;
        if round % 2 == 1 {
            catch_up(&server, &mut people).await;
        }
    }
    catch_up(&server, &mut people).await;
    assert!(unanswered > 0, "no kill came in the midst of a request");
}

/// Everybody writes until the server is killed, after a random number of answers.
async fn storm_and_kill(server: &mut Server, people: &mut [Client], round: usize) {
    let (outcomes, mut outcome) = mpsc::unbounded_channel();
    for (index, person) in people.iter().enumerate() {
        for hand in 0..HANDS {
            let (who, url, outcomes) = (person.who.clone(), server.url.clone(), outcomes.clone());
            let name = format!("r{round}p{index}h{hand}");
            tokio::spawn(async move {
                who.write_on(&url, &name, |sent| outcomes.send((index, sent)).unwrap()).await
            });
        }
    }
    drop(outcomes);
    let mut left = 1 + getrandom::u32().unwrap() % MOST_ANSWERS;
    while let Some((index, Sent { clientid, receipt })) = outcome.recv().await {
        left = left.saturating_sub(1);
        if left == 0 {
            server.kill();
        }
        match receipt {
            Some(receipt) => drop(people[index].answered.insert(clientid, receipt)),
            None => people[index].unanswered.push(clientid),
        }
    }
}

/// History and pushes hold all that was answered, once each, with the numbers of the answer.
async fn check(server: &Server, people: &[Client]) {
    for (index, person) in people.iter().enumerate() {
        let writer = &people[index ^ 1];
        let pushes = person.who.sync(&server.url).await;
        let numbers: Vec<_> = pushes.iter().map(|push| push["seq"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>(), "pushes have gaps");
        assert!(person.heard.len() <= pushes.len(), "a push was heard that is not stored");
        for (heard, stored) in person.heard.iter().zip(&pushes) {
            assert_eq!(heard, stored, "what was heard is not what is stored");
        }
        let pushed: Vec<_> = pushes.iter().map(|push| &push["data"]["data"]).collect();
        writer.assert_all_there_once(&pushed);

        let receipts = person.answered.values().chain(writer.answered.values());
        let Some(roomid) = receipts.filter_map(|receipt| receipt["roomid"].as_str()).next() else { continue };
        let dialogs = person.who.history(&server.url, roomid).await;
        let numbers: Vec<_> = dialogs.iter().map(|dialog| dialog["roomseq"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>(), "the room has gaps");
        let written: Vec<_> =
            dialogs.iter().filter(|dialog| dialog["from"]["uid"] == *writer.who.uid).collect();
        writer.assert_all_there_once(&written);
        let told: HashSet<_> = pushed.iter().map(|push| push["dialogid"].as_str()).collect();
        let there: HashSet<_> = written.iter().map(|dialog| dialog["dialogid"].as_str()).collect();
        assert_eq!(told, there, "history and pushes differ");
    }
}

/// Everybody reconnects with `since` and gets exactly what was lacking, in order.
async fn catch_up(server: &Server, people: &mut [Client]) {
    for person in people {
        let stored = person.who.sync(&server.url).await;
        let mut listener = person.listen(&server.url).await;
        assert_eq!(listener.newest, stored.len() as i64);
        while person.heard.len() < stored.len() {
            person.heard.push(listener.next().await.expect("the replay broke off"));
        }
        assert_eq!(person.heard, stored);
    }
}

//! Two processes over one database: 32 writers, half of them on each, then both are killed.

use crate::client::{Client, Sent};
use crate::server::Server;
use crate::{app, check};
use tokio::sync::mpsc;

/// How many requests of each of the four people are under way at once on each of the two.
const HANDS: usize = 4;
/// How many answers come before the two are killed.
const ANSWERS: usize = 3000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_32_write_on_two_nodes_is_there_once_and_in_order_on_postgres() {
    app::choose_tls();
    let database_url = app::postgres_schema();
    let mut nodes = [Server::start(&database_url), Server::start(&database_url)];
    let mut people = Vec::new();
    for account in ["resident1", "doctor1", "resident3", "doctor2"] {
        people.push(Client::log_in(&nodes[0].url, account).await);
    }
    for index in 0..people.len() {
        people[index].who.touid = people[index ^ 1].who.uid.clone();
    }
    write_and_kill(&mut nodes, &mut people).await;
    let survivor = Server::start(&database_url);
    check(&survivor, &people).await;
    for person in &mut people {
        person.repeat_unanswered(&survivor.url).await;
    }
    check(&survivor, &people).await;
}

/// Everybody writes on both; any answer but 200, as of two who wait for each other, fails the test.
async fn write_and_kill(nodes: &mut [Server; 2], people: &mut [Client]) {
    let (outcomes, mut outcome) = mpsc::unbounded_channel();
    let mut writers = tokio::task::JoinSet::new();
    for (index, person) in people.iter().enumerate() {
        for (node, hand) in (0..HANDS).flat_map(|hand| [(0, hand), (1, hand)]) {
            let (who, url, outcomes) = (person.who.clone(), nodes[node].url.clone(), outcomes.clone());
            let name = format!("p{index}n{node}h{hand}");
            writers.spawn(async move {
                who.write_on(&url, &name, |sent| outcomes.send((index, sent)).unwrap()).await
            });
        }
    }
    drop(outcomes);
    let mut answers = 0;
    while let Some((index, Sent { clientid, receipt })) = outcome.recv().await {
        match receipt {
            Some(receipt) => drop(people[index].answered.insert(clientid, receipt)),
            None => people[index].unanswered.push(clientid),
        }
        answers += 1;
        if answers == ANSWERS {
            nodes.iter_mut().for_each(Server::kill);
        }
    }
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    assert!(answers >= ANSWERS, "the writers ended after {answers} answers");
}

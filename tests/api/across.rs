//! The mode `JIAYI_TEST_NODES=2`: each test on PostgreSQL has two nodes over one database and a bus in memory; its
//! requests go to one, its connections to the other. What cannot hold there yet is listed here, with the reason.
//!
//! `scripts/test-across` runs it. What is particular to several nodes has tests of its own, in `cluster` and others.

use crate::app::TestApp;
use jiayi::app::App;
use jiayi::cluster::carrier::Carrier;
use jiayi::cluster::memory::{Faults, Network};
use jiayi::config::Config;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

/// How long nodes may take to hear each other.
const PATIENCE: Duration = Duration::from_secs(30);

/// What does not go from node to node yet: the beginning of the tests' names, and why.
const NOT_YET: &[(&str, &str)] = &[];

/// What this mode cannot try: the beginning of the tests' names, and why.
const NEVER: &[(&str, &str)] = &[
    ("duty::a_question_that_is_withdrawn_is_read_in_no_reminder_either", REMINDER),
    ("duty::time_reminds_the_doctor_and_then_the_leader_once_each", REMINDER),
    ("office::who_is_connected_is_seen_and_can_be_logged_out", COUNT),
];
const COUNT: &str = "how many are connected to other nodes is what those said within the last second";
const REMINDER: &str = "a third process is to remind by its own settings, and another one has that to do";

/// The bus of each database.
static NETWORKS: LazyLock<Mutex<HashMap<String, Network>>> = LazyLock::new(Mutex::default);

/// The bus by which a server is one of two nodes, in this mode.
pub fn carrier(config: &Config) -> Option<Carrier> {
    let nodes = std::env::var("JIAYI_TEST_NODES").unwrap_or_default();
    let is_one_alone = !config.database_url.starts_with("postgres") || config.cluster.is_some();
    if nodes != "2" || is_one_alone {
        return None;
    }
    let mut networks = NETWORKS.lock().unwrap();
    let network = networks.entry(config.database_url.clone());
    Some(Carrier::Memory(network.or_insert_with(|| Network::new(11, Faults::default())).clone()))
}

/// Whether a test is left out in this mode, and says so.
pub fn leaves_out(test: &str) -> bool {
    let why = |list: &[(&str, &'static str)]| {
        list.iter().find(|(name, _)| test.contains(name)).map(|(_, why)| *why)
    };
    let told = why(NOT_YET).map(|why| format!("not across nodes yet: {why}"));
    let told = told.or_else(|| why(NEVER).map(|why| format!("not in this mode: {why}")));
    match told.filter(|_| std::env::var_os("JIAYI_TEST_NODES").is_some()) {
        Some(told) => {
            eprintln!("{test}: {told}");
            true
        }
        None => false,
    }
}

/// Waits until all of these hear all who live; they began in this order. Who began first knows of no other yet, until it
/// tells the last that it lives.
pub async fn hear_each_other(nodes: &[&App]) {
    let begun = Instant::now();
    while !nodes.iter().rev().all(|node| node.trusts_memory()) {
        assert!(begun.elapsed() < PATIENCE, "they do not hear each other");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl TestApp {
    /// Joins another node, which holds the connections from now on.
    pub async fn join(&mut self, other: TestApp) {
        hear_each_other(&[&self.app, &other.app]).await;
        self.socketio = other.socketio.clone();
        self.other = Some(Box::new(other));
    }
}

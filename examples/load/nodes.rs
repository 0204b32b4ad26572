//! Several nodes over one PostgreSQL and NATS (LOAD_NATS), in turns with one process: CPU a send, the time from a POST on
//! one node until its push on another, memory of an idle connection, and what two nodes serve where nodes are the limit.
//!
//! `scripts/load-nodes` starts what it needs. On two cores everything shares them, so that the last of it is shown with nodes
//! whose time is bounded by the kernel (LOAD_CGROUP, a folder of the cpu controller; left out without).

use crate::chat::{SENDING, chat_between, percentile};
use crate::client::Http;
use crate::indexing::wait_until_indexed;
use crate::people::{Doctor, Pair};
use crate::pushes::idle_memory;
use crate::server::{RARE_PINGS, Server};
use crate::usage::Usage;
use crate::{SENDERS, Stage};
use jiayi::db::connection::Address;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How often each is measured.
const ROUNDS: usize = 3;
/// How many clients send where the time of a push is what counts.
const FEW: usize = 4;
/// Which part of a core each node gets where nodes are to be the limit.
const SHARE: f64 = 0.2;

/// Those who serve, and who uses them.
struct Nodes<'a> {
    servers: Vec<Server>,
    pairs: &'a [Pair],
    doctors: &'a [Doctor],
}

pub async fn measure() {
    let Stage { server, doctors, pairs, .. } = Stage::set(None).await;
    drop(server);
    let start = |count| Nodes { servers: start_nodes(count, |_| ()), pairs: &pairs, doctors: &doctors };
    for round in 1..=ROUNDS {
        println!("round {round}");
        for count in [0, 1, 3] {
            let nodes = start(count);
            nodes.wait().await;
            nodes.measure_sends(count).await;
        }
    }
    for count in [0, 3] {
        // Each of these few has many.
        let servers = start_nodes(count, |command| _ = command.env("JIAYI_CONNECTIONS", "per_device"));
        let nodes = Nodes { servers, pairs: &pairs, doctors: &doctors };
        nodes.wait().await;
        let residents: Vec<_> =
            pairs.iter().map(|pair| (pair.resident_uid.clone(), pair.resident.token.clone())).collect();
        let bytes = idle_memory(&nodes.servers[0], &residents).await;
        println!("{:<19} {bytes:>9.0} bytes an idle connection", name(count));
    }
    if let Ok(group) = std::env::var("LOAD_CGROUP") {
        for count in [1, 2, 1, 2, 1, 2] {
            let nodes = start(count);
            nodes.wait().await;
            nodes.measure_bounded(count, Path::new(&group)).await;
        }
    }
}

/// So many nodes, with what `settle` adds to their settings; 0 is one process that is none.
fn start_nodes(count: usize, settle: impl Fn(&mut Command)) -> Vec<Server> {
    let nats = std::env::var("LOAD_NATS").expect("LOAD_NATS=nats://…: scripts/load-nodes starts it");
    let start = |number: usize| {
        Server::start_with(None, RARE_PINGS, |command| {
            settle(command);
            if count > 0 {
                command.env("JIAYI_CLUSTER__NODE", format!("node{number}"));
                command.env("JIAYI_CLUSTER__NATS", &nats);
            }
        })
    };
    (0..count.max(1)).map(start).collect()
}

fn name(count: usize) -> String {
    match count {
        0 => "one process".to_owned(),
        1 => "one node".to_owned(),
        count => format!("{count} nodes"),
    }
}

impl Nodes<'_> {
    fn addresses(&self) -> Vec<&str> {
        self.servers.iter().map(|server| server.address.as_str()).collect()
    }

    /// Waits until all are ready, and hear each other.
    async fn wait(&self) {
        for address in self.addresses() {
            let heard = async |answer: (u16, String)| {
                answer.0 == 200 && !answer.1.contains("jiayi_cluster_hears_all 0")
            };
            while !heard(Http::open(address).await.get("/metrics").await).await
                || Http::open(address).await.get("/readyz").await.0 != 200
            {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        // Beats of all have come, and what was sent before costs no more.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let database = Address::parse(&self.servers[0].database).unwrap();
        wait_until_indexed(&mut database.connect().unwrap()).await;
    }

    fn cpu(&self) -> u64 {
        self.servers.iter().map(Server::cpu_micros).sum()
    }

    /// Requests go to all nodes in turn, screens are connected to another one each.
    async fn measure_sends(&self, count: usize) {
        let requests = self.addresses();
        let mut screens = requests.clone();
        screens.rotate_left(1);
        let few = &self.pairs[..FEW];
        let ((), times) =
            chat_between(&requests[..1], &screens[..1], few, self.doctors, tokio::time::sleep(SENDING / 2))
                .await;
        println!(
            "{:<19} {:>9.2} ms p50 {:>9.2} ms p99 from POST on one to push on another ({FEW} clients)",
            name(count),
            percentile(&times, 50),
            percentile(&times, 99)
        );
        let (usage, before) = (Usage::now(&self.servers[0]), self.cpu());
        let ((), times) =
            chat_between(&requests, &screens, self.pairs, self.doctors, tokio::time::sleep(SENDING)).await;
        let all = self.cpu() - before;
        println!(
            "  sends             {:>9.0} a second ({SENDERS} clients), {:.1} us of all nodes each, {:.2} ms p50, {:.2} ms p99",
            times.len() as f64 / SENDING.as_secs_f64(),
            all as f64 / times.len() as f64,
            percentile(&times, 50),
            percentile(&times, 99)
        );
        usage.report(&self.servers[0], Some((times.len(), "send")));
    }

    /// Each node gets no more than its share of a core.
    async fn measure_bounded(&self, count: usize, group: &Path) {
        for (number, server) in self.servers.iter().enumerate() {
            let folder = group.join(number.to_string());
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("cpu.cfs_quota_us"), format!("{}", (SHARE * 100_000.0) as u64)).unwrap();
            fs::write(folder.join("cgroup.procs"), server.id().to_string()).unwrap();
        }
        let addresses = self.addresses();
        let ((), times) =
            chat_between(&addresses, &addresses, self.pairs, self.doctors, tokio::time::sleep(SENDING)).await;
        println!(
            "{:<19} {:>9.0} sends a second, each node with {SHARE} of a core",
            name(count),
            times.len() as f64 / SENDING.as_secs_f64()
        );
    }
}

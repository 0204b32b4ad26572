//! Two nodes over a real NATS, which dies and comes back.

use crate::app::{Database, TestApp};
use crate::cluster::hears_all;
use jiayi::config::Config;
use jiayi::config::cluster::ClusterSettings;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server of NATS on this machine.
struct Nats {
    port: u16,
    child: Child,
}

impl Nats {
    fn start(port: u16) -> Self {
        let mut command = Command::new("nats-server");
        command.args(["--addr", "127.0.0.1", "--port", &port.to_string()]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { port, child }
    }

    fn kill(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn settings(&self, node: &str) -> ClusterSettings {
        ClusterSettings {
            node: node.to_owned(),
            service: "jiayi".to_owned(),
            nats: vec![format!("nats://127.0.0.1:{}", self.port)],
            user: None,
            password: None,
            password_file: None,
            ca_file: None,
        }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[actix_web::test]
#[ignore = "needs PostgreSQL and nats-server: run ./scripts/test"]
async fn what_is_written_on_one_node_is_heard_on_the_other_also_while_nats_is_dead() {
    let mut nats = Nats::start(free_port());
    let settings = nats.settings("one");
    let one = TestApp::start_with(Database::Postgres, |config| config.cluster = Some(settings)).await;
    let (url, settings) = (one.app.config().database_url.clone(), nats.settings("other"));
    let same = |config: &mut Config| (config.database_url, config.cluster) = (url, Some(settings));
    let other = TestApp::start_with(Database::Postgres, same).await;
    one.has_nodes(2).await;
    let (resident, doctor) = (other.login("resident1").await, one.login("doctor1").await);
    let mut phone = resident.connect("phone").await;
    for number in 1..=30 {
        doctor.writes(&resident, &number.to_string()).await;
        hears_all(&mut phone, number..=number).await;
    }
    let port = nats.port;
    nats.kill();
    for number in 31..=40 {
        doctor.writes(&resident, &number.to_string()).await;
    }
    let written = Instant::now();
    hears_all(&mut phone, 31..=40).await;
    assert!(written.elapsed() < Duration::from_secs(6), "{:?}", written.elapsed());
    let _again = Nats::start(port);
    for number in 41..=60 {
        doctor.writes(&resident, &number.to_string()).await;
        hears_all(&mut phone, number..=number).await;
    }
    phone.hears_nothing().await;
}

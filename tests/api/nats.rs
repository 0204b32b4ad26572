//! Two nodes over a real NATS, which dies and comes back, and who is served by one that speaks TLS.

use crate::app::{Database, TestApp, choose_tls};
use crate::cluster::hears_all;
use bytes::Bytes;
use jiayi::cluster::bus::{Bus, End};
use jiayi::cluster::nats::{self, Servers};
use jiayi::config::Config;
use jiayi::config::cluster::ClusterSettings;
use jiayi::model::Slot;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

/// A server of NATS on this machine.
struct Nats {
    port: u16,
    child: Child,
}

impl Nats {
    fn start(port: u16) -> Self {
        Self::start_with(port, &[])
    }

    fn start_with(port: u16, options: &[&str]) -> Self {
        let mut command = Command::new("nats-server");
        command.args(["--addr", "127.0.0.1", "--port", &port.to_string()]).args(options);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { port, child }
    }

    /// One that speaks TLS by a certificate, with those who know the password.
    fn start_tls(port: u16, folder: &Path, name: &str) -> Self {
        let path = |ending: &str| folder.join(name).with_extension(ending).display().to_string();
        let (certificate, key) = (path("pem"), path("key"));
        let files = ["--tls", "--tlscert", &certificate, "--tlskey", &key];
        Self::start_with(port, &[&files[..], &["--user", "jiayi", "--pass", "north"]].concat())
    }

    fn kill(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Nobody is at the first address.
    fn settings(&self, node: &str) -> ClusterSettings {
        ClusterSettings {
            node: node.to_owned(),
            slot: None,
            service: "jiayi".to_owned(),
            nats: [free_port(), self.port].iter().map(|port| format!("nats://127.0.0.1:{port}")).collect(),
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

/// Certificates of the server and of another one, each its own authority.
fn make_certificates(folder: &Path) {
    for name in ["right", "wrong"] {
        let arguments = format!(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
             -addext basicConstraints=critical,CA:FALSE -keyout {name}.key -out {name}.pem"
        );
        let mut openssl = Command::new("openssl");
        let made = openssl.current_dir(folder).args(arguments.split_whitespace()).output().unwrap();
        assert!(made.status.success(), "{made:?}");
    }
}

#[actix_web::test]
#[ignore = "needs nats-server and openssl: run ./scripts/test"]
async fn by_tls_who_knows_the_password_and_the_authority_is_served() {
    choose_tls();
    let folder = TempDir::new().unwrap();
    make_certificates(folder.path());
    let nats = Nats::start_tls(free_port(), folder.path(), "right");
    let ((one, _one), (_, mut other)) = (
        join_tls(&nats, folder.path(), 0, "north", "right.pem").await,
        join_tls(&nats, folder.path(), 1, "north", "right.pem").await,
    );
    hears_by_nats(&one, &mut other, "hello").await;
    for (password, authority) in [("south", "right.pem"), ("north", "wrong.pem")] {
        let (stranger, _incoming) = join_tls(&nats, folder.path(), 2, password, authority).await;
        is_not_served(&stranger, &format!("{password} {authority}")).await;
    }
}

#[actix_web::test]
#[ignore = "needs nats-server and openssl: run ./scripts/test"]
async fn a_file_of_authorities_that_was_renewed_is_read_by_the_next_connection() {
    choose_tls();
    let folder = TempDir::new().unwrap();
    make_certificates(folder.path());
    let renew = |authority: &str| std::fs::copy(folder.path().join(authority), folder.path().join("ca.pem"));
    renew("right.pem").unwrap();
    let mut nats = Nats::start_tls(free_port(), folder.path(), "right");
    let ((one, _one), (_, mut other)) = (
        join_tls(&nats, folder.path(), 0, "north", "ca.pem").await,
        join_tls(&nats, folder.path(), 1, "north", "ca.pem").await,
    );
    hears_by_nats(&one, &mut other, "before").await;
    nats.kill();
    let _renewed = Nats::start_tls(nats.port, folder.path(), "wrong");
    // That it is cut off is seen by what it no longer takes.
    let cut = async {
        while one.send(Slot::try_from(1).unwrap(), Bytes::from_static(b"psst")) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(20), cut).await.unwrap();
    is_not_served(&one, "the old authority").await;
    renew("wrong.pem").unwrap();
    hears_by_nats(&one, &mut other, "after").await;
}

/// A node's end of a bus that speaks TLS.
async fn join_tls(nats: &Nats, folder: &Path, own: u8, password: &str, authority: &str) -> End {
    let servers = Servers {
        urls: vec![format!("tls://localhost:{}", nats.port)],
        login: Some(("jiayi".to_owned(), password.to_owned())),
        ca_file: Some(folder.join(authority)),
        name: own.to_string(),
    };
    nats::join(servers, "jiayi", Slot::try_from(own).unwrap()).await.unwrap()
}

/// What one node sends comes to the other, which has slot 1. They connect by themselves; what is sent before is lost.
async fn hears_by_nats(one: &Arc<dyn Bus>, other: &mut mpsc::Receiver<Bytes>, words: &'static str) {
    let heard = async {
        loop {
            one.send(Slot::try_from(1).unwrap(), Bytes::from_static(words.as_bytes()));
            if let Ok(heard) = timeout(Duration::from_millis(50), other.recv()).await
                && heard.unwrap() == words.as_bytes()
            {
                return;
            }
        }
    };
    timeout(Duration::from_secs(20), heard).await.expect(words);
}

async fn is_not_served(stranger: &Arc<dyn Bus>, who: &str) {
    for _ in 0..20 {
        assert!(!stranger.send(Slot::try_from(1).unwrap(), Bytes::from_static(b"psst")), "{who}");
        sleep(Duration::from_millis(50)).await;
    }
}

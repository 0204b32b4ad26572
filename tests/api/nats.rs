//! Two nodes over a real NATS, which dies and comes back, and who is served by one that speaks TLS.

use crate::app::{Database, TestApp, choose_tls};
use crate::cluster::hears_all;
use bytes::Bytes;
use jiayi::cluster::bus::End;
use jiayi::cluster::nats::{self, Servers};
use jiayi::config::Config;
use jiayi::config::cluster::ClusterSettings;
use jiayi::model::Slot;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
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
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (certificate, key) = (path("right.pem"), path("right.key"));
    let tls = ["--tls", "--tlscert", &certificate, "--tlskey", &key, "--user", "jiayi", "--pass", "north"];
    let nats = Nats::start_with(free_port(), &tls);
    let slot = |number: u8| Slot::try_from(number).unwrap();
    let join = async |own: u8, password: &str, authority: &str| -> End {
        let servers = Servers {
            urls: vec![format!("tls://localhost:{}", nats.port)],
            login: Some(("jiayi".to_owned(), password.to_owned())),
            ca_file: Some(path(authority).into()),
            name: own.to_string(),
        };
        nats::join(servers, "jiayi", slot(own)).await.unwrap()
    };
    let ((one, _one), (_, mut other)) =
        (join(0, "north", "right.pem").await, join(1, "north", "right.pem").await);
    // They connect by themselves; what is sent before is lost.
    let heard = async {
        loop {
            one.send(slot(1), Bytes::from_static(b"hello"));
            if let Ok(heard) = timeout(Duration::from_millis(50), other.recv()).await {
                return heard.unwrap();
            }
        }
    };
    assert_eq!(timeout(Duration::from_secs(20), heard).await.unwrap(), &b"hello"[..]);
    for (password, authority) in [("south", "right.pem"), ("north", "wrong.pem")] {
        let (stranger, _incoming) = join(2, password, authority).await;
        for _ in 0..20 {
            assert!(!stranger.send(slot(1), Bytes::from_static(b"psst")), "{password} {authority}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

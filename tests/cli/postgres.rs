//! A PostgreSQL that is not there yet, that falls silent, or whose lock somebody holds.

use super::proxy::Proxy;
use super::{jiayi, log_in, said, status_of, terminate};
use diesel::connection::SimpleConnection;
use jiayi::db::connection::Address;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The server of the tests: where it listens, and the URL of a schema of the test's own by another address.
struct Postgres {
    server: String,
    url: String,
    schema: String,
}

impl Postgres {
    fn new(schema: &str) -> Self {
        let url = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL: run ./scripts/test");
        let mut server = Address::parse(&url).unwrap().connect().unwrap();
        server
            .batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"))
            .unwrap();
        let host = url.split(['@', '/']).nth(3).unwrap().to_owned();
        Self { server: host, url, schema: schema.to_owned() }
    }

    fn url_by(&self, address: &str) -> String {
        let url = self.url.replace(&self.server, address);
        format!("{url}?options=-csearch_path%3D{}", self.schema)
    }
}

/// Serves on this address, which it may not listen at yet.
fn serve(folder: &TempDir, url: &str, listen: &str) -> Child {
    let mut command = jiayi(folder.path());
    command.args(["serve", "--demo", "--listen", listen]).env("JIAYI_DATABASE_URL", url);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// An address where nobody listens.
fn free() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

pub async fn until_status(address: &str, path: &str, wanted: u16) {
    let came = async {
        // Who is accepted just as the server that waits for its database makes way may get no answer.
        let ask = || tokio::time::timeout(Duration::from_secs(5), status_of(address, path));
        while ask().await.ok() != Some(wanted) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    // Other tests migrate the same database meanwhile, one after the other.
    tokio::time::timeout(Duration::from_secs(90), came)
        .await
        .unwrap_or_else(|_| panic!("{path}: no {wanted}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_database_that_is_not_there_yet_is_waited_for() {
    let (folder, postgres) = (TempDir::new().unwrap(), Postgres::new("cli_late"));
    let (way, address) = (free(), free());
    let mut server = serve(&folder, &postgres.url_by(&way), &address);
    until_status(&address, "/healthz", 200).await;
    assert_eq!(status_of(&address, "/readyz").await, 503);
    let _proxy = Proxy::start(&way, postgres.server.clone()).await;
    until_status(&address, "/readyz", 200).await;
    assert!(log_in(&address, "resident1").await["token"].is_string());
    terminate(&server);
    assert!(server.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_server_whose_database_is_silent_is_not_ready_and_ends_in_time() {
    let (folder, postgres) = (TempDir::new().unwrap(), Postgres::new("cli_silent"));
    let (proxy, address) = (Proxy::start("127.0.0.1:0", postgres.server.clone()).await, free());
    let mut server = serve(&folder, &postgres.url_by(&proxy.address), &address);
    until_status(&address, "/readyz", 200).await;
    log_in(&address, "resident1").await;
    proxy.fall_silent();
    let stuck = tokio::spawn({
        let address = address.clone();
        async move { log_in(&address, "resident2").await }
    });
    until_status(&address, "/readyz", 503).await;
    let asked = Instant::now();
    terminate(&server);
    let status = tokio::task::spawn_blocking(move || server.wait().unwrap()).await.unwrap();
    assert!(status.success() && asked.elapsed() < Duration::from_secs(10), "{status}, {:?}", asked.elapsed());
    stuck.abort();
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn a_lock_that_somebody_left_is_named() {
    let (folder, postgres) = (TempDir::new().unwrap(), Postgres::new("cli_locked"));
    let mut holder = Address::parse(&postgres.url).unwrap().connect().unwrap();
    holder.batch_execute("SELECT pg_advisory_lock(6361)").unwrap();
    let mut command = jiayi(folder.path());
    let command = command.arg("migrate").env("JIAYI_DATABASE_URL", postgres.url_by(&postgres.server));
    let output = command.output().unwrap();
    holder.batch_execute("SELECT pg_advisory_unlock(6361)").unwrap();
    assert!(
        !output.status.success() && said(&output).1.contains("advisory lock 6361"),
        "{:?}",
        said(&output)
    );
}

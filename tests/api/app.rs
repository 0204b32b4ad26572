//! A server for one test: on a free port, with a store of its own, on the database that is asked for.

use crate::{across, described};
use jiayi::cli::demo;
use jiayi::cluster::carrier::Carrier;
use jiayi::config::Config;
use jiayi::server::{self, Running, Stop};
use serde_json::Value;
use std::net::{SocketAddr, TcpListener};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    /// The server named by `TEST_POSTGRES_URL`; each test gets a schema of its own.
    Postgres,
}

/// A running server with the demonstration data.
pub struct TestApp {
    pub address: SocketAddr,
    pub app: jiayi::app::App,
    pub socketio: jiayi::transport::host::Hosted,
    /// The node that holds the connections, where there are two.
    pub other: Option<Box<TestApp>>,
    stop: Stop,
    _folder: TempDir,
}

/// Writes a test once and runs it on both databases, with the default settings or those that a
/// function makes: `async fn name(app: TestApp with settle)`.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$about:meta])* async fn $name:ident($app:ident: TestApp $(with $settle:path)?) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn check($app: $crate::app::TestApp) $body

            /// The settings that the test wants.
            fn settle(_config: &mut jiayi::config::Config) {
                $($settle(_config);)?
            }

            #[actix_web::test]
            async fn on_sqlite() {
                check($crate::app::TestApp::start_with($crate::app::Database::Sqlite, settle).await).await;
            }

            #[actix_web::test]
            #[ignore = "needs PostgreSQL: run ./scripts/test"]
            async fn on_postgres() {
                if !$crate::across::leaves_out(module_path!()) {
                    check($crate::app::TestApp::start_with($crate::app::Database::Postgres, settle).await).await;
                }
            }
        }
    )+};
}

/// Two tests of what a function does with a database: `async fn name(database) { … }`; or, without anything, of what
/// `run` does where it stands.
#[macro_export]
macro_rules! run_on_both {
    () => {
        #[actix_web::test]
        async fn on_sqlite() {
            run($crate::app::Database::Sqlite).await;
        }

        #[actix_web::test]
        #[ignore = "needs PostgreSQL: run ./scripts/test"]
        async fn on_postgres() {
            run($crate::app::Database::Postgres).await;
        }
    };
    ($($(#[$about:meta])* async fn $name:ident($database:ident) $body:block)+) => {$(
        $(#[$about])*
        mod $name {
            use super::*;

            async fn run($database: $crate::app::Database) $body

            $crate::run_on_both!();
        }
    )+};
}

impl TestApp {
    /// A server with the demonstration data.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// The same with other settings; two nodes where that is wanted (`across`).
    pub async fn start_with(database: Database, settle: impl FnOnce(&mut Config)) -> Self {
        let (config, folder) = settings(database, settle);
        let Some(carrier) = across::carrier(&config) else { return Self::run(config, folder, None).await };
        let mut one = Self::run(config.clone(), folder, Some(carrier.clone())).await;
        one.join(Self::run(config, TempDir::new().unwrap(), Some(carrier)).await).await;
        one
    }

    /// The same as a node among those that have this bus, or as the settings say.
    pub async fn start_on(
        database: Database,
        settle: impl FnOnce(&mut Config),
        carrier: Option<Carrier>,
    ) -> Self {
        let (config, folder) = settings(database, settle);
        Self::run(config, folder, carrier).await
    }

    async fn run(config: Config, folder: TempDir, carrier: Option<Carrier>) -> Self {
        choose_tls();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let running = match carrier {
            Some(carrier) => server::start_on(config, listener, Some(carrier)),
            None => server::start(config, listener),
        };
        let Running { address, app, server, socketio, stop } = running.unwrap();
        actix_web::rt::spawn(server);
        demo::fill(&app).await.unwrap();
        Self { address, app, socketio, other: None, stop, _folder: folder }
    }

    /// Ends the server as SIGTERM does.
    pub async fn stop(&self) {
        if let Some(other) = &self.other {
            other.stop.stop().await;
        }
        self.stop.stop().await;
    }

    /// Where connections go.
    pub fn held_at(&self) -> &TestApp {
        self.other.as_deref().unwrap_or(self)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn ws_url(&self) -> String {
        format!("ws://{}/ws", self.held_at().address)
    }

    /// A request without a token.
    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(reqwest::Client::new().post(self.url(path)).json(&body)).await
    }
}

/// The settings of a server with a store of its own, and the folder that goes with it.
fn settings(database: Database, settle: impl FnOnce(&mut Config)) -> (Config, TempDir) {
    let folder = TempDir::new().unwrap();
    let database_url = match database {
        Database::Sqlite => format!("sqlite://{}", folder.path().join("jiayi.db").display()),
        Database::Postgres => postgres_schema(),
    };
    // Who is told that somebody is there has tests of its own; others wait for other words.
    let files_folder = folder.path().join("files");
    let mut config = Config { database_url, files_folder, workers: 1, presence: false, ..Config::default() };
    // A test may say in a second what nobody says in an hour.
    config.budgets.enabled = false;
    settle(&mut config);
    (config, folder)
}

/// Tells rustls whose cryptography the tests' HTTP clients use; they do not start without.
pub fn choose_tls() {
    // Another test of this process may have chosen it before.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
}

/// The status of an answer and its JSON, null where it has none; it is as it is described.
pub async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let response = client.execute(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.json().await.unwrap_or_default();
    described::check_answer(method.as_str(), &path, status, &body);
    (status, body)
}

/// The status and the code of a refusal.
pub fn verdict(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

/// The URL of a new schema on the test server.
pub fn postgres_schema() -> String {
    use diesel::connection::SimpleConnection;
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let url = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL: run ./scripts/test");
    let schema = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let server = jiayi::db::connection::Address::parse(&url).unwrap();
    server.connect().unwrap().batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-csearch_path%3D{schema}")
}

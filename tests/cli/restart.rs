//! A PostgreSQL that goes away and comes back, and a way to it that swallows what is said: the server finds it again.

use super::own_postgres::OwnPostgres;
use super::postgres::until_status;
use super::proxy::Proxy;
use super::{log_in, serve_with, terminate};
use futures_util::future::join_all;
use std::time::{Duration, Instant};
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_database_that_was_killed_is_found_again() {
    let (folder, postgres) = (TempDir::new().unwrap(), OwnPostgres::start());
    let url = postgres.url("127.0.0.1");
    let (mut server, address, log) = serve_with(folder.path(), &[("JIAYI_DATABASE_URL", url.as_str())]);
    std::thread::spawn(move || log.for_each(drop));
    for _ in 0..2 {
        join_all((0..12).map(|_| log_in(&address, "resident1"))).await;
        postgres.kill();
        let asked = Instant::now();
        assert_eq!(log_in(&address, "resident1").await["code"], "FA_OVERLOAD");
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        until_status(&address, "/readyz", 503).await;
        postgres.run();
        until_status(&address, "/readyz", 200).await;
        for answer in join_all((0..12).map(|_| log_in(&address, "resident1"))).await {
            assert!(answer["token"].is_string(), "{answer}");
        }
    }
    terminate(&server);
    assert!(server.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn connections_that_swallow_what_is_said_are_given_up() {
    let (folder, postgres) = (TempDir::new().unwrap(), OwnPostgres::start());
    let proxy = Proxy::start("127.0.0.1:0", format!("127.0.0.1:{}", postgres.port)).await;
    let url = format!("postgres://postgres@{}/postgres", proxy.address);
    let settings = [
        ("JIAYI_DATABASE_URL", url.as_str()),
        ("JIAYI_DATABASE__STATEMENT_TIMEOUT_SECONDS", "2"),
        ("JIAYI_DATABASE__LOCK_TIMEOUT_SECONDS", "1"),
    ];
    let (mut server, address, log) = serve_with(folder.path(), &settings);
    std::thread::spawn(move || log.for_each(drop));
    join_all((0..12).map(|_| log_in(&address, "resident1"))).await;
    proxy.swallow_what_is_open();
    let (asked, answers) = (Instant::now(), join_all((0..12).map(|_| log_in(&address, "resident1"))).await);
    assert!(asked.elapsed() < Duration::from_secs(15), "everybody is answered: {:?}", asked.elapsed());
    assert!(answers.iter().any(|answer| answer["code"] == "FA_OVERLOAD"), "{answers:?}");
    until_status(&address, "/readyz", 200).await;
    for answer in join_all((0..12).map(|_| log_in(&address, "resident1"))).await {
        assert!(answer["token"].is_string(), "{answer}");
    }
    terminate(&server);
    assert!(server.wait().unwrap().success());
}

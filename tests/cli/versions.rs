//! Databases of other versions, and two who migrate at once.

use super::{jiayi, said, serve, status_of};
use diesel::connection::SimpleConnection;
use std::path::Path;
use tempfile::TempDir;

/// Makes the database look as if a later version had migrated it.
fn make_newer(folder: &Path) {
    let url = format!("sqlite://{}", folder.join("jiayi.db").display());
    let mut store = jiayi::db::connection::Address::parse(&url).unwrap().connect().unwrap();
    let newer = "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('9999', '2030-01-01')";
    store.batch_execute(newer).unwrap();
}

#[test]
fn two_who_migrate_a_new_database_at_once_both_succeed() {
    for _ in 0..20 {
        let folder = TempDir::new().unwrap();
        let both = [(); 2].map(|()| jiayi(folder.path()).arg("migrate").spawn().unwrap());
        for one in both {
            let output = one.wait_with_output().unwrap();
            assert!(output.status.success(), "{:?}", said(&output));
        }
    }
}

#[test]
fn a_newer_database_is_refused_with_words() {
    let folder = TempDir::new().unwrap();
    assert!(jiayi(folder.path()).arg("migrate").output().unwrap().status.success());
    make_newer(folder.path());
    for command in ["check", "migrate", "serve"] {
        let output = jiayi(folder.path()).arg(command).env("JIAYI_LISTEN", "127.0.0.1:0").output().unwrap();
        let (out, err) = said(&output);
        assert!(!output.status.success(), "{command}");
        assert!((out + &err).contains("a newer version of jiayi"), "{command}: {err}");
    }
}

#[tokio::test]
async fn a_server_whose_database_becomes_newer_is_not_ready() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = serve(folder.path());
    assert_eq!(status_of(&address, "/readyz").await, 200);
    make_newer(folder.path());
    let newer = async {
        while status_of(&address, "/readyz").await != 503 {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), newer).await.expect("it stays ready");
    server.kill().unwrap();
    server.wait().unwrap();
}

//! A PgBouncer in transaction mode before the database: it is refused until the settings name it, and then it does.

use super::own_postgres::Pooler;
use super::{jiayi, log_in, said, serve_with, status_of, terminate};
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use jiayi::db::connection::Address;
use serde_json::json;
use std::process::Output;
use tempfile::TempDir;

/// A database of this name on the server of the tests, and a pooler before it.
fn pooled(name: &str) -> Option<(Pooler, String)> {
    let url = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL: run ./scripts/test");
    let mut server = Address::parse(&url).unwrap().connect().unwrap();
    server.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
    server.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let pooler = Pooler::start(url.split(['@', '/']).nth(3).unwrap(), name)?;
    let url = format!("postgres://postgres@127.0.0.1:{}/{name}", pooler.port);
    Some((pooler, url))
}

fn ran(folder: &TempDir, url: &str, pooler: &str, command: &str) -> Output {
    let mut program = jiayi(folder.path());
    program.arg(command).env("JIAYI_DATABASE_URL", url).env("JIAYI_DATABASE__POOLER", pooler);
    program.env("JIAYI_LISTEN", "127.0.0.1:0").output().unwrap()
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn a_pooler_that_the_settings_do_not_name_is_refused() {
    let (folder, Some((_pooler, url))) = (TempDir::new().unwrap(), pooled("cli_unnamed_pooler")) else {
        return;
    };
    for command in ["migrate", "serve", "check"] {
        let output = ran(&folder, &url, "none", command);
        let (findings, why) = said(&output);
        assert!(!output.status.success() && (findings + &why).contains("set database.pooler"), "{command}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_server_behind_a_pooler_does_all_that_it_does() {
    let (folder, Some((_pooler, url))) = (TempDir::new().unwrap(), pooled("cli_pooler")) else { return };
    let settings = [("JIAYI_DATABASE_URL", url.as_str()), ("JIAYI_DATABASE__POOLER", "transaction")];
    let (mut server, address, log) = serve_with(folder.path(), &settings);
    std::thread::spawn(move || log.for_each(drop));
    assert_eq!(status_of(&address, "/readyz").await, 200);
    let (resident, doctor) = (log_in(&address, "resident1").await, log_in(&address, "doctor1").await);
    let client = reqwest::Client::new();
    let send = |number: usize| {
        let body = json!({ "touid": doctor["uid"], "body": "头疼", "clientid": number.to_string() });
        let request = client.post(format!("http://{address}/user/alonechat/send"));
        request.bearer_auth(resident["token"].as_str().unwrap()).json(&body).send()
    };
    let read = || {
        let request = client.get(format!("http://{address}/doctor/message/list"));
        request.bearer_auth(doctor["token"].as_str().unwrap()).send()
    };
    for round in 0..5 {
        let sent = join_all((0..20).map(|number| send(20 * round + number))).await;
        let lists = join_all((0..20).map(|_| read())).await;
        for answer in sent.into_iter().chain(lists) {
            let answer = answer.unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{}", answer.text().await.unwrap());
        }
    }
    terminate(&server);
    assert!(server.wait().unwrap().success());
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn a_role_without_time_limits_behind_a_pooler_is_named() {
    let (folder, Some((pooler, url))) = (TempDir::new().unwrap(), pooled("cli_pooler_limits")) else {
        return;
    };
    assert!(ran(&folder, &url, "transaction", "migrate").status.success());
    let findings = said(&ran(&folder, &url, "transaction", "check")).0;
    let named = "no idle_in_transaction_session_timeout, no lock_timeout, no statement_timeout";
    assert!(findings.contains("warn  database: ") && findings.contains(named), "{findings}");
    drop(pooler);
    let server = std::env::var("TEST_POSTGRES_URL").unwrap();
    let mut server = Address::parse(&server).unwrap().connect().unwrap();
    for limit in ["idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout"] {
        server.batch_execute(&format!("ALTER DATABASE cli_pooler_limits SET {limit} = '9s'")).unwrap();
    }
    let direct = std::env::var("TEST_POSTGRES_URL").unwrap();
    let direct = direct.replace("/postgres", "/cli_pooler_limits");
    let direct = direct.replacen("//cli_pooler_limits", "//postgres", 1);
    let findings = said(&ran(&folder, &direct, "transaction", "check")).0;
    assert!(findings.contains("ok    database: it answers"), "{findings}");
}

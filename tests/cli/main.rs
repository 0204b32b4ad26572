//! The program as it is run: its commands, its settings, and how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod backup;
mod backup_under_load;
mod operator;
mod own_postgres;
mod pooler;
mod postgres;
mod private;
mod proxy;
mod restart;
mod search;
mod strangers;
mod systemd;
mod tls;
mod upgrade;
mod versions;

use diesel::connection::SimpleConnection;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;

/// The program with a database of its own and no settings from around the test.
fn jiayi(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jiayi"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("JIAYI_")) {
        command.env_remove(name);
    }
    command.env("JIAYI_DATABASE_URL", format!("sqlite://{}", folder.join("jiayi.db").display()));
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Makes an administrator, saying the password on standard input.
fn create_admin(folder: &Path, password: &str) -> Output {
    administer(folder, "create", "chief", password)
}

fn administer(folder: &Path, what: &str, account: &str, password: &str) -> Output {
    let mut command = jiayi(folder);
    let mut child =
        command.args(["admin", what, "--account", account]).stdin(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    child.wait_with_output().unwrap()
}

/// Starts serving on a free port; returns the process and where it listens.
fn serve(folder: &Path) -> (Child, String) {
    let (child, address, log) = serve_with(folder, &[]);
    // The log is read on, so that the program never waits for its reader.
    std::thread::spawn(move || log.for_each(drop));
    (child, address)
}

/// The same with these settings; returns what is logged from then on, too.
fn serve_with(
    folder: &Path,
    settings: &[(&str, &str)],
) -> (Child, String, impl Iterator<Item = String> + use<>) {
    let arguments = ["serve", "--demo", "--listen", "127.0.0.1:0"];
    let mut command = jiayi(folder);
    let mut child =
        command.envs(settings.iter().copied()).args(arguments).stdout(Stdio::null()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = log.find_map(|line| {
        let address = line.split_once("listening on http://")?.1;
        Some(address.split(['"', ' ']).next().unwrap().to_owned())
    });
    (child, address.expect("the server ended before it listened"), log)
}

/// What is logged of one request in a format: the lines that bear its id, and those that come before.
async fn logged(format: &str, id: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let settings = [("JIAYI_LOG", "warn,jiayi=info,jiayi::access=debug"), ("JIAYI_LOG_FORMAT", format)];
    let (mut server, address, mut log) = serve_with(folder.path(), &settings);
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let request = reqwest::Client::new().get(format!("http://{address}/user/me?token=secret"));
    let answer = request.header("x-request-id", id).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["x-request-id"].to_str().unwrap()), (401, id));
    let mut lines = Vec::new();
    while !lines.last().is_some_and(|line: &String| line.contains(id)) {
        lines.push(log.next().expect("the request is logged"));
    }
    server.kill().unwrap();
    server.wait().unwrap();
    lines
}

#[tokio::test]
async fn a_line_of_json_is_an_object_with_the_id_of_its_request() {
    let lines = logged("json", "proxy-7.a_B").await;
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).expect(line)).collect();
    for line in &lines {
        for field in ["ts", "level", "target", "msg"] {
            assert!(line[field].is_string(), "{field} in {line}");
        }
    }
    let line = lines.last().unwrap();
    assert_eq!((&line["req"], &line["level"]), (&json!("proxy-7.a_B"), &json!("DEBUG")));
    assert_eq!(
        (&line["method"], &line["route"], &line["status"]),
        (&json!("GET"), &json!("/user/me"), &json!(401))
    );
}

#[tokio::test]
async fn a_plain_line_bears_the_id_of_its_request() {
    let lines = logged("plain", "proxy-7.a_B").await;
    let line = lines.last().unwrap();
    assert!(line.contains(" DEBUG jiayi::access] answered"), "{line}");
    assert!(
        line.contains("req=proxy-7.a_B") && line.contains("route=/user/me") && !line.contains("secret"),
        "{line}"
    );
}

#[tokio::test]
async fn what_fails_inside_is_logged_with_its_request_and_not_told() {
    let folder = TempDir::new().unwrap();
    let (mut server, address, mut log) = serve_with(folder.path(), &[("JIAYI_LOG_FORMAT", "json")]);
    let store = format!("sqlite://{}", folder.path().join("jiayi.db").display());
    let mut store = jiayi::db::connection::Address::parse(&store).unwrap().connect().unwrap();
    store.batch_execute("ALTER TABLE account RENAME TO elsewhere").unwrap();
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let credentials = json!({ "account": "resident1", "password": "jiayi-demo" });
    let login =
        reqwest::Client::new().post(format!("http://{address}/user/login?source=phone")).json(&credentials);
    let answer = login.send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.status().as_u16(), 500);
    assert!(!answer.text().await.unwrap().contains("account"));
    let line = log.find(|line| line.contains("a request failed")).unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&line["level"], &line["req"]), (&json!("ERROR"), &json!(id)));
    let text = line["msg"].as_str().unwrap();
    assert!(
        text.contains("a request failed: POST /user/login: ") && text.contains("no such table"),
        "{line}"
    );
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
fn migrate_makes_the_tables_once() {
    let folder = TempDir::new().unwrap();
    let first = jiayi(folder.path()).arg("migrate").output().unwrap();
    assert!(first.status.success() && said(&first).0.contains("ran migration"), "{:?}", said(&first));
    let second = jiayi(folder.path()).arg("migrate").output().unwrap();
    assert!(second.status.success() && said(&second).0.contains("nothing to do"), "{:?}", said(&second));
}

#[test]
fn an_administrator_is_made_once_and_with_a_password_that_is_long_enough() {
    let folder = TempDir::new().unwrap();
    assert!(jiayi(folder.path()).arg("migrate").output().unwrap().status.success());
    let short = create_admin(folder.path(), "short");
    assert!(!short.status.success() && said(&short).1.contains("8 to 128"), "{:?}", said(&short));
    let made = create_admin(folder.path(), "correct horse");
    assert!(made.status.success() && said(&made).0.contains("made administrator"), "{:?}", said(&made));
    let again = create_admin(folder.path(), "correct horse");
    assert!(!again.status.success() && said(&again).1.contains("taken"), "{:?}", said(&again));
    assert!(!said(&made).0.contains("correct horse") && !said(&made).1.contains("correct horse"));
}

#[tokio::test]
async fn an_administrator_who_lost_the_password_gets_another_while_the_server_runs() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = serve(folder.path());
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let log_in = async |password: &str| {
        let body = json!({ "account": "admin", "password": password });
        let request = reqwest::Client::new().post(format!("http://{address}/admin/login")).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(log_in("jiayi-demo").await, 200);
    let unknown = administer(folder.path(), "passwd", "nobody", "correct horse");
    assert!(!unknown.status.success() && said(&unknown).1.contains("administrator"), "{:?}", said(&unknown));
    let set = administer(folder.path(), "passwd", "admin", "correct horse");
    assert!(set.status.success(), "{:?}", said(&set));
    assert_eq!((log_in("jiayi-demo").await, log_in("correct horse").await), (401, 200));
    terminate(&server);
    server.wait().unwrap();
}

#[test]
fn health_tells_a_server_that_answers_from_one_that_does_not() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = serve(folder.path());
    let health = |listen: &str| jiayi(folder.path()).args(["health", "--listen", listen]).output().unwrap();
    assert!(health(&address).status.success());
    let everywhere = address.replace("127.0.0.1", "0.0.0.0");
    assert!(health(&everywhere).status.success(), "who listens everywhere is asked here");
    terminate(&server);
    server.wait().unwrap();
    let gone = health(&address);
    assert!(!gone.status.success() && said(&gone).1.contains(&address), "{:?}", said(&gone));
}

#[test]
fn check_says_what_is_amiss_around_the_server() {
    let folder = TempDir::new().unwrap();
    let check = |settings: &[(&str, &str)]| {
        let mut command = jiayi(folder.path());
        let output =
            command.arg("check").env("JIAYI_LISTEN", "127.0.0.1:0").envs(settings.iter().copied()).output();
        said(&output.unwrap()).0
    };
    let findings = check(&[]);
    assert!(
        findings.contains("warn  trusted_proxies") && findings.contains("warn  backup_folder: none"),
        "{findings}"
    );
    assert!(findings.contains("database: ") && findings.contains("  clock: "), "{findings}");
    let backups = [("JIAYI_BACKUP_FOLDER", "backups"), ("JIAYI_TRUSTED_PROXIES", "127.0.0.1")];
    let findings = check(&backups);
    assert!(
        findings.contains("there is no backup yet") && findings.contains("ok    trusted_proxies"),
        "{findings}"
    );
    assert!(jiayi(folder.path()).arg("migrate").output().unwrap().status.success());
    let made = jiayi(folder.path()).args(["backup", "create"]).envs(backups).output().unwrap();
    assert!(made.status.success(), "{:?}", said(&made));
    let findings = check(&backups);
    assert!(findings.contains("ok    backup_folder: there is a backup of the last day"), "{findings}");
    let old = std::fs::File::open(
        folder.path().join("backups").join(list(&folder.path().join("backups"))[0].clone()),
    )
    .unwrap();
    old.set_modified(std::time::SystemTime::now() - Duration::from_secs(3 * 86_400)).unwrap();
    assert!(check(&backups).contains("the newest backup is 72 hours old"));
    let far = check(&[("JIAYI_DATABASE_URL", "postgres://jiayi@192.0.2.1:1/jiayi?connect_timeout=1")]);
    assert!(far.contains("sslmode=verify-full"), "{far}");
}

#[test]
fn a_setting_that_is_unknown_stops_the_start_with_its_name() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("jiayi.toml"), "prot = 8080\n").unwrap();
    let by_file = jiayi(folder.path()).args(["check", "--config", "jiayi.toml"]).output().unwrap();
    let wanted = "jiayi: settings: prot in jiayi.toml: there is no such setting";
    assert!(!by_file.status.success() && said(&by_file).1.contains(wanted), "{:?}", said(&by_file));
    let by_environment = jiayi(folder.path()).env("JIAYI_PROT", "8080").arg("serve").output().unwrap();
    let text = said(&by_environment).1;
    let wanted = "jiayi: settings: JIAYI_PROT: there is no such setting";
    assert!(!by_environment.status.success() && text.contains(wanted), "{text}");
}

#[test]
fn the_demonstration_keeps_to_loopback() {
    let folder = TempDir::new().unwrap();
    let refused = jiayi(folder.path()).args(["serve", "--demo", "--listen", "0.0.0.0:0"]).output().unwrap();
    assert!(!refused.status.success() && said(&refused).1.contains("loopback"), "{:?}", said(&refused));
    assert!(!folder.path().join("jiayi.db").exists(), "and touches nothing");
}

#[test]
fn check_names_what_stands_in_the_way() {
    let folder = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let failing = jiayi(folder.path()).arg("check").env("JIAYI_LISTEN", &listen).output().unwrap();
    let findings = said(&failing).0;
    assert!(!failing.status.success() && findings.contains(&format!("FAIL  listen: {listen}")), "{findings}");
    assert!(findings.contains("ok    database"), "{findings}");
    let (mut server, address) = serve(folder.path());
    let serving = jiayi(folder.path()).arg("check").env("JIAYI_LISTEN", &address).output().unwrap();
    let findings = said(&serving).0;
    assert!(serving.status.success() && findings.contains("ok    listen: the server answers"), "{findings}");
    terminate(&server);
    assert!(server.wait().unwrap().success());
    let fine = jiayi(folder.path()).arg("check").env("JIAYI_LISTEN", "127.0.0.1:0").output().unwrap();
    assert!(fine.status.success(), "{:?}", said(&fine));
    let open = jiayi(folder.path()).arg("check").env("JIAYI_LISTEN", "0.0.0.0:0").output().unwrap();
    assert!(open.status.success() && said(&open).0.contains("warn  secure_cookies"), "{:?}", said(&open));
}

/// Sends SIGTERM.
fn terminate(server: &Child) {
    send_signal(server, libc::SIGTERM);
}

#[allow(unsafe_code)] // There is no other way to send a signal.
fn send_signal(server: &Child, signal: libc::c_int) {
    // SAFETY: the process is our child, which nobody has waited for yet.
    assert_eq!(unsafe { libc::kill(server.id() as libc::pid_t, signal) }, 0);
}

/// Logs a person of the demonstration in.
async fn log_in(address: &str, account: &str) -> Value {
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let role = if account.starts_with("doctor") { "doctor" } else { "user" };
    let credentials = json!({ "account": account, "password": "jiayi-demo" });
    let login = reqwest::Client::new().post(format!("http://{address}/{role}/login")).json(&credentials);
    login.send().await.unwrap().json().await.unwrap()
}

/// The status of a GET without a token, whatever its body is.
async fn status_of(address: &str, path: &str) -> u16 {
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    client.get(format!("http://{address}{path}")).send().await.map_or(0, |answer| answer.status().as_u16())
}

#[tokio::test]
async fn sigterm_takes_leave_of_the_connected_and_ends_well() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = serve(folder.path());
    let login = log_in(&address, "resident1").await;
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/ws")).await.unwrap();
    let data = json!({ "type": "user", "uid": login["uid"], "deviceid": "phone", "token": login["token"] });
    let register = json!({ "type": "C2S_REGISTER_REQ", "data": data }).to_string();
    socket.send(Message::text(register)).await.unwrap();
    assert!(socket.next().await.unwrap().unwrap().to_text().unwrap().contains("S2C_REGISTER_RES"));

    let asked = Instant::now();
    terminate(&server);
    match socket.next().await.unwrap().unwrap() {
        Message::Close(Some(frame)) => assert_eq!(u16::from(frame.code), 4010, "{frame:?}"),
        other => panic!("{other:?} instead of a close"),
    }
    drop(socket);
    let status = tokio::task::spawn_blocking(move || server.wait().unwrap()).await.unwrap();
    assert!(status.success(), "{status}");
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert_eq!(list(folder.path()), ["jiayi.db", "jiayi.db-lock"], "one whole file, and the lock");
}

/// What lies in a folder.
fn list(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

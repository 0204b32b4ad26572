//! What an operator gets wrong, and what others on the machine see: secrets in words of refusal, two servers on one file, sockets
//! that were handed over, what is read without an end.

use super::systemd::started_by;
use super::{jiayi, list, said, serve, serve_with, terminate};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a command says that is refused, which it is soon.
fn refused(command: &mut Command) -> String {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (success, said) = ended(child);
    assert!(!success, "{said}");
    said
}

/// Whether a process ended well, and what it said; one that goes on is killed.
fn ended(mut child: Child) -> (bool, String) {
    let until = Instant::now() + Duration::from_secs(15);
    while child.try_wait().unwrap().is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    let goes_on = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    let said = said(&output).0 + &said(&output).1;
    assert!(!goes_on, "it goes on: {said}");
    (output.status.success(), said)
}

#[test]
fn a_url_that_is_malformed_is_refused_at_once_and_not_repeated() {
    let folder = TempDir::new().unwrap();
    for url in [
        "postgres://jiayi:north@wind@127.0.0.1:1/jiayi",
        "postgres://jiayi:north/wind@127.0.0.1:1/jiayi",
        "postgres://jiayi:north%zzwind@127.0.0.1:1/jiayi",
        "postgres://jiayi@127.0.0.1:1/jiayi?passwort=northwind",
        "postgres://jiayi@127.0.0.1:1/jiayi?password=north&wind",
        "postgres://jiayi@127.0.0.1:1/jiayi?password=north=wind",
        "postgres://jiayi@127.0.0.1:north/jiayi?password=wind",
    ] {
        for name in ["serve", "migrate"] {
            let mut command = jiayi(folder.path());
            let said =
                refused(command.arg(name).env("JIAYI_DATABASE_URL", url).env("JIAYI_LISTEN", "127.0.0.1:0"));
            assert!(said.contains("database_url"), "{name} with {url}: {said}");
            assert!(!said.contains("north") && !said.contains("wind"), "{name} with {url}: {said}");
        }
    }
}

#[test]
fn a_file_of_settings_that_is_no_toml_is_not_repeated() {
    let folder = TempDir::new().unwrap();
    for text in [
        "metrics_token = northwind\n",
        "log = \"warn\"\nmetrics_token = \"northwind\n",
        "northwind\n",
        "trusted_proxies = \"northwind\"",
        "secrets_file = [\"northwind\"]",
        "connections = \"northwind\"",
        "[database]\npooler = \"northwind\"",
    ] {
        std::fs::write(folder.path().join("jiayi.toml"), text).unwrap();
        let said = refused(jiayi(folder.path()).args(["check", "--config", "jiayi.toml"]));
        assert!(said.contains("jiayi.toml") && !said.contains("northwind"), "{text}: {said}");
    }
    std::fs::write(folder.path().join("jiayi.toml"), "log = \"warn\"\nmetrics_token = northwind\n").unwrap();
    let said = refused(jiayi(folder.path()).args(["check", "--config", "jiayi.toml"]));
    assert!(said.contains("line 2"), "{said}");
}

#[test]
fn a_second_server_on_one_file_is_refused_and_commands_are_not() {
    let folder = TempDir::new().unwrap();
    let (mut server, _) = serve(folder.path());
    let said = refused(jiayi(folder.path()).args(["serve", "--listen", "127.0.0.1:0"]));
    assert!(said.contains("another server") && said.contains("jiayi.db"), "{said}");
    // By whatever name.
    std::os::unix::fs::symlink(folder.path().join("jiayi.db"), folder.path().join("other.db")).unwrap();
    let other = format!("sqlite://{}", folder.path().join("other.db").display());
    let mut command = jiayi(folder.path());
    let said = refused(command.args(["serve", "--listen", "127.0.0.1:0"]).env("JIAYI_DATABASE_URL", other));
    assert!(said.contains("another server"), "{said}");
    // The database itself is for SQLite's locks alone, and what is beside it for its owner.
    File::open(folder.path().join("jiayi.db")).unwrap().try_lock().unwrap();
    let lock = std::fs::metadata(folder.path().join("jiayi.db-lock")).unwrap();
    assert_eq!((lock.len(), lock.permissions().mode() & 0o777), (0, 0o600));
    for command in
        [vec!["stats"], vec!["migrate"], vec!["backup", "create", "monday"], vec!["search", "rebuild"]]
    {
        let output = jiayi(folder.path()).args(&command).output().unwrap();
        assert!(output.status.success(), "{command:?}: {:?}", super::said(&output));
    }
    server.kill().unwrap();
    server.wait().unwrap();
    let (mut server, _) = serve(folder.path());
    terminate(&server);
    assert!(server.wait().unwrap().success());
}

#[test]
fn more_threads_than_there_can_be_are_refused() {
    let folder = TempDir::new().unwrap();
    let mut command = jiayi(folder.path());
    let said = refused(command.arg("serve").env("JIAYI_WORKERS", "513").env("JIAYI_LISTEN", "127.0.0.1:0"));
    assert!(said.contains("JIAYI_WORKERS: must be at most 512"), "{said}");
}

#[test]
fn a_password_that_never_ends_is_refused() {
    let folder = TempDir::new().unwrap();
    assert!(jiayi(folder.path()).arg("migrate").output().unwrap().status.success());
    let mut command = Command::new("sh");
    // What it may take of memory is bounded, so that a machine that runs the test does not suffer.
    command.args(["-c", r#"ulimit -v 4000000; exec "$0" admin create --account chief </dev/zero"#]);
    command.arg(env!("CARGO_BIN_EXE_jiayi")).current_dir(folder.path());
    command.env("JIAYI_DATABASE_URL", format!("sqlite://{}", folder.path().join("jiayi.db").display()));
    let said = refused(&mut command);
    assert!(said.contains("8 to 128"), "{said}");
}

#[test]
fn of_two_sockets_none_is_left_unserved() {
    let folder = TempDir::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = started_by(folder.path(), &listener, 2);
    let said = refused(command.stderr(Stdio::piped()));
    assert!(said.contains("2 sockets") && said.contains("ListenStream"), "{said}");
}

#[test]
fn a_socket_that_is_not_the_setting_is_pointed_out() {
    let folder = TempDir::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let log = File::create(folder.path().join("log")).unwrap();
    let mut server = started_by(folder.path(), &listener, 1).stderr(log).spawn().unwrap();
    let address = listener.local_addr().unwrap();
    wait_for(&folder, &format!("listening on http://{address}"));
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(
        log.contains(&format!(
            "listens on {address}, the socket that was handed over, and not on 127.0.0.1:1"
        )),
        "{log}"
    );
    assert!(log.contains("no file is read, as --config names none"), "{log}");
    terminate(&server);
    server.wait().unwrap();
}

/// Waits until the log has these words.
fn wait_for(folder: &TempDir, words: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    while !std::fs::read_to_string(folder.path().join("log")).unwrap().contains(words) {
        assert!(Instant::now() < until, "{words} is not logged");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn it_is_said_which_file_of_settings_is_read() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("jiayi.toml"), "log = \"jiayi=info\"\nlisten = \"127.0.0.1:0\"\n")
        .unwrap();
    let check = |arguments: &[&str]| {
        let output =
            jiayi(folder.path()).arg("check").args(arguments).env("JIAYI_LISTEN", "127.0.0.1:0").output();
        said(&output.unwrap()).0
    };
    let file = folder.path().join("jiayi.toml");
    assert!(check(&["--config", "jiayi.toml"]).contains(&format!("ok    settings: of {}", file.display())));
    assert!(check(&[]).contains("ok    settings: by default and environment: no file is read"));
    let log = File::create(folder.path().join("log")).unwrap();
    let mut command = jiayi(folder.path());
    let mut server = command.args(["serve", "--config", "jiayi.toml"]).stderr(log).spawn().unwrap();
    wait_for(&folder, &format!("settings of {}", file.display()));
    wait_for(&folder, "listening on");
    terminate(&server);
    server.wait().unwrap();
}

#[test]
fn a_service_manager_that_is_gone_is_missed_once() {
    let folder = TempDir::new().unwrap();
    let log = File::create(folder.path().join("log")).unwrap();
    let mut command = jiayi(folder.path());
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("NOTIFY_SOCKET", folder.path().join("gone"));
    let mut server = command.stderr(log).spawn().unwrap();
    wait_for(&folder, "listening on");
    // It is told something when it waits for its database, when it serves, and when it ends.
    terminate(&server);
    server.wait().unwrap();
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(log.matches("is not told").count(), 1, "{log}");
}

#[tokio::test]
async fn how_old_the_newest_backup_is_can_be_watched() {
    let folder = TempDir::new().unwrap();
    let backups = folder.path().join("backups");
    let settings = [("JIAYI_BACKUP_FOLDER", backups.to_str().unwrap())];
    let (mut server, address, log) = serve_with(folder.path(), &settings);
    std::thread::spawn(move || log.for_each(drop));
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let figure = async |name: &str| {
        let text = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
        value.map(|value| value / 3600)
    };
    let (count, age) = ("jiayi_backups ", "jiayi_backup_age_seconds ");
    assert_eq!((figure(count).await, figure(age).await), (Some(0), None));
    let made = jiayi(folder.path()).args(["backup", "create"]).envs(settings).output().unwrap();
    assert!(made.status.success(), "{:?}", said(&made));
    assert_eq!(figure(age).await, Some(0));
    let newest = File::open(backups.join(&list(&backups)[0])).unwrap();
    newest.set_modified(std::time::SystemTime::now() - Duration::from_secs(3 * 86_400)).unwrap();
    assert_eq!(figure(age).await, Some(72));
    terminate(&server);
    server.wait().unwrap();
}

/// A proxy that passes nothing on: it says that all is well, and answers everything else like this; returns where.
fn answer_all(status: &'static str, tls: Option<Arc<ServerConfig>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            // Who does not trust the certificate goes.
            let _answered = match &tls {
                None => answer(socket, status),
                Some(tls) => {
                    answer(StreamOwned::new(ServerConnection::new(tls.clone()).unwrap(), socket), status)
                }
            };
        }
    });
    address
}

fn answer(mut socket: impl Read + Write, status: &str) -> std::io::Result<()> {
    let mut request = [0; 4096];
    let count = socket.read(&mut request)?;
    let status = if request[..count].starts_with(b"GET /healthz") { "200 OK" } else { status };
    write!(socket, "HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}")?;
    socket.flush()
}

/// What speaks TLS by the certificate of `localhost` in a folder.
fn tls(folder: &Path) -> Arc<ServerConfig> {
    let certificate = CertificateDer::from_pem_file(folder.join("doctor.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("doctor.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(versions.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

#[test]
fn check_asks_by_the_way_that_people_take() {
    let folder = TempDir::new().unwrap();
    let (mut server, address) = serve(folder.path());
    let check = |url: &str| {
        let mut command = jiayi(folder.path());
        command.env("JIAYI_LISTEN", "127.0.0.1:0").env("SSL_CERT_FILE", folder.path().join("doctor.pem"));
        said(&command.args(["check", "--url", url]).output().unwrap()).0
    };
    let direct = check(&format!("http://{address}"));
    for finding in [
        "warn  url: without TLS",
        "ok    url: the name",
        "ok    url: WebSockets",
        "warn  url: anybody may read /metrics",
    ] {
        assert!(direct.contains(finding), "{finding}: {direct}");
    }
    let closed = check(&format!("http://{}", answer_all("403 Forbidden", None)));
    for finding in ["proxy_set_header Host", "(/ws answers 403)", "ok    url: /metrics"] {
        assert!(closed.contains(finding), "{finding}: {closed}");
    }
    assert!(check("http://127.0.0.1:1").contains("warn  url: Connection refused"));
    assert!(check("doctor.example.org").contains("it must be like https://"));
    terminate(&server);
    server.wait().unwrap();
}

/// Makes a certificate of `localhost` that is good for so long, the authority that signed it, and another one.
fn make_certificate(folder: &Path, days: u32) {
    let make = format!(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 40 -subj /CN=ca -keyout ca.key -out ca.pem && \
         openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout doctor.key -out doctor.csr && \
         echo subjectAltName=DNS:localhost >names && openssl x509 -req -days {days} -in doctor.csr -CA ca.pem \
         -CAkey ca.key -CAcreateserial -extfile names -out doctor.pem && \
         openssl req -x509 -newkey rsa:2048 -nodes -days 40 -subj /CN=other -keyout other.key -out other.pem"
    );
    let made = Command::new("sh").args(["-c", &make]).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{:?}", said(&made));
}

#[test]
fn check_says_whether_a_certificate_is_good_and_for_how_long() {
    let folder = TempDir::new().unwrap();
    for (days, trusted, finding) in [
        (40, true, "ok    url: its certificate is good for 14 days and more"),
        (5, true, "warn  url: in 14 days its certificate is no longer good"),
        (40, false, "warn  url: invalid peer certificate: UnknownIssuer"),
    ] {
        make_certificate(folder.path(), days);
        let port = answer_all("404 Not Found", Some(tls(folder.path()))).port();
        let mut command = jiayi(folder.path());
        command
            .env("JIAYI_LISTEN", "127.0.0.1:0")
            .env("SSL_CERT_FILE", if trusted { "ca.pem" } else { "other.pem" });
        let found =
            said(&command.args(["check", "--url", &format!("https://localhost:{port}")]).output().unwrap()).0;
        assert!(found.contains(finding), "{finding}: {found}");
    }
}

/// What answers once by TLS, and after that not at all.
fn answer_once(tls: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let _answered = answer(StreamOwned::new(ServerConnection::new(tls).unwrap(), socket), "200 OK");
        listener.incoming().for_each(drop);
    });
    address
}

#[test]
fn a_request_that_fails_is_not_taken_for_a_certificate_that_runs_out() {
    let folder = TempDir::new().unwrap();
    make_certificate(folder.path(), 40);
    let port = answer_once(tls(folder.path())).port();
    let mut command = jiayi(folder.path());
    command.env("JIAYI_LISTEN", "127.0.0.1:0").env("SSL_CERT_FILE", "ca.pem");
    let found =
        said(&command.args(["check", "--url", &format!("https://localhost:{port}")]).output().unwrap()).0;
    assert!(found.contains("warn  url: how long its certificate is good was not seen"), "{found}");
    assert!(!found.contains("no longer good"), "{found}");
}

/// A proxy that passes all on but for what clients say they forward, in whose place it writes this; returns where.
fn forward(to: &str, forwarded: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, to) = (listener.local_addr().unwrap(), to.to_owned());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(&to).unwrap();
            std::thread::spawn(move || pass_on(client, server, forwarded));
        }
    });
    address
}

fn pass_on(mut client: TcpStream, mut server: TcpStream, forwarded: &str) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let is_kept = |line: &&str| !line.starts_with("x-forwarded-for:") && !line.starts_with("forwarded:");
    let lines: Vec<_> = head.trim_end().split("\r\n").filter(is_kept).collect();
    write!(server, "{}\r\n{forwarded}Connection: close\r\n\r\n", lines.join("\r\n")).unwrap();
    let _passed = std::io::copy(&mut server, &mut client);
}

#[tokio::test]
async fn check_sees_whom_the_server_takes_it_for() {
    let folder = TempDir::new().unwrap();
    let token = ("JIAYI_METRICS_TOKEN", "north-of-the-river");
    let settings = [token, ("JIAYI_TRUSTED_PROXIES", "127.0.0.1")];
    let (mut server, address, log) = serve_with(folder.path(), &settings);
    std::thread::spawn(move || log.for_each(drop));
    let check = |at: &str, settings: &[(&str, &str)]| {
        let mut command = jiayi(folder.path());
        command.env("JIAYI_LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
        said(&command.args(["check", "--url", &format!("http://{at}")]).output().unwrap()).0
    };
    for (forwarded, finding) in [
        (
            "X-Forwarded-For: 203.0.113.77, 198.51.100.4\r\n",
            "ok    url: the server takes this machine for 198.51.100.4",
        ),
        ("Forwarded: for=198.51.100.4\r\n", "ok    url: the server takes this machine for 198.51.100.4"),
        ("X-Forwarded-For: 203.0.113.77\r\n", "warn  url: who asks chooses whom they count as"),
        ("", "warn  url: all who come by 127.0.0.1 count as one; have it name the client"),
    ] {
        let found = check(&forward(&address, forwarded).to_string(), &[token]);
        assert!(found.contains(finding), "{finding}: {found}");
        assert!(!found.contains("north-of-the-river"), "{found}");
    }
    assert!(check(&address, &[]).contains("set metrics_token"));
    let other = [("JIAYI_METRICS_TOKEN", "south-of-the-river")];
    assert!(check(&address, &other).contains("another metrics_token than these settings"));
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let ask = reqwest::Client::new().get(format!("http://{address}/client-address"));
    for stranger in [ask.try_clone().unwrap(), ask.bearer_auth(token.1)] {
        assert_eq!(stranger.send().await.unwrap().status().as_u16(), 401);
    }
    terminate(&server);
    server.wait().unwrap();
}

#[test]
fn check_knows_where_the_socket_of_systemd_is() {
    let folder = TempDir::new().unwrap();
    let systemctl = folder.path().join("systemctl");
    std::fs::write(&systemctl, "#!/bin/sh\necho '127.0.0.1:8099 (Stream)'\n").unwrap();
    std::fs::set_permissions(&systemctl, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let check = |listen: &str| {
        let mut command = jiayi(folder.path());
        said(&command.arg("check").env("PATH", &path).env("JIAYI_LISTEN", listen).output().unwrap()).0
    };
    assert!(
        check("127.0.0.1:8098")
            .contains("warn  listen: 127.0.0.1:8098 is not where jiayi.socket listens (127.0.0.1:8099)")
    );
    assert!(!check("127.0.0.1:8099").contains("jiayi.socket"));
}

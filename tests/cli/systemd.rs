//! What a service manager gives the server and is told by it, played by the test.

use super::{jiayi, send_signal, serve_with, status_of, terminate};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where the server tells how it fares.
struct Told(UnixDatagram);

impl Told {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(socket)
    }

    /// Waits for what begins like this; what else is told meanwhile is passed over.
    fn wait_for(&self, beginning: &str) -> String {
        let mut buffer = [0; 1024];
        loop {
            let length = self.0.recv(&mut buffer).unwrap_or_else(|_| panic!("{beginning} is not told"));
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.starts_with(beginning) {
                return text;
            }
        }
    }
}

#[test]
fn the_service_manager_hears_how_it_fares_and_settings_are_read_anew() {
    let folder = TempDir::new().unwrap();
    let settings = folder.path().join("jiayi.toml");
    std::fs::write(&settings, "log = \"warn\"\n").unwrap();
    let told = Told::at(&folder.path().join("notify"));
    let mut server = jiayi(folder.path())
        .args(["serve", "--listen", "127.0.0.1:0", "--config", "jiayi.toml"])
        .env("NOTIFY_SOCKET", folder.path().join("notify"))
        .env("WATCHDOG_USEC", "900000")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
    told.wait_for("STATUS=waits");
    told.wait_for("READY=1");
    told.wait_for("WATCHDOG=1");
    told.wait_for("STATUS=0 connected");

    let mut reload = |text: &str, says: &str| {
        std::fs::write(&settings, text).unwrap();
        send_signal(&server, libc::SIGHUP);
        assert!(told.wait_for("RELOADING=1").contains("MONOTONIC_USEC="));
        told.wait_for("READY=1");
        let line = log.next().unwrap();
        assert!(line.contains(says), "{line}");
    };
    reload("log = \"warn,jiayi=info\"\n", "reloaded");
    reload(
        "prot = 1\n",
        "the settings stay as they are: settings: prot in jiayi.toml: there is no such setting",
    );
    reload("log = \"info\"\nlog_format = \"json\"\n", "\"msg\":\"reloaded");
    terminate(&server);
    told.wait_for("STOPPING=1");
    assert!(server.wait().unwrap().success());
}

#[tokio::test]
async fn limits_are_taken_over_by_a_reload() {
    let folder = TempDir::new().unwrap();
    let settings = folder.path().join("secrets");
    let told = Told::at(&folder.path().join("notify"));
    let socket = folder.path().join("notify");
    std::fs::write(&settings, "JIAYI_REGISTRATIONS_PER_HOUR=1\n").unwrap();
    let with = [("JIAYI_SECRETS_FILE", "secrets"), ("NOTIFY_SOCKET", socket.to_str().unwrap())];
    let (mut server, address, mut log) = serve_with(folder.path(), &with);
    told.wait_for("READY=1");
    let sign_up = async |phone: &str| {
        let body = json!({ "phone": phone, "password": "correct horse", "name": "Resident" });
        let request = reqwest::Client::new().post(format!("http://{address}/user/register")).json(&body);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((sign_up("13800000001").await, sign_up("13800000002").await), (200, 429));
    std::fs::write(&settings, "JIAYI_REGISTRATIONS_PER_HOUR=2\n").unwrap();
    send_signal(&server, libc::SIGHUP);
    told.wait_for("RELOADING=1");
    told.wait_for("READY=1");
    assert!(log.any(|line| line.contains("limits")));
    assert_eq!((sign_up("13800000002").await, sign_up("13800000003").await), (200, 200));
    assert_eq!(sign_up("13800000004").await, 429);
    terminate(&server);
    assert!(server.wait().unwrap().success());
}

#[test]
fn a_server_that_stands_still_is_not_called_alive() {
    let folder = TempDir::new().unwrap();
    let told = Told::at(&folder.path().join("notify"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut server = started_by(folder.path(), &listener, 1)
        .env("NOTIFY_SOCKET", folder.path().join("notify"))
        .env("WATCHDOG_USEC", "600000")
        .env("JIAYI_WORKERS", "1")
        .spawn()
        .unwrap();
    told.wait_for("WATCHDOG=1");
    // Whoever takes connections in its place answers nothing, as a server would whose threads all hang.
    std::thread::spawn(move || listener.incoming().for_each(std::mem::forget));
    let begun = Instant::now();
    told.0.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    let mut buffer = [0; 1024];
    let mut silent_since = begun;
    while silent_since.elapsed() < Duration::from_secs(2) && begun.elapsed() < Duration::from_secs(30) {
        match told.0.recv(&mut buffer) {
            Ok(length) if buffer[..length].starts_with(b"WATCHDOG=1") => silent_since = Instant::now(),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "it calls itself alive and answers nobody");
    server.kill().unwrap();
    server.wait().unwrap();
}

/// A server that finds the socket that it listens on as systemd hands it over, so many times.
pub fn started_by(folder: &Path, listener: &TcpListener, sockets: usize) -> Command {
    let mut direct = jiayi(folder);
    direct.args(["serve", "--listen", "127.0.0.1:1"]);
    let mut command = Command::new("sh");
    command.args(["-c", r#"exec 3<&0 4<&0; LISTEN_PID=$$ exec "$0" "$@""#]);
    command.arg(direct.get_program()).args(direct.get_args()).current_dir(folder);
    command.env_clear().envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("LISTEN_FDS", sockets.to_string());
    command.stdin(Stdio::from(OwnedFd::from(listener.try_clone().unwrap())));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Asks until told to stop, each time on a new connection; returns how often, and what went wrong.
async fn ask_on(address: SocketAddr, until: Instant) -> (usize, Vec<String>) {
    let (mut count, mut faults) = (0, Vec::new());
    while Instant::now() < until {
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        let request = client.get(format!("http://{address}/healthz")).header("connection", "close");
        match request.send().await {
            Ok(answer) if answer.status() == 200 => count += 1,
            Ok(answer) => faults.push(answer.status().to_string()),
            Err(error) => faults.push(format!("{error:?}")),
        }
    }
    (count, faults)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_on_a_socket_that_stays_refuses_nobody() {
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let folder = TempDir::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let start = || started_by(folder.path(), &listener, 1).spawn().unwrap();
    let mut server = start();
    assert_eq!(status_of(&address.to_string(), "/readyz").await, 200);
    let until = Instant::now() + Duration::from_secs(6);
    let askers: Vec<_> = (0..4).map(|_| tokio::spawn(ask_on(address, until))).collect();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        terminate(&server);
        assert!(server.wait().unwrap().success());
        server = start();
    }
    for asker in askers {
        let (count, faults) = asker.await.unwrap();
        assert!(faults.is_empty() && count > 20, "{count}, {faults:?}");
    }
    terminate(&server);
    assert!(server.wait().unwrap().success());
}

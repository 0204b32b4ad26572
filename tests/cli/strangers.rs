//! What strangers do wrong is no error of this server: it is counted, and not in its log.

use super::serve_with;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use tempfile::TempDir;

/// Says this, and reads until the server has had enough.
fn say(address: &str, parts: &[&[u8]]) {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    for part in parts {
        // The server may have hung up before the end.
        let _ = socket.write_all(part);
        let _ = socket.read(&mut [0; 4096]);
    }
}

#[tokio::test]
async fn what_strangers_break_is_counted_and_not_logged() {
    let folder = TempDir::new().unwrap();
    let (mut server, address, log) = serve_with(folder.path(), &[]);
    let upgrade = b"GET /ws HTTP/1.1\r\nHost: jiayi\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==\r\n\r\n";
    let host = address.clone();
    let broken = tokio::task::spawn_blocking(move || {
        // A ping that is said to go on, which no ping may; a request of one endless line.
        say(&host, &[upgrade, b"\x09\x80\x01\x02\x03\x04"]);
        say(&host, &[b"GET / HTTP/1.1\r\n", &vec![b'x'; 400_000]]);
        say(&host, &[b"\x16\x03\x01 this is no HTTP\r\n\r\n"]);
    });
    broken.await.unwrap();
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    let figures = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
    let counted = figures.lines().find_map(|line| line.strip_prefix("jiayi_peer_faults_total "));
    assert!(counted.is_some_and(|count| count.parse::<f64>().unwrap() >= 2.0), "{counted:?}");
    server.kill().unwrap();
    server.wait().unwrap();
    let wrong: Vec<_> = log.filter(|line| line.contains("ERROR") || line.contains("WARN")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

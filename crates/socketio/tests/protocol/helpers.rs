//! A server on a port of its own, and clients that write and read packets as text.

use std::time::{Duration, Instant};

use actix_socketio::websocket::takeover::{self, Server, Settings};
use actix_socketio::{DisconnectReason, Options, SocketIo, tcp};
use actix_web::{App, dev::ServerHandle};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::application::TestApplication;

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
pub struct TestServer {
    pub port: u16,
    pub application: TestApplication,
    server: SocketIo<TestApplication>,
    handle: ServerHandle,
}

/// Short timeouts, so that tests can wait for them.
pub fn options() -> Options {
    Options {
        ping_interval: Duration::from_millis(600),
        ping_timeout: Duration::from_millis(400),
        connect_timeout: Duration::from_millis(400),
        upgrade_timeout: Duration::from_millis(300),
        packet_timeout: Duration::from_millis(300),
        max_payload: 10_000,
        ..Options::default()
    }
}

/// Timeouts that do not expire during a test.
pub fn patient() -> Options {
    let long = Duration::from_secs(60);
    Options {
        ping_interval: long,
        ping_timeout: long,
        connect_timeout: long,
        upgrade_timeout: long,
        packet_timeout: long,
        ..options()
    }
}

pub fn spawn(options: Options) -> TestServer {
    spawn_workers(options, 1)
}

pub fn spawn_workers(options: Options, workers: usize) -> TestServer {
    let application = TestApplication::default();
    let server = SocketIo::new(application.clone(), options);
    let mounted = server.clone();
    let app = move || App::new().configure(|config| mounted.mount("/socket.io", config));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let on_connect =
        std::sync::Arc::new(|stream: &TcpStream, _: &mut _| tcp::configure(stream, Duration::from_secs(1)));
    let settings = Settings { on_connect, ..Settings::default() };
    let builder = Server::build().workers(workers).disable_signals();
    let running = takeover::listen(builder, listener, settings, app).unwrap().run();
    let handle = running.handle();
    actix_web::rt::spawn(running);
    TestServer { port, application, server, handle }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl TestServer {
    pub fn url(&self, query: &str) -> String {
        format!("http://127.0.0.1:{}/socket.io/?{query}", self.port)
    }

    pub async fn get(&self, query: &str) -> (u16, String) {
        let response = http_client().get(self.url(query)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub async fn post(&self, query: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
        let request = http_client().post(self.url(query)).body(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Sends the first byte of a request body, and nothing more.
    pub async fn begin_post(&self, session: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let head = format!("POST /socket.io/?{session} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n4");
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        stream
    }

    /// Opens a session of protocol 4 over polling. Returns the query of its further requests.
    pub async fn open(&self) -> String {
        let (_, body) = self.get("EIO=4&transport=polling").await;
        session(4, &body[1..])
    }

    /// The same with protocol 3.
    pub async fn open_old(&self) -> String {
        let (_, body) = self.get("EIO=3&transport=polling&b64=1").await;
        session(3, body.split_once(":0").unwrap().1)
    }

    pub async fn websocket(&self, query: &str) -> Socket {
        let url = self.url(&query.replace("polling", "websocket")).replace("http", "ws");
        connect_async(url).await.unwrap().0
    }

    /// A WebSocket that has joined the main namespace and received all packets about it.
    pub async fn joined(&self) -> Socket {
        let mut socket = self.websocket("EIO=4&transport=websocket").await;
        hear(&mut socket).await;
        say(&mut socket, "40").await;
        hear(&mut socket).await;
        assert_eq!(hear(&mut socket).await, r#"42["auth",null]"#);
        socket
    }

    pub fn reasons(&self) -> Vec<DisconnectReason> {
        self.application.reasons.lock().unwrap().clone()
    }

    /// Waits until no connection is left. Panics if that takes longer than `within`.
    pub async fn emptied(&self, within: Duration) {
        let start = Instant::now();
        while self.server.connections() > 0 {
            assert!(start.elapsed() < within, "{} connections left", self.server.connections());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub fn connections(&self) -> usize {
        self.server.connections()
    }
}

fn session(version: u8, open: &str) -> String {
    let open: Value = serde_json::from_str(open).unwrap();
    format!("EIO={version}&transport=polling&sid={}", open["sid"].as_str().unwrap())
}

pub async fn say(socket: &mut Socket, text: &str) {
    socket.send(Message::text(text)).await.unwrap();
}

/// The next text. A close frame is returned as `close CODE`, the loss of the socket as `lost`.
pub async fn hear(socket: &mut Socket) -> String {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(5), socket.next()).await.expect("silence");
        match next {
            Some(Ok(Message::Text(text))) => return text.to_string(),
            Some(Ok(Message::Binary(data))) => return format!("binary {data:?}"),
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map(|frame| u16::from(frame.code)).unwrap_or(1005);
                return format!("close {code}");
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return "lost".to_owned(),
        }
    }
}

/// The next text that is not a ping.
pub async fn hear_message(socket: &mut Socket) -> String {
    loop {
        let text = hear(socket).await;
        if text != "2" {
            return text;
        }
        say(socket, "3").await;
    }
}

/// An HTTP client. It demands a TLS provider, although the tests do not use TLS.
pub fn http_client() -> reqwest::Client {
    // Fails if another test of this process has installed it.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

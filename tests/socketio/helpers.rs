//! A server on a port of its own, and clients that speak the protocol by hand.

use std::{
    sync::{Arc, Barrier, Mutex},
    time::{Duration, Instant},
};

use actix_web::{App, HttpServer, dev::ServerHandle};
use futures_util::{SinkExt, StreamExt};
use jiayi::transport::socketio::{
    self,
    engine::messages::Deliver,
    error::{Ending, Farewell},
    handshake::Handshake,
    http::Server,
    options::Options,
    socket::{
        application::{Application, Event, SocketHandler},
        encode::Encoded,
        outbound::Outbound,
        service::Sockets,
    },
};
use jiayi::transport::tcp;
use serde_json::Value;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
pub type Recipient = actix::Recipient<Deliver<Encoded>>;

/// What the tests see of the connections, in the order in which it happened.
#[derive(Clone)]
pub struct Probe {
    pub endings: Arc<Mutex<Vec<Ending>>>,
    pub recipients: Arc<Mutex<Vec<Recipient>>>,
    /// Met once when an event `hold` stops the worker's thread, and once more to let it go on.
    pub hold: Arc<Barrier>,
}

impl Default for Probe {
    fn default() -> Self {
        Self { endings: Arc::default(), recipients: Arc::default(), hold: Arc::new(Barrier::new(2)) }
    }
}

/// Echoes, and does as it is told.
pub struct Echo(Probe);

pub struct TestServer {
    pub port: u16,
    pub probe: Probe,
    server: Server<Sockets<Probe>>,
    handle: ServerHandle,
}

impl Application for Probe {
    type Handler = Echo;

    fn open(&self, _: Handshake<'_>) -> Echo {
        Echo(self.clone())
    }
}

impl SocketHandler for Echo {
    type Message = Encoded;

    fn connect(
        &mut self,
        namespace: &str,
        auth: Option<Value>,
        out: &mut Outbound<'_, '_, Self>,
    ) -> Result<(), String> {
        out.emit(namespace, "auth", &auth.unwrap_or_default().to_string());
        self.0.recipients.lock().unwrap().push(out.address().recipient());
        if namespace == "/nobody" { Err("Invalid namespace".to_owned()) } else { Ok(()) }
    }

    fn event(&mut self, namespace: &str, event: Event<'_>, out: &mut Outbound<'_, '_, Self>) {
        let args: Vec<&str> = event.args.iter().map(|arg| arg.get()).collect();
        let (args, attachments) = (args.join(","), event.attachments.to_vec());
        match (&*event.name, &event.ack) {
            (_, Some(ack)) => out.acknowledge(ack, &args, attachments),
            ("leave", None) => out.close(Some(Farewell { code: 4001, reason: "bye".into() })),
            ("hold", None) => {
                self.0.hold.wait();
                self.0.hold.wait();
            }
            ("later", None) => {
                out.spawn(async { 7 }, |_, seven, out| out.emit("/", "spawned", &seven.to_string()));
                out.later(Duration::from_millis(20), |_, out| out.emit("/", "timed", ""));
            }
            (_, None) => out.emit_binary(namespace, "back", &args, attachments),
        }
    }

    fn message(&mut self, message: Encoded, out: &mut Outbound<'_, '_, Self>) {
        out.emit_encoded("/", &message);
    }

    fn farewell(&self, ending: Ending) -> Option<Farewell> {
        match ending {
            Ending::Slow => Some(Farewell { code: 4009, reason: "too slow".into() }),
            other => other.farewell(),
        }
    }

    fn closed(&mut self, ending: Ending) {
        self.0.endings.lock().unwrap().push(ending);
    }
}

/// Short times, so that tests see them pass.
pub fn options() -> Options {
    Options {
        ping_interval: Duration::from_millis(600),
        ping_timeout: Duration::from_millis(400),
        connect_timeout: Duration::from_millis(400),
        probe_timeout: Duration::from_millis(300),
        packet_timeout: Duration::from_millis(300),
        max_payload: 10_000,
        ..Options::default()
    }
}

/// Times that never pass.
pub fn patient() -> Options {
    let long = Duration::from_secs(60);
    Options {
        ping_interval: long,
        ping_timeout: long,
        connect_timeout: long,
        probe_timeout: long,
        packet_timeout: long,
        ..options()
    }
}

pub fn spawn(options: Options) -> TestServer {
    spawn_workers(options, 1)
}

pub fn spawn_workers(options: Options, workers: usize) -> TestServer {
    let probe = Probe::default();
    let server = socketio::serve(probe.clone(), options);
    let mounted = server.clone();
    let http = HttpServer::new(move || {
        App::new().configure(|config| socketio::mount(&mounted, "/socket.io", config))
    });
    let http = http
        .workers(workers)
        .disable_signals()
        .h1_allow_half_closed(false)
        .on_connect(|stream, _| tcp::limit(stream, Duration::from_secs(1)))
        .bind(("127.0.0.1", 0))
        .unwrap();
    let port = http.addrs()[0].port();
    let running = http.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);
    TestServer { port, probe, server, handle }
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

    /// Sends the first byte of a body, and no more.
    pub async fn begin_post(&self, session: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let head = format!("POST /socket.io/?{session} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n4");
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        stream
    }

    /// Opens a session of protocol 4 over polling; returns the query that goes on with it.
    pub async fn open(&self) -> String {
        let (_, body) = self.get("EIO=4&transport=polling").await;
        session(4, &body[1..])
    }

    /// Likewise, of protocol 3.
    pub async fn open_old(&self) -> String {
        let (_, body) = self.get("EIO=3&transport=polling&b64=1").await;
        session(3, body.split_once(":0").unwrap().1)
    }

    pub async fn websocket(&self, query: &str) -> Socket {
        let url = self.url(&query.replace("polling", "websocket")).replace("http", "ws");
        connect_async(url).await.unwrap().0
    }

    /// A WebSocket in the main namespace, greetings heard.
    pub async fn joined(&self) -> Socket {
        let mut socket = self.websocket("EIO=4&transport=websocket").await;
        hear(&mut socket).await;
        say(&mut socket, "40").await;
        hear(&mut socket).await;
        assert_eq!(hear(&mut socket).await, r#"42["auth",null]"#);
        socket
    }

    pub fn endings(&self) -> Vec<Ending> {
        self.probe.endings.lock().unwrap().clone()
    }

    /// Waits until no connection is left; fails where that takes longer than it may.
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

/// The next text; a close shows as `close CODE`, a lost socket as `lost`.
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

/// The next text that is no ping.
pub async fn hear_message(socket: &mut Socket) -> String {
    loop {
        let text = hear(socket).await;
        if text != "2" {
            return text;
        }
        say(socket, "3").await;
    }
}

/// An HTTP client; reqwest asks for a choice of TLS, though none is spoken here.
pub fn http_client() -> reqwest::Client {
    // Another test of this process may have chosen it before.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

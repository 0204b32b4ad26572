//! Socket.IO on the real server, spoken by hand: what official clients of either generation hear
//! of this service. How the transport itself behaves is tested in `crates/socketio/tests`.

mod answers;
mod bounds;
mod closing;
mod sessions;
mod tokens;

use crate::app::TestApp;
use crate::people::Person;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_secs(20);

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How a client connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Polling,
    WebSocket,
    Upgrade,
}

/// Every transport, in either generation of Engine.IO.
pub const WAYS: [(u8, Way); 6] = [
    (3, Way::Polling),
    (3, Way::WebSocket),
    (3, Way::Upgrade),
    (4, Way::Polling),
    (4, Way::WebSocket),
    (4, Way::Upgrade),
];

/// A client in the main namespace.
pub struct Client {
    pub line: Line,
    pub acks: u64,
}

/// What a client has its packets from.
pub enum Line {
    Polling { version: u8, url: String, waiting: VecDeque<String> },
    WebSocket(Box<Socket>),
}

impl TestApp {
    pub fn engine(&self, version: u8, transport: &str) -> String {
        self.held_at().url(&format!("/socket.io/?EIO={version}&transport={transport}"))
    }

    /// Connects to the main namespace, with no token yet.
    pub async fn client(&self, version: u8, way: Way) -> Client {
        let line = match way {
            Way::WebSocket => Line::websocket(&self.engine(version, "websocket"), &[]).await,
            Way::Polling | Way::Upgrade => {
                Line::polling(&self.engine(version, "polling"), version, &[]).await
            }
        };
        let mut client = Client::join(line, version, "").await;
        if way == Way::Upgrade {
            client.line = client.line.upgrade().await;
        }
        client
    }
}

impl Client {
    /// Joins the main namespace; `auth` is what clients of today name.
    pub async fn join(mut line: Line, version: u8, auth: &str) -> Self {
        if version == 4 {
            line.send(&format!("40{auth}")).await;
        }
        let joined = line.packet().await;
        assert!(joined.starts_with("40"), "{joined}");
        Self { line, acks: 0 }
    }

    /// Connects and registers; returns the `S2C_REGISTER_RES` data too.
    pub async fn register(
        app: &TestApp,
        (version, way): (u8, Way),
        who: &Person,
        deviceid: &str,
        since: Option<i64>,
    ) -> (Self, Value) {
        let mut client = app.client(version, way).await;
        client.say("C2S_REGISTER_REQ", who.registration(deviceid, since)).await;
        let answer = client.hear("S2C_REGISTER_RES").await["data"].clone();
        (client, answer)
    }

    /// Sends an envelope.
    pub async fn say(&mut self, name: &str, data: Value) {
        let event = json!(["message", { "type": name, "data": data }]);
        self.packet(&format!("42{event}")).await;
    }

    /// Sends an envelope and waits for its acknowledgement; what comes before it is an error.
    pub async fn ask(&mut self, name: &str, data: Value) -> Vec<Value> {
        let event = json!(["message", { "type": name, "data": data, "id": "q" }]);
        let id = self.ask_raw(&event.to_string()).await;
        self.answer(id).await
    }

    /// Asks for an acknowledgement of any event; returns its number.
    pub async fn ask_raw(&mut self, event: &str) -> u64 {
        self.acks += 1;
        self.packet(&format!("42{}{event}", self.acks)).await;
        self.acks
    }

    /// The next packet, which must be the acknowledgement of that number.
    pub async fn answer(&mut self, id: u64) -> Vec<Value> {
        let packet = self.line.packet().await;
        let args = packet.strip_prefix(&format!("43{id}")).unwrap_or_else(|| panic!("{packet}"));
        serde_json::from_str(args).unwrap()
    }

    /// The next envelope, which must be of this type.
    pub async fn hear(&mut self, name: &str) -> Value {
        let packet = self.line.packet().await;
        let Some(event) = packet.strip_prefix("42") else { panic!("{packet} instead of {name}") };
        let event: Vec<Value> = serde_json::from_str(event).unwrap();
        let [message, envelope] = &event[..] else { panic!("{event:?}") };
        assert_eq!(message, "message");
        assert_eq!(envelope["type"], name, "{envelope}");
        envelope.clone()
    }

    /// Sends any packet.
    pub async fn packet(&mut self, packet: &str) {
        self.line.send(packet).await;
    }

    /// The next packet, or how the connection ended.
    pub async fn next(&mut self) -> String {
        self.line.packet().await
    }

    /// Goes away without a word.
    pub fn drop_dead(self) {
        drop(self.line);
    }
}

impl Line {
    pub async fn polling(url: &str, version: u8, headers: &[(&str, &str)]) -> Self {
        let mut request = reqwest::Client::new().get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = request.send().await.unwrap().text().await.unwrap();
        let mut packets = unpack(version, &body);
        let open: Value = serde_json::from_str(&packets.pop_front().unwrap()[1..]).unwrap();
        let url = format!("{url}&sid={}", open["sid"].as_str().unwrap());
        Self::Polling { version, url, waiting: packets }
    }

    pub async fn websocket(url: &str, headers: &[(&'static str, &str)]) -> Self {
        let mut request = url.replacen("http", "ws", 1).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Self::opened(connect_async(request).await.unwrap().0).await
    }

    /// A WebSocket that has just been accepted.
    pub async fn opened(socket: Socket) -> Self {
        let mut line = Self::WebSocket(Box::new(socket));
        assert!(line.packet().await.starts_with("0{"));
        line
    }

    /// Probes a WebSocket, and leaves it at that.
    pub async fn probe(&self) -> Socket {
        let Self::Polling { url, .. } = self else { panic!("it is upgraded already") };
        let url = url.replacen("http", "ws", 1).replace("polling", "websocket");
        let mut socket = connect_async(url).await.unwrap().0;
        socket.send(Message::text("2probe")).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("3probe"));
        socket
    }

    pub async fn upgrade(self) -> Self {
        let mut socket = self.probe().await;
        socket.send(Message::text("5")).await.unwrap();
        Self::WebSocket(Box::new(socket))
    }

    pub async fn send(&mut self, packet: &str) {
        match self {
            Self::WebSocket(socket) => socket.send(Message::text(packet)).await.unwrap(),
            Self::Polling { version, url, .. } => {
                let body = match version {
                    3 => format!("{}:{packet}", packet.encode_utf16().count()),
                    _ => packet.to_owned(),
                };
                let response = reqwest::Client::new().post(&*url).body(body).send().await.unwrap();
                assert_eq!(response.status(), 200, "{packet}");
            }
        }
    }

    /// Sends any bytes on a WebSocket.
    pub async fn send_raw(&mut self, bytes: &[u8]) {
        let Self::WebSocket(socket) = self else { panic!("it polls") };
        let MaybeTlsStream::Plain(stream) = socket.get_mut() else { unreachable!() };
        stream.write_all(bytes).await.unwrap();
    }

    /// The next packet that is no heartbeat; `close CODE` where a WebSocket ends, `1` where polling
    /// does, `400` after that.
    pub async fn packet(&mut self) -> String {
        loop {
            let packet = tokio::time::timeout(PATIENCE, self.any_packet()).await.expect("nothing came");
            match &*packet {
                "2" => self.send("3").await,
                "6" => {}
                _ => return packet,
            }
        }
    }

    async fn any_packet(&mut self) -> String {
        match self {
            Self::WebSocket(socket) => loop {
                match socket.next().await {
                    Some(Ok(Message::Text(text))) => return text.to_string(),
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return format!("close {}", u16::from(frame.code));
                    }
                    Some(Ok(Message::Close(None)) | Err(_)) | None => return "close".to_owned(),
                    Some(Ok(_)) => {}
                }
            },
            Self::Polling { version, url, waiting } => {
                while waiting.is_empty() {
                    let response = reqwest::get(&*url).await.unwrap();
                    if response.status() != 200 {
                        return response.status().as_u16().to_string();
                    }
                    *waiting = unpack(*version, &response.text().await.unwrap());
                }
                waiting.pop_front().unwrap()
            }
        }
    }
}

/// The packets of a payload without binaries.
fn unpack(version: u8, body: &str) -> VecDeque<String> {
    if version == 4 {
        return body.split('\u{1e}').map(str::to_owned).collect();
    }
    let (mut packets, mut rest) = (VecDeque::new(), body.encode_utf16().collect::<Vec<_>>());
    while let Some(colon) = rest.iter().position(|unit| *unit == u16::from(b':')) {
        let length: usize = String::from_utf16(&rest[..colon]).unwrap().parse().unwrap();
        packets.push_back(String::from_utf16(&rest[colon + 1..colon + 1 + length]).unwrap());
        rest.drain(..colon + 1 + length);
    }
    packets
}

//! The clients of a test: people who are logged in, and their connections.

use crate::app::{TestApp, answer};
use crate::described;
use futures_util::{SinkExt, StreamExt};
use reqwest::Client;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

/// How long something awaited may take before the test fails; nothing takes that long that works.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who is logged in.
#[derive(Clone)]
pub struct Person {
    pub uid: String,
    pub role: String,
    pub name: String,
    pub token: String,
    http: Client,
    url: String,
    ws_url: String,
}

impl TestApp {
    /// Logs in one of the demonstration accounts: its name says what it is.
    pub async fn login(&self, account: &str) -> Person {
        let role = match account {
            _ if account.starts_with("doctor") => "doctor",
            "admin" => "admin",
            _ => "user",
        };
        self.login_as(role, account, jiayi::cli::demo::PASSWORD).await
    }

    /// Logs in any account.
    pub async fn login_as(&self, role: &str, account: &str, password: &str) -> Person {
        let body = json!({ "account": account, "password": password });
        let (status, answer) = self.post(&format!("/{role}/login"), body).await;
        assert_eq!(status, 200, "{answer}");
        self.person(&answer)
    }

    /// The person whom a login or a registration was answered with.
    pub fn person(&self, answer: &Value) -> Person {
        let text = |field: &str| answer[field].as_str().unwrap_or_default().to_owned();
        let role = answer["role"].as_str().unwrap_or("user").to_owned();
        Person {
            uid: text("uid"),
            role,
            name: text("name"),
            token: text("token"),
            http: Client::new(),
            url: self.url(""),
            ws_url: self.ws_url(),
        }
    }
}

impl Person {
    /// Posts to a path of one's own role (`me` means `/user/me`), or to an absolute one.
    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.http.post(self.full(path)).bearer_auth(&self.token).json(&body)).await
    }

    /// Gets, likewise.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.http.get(self.full(path)).bearer_auth(&self.token)).await
    }

    /// Posts and is answered 200.
    pub async fn posts(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Gets and is answered 200.
    pub async fn gets(&self, path: &str) -> Value {
        let (status, answer) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    fn full(&self, path: &str) -> String {
        match path.starts_with('/') {
            true => format!("{}{path}", self.url),
            false => format!("{}/{}/{path}", self.url, self.role),
        }
    }

    /// Writes a text in private chat; returns the answer.
    pub async fn writes(&self, to: &Person, text: &str) -> Value {
        self.posts("alonechat/send", json!({ "touid": to.uid, "body": text })).await
    }

    /// Connects and registers from the device `deviceid`; nothing is replayed.
    pub async fn connect(&self, deviceid: &str) -> Connection {
        self.connect_since(deviceid, None).await.0
    }

    /// Connects and registers with `since`; returns the `S2C_REGISTER_RES` data too.
    pub async fn connect_since(&self, deviceid: &str, since: Option<i64>) -> (Connection, Value) {
        let mut connection = Connection::open(&self.ws_url).await;
        connection.say("C2S_REGISTER_REQ", self.registration(deviceid, since)).await;
        let answer = connection.hear("S2C_REGISTER_RES").await["data"].clone();
        (connection, answer)
    }

    /// The data of one's `C2S_REGISTER_REQ`.
    pub fn registration(&self, deviceid: &str, since: Option<i64>) -> Value {
        let mut data =
            json!({ "type": self.role, "uid": self.uid, "deviceid": deviceid, "token": self.token });
        if let Some(since) = since {
            data["since"] = since.into();
        }
        data
    }

    /// Every durable push that one has got so far, read from the store.
    pub async fn all_pushes(&self) -> Vec<Value> {
        let (mut pushes, mut since) = (Vec::new(), "0".to_owned());
        loop {
            let page = self.gets(&format!("sync?since={since}&limit=200")).await;
            pushes.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => since = next.to_owned(),
                None => return pushes,
            }
        }
    }
}

/// What comes to who sits at the duty desk, whatever else is tried. It is tried in `desk` and `roster`.
const OF_THE_DESK: [&str; 2] = ["S2C_DUTY_PUSH", "S2C_ONDUTY_PUSH"];

/// A WebSocket to the server.
pub struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Whether what is `OF_THE_DESK` is heard.
    hears_desk: bool,
}

/// What came on a connection.
#[derive(Debug)]
pub enum Heard {
    Envelope(Value),
    Closed(Option<CloseFrame>),
}

impl Connection {
    pub async fn open(url: &str) -> Self {
        Self::open_with(url, &[]).await
    }

    /// Opens with headers in the handshake.
    pub async fn open_with(url: &str, headers: &[(&'static str, &str)]) -> Self {
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Self { socket: connect_async(request).await.unwrap().0, hears_desk: false }
    }

    /// Opens with little room for what is not read yet, as a slow reader has it.
    pub async fn open_narrow(url: &str, address: std::net::SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = MaybeTlsStream::Plain(socket.connect(address).await.unwrap());
        Self { socket: client_async(url, stream).await.unwrap().0, hears_desk: false }
    }

    /// The same connection, which hears of the duty desk.
    pub fn at_the_desk(self) -> Self {
        Self { hears_desk: true, ..self }
    }

    /// Sends an envelope with an `id`, which the answer repeats.
    pub async fn ask(&mut self, id: impl Into<Value>, name: &str, data: Value) {
        let envelope = json!({ "type": name, "data": data, "id": id.into() });
        self.send(Message::text(envelope.to_string())).await;
    }

    /// The next envelope, which must be a refusal with this code.
    pub async fn refused(&mut self, code: &str) -> Value {
        let refusal = self.hear("S2C_ERROR").await;
        assert_eq!(refusal["data"]["code"], code, "{refusal}");
        refusal
    }

    /// Sends an envelope.
    pub async fn say(&mut self, name: &str, data: Value) {
        self.send(Message::text(json!({ "type": name, "data": data }).to_string())).await;
    }

    /// Sends any frame.
    pub async fn send(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// Sends any bytes.
    pub async fn send_raw(&mut self, bytes: &[u8]) {
        let MaybeTlsStream::Plain(stream) = self.socket.get_mut() else { unreachable!() };
        stream.write_all(bytes).await.unwrap();
    }

    /// The next thing that comes, pings and pongs apart.
    pub async fn next(&mut self) -> Heard {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("nothing came") {
                Some(Ok(Message::Text(text))) => {
                    let envelope: Value = serde_json::from_str(&text).unwrap();
                    described::check_envelope(&envelope);
                    if self.hears_desk || !OF_THE_DESK.iter().any(|name| envelope["type"] == *name) {
                        return Heard::Envelope(envelope);
                    }
                }
                Some(Ok(Message::Close(frame))) => return Heard::Closed(frame),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                None | Some(Err(_)) => return Heard::Closed(None),
                Some(Ok(other)) => panic!("unexpected {other:?}"),
            }
        }
    }

    /// The next envelope, which must be of this type.
    pub async fn hear(&mut self, name: &str) -> Value {
        match self.next().await {
            Heard::Envelope(envelope) => {
                assert_eq!(envelope["type"], name, "{envelope}");
                envelope
            }
            Heard::Closed(frame) => panic!("closed with {frame:?} instead of {name}"),
        }
    }

    /// Asserts that nothing has come: what the server said before it answers a question to this
    /// connection would have come before the answer.
    pub async fn hears_nothing(&mut self) {
        self.say("C2S_SYNC_REQ", json!({ "since": -1, "limit": 1 })).await;
        self.hear("S2C_ERROR").await;
    }

    /// The code that the server closes with; whatever comes before it is passed over.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            if let Heard::Closed(frame) = self.next().await {
                return frame.map(|frame| frame.code.into());
            }
        }
    }

    /// Goes away without a word, as a phone in a tunnel does.
    pub fn drop_dead(self) {
        drop(self.socket);
    }

    /// Takes leave properly.
    pub async fn close(mut self) {
        // The server may be gone already.
        let _ = self.socket.close(None).await;
    }
}

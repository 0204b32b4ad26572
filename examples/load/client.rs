//! Clients that cost next to nothing: HTTP over one connection, and sockets of either transport.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A keep-alive HTTP client that costs next to nothing.
pub struct Http {
    stream: TcpStream,
    pub token: String,
    buffer: Vec<u8>,
}

impl Http {
    pub async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, token: String::new(), buffer: Vec::new() }
    }

    /// The connection, for who writes on it by themselves.
    pub fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// The server closes a connection that was idle for too long.
    pub async fn reopen(&mut self, address: &str) {
        let token = std::mem::take(&mut self.token);
        *self = Self { token, ..Self::open(address).await };
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.try_post(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        serde_json::from_str(&answer).unwrap()
    }

    /// Reads, whatever the answer is.
    pub async fn get(&mut self, path: &str) -> (u16, String) {
        let token = &self.token;
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
        self.ask(request).await
    }

    pub async fn try_post(&mut self, path: &str, body: &Value) -> (u16, String) {
        let body = body.to_string();
        let token = &self.token;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.ask(request).await
    }

    async fn ask(&mut self, request: String) -> (u16, String) {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.buffer.clear();
        loop {
            assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "the server hung up");
            let text = String::from_utf8_lossy(&self.buffer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if body.len() >= length.parse::<usize>().unwrap() {
                return (head[9..12].parse().unwrap(), body.to_owned());
            }
        }
    }

    /// Logs in and keeps the token; returns the uid.
    pub async fn log_in(&mut self, role: &str, account: &str) -> String {
        let login = json!({ "account": account, "password": "jiayi-demo" });
        let answer = self.post(&format!("/{role}/login"), &login).await;
        self.token = answer["token"].as_str().unwrap().to_owned();
        answer["uid"].as_str().unwrap().to_owned()
    }
}

/// Whether connections are those of Socket.IO instead of plain ones.
fn over_socketio() -> bool {
    std::env::var("LOAD_TRANSPORT").is_ok_and(|transport| transport == "socketio")
}

pub async fn connect(
    address: &str,
    role: &str,
    uid: &str,
    token: &str,
    device: &str,
    since: Option<i64>,
) -> Socket {
    let socketio = over_socketio();
    let path = if socketio { "socket.io/?EIO=4&transport=websocket" } else { "ws" };
    let (mut socket, _) = connect_async(format!("ws://{address}/{path}")).await.unwrap();
    if socketio {
        socket.send(Message::text("40")).await.unwrap();
        for packet in ["0{", "40{"] {
            let text = socket.next().await.unwrap().unwrap().into_text().unwrap();
            assert!(text.starts_with(packet), "{text}");
        }
    }
    let mut data = json!({ "type": role, "uid": uid, "deviceid": device, "token": token });
    if let Some(since) = since {
        data["since"] = since.into();
    }
    let envelope = json!({ "type": "C2S_REGISTER_REQ", "data": data });
    let text = if socketio { format!("42{}", json!(["message", envelope])) } else { envelope.to_string() };
    socket.send(Message::text(text)).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert!(answer.contains("S2C_REGISTER_RES"), "{answer}");
    socket
}

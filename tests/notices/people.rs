//! The demonstration's people as clients of the program.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Somebody who is logged in.
pub struct Person {
    pub uid: String,
    pub token: String,
    role: &'static str,
    url: String,
    http: reqwest::Client,
}

impl Person {
    /// Logs in one of the demonstration's accounts.
    pub async fn log_in(url: &str, role: &'static str, account: &str) -> Self {
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::new();
        let credentials = json!({ "account": account, "password": "jiayi-demo" });
        let login = http.post(format!("{url}/{role}/login")).json(&credentials);
        let login: Value = login.send().await.unwrap().json().await.unwrap();
        let text = |field: &str| login[field].as_str().unwrap().to_owned();
        Self { uid: text("uid"), token: text("token"), role, url: url.to_owned(), http }
    }

    /// The same person, where the server has been started again.
    pub fn at(self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self }
    }

    /// Posts to a path of one's own role, or to an absolute one; returns the answer whatever it is.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.http.post(self.full(path)).bearer_auth(&self.token).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Posts and is not refused.
    pub async fn posts(&self, path: &str, body: Value) -> Value {
        let answer = self.post(path, body).await;
        assert!(answer.get("code").is_none(), "{path}: {answer}");
        answer
    }

    /// Gets and is not refused.
    pub async fn gets(&self, path: &str) -> Value {
        let request = self.http.get(self.full(path)).bearer_auth(&self.token);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer.get("code").is_none(), "{path}: {answer}");
        answer
    }

    fn full(&self, path: &str) -> String {
        match path.starts_with('/') {
            true => format!("{}{path}", self.url),
            false => format!("{}/{}/{path}", self.url, self.role),
        }
    }

    /// Registers from a device; in a browser it is none that the vendor is told of.
    pub async fn connect(&self, deviceid: &str, platform: Option<&str>) -> Connection {
        let url = format!("{}/ws", self.url.replace("http", "ws"));
        let mut connection = Connection(connect_async(url).await.unwrap().0);
        let data = json!({
            "type": self.role, "uid": self.uid, "deviceid": deviceid, "token": self.token, "platform": platform,
        });
        connection.say("C2S_REGISTER_REQ", data).await;
        assert_eq!(connection.hear().await["type"], "S2C_REGISTER_RES");
        connection
    }

    /// Registers from a phone and goes away again.
    pub async fn show_up(&self, deviceid: &str) {
        self.connect(deviceid, None).await.0.close(None).await.unwrap();
    }
}

/// A WebSocket to the server.
pub struct Connection(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Connection {
    /// Sends an envelope.
    pub async fn say(&mut self, name: &str, data: Value) {
        self.0.send(Message::text(json!({ "type": name, "data": data }).to_string())).await.unwrap();
    }

    /// The next envelope.
    pub async fn hear(&mut self) -> Value {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected {other:?}"),
            }
        }
    }
}

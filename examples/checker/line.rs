//! A connection of any kind, by which envelopes come and go.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{Interval, interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How a client connects: plainly, or by Socket.IO in either generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Plain,
    WebSocket(u8),
    Polling(u8),
    Upgrade(u8),
}

pub const KINDS: [Kind; 7] = [
    Kind::Plain,
    Kind::WebSocket(4),
    Kind::Polling(4),
    Kind::Upgrade(4),
    Kind::WebSocket(3),
    Kind::Polling(3),
    Kind::Plain,
];

/// How long a server may take to let somebody in.
const OPENING: Duration = Duration::from_secs(10);
/// After how long without any sign of life a client goes: servers ping, or answer pings, every 25 s.
const SILENCE: Duration = Duration::from_secs(50);
/// Clients of the older generation ping by themselves.
const PING: Duration = Duration::from_secs(20);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub struct Line {
    way: Way,
    is_plain: bool,
}

enum Way {
    Socket {
        socket: Box<Socket>,
        pings: Option<Interval>,
    },
    Polls {
        version: u8,
        url: String,
        http: reqwest::Client,
        waiting: VecDeque<String>,
        pinging: Option<JoinHandle<()>>,
    },
}

/// Why a connection ended.
pub type Ended = String;

impl Line {
    pub async fn open(front: &str, kind: Kind) -> Result<Self, Ended> {
        timeout(OPENING, Self::open_patiently(front, kind)).await.map_err(|_| "nobody lets in".to_owned())?
    }

    async fn open_patiently(front: &str, kind: Kind) -> Result<Self, Ended> {
        let engine =
            |version: u8, transport: &str| format!("{front}/socket.io/?EIO={version}&transport={transport}");
        let (way, version) = match kind {
            Kind::Plain => {
                let way = Way::socket(&format!("{front}/ws"), None).await?;
                return Ok(Self { way, is_plain: true });
            }
            Kind::WebSocket(version) => {
                let mut way = Way::socket(&engine(version, "websocket"), Some(version)).await?;
                way.expect("0").await?;
                (way, version)
            }
            Kind::Polling(version) => (Way::polls(&engine(version, "polling"), version).await?, version),
            Kind::Upgrade(version) => {
                (Way::polls(&engine(version, "polling"), version).await?.upgrade().await?, version)
            }
        };
        let mut line = Self { way, is_plain: false };
        if version == 4 {
            line.way.send("40").await?;
        }
        line.way.expect("40").await?;
        Ok(line)
    }

    /// Sends an envelope.
    pub async fn say(&mut self, envelope: &Value) -> Result<(), Ended> {
        match self.is_plain {
            true => self.way.send(&envelope.to_string()).await,
            false => self.way.send(&format!("42{}", json!(["message", envelope]))).await,
        }
    }

    /// The next envelope.
    pub async fn next(&mut self) -> Result<Value, Ended> {
        loop {
            let text = timeout(SILENCE, self.way.next()).await.map_err(|_| "silence".to_owned())??;
            if self.is_plain {
                return serde_json::from_str(&text).map_err(|error| error.to_string());
            }
            match &*text {
                "2" => self.way.send("3").await?,
                "3" | "6" => {}
                "1" | "41" => return Err(text),
                _ => {
                    let event = text.strip_prefix("42").ok_or_else(|| text.clone())?;
                    let mut event: Vec<Value> =
                        serde_json::from_str(event).map_err(|error| error.to_string())?;
                    return event.pop().ok_or(text);
                }
            }
        }
    }
}

impl Way {
    async fn socket(url: &str, version: Option<u8>) -> Result<Self, Ended> {
        let (socket, _) =
            connect_async(url.replacen("http", "ws", 1)).await.map_err(|error| error.to_string())?;
        let pings = version.filter(|version| *version == 3).map(|_| interval(PING));
        Ok(Self::Socket { socket: Box::new(socket), pings })
    }

    async fn polls(url: &str, version: u8) -> Result<Self, Ended> {
        let http = reqwest::Client::builder().timeout(SILENCE).build().unwrap();
        let mut waiting = poll(&http, url, version).await?;
        let open = waiting.pop_front().unwrap_or_default();
        let open: Value = serde_json::from_str(open.get(1..).unwrap_or_default()).map_err(|_| open)?;
        let url = format!("{url}&sid={}", open["sid"].as_str().unwrap_or_default());
        let pinging = (version == 3).then(|| tokio::spawn(ping(http.clone(), url.clone())));
        Ok(Self::Polls { version, url, http, waiting, pinging })
    }

    async fn upgrade(self) -> Result<Self, Ended> {
        let Self::Polls { version, url, .. } = &self else { return Ok(self) };
        let mut socket = Self::socket(&url.replace("polling", "websocket"), Some(*version)).await?;
        socket.send("2probe").await?;
        socket.expect("3probe").await?;
        socket.send("5").await?;
        Ok(socket)
    }

    async fn expect(&mut self, beginning: &str) -> Result<(), Ended> {
        let text = self.next().await?;
        if text.starts_with(beginning) { Ok(()) } else { Err(text) }
    }

    async fn send(&mut self, packet: &str) -> Result<(), Ended> {
        match self {
            Self::Socket { socket, .. } => {
                socket.send(Message::text(packet)).await.map_err(|error| error.to_string())
            }
            Self::Polls { version, url, http, .. } => post(http, url, *version, packet).await,
        }
    }

    async fn next(&mut self) -> Result<String, Ended> {
        match self {
            Self::Socket { socket, pings } => loop {
                let tick = async {
                    match pings {
                        Some(pings) => pings.tick().await,
                        None => std::future::pending().await,
                    }
                };
                let next = tokio::select! {
                    next = socket.next() => next,
                    _ = tick => {
                        socket.send(Message::text("2")).await.map_err(|error| error.to_string())?;
                        continue;
                    }
                };
                match next {
                    Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                    Some(Ok(Message::Close(Some(frame)))) => return Err(u16::from(frame.code).to_string()),
                    Some(Ok(Message::Close(None)) | Err(_)) | None => return Err("lost".to_owned()),
                    Some(Ok(_)) => {}
                }
            },
            Self::Polls { version, url, http, waiting, .. } => loop {
                match waiting.pop_front() {
                    Some(packet) => return Ok(packet),
                    None => *waiting = poll(http, url, *version).await?,
                }
            },
        }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        if let Self::Polls { pinging: Some(pinging), .. } = self {
            pinging.abort();
        }
    }
}

async fn ping(http: reqwest::Client, url: String) {
    loop {
        tokio::time::sleep(PING).await;
        // Where it fails, the next poll does.
        let _ = post(&http, &url, 3, "2").await;
    }
}

async fn post(http: &reqwest::Client, url: &str, version: u8, packet: &str) -> Result<(), Ended> {
    let body = match version {
        3 => format!("{}:{packet}", packet.encode_utf16().count()),
        _ => packet.to_owned(),
    };
    let response = http.post(url).body(body).send().await.map_err(|error| error.to_string())?;
    match response.status().as_u16() {
        200 => Ok(()),
        status => Err(status.to_string()),
    }
}

async fn poll(http: &reqwest::Client, url: &str, version: u8) -> Result<VecDeque<String>, Ended> {
    let response = http.get(url).send().await.map_err(|error| error.to_string())?;
    match response.status().as_u16() {
        200 => unpack(version, &response.text().await.map_err(|error| error.to_string())?)
            .ok_or("torn".to_owned()),
        status => Err(status.to_string()),
    }
}

/// The packets of a payload without binaries.
fn unpack(version: u8, body: &str) -> Option<VecDeque<String>> {
    if version == 4 {
        return Some(body.split('\u{1e}').map(str::to_owned).collect());
    }
    let (mut packets, mut rest) = (VecDeque::new(), body.encode_utf16().collect::<Vec<_>>());
    while let Some(colon) = rest.iter().position(|unit| *unit == u16::from(b':')) {
        let length: usize = String::from_utf16(&rest[..colon]).ok()?.parse().ok()?;
        packets.push_back(String::from_utf16(rest.get(colon + 1..colon + 1 + length)?).ok()?);
        rest.drain(..colon + 1 + length);
    }
    Some(packets)
}

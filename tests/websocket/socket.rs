//! A client's side of a WebSocket, which looks at every byte that the server sends (sections 5.1 and 5.5).

use crate::frame::{self, CLOSE, FIN, Length, PING, PONG, TEXT};
use crate::line::{Answer, Line};
use serde_json::Value;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long something awaited may take; nothing takes that long that works.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// What a client hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The message with this `id` got through.
    Echo(String),
    /// A message got through that is no envelope.
    Refused,
    Pong(Vec<u8>),
    /// The code of a close frame.
    Close(Option<u16>),
    /// The server has ended the TCP connection as one should.
    End,
    /// The TCP connection has ended with RST, or in the midst of a frame.
    Break,
    /// Something that no server may send.
    Wrong(String),
    Silence,
}

pub struct Socket {
    pub line: Line,
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

/// The usual request.
pub fn request(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: jiayi\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
}

impl Socket {
    /// Opens one on which messages have answers.
    pub async fn open(line: Line, server: SocketAddr) -> Self {
        let (mut socket, head) = Self::open_with(line, server, request(line.path()).as_bytes()).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        socket.join().await.unwrap();
        socket
    }

    /// Sends a request of any kind; returns the head of its answer too.
    pub async fn open_with(line: Line, server: SocketAddr, request: &[u8]) -> (Self, String) {
        let stream = TcpStream::connect(server).await.unwrap();
        Self::open_on(line, stream, request).await
    }

    pub async fn open_on(line: Line, stream: TcpStream, request: &[u8]) -> (Self, String) {
        stream.set_nodelay(true).unwrap();
        let mut socket = Self { line, stream, buffer: Vec::new() };
        socket.send(request).await;
        let head = timeout(PATIENCE, socket.head()).await.expect("no answer to the handshake");
        (socket, head)
    }

    async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = self.buffer.drain(..end + 4).collect();
                return String::from_utf8(head).unwrap();
            }
            if self.stream.read_buf(&mut self.buffer).await.unwrap_or(0) == 0 {
                return String::from_utf8_lossy(&self.buffer).into_owned();
            }
        }
    }

    /// Comes to where envelopes may be sent.
    pub async fn join(&mut self) -> Result<(), Heard> {
        if self.line == Line::Plain {
            return Ok(());
        }
        if self.line == Line::Engine4 {
            self.send(&frame::whole(TEXT, "40")).await;
        }
        loop {
            let (_, payload) = timeout(PATIENCE, self.next()).await.unwrap_or(Err(Heard::Silence))?;
            if payload.starts_with(b"40") {
                return Ok(());
            }
        }
    }

    /// Sends bytes; the server may have ended the connection already.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _ended = self.stream.write_all(bytes).await;
    }

    /// What comes next.
    pub async fn hear(&mut self) -> Heard {
        self.hear_within(PATIENCE).await
    }

    pub async fn hear_within(&mut self, patience: Duration) -> Heard {
        timeout(patience, self.listen()).await.unwrap_or(Heard::Silence)
    }

    async fn listen(&mut self) -> Heard {
        loop {
            let (opcode, payload) = match self.next().await {
                Ok(frame) => frame,
                Err(end) => return end,
            };
            match opcode {
                TEXT => match self.text(payload) {
                    Ok(Answer::Talk) => {}
                    Ok(Answer::To(id)) => return Heard::Echo(id),
                    Ok(Answer::Refusal) => return Heard::Refused,
                    Ok(Answer::Unknown) => return Heard::Wrong("an answer to nothing".to_owned()),
                    Err(wrong) => return wrong,
                },
                PONG => return Heard::Pong(payload),
                PING => {}
                CLOSE => return closed(&payload),
                other => return Heard::Wrong(format!("a frame of opcode {other}")),
            }
        }
    }

    fn text(&self, payload: Vec<u8>) -> Result<Answer, Heard> {
        let text = String::from_utf8(payload).map_err(|_| Heard::Wrong("a text not in UTF-8".to_owned()))?;
        Ok(self.line.read(&text))
    }

    /// The next envelope, or how the connection ends.
    pub async fn envelope(&mut self) -> Result<Value, Heard> {
        loop {
            let next = timeout(PATIENCE, self.next()).await.unwrap_or(Err(Heard::Silence));
            match next? {
                (TEXT, payload) => {
                    let text = String::from_utf8(payload).map_err(|error| Heard::Wrong(error.to_string()))?;
                    if let Some(envelope) = self.line.envelope(&text) {
                        return Ok(envelope);
                    }
                }
                (CLOSE, payload) => return Err(closed(&payload)),
                (_, _) => {}
            }
        }
    }

    /// Sends an envelope.
    pub async fn say(&mut self, envelope: &Value) {
        self.send(&frame::whole(TEXT, self.line.bear(envelope))).await;
    }

    /// The opcode and the payload of the next frame.
    pub async fn next(&mut self) -> Result<(u8, Vec<u8>), Heard> {
        loop {
            if let Some((frame, length)) = parse(&self.buffer)? {
                self.buffer.drain(..length);
                return Ok(frame);
            }
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) if self.buffer.is_empty() => return Err(Heard::End),
                Ok(0) => return Err(Heard::Break),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Err(Heard::Break),
                Err(error) => return Err(Heard::Wrong(error.to_string())),
            }
        }
    }
}

/// The first frame and its length, once it is there.
type Parsed = Option<((u8, Vec<u8>), usize)>;

fn parse(bytes: &[u8]) -> Result<Parsed, Heard> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & FIN == 0 || first & 0x70 != 0 || second & 0x80 != 0 {
        return Err(Heard::Wrong(format!("a frame that begins with {first:#x}, {second:#x}")));
    }
    let (written, at) = match second {
        126 => (Length::Three, 4),
        127 => (Length::Nine, 10),
        _ => (Length::One, 2),
    };
    let Some(extended) = rest.get(..at - 2) else { return Ok(None) };
    let length = extended.iter().fold(0, |length, byte| length << 8 | u64::from(*byte));
    let length = if written == Length::One { u64::from(*second) } else { length };
    if written != Length::minimal(length) {
        return Err(Heard::Wrong(format!("{length} written in {written:?}")));
    }
    let end = at + length as usize;
    Ok(bytes.get(at..end).map(|payload| ((first & 0x0f, payload.to_vec()), end)))
}

fn closed(body: &[u8]) -> Heard {
    match body {
        [] => Heard::Close(None),
        [high, low, reason @ ..] if reason.len() <= 123 && std::str::from_utf8(reason).is_ok() => {
            Heard::Close(Some(u16::from_be_bytes([*high, *low])))
        }
        _ => Heard::Wrong("a close frame whose body none may send".to_owned()),
    }
}

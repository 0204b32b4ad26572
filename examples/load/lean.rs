//! A sender and a screen that leave the machine to the server: a request of which only a number changes, an answer
//! of which only status and length are read, frames that are looked through for whose message they bring.

use crate::client::{Http, Socket};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_tungstenite::MaybeTlsStream;

/// What every message says after the numbers of its sender and its own.
const WORDS: &str = " is how it goes, and it goes on for a while";
const NUMBER: usize = 8;
/// What stands before the sender's number, and how many digits that has.
const BEFORE: &[u8] = b"\"body\":\"";
const SENDER: usize = 3;

/// Sends the same again and again.
pub struct Sender {
    stream: TcpStream,
    request: Vec<u8>,
    /// Where the number of the message stands in the request.
    number: usize,
    answer: Vec<u8>,
}

impl Sender {
    /// The sender `n` of messages to `to`.
    pub fn new(http: Http, n: usize, to: &str) -> Self {
        let before = format!("{{\"touid\":\"{to}\",\"body\":\"{n:0SENDER$}:");
        let after = format!("{WORDS}\"}}");
        let (token, length) = (&http.token, before.len() + NUMBER + after.len());
        let head = format!(
            "POST /user/alonechat/send HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-length: {length}\r\n\r\n"
        );
        let request = format!("{head}{before}{:0NUMBER$}{after}", 0).into_bytes();
        Self { number: head.len() + before.len(), stream: http.into_stream(), request, answer: Vec::new() }
    }

    /// Sends one message, and reads the answer.
    pub async fn send(&mut self, number: usize) {
        let digits = format!("{number:0NUMBER$}");
        self.request[self.number..][..NUMBER].copy_from_slice(digits.as_bytes());
        self.stream.write_all(&self.request).await.unwrap();
        self.answer.clear();
        while !self.is_answered() {
            assert!(self.stream.read_buf(&mut self.answer).await.unwrap() > 0, "the server hung up");
        }
        assert_eq!(&self.answer[9..12], b"200", "{}", String::from_utf8_lossy(&self.answer));
    }

    fn is_answered(&self) -> bool {
        let Some(end) = find(&self.answer, b"\r\n\r\n") else { return false };
        let length = find(&self.answer[..end], b"content-length: ").unwrap() + 16;
        let digits = self.answer[length..end].iter().take_while(|byte| byte.is_ascii_digit());
        let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
        self.answer.len() >= end + 4 + length
    }
}

/// Reads what comes on a connection, and tells each sender that its message has come.
pub async fn watch(socket: Socket, senders: Vec<Arc<Notify>>) {
    let MaybeTlsStream::Plain(mut stream) = socket.into_inner() else { panic!("it is not encrypted") };
    let mut buffer = Vec::with_capacity(1 << 16);
    while stream.read_buf(&mut buffer).await.is_ok_and(|count| count > 0) {
        let mut read = 0;
        while let Some((start, end)) = frame(&buffer[read..]) {
            if let Some(sender) = sender(&buffer[read + start..read + end]) {
                senders[sender].notify_one();
            }
            read += end;
        }
        buffer.drain(..read);
    }
}

/// Where the first frame's text begins, and where it ends, if it is whole. A server does not mask.
fn frame(bytes: &[u8]) -> Option<(usize, usize)> {
    let (start, length) = match bytes.get(1)? {
        126 => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().unwrap()))),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().unwrap())),
        length => (2, u64::from(*length)),
    };
    let end = start + length as usize;
    (bytes.len() >= end).then_some((start, end))
}

/// Answers the pings of either transport, and nothing else, until the connection ends.
pub async fn answer_pings(socket: Socket) {
    let MaybeTlsStream::Plain(mut stream) = socket.into_inner() else { panic!("it is not encrypted") };
    let mut ping = [0; 16];
    while let Ok(count @ 1..) = stream.read(&mut ping).await {
        let pong: &[u8] = match &ping[..count] {
            b"\x89\x00" => b"\x8a\x80\0\0\0\0",
            b"\x81\x012" => b"\x81\x81\0\0\0\x003",
            other => panic!("this is no ping: {other:?}"),
        };
        stream.write_all(pong).await.unwrap();
    }
}

/// Whose message a push brings, if it brings one.
fn sender(text: &[u8]) -> Option<usize> {
    let start = find(text, BEFORE)? + BEFORE.len();
    std::str::from_utf8(text.get(start..start + SENDER)?).ok()?.parse().ok()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

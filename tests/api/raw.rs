//! Requests written by hand, as clients with a bad line send them: cut off, or with a last byte that comes
//! late.

use crate::app::TestApp;
use crate::people::Person;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The bytes of a POST.
pub struct Post {
    head: String,
    body: Vec<u8>,
    /// How many bytes of the body the server cannot do without, at its end.
    needed: usize,
}

impl Post {
    /// With a JSON body.
    pub fn json(by: &Person, path: &str, body: &Value) -> Self {
        Self::new(by, path, "application/json", body.to_string().into_bytes(), 1)
    }

    /// With one file.
    pub fn file(by: &Person, path: &str, content: &[u8]) -> Self {
        let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"";
        let body = [format!("--B\r\n{disposition}\r\n\r\n").as_bytes(), content, b"\r\n--B--"].concat();
        Self::new(by, path, "multipart/form-data; boundary=B", body, "--".len())
    }

    fn new(by: &Person, path: &str, kind: &str, body: Vec<u8>, needed: usize) -> Self {
        let (token, length) = (&by.token, body.len());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: jiayi\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n"
        );
        Self { head, body, needed }
    }

    /// Sends the first `share` percent of it, and hangs up.
    pub async fn send_and_hang_up(&self, app: &TestApp, share: usize) {
        let whole = [self.head.as_bytes(), b"\r\n", &self.body].concat();
        let mut socket = TcpStream::connect(app.address).await.unwrap();
        socket.write_all(&whole[..whole.len() * share / 100]).await.unwrap();
    }

    /// Sends all but the end, and returns when the server has begun to deal with it.
    pub async fn begin(self, app: &TestApp) -> Begun {
        let mut socket = TcpStream::connect(app.address).await.unwrap();
        socket.write_all(format!("{}Expect: 100-continue\r\n\r\n", self.head).as_bytes()).await.unwrap();
        let mut goes_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
        socket.read_exact(&mut goes_on).await.unwrap();
        assert!(goes_on.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&goes_on));
        let (first, last) = self.body.split_at(self.body.len() - self.needed);
        socket.write_all(first).await.unwrap();
        Begun { socket, last: last.to_vec() }
    }
}

/// A POST whose end has not come.
pub struct Begun {
    socket: TcpStream,
    last: Vec<u8>,
}

impl Begun {
    /// Sends the end; returns the status and the JSON of the answer.
    pub async fn finish(mut self) -> (u16, Value) {
        self.socket.write_all(&self.last).await.unwrap();
        let mut answer = String::new();
        self.socket.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap())
    }
}

//! Section 4: which requests open a WebSocket, and what they are answered.

use crate::app::answer;
use crate::case::{report, server};
use crate::frame::{TEXT, whole};
use crate::line::{LINES, Line};
use crate::socket::{Heard, Socket};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use std::net::SocketAddr;

/// A request, as it is written.
#[derive(Clone)]
struct Request {
    method: &'static str,
    target: String,
    version: &'static str,
    headers: Vec<(&'static str, String)>,
}

/// What becomes of it.
#[derive(Clone, Copy)]
enum Outcome {
    Opens,
    /// One of these statuses.
    Refused(&'static [u16]),
    /// 426, and the answer says which version is spoken (4.4).
    OtherVersion,
}

use Outcome::{Opens, OtherVersion, Refused};

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const BAD: Outcome = Refused(&[400]);

impl Request {
    /// The usual one.
    fn new(line: Line) -> Self {
        let headers = [
            ("Host", "jiayi"),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", KEY),
            ("Sec-WebSocket-Version", "13"),
        ];
        let headers = headers.map(|(name, value)| (name, value.to_owned())).into();
        Self { method: "GET", target: line.path().to_owned(), version: "HTTP/1.1", headers }
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// One more header.
    fn and(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// These values in the place of what a header has.
    fn with(self, name: &'static str, values: &[&str]) -> Self {
        values.iter().fold(self.without(name), |request, value| request.and(name, *value))
    }

    fn key(&self) -> &str {
        let key = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"));
        key.map_or("", |(_, value)| value.trim())
    }

    fn text(&self) -> String {
        let Self { method, target, version, headers } = self;
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("{method} {target} {version}\r\n{headers}\r\n")
    }
}

type Row = (String, Request, Outcome);

/// One header with other values.
fn rows(line: Line, name: &'static str, rows: &[(&[&str], Outcome)]) -> Vec<Row> {
    let row = |(values, outcome): &(&[&str], Outcome)| {
        (format!("4.2.1 {name}: {values:?}"), Request::new(line).with(name, values), *outcome)
    };
    rows.iter().map(row).collect()
}

fn request_lines(line: Line) -> Vec<Row> {
    let usual = || Request::new(line);
    let row = |name: &str, request, outcome| (format!("4.2.1 {name}"), request, outcome);
    let not_here = || Refused(&[400, 404, 405]);
    vec![
        row("the usual request", usual(), Opens),
        row("HTTP/1.0", Request { version: "HTTP/1.0", ..usual() }, Refused(&[400, 426, 505])),
        row("POST", Request { method: "POST", ..usual() }, not_here()),
        row("PUT", Request { method: "PUT", ..usual() }, not_here()),
        row("HEAD", Request { method: "HEAD", ..usual() }, not_here()),
        row("get", Request { method: "get", ..usual() }, not_here()),
        row("the whole URL", Request { target: format!("http://jiayi{}", line.path()), ..usual() }, Opens),
    ]
}

fn lists(line: Line) -> Vec<Row> {
    let upgrade = rows(
        line,
        "Upgrade",
        &[
            (&["WebSocket"], Opens),
            (&["WEBSOCKET"], Opens),
            (&["h2c", "websocket"], Opens),
            // RFC 9110 allows the list, but the HTTP server below gives no such connection away.
            (&["h2c, websocket"], BAD),
            (&[], BAD),
            (&[""], BAD),
            (&["notwebsocketatall"], BAD),
            (&["websockets"], BAD),
            (&["web socket"], BAD),
            (&["h2c"], BAD),
        ],
    );
    let connection = rows(
        line,
        "Connection",
        &[
            (&["upgrade"], Opens),
            (&["UPGRADE"], Opens),
            (&["keep-alive, Upgrade"], Opens),
            (&["Upgrade,keep-alive"], Opens),
            (&["keep-alive , upgrade ,te"], Opens),
            (&["keep-alive", "Upgrade"], Opens),
            (&[], BAD),
            (&[""], BAD),
            (&["keep-alive"], BAD),
            (&["close"], BAD),
            (&["not-upgrade"], BAD),
            (&["upgraded"], BAD),
        ],
    );
    let host = rows(line, "Host", &[(&["localhost:8080"], Opens), (&[], BAD), (&["a", "b"], BAD)]);
    [upgrade, connection, host].into_iter().flatten().collect()
}

fn keys_and_versions(line: Line) -> Vec<Row> {
    let keys = rows(
        line,
        "Sec-WebSocket-Key",
        &[
            (&["AAAAAAAAAAAAAAAAAAAAAA=="], Opens),
            (&["/////////////////////w=="], Opens),
            (&["  dGhlIHNhbXBsZSBub25jZQ==  "], Opens),
            (&[], BAD),
            (&[""], BAD),
            (&["   "], BAD),
            (&[KEY, KEY], BAD),
            (&[KEY, "AAAAAAAAAAAAAAAAAAAAAA=="], BAD),
            (&["dGhlIHNhbXBsZSBub25jZQ==, AAAAAAAAAAAAAAAAAAAAAA=="], BAD),
            (&["dGhlIHNhbXBsZSBub24="], BAD),
            (&["dGhlIHNhbXBsZSBub25jZSE="], BAD),
            (&["QQ=="], BAD),
            (&["dGhlIHNhbXBsZSBub25jZQ"], BAD),
            (&["dGhlIHNhbXBsZSBub25j!Q=="], BAD),
            (&["not base64, 24 letters.."], BAD),
            (&["============="], BAD),
        ],
    );
    let versions = rows(
        line,
        "Sec-WebSocket-Version",
        &[
            (&["  13 "], Opens),
            (&[], Refused(&[400, 426])),
            (&[""], OtherVersion),
            (&["0"], OtherVersion),
            (&["7"], OtherVersion),
            (&["8"], OtherVersion),
            (&["12"], OtherVersion),
            (&["14"], OtherVersion),
            (&["255"], OtherVersion),
            (&["013"], OtherVersion),
            (&["13.0"], OtherVersion),
            (&["thirteen"], OtherVersion),
            (&["13, 8"], OtherVersion),
            (&["8", "13"], OtherVersion),
            (&["13", "13"], OtherVersion),
        ],
    );
    keys.into_iter().chain(versions).collect()
}

/// What is offered, and what is none of the server's business.
fn offers(line: Line) -> Vec<Row> {
    let usual = || Request::new(line);
    let row = |name: &str, request| (format!("4.2.2 {name}"), request, Opens);
    let lower = usual().headers.iter().fold(usual(), |request, (name, value)| {
        let name: &'static str = name.to_ascii_lowercase().leak();
        request.without(name).and(name, value.clone())
    });
    let many = (0..50).fold(usual(), |request, _| request.and("X-Something", "else"));
    let extensions = "Sec-WebSocket-Extensions";
    vec![
        row("compression is offered", usual().and(extensions, "permessage-deflate; client_max_window_bits")),
        row(
            "three extensions are offered",
            usual().and(extensions, "permessage-deflate, mux, x-webkit-deflate-frame"),
        ),
        row("extensions are offered in two headers", usual().and(extensions, "a").and(extensions, "b; c=d")),
        row("subprotocols are offered", usual().and("Sec-WebSocket-Protocol", "chat, superchat")),
        row("names of headers in lower case", lower),
        row("fifty other headers", many),
        row("a long cookie", usual().and("Cookie", format!("a={}", "x".repeat(4000)))),
        row("a body of no bytes", usual().and("Content-Length", "0")),
    ]
}

#[actix_web::test]
async fn section_4_opening_handshake() {
    let app = server().await;
    let (mut count, mut failed) = (0, Vec::new());
    for line in LINES {
        let rows = [request_lines(line), lists(line), keys_and_versions(line), offers(line)];
        for (name, request, outcome) in rows.into_iter().flatten() {
            count += 1;
            if let Err(why) = open(line, app.address, &request, outcome).await {
                failed.push(format!("{line:?}: {name}: {why}"));
            }
        }
    }
    report(count, failed);
}

#[actix_web::test]
async fn section_4_2_2_a_refusal_says_what_is_wrong() {
    let app = server().await;
    let refused = answer(reqwest::Client::new().get(app.url("/ws"))).await;
    assert_eq!(
        refused,
        (
            400,
            json!({ "code": "FA_PARAM", "message": "upgrade: must be websocket, without a body", "field": "upgrade", "rule": "invalid" })
        )
    );
    // `answer` holds it against the description.
    let other_version = reqwest::Client::new().get(app.url("/ws")).header("connection", "upgrade");
    let other_version = other_version.header("upgrade", "websocket").header("sec-websocket-key", KEY);
    let refused = answer(other_version.header("sec-websocket-version", "8")).await;
    assert_eq!(
        refused,
        (
            426,
            json!({ "code": "FA_PARAM", "message": "sec-websocket-version: must be 13, once", "field": "sec-websocket-version", "rule": "invalid" })
        )
    );
    let refused = reqwest::get(app.url(Line::Engine4.path())).await.unwrap();
    assert_eq!(refused.status(), 400);
    // The error of Engine.IO.
    assert_eq!(refused.json::<Value>().await.unwrap(), json!({ "code": 3, "message": "Bad request" }));
}

async fn open(line: Line, server: SocketAddr, request: &Request, outcome: Outcome) -> Result<(), String> {
    let (socket, head) = Socket::open_with(line, server, request.text().as_bytes()).await;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    match outcome {
        Opens if status == 101 => is_open(socket, &head, request.key()).await,
        Refused(statuses) if statuses.contains(&status) => Ok(()),
        OtherVersion if status == 426 => {
            expect(header(&head, "sec-websocket-version") == ["13"], "no version")
        }
        Opens | Refused(_) | OtherVersion => Err(format!("answered {status}")),
    }
}

fn expect(holds: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

/// Section 4.2.2, 5: what the answer bears, and what it does not.
async fn is_open(mut socket: Socket, head: &str, key: &str) -> Result<(), String> {
    let accept = BASE64_STANDARD.encode(Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
    expect(head.starts_with("HTTP/1.1 101 "), head)?;
    for (name, value) in [("upgrade", "websocket"), ("connection", "upgrade")] {
        let values = header(head, name);
        expect(values.len() == 1 && values[0].eq_ignore_ascii_case(value), format!("{name}: {values:?}"))?;
    }
    expect(header(head, "sec-websocket-accept") == [accept], "another key is accepted")?;
    for name in ["sec-websocket-extensions", "sec-websocket-protocol", "content-length", "transfer-encoding"]
    {
        expect(header(head, name).is_empty(), name)?;
    }
    // An answer without a connection behind it is none.
    socket.join().await.map_err(|heard| format!("heard {heard:?} behind 101"))?;
    socket.send(&whole(TEXT, socket.line.text("a"))).await;
    let heard = socket.hear().await;
    expect(heard == Heard::Echo("a".to_owned()), format!("heard {heard:?}"))
}

/// The values of a header.
fn header<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
}

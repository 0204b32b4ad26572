//! A conversation: what a client sends, and what it must hear. Hundreds of them are held at a time.

use crate::app::{Database, TestApp};
use crate::frame::{self, TEXT, whole};
use crate::line::{LINES, Line};
use crate::socket::{Heard, Socket};
use futures_util::{StreamExt, stream};
use jiayi::config::Config;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How many connections there are at once.
const AT_ONCE: usize = 100;
/// A conversation. If it does not come to a close frame, the connection must be as good as new at its end.
pub struct Case {
    pub name: String,
    steps: Vec<Step>,
}

enum Step {
    Send(Vec<u8>),
    /// One of these.
    Hear(Vec<Heard>),
    /// This, whatever answers may come before it.
    HearPastAnswers(Heard),
    /// These, in any order, as an answer of the application and one of the protocol may overtake each other.
    HearAll(Vec<Heard>),
    /// Lets time pass, so that what was sent arrives before what follows. There is nothing to await.
    Pause,
    /// Ends one's own side of the TCP connection.
    Finish,
    /// The server ends its own, whatever it says before.
    End,
}

impl Case {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), steps: Vec::new() }
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Sends bytes in a segment of their own.
    pub fn send(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.then(Step::Send(bytes.into()))
    }

    /// Sends one after the other.
    pub fn send_each(self, all: impl IntoIterator<Item = Vec<u8>>) -> Self {
        all.into_iter().fold(self, Self::send)
    }

    /// Sends one after the other, so that each arrives alone.
    pub fn send_apart(self, all: impl IntoIterator<Item = Vec<u8>>) -> Self {
        all.into_iter().fold(self, |case, bytes| case.send(bytes).then(Step::Pause))
    }

    pub fn echoes(self, id: impl Into<String>) -> Self {
        self.then(Step::Hear(vec![Heard::Echo(id.into())]))
    }

    /// A message is refused that is no envelope.
    pub fn refuses(self) -> Self {
        self.then(Step::Hear(vec![Heard::Refused]))
    }

    pub fn pongs(self, payload: impl Into<Vec<u8>>) -> Self {
        self.then(Step::Hear(vec![Heard::Pong(payload.into())]))
    }

    /// Of several pings, the last is answered; a server may leave out those before it.
    pub fn pongs_at_last(self, payload: impl Into<Vec<u8>>) -> Self {
        self.then(Step::HearPastAnswers(Heard::Pong(payload.into())))
    }

    /// These come, in any order.
    pub fn hears_all(self, all: impl IntoIterator<Item = Heard>) -> Self {
        self.then(Step::HearAll(all.into_iter().collect()))
    }

    /// A close frame comes, after what was sent before has been answered, or not.
    pub fn closes_past_answers(self, code: u16) -> Self {
        self.then(Step::HearPastAnswers(Heard::Close(Some(code))))
    }

    /// The server fails the connection with this code.
    pub fn fails(self, code: u16) -> Self {
        self.closes([Some(code)])
    }

    /// A close frame with one of these codes comes.
    pub fn closes(self, codes: impl IntoIterator<Item = Option<u16>>) -> Self {
        self.then(Step::Hear(codes.into_iter().map(Heard::Close).collect()))
    }

    /// Ends the client's side of the TCP connection.
    pub fn finishes(self) -> Self {
        self.then(Step::Finish)
    }

    /// The server ends the TCP connection.
    pub fn ends(self) -> Self {
        self.then(Step::End)
    }

    async fn play(&self, line: Line, server: SocketAddr) -> Result<(), String> {
        let mut socket = Socket::open(line, server).await;
        let mut heard = None;
        for step in &self.steps {
            match step {
                Step::Send(bytes) => socket.send(bytes).await,
                Step::Hear(expected) => heard = Some(hear(&mut socket, expected).await?),
                Step::HearPastAnswers(expected) => {
                    heard = Some(hear_past_answers(&mut socket, expected).await?)
                }
                Step::HearAll(expected) => hear_all(&mut socket, expected).await?,
                Step::Pause => tokio::time::sleep(Duration::from_millis(2)).await,
                Step::Finish => drop(socket.stream.shutdown().await),
                Step::End => return until_end(&mut socket).await,
            }
        }
        match heard {
            Some(Heard::Close(_)) => is_ended(&mut socket).await,
            Some(_) | None => is_alive(&mut socket).await,
        }
    }
}

async fn hear(socket: &mut Socket, expected: &[Heard]) -> Result<Heard, String> {
    let heard = socket.hear().await;
    match expected.contains(&heard) {
        true => Ok(heard),
        false => Err(format!("heard {heard:?} in the place of {expected:?}")),
    }
}

async fn hear_past_answers(socket: &mut Socket, expected: &Heard) -> Result<Heard, String> {
    loop {
        match socket.hear().await {
            heard if heard == *expected => return Ok(heard),
            Heard::Pong(_) | Heard::Echo(_) | Heard::Refused => {}
            other => return Err(format!("heard {other:?} in the place of {expected:?}")),
        }
    }
}

async fn hear_all(socket: &mut Socket, expected: &[Heard]) -> Result<(), String> {
    let mut left = expected.to_vec();
    while !left.is_empty() {
        let heard = hear(socket, &left).await?;
        let at = left.iter().position(|one| *one == heard);
        at.map(|at| left.swap_remove(at));
    }
    Ok(())
}

async fn until_end(socket: &mut Socket) -> Result<(), String> {
    loop {
        match socket.hear().await {
            Heard::End => return Ok(()),
            Heard::Echo(_) | Heard::Refused | Heard::Pong(_) | Heard::Close(_) => {}
            other => return Err(format!("heard {other:?} in the place of the end")),
        }
    }
}

/// Both have said close: the server ends the TCP connection, and first. How soon is tested in `closing`.
async fn is_ended(socket: &mut Socket) -> Result<(), String> {
    socket.send(&frame::close(1000)).await;
    match socket.hear().await {
        Heard::End => Ok(()),
        other => Err(format!("heard {other:?} when both had said close")),
    }
}

async fn is_alive(socket: &mut Socket) -> Result<(), String> {
    socket.send(&whole(TEXT, socket.line.text("alive"))).await;
    hear(socket, &[Heard::Echo("alive".to_owned())]).await?;
    socket.send(&frame::close(1000)).await;
    hear(socket, &[Heard::Close(Some(1000))]).await?;
    is_ended(socket).await
}

/// A server that lets one address do what hundreds do elsewhere.
pub async fn server() -> TestApp {
    let settle = |config: &mut Config| {
        config.register_seconds = 60;
        config.socketio.sessions_before_login = 10_000;
    };
    TestApp::start_with(Database::Sqlite, settle).await
}

/// Plays the cases of every line; all that fail are told together.
pub async fn check(cases: impl Fn(Line) -> Vec<Case>) {
    let app = server().await;
    let all: Vec<_> =
        LINES.into_iter().flat_map(|line| cases(line).into_iter().map(move |case| (line, case))).collect();
    let count = all.len();
    let played = stream::iter(all).map(|(line, case)| async move {
        let verdict = case.play(line, app.address).await;
        verdict.err().map(|why| format!("{line:?}: {}: {why}", case.name))
    });
    let failed: Vec<_> = played.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
    report(count, failed);
}

pub fn report(count: usize, mut failed: Vec<String>) {
    failed.sort();
    assert!(failed.is_empty(), "{} of {count} cases fail:\n{}", failed.len(), failed.join("\n"));
}

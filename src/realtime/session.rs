//! What one connection does from its first word to its last, as a machine without I/O.
//!
//! It is told what happened and says what to do; the actor of a transport does it. Which tokens
//! are good, what is stored and how a frame looks on the wire are not its concern.

use super::budget::Budget;
use super::close::Close;
use super::feed::{Feed, Fetch, Step};
use crate::error::Error;
use crate::model::{Role, RoomId, Uid};
use crate::protocol::command::{
    Ack, Command, CommandKind, Envelope, Read, Register, Reply, Signal, Sync, Typing,
};
use crate::protocol::frame::Frame;
use serde_json::Value;
use std::time::{Duration, Instant};

/// What the actor of a connection is told from outside.
#[derive(Debug, Clone, actix::Message)]
#[rtype(result = "()")]
pub enum ToSession {
    /// A durable push.
    Push(Frame),
    /// A fleeting word.
    Say(Reply),
    /// The end.
    Close(Close),
}

/// What an answer refers to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnswerTo {
    /// The `id` of the envelope, which the answer repeats.
    pub id: Option<Value>,
    /// The acknowledgement that the client waits for, on transports that know such: the answer
    /// goes into it.
    pub ack: Option<u64>,
}

/// What the actor of a connection is to do.
#[derive(Debug)]
pub enum Effect {
    /// Send a durable push.
    Push(Frame),
    /// Send an answer or a fleeting word.
    Say(Reply, AnswerTo),
    /// A command without an answer has been taken in: acknowledge it, where that is waited for.
    Taken(AnswerTo),
    /// Close the connection.
    Close(Close),
    /// Find out who it is, enter them in the registry, then call `entered` or `refused`.
    Enter(Box<Register>, AnswerTo),
    /// Read a page of pushes, then call `fetched`.
    Fetch(Fetch),
    /// Read the pushes that the client asked for, then call `synced` or `refused`.
    Sync(Sync, AnswerTo),
    /// Keep that the client has taken in what was sent.
    Ack(Ack),
    /// Keep that the client has read; on failure call `refused`.
    Read(Read, AnswerTo),
    /// Hand it on to the other end of a video call; on failure call `refused`.
    Signal(Signal, AnswerTo),
    /// Tell the others in the room that the client types; on failure call `refused`.
    Type(RoomId, AnswerTo),
}

/// Who registered, and how far their pushes have come.
#[derive(Debug, Clone)]
pub struct Entered {
    /// Who.
    pub uid: Uid,
    /// What they are.
    pub role: Role,
    /// What they are called.
    pub name: String,
    /// Their newest push.
    pub seq: i64,
    /// The last push that the client has, where all after it are still held.
    pub since: Option<i64>,
    /// Whether what the client asked to be replayed can be.
    pub recovered: bool,
}

#[derive(Debug)]
enum Stage {
    Strange,
    /// With the newest push heard of meanwhile, which the store may not have counted yet.
    Entering {
        known: i64,
    },
    Live(Feed),
    Over,
}

/// How many frames that are no envelopes end a connection.
const STRIKES: u32 = 3;
/// How long the others know that somebody types, without being told again.
const TYPING: Duration = Duration::from_secs(3);

/// One connection.
#[derive(Debug)]
pub struct Session {
    stage: Stage,
    strikes: u32,
    budget: Budget,
    /// Where the client typed last, and when the others were told.
    typed: Option<(RoomId, Instant)>,
}

impl Session {
    /// A connection that has said nothing yet and may say `per_second` commands.
    pub fn new(per_second: u32, now: Instant) -> Self {
        Self { stage: Stage::Strange, strikes: 0, budget: Budget::new(per_second, now), typed: None }
    }

    /// An envelope from the client, who may wait for an acknowledgement.
    pub fn heard(&mut self, envelope: Envelope, ack: Option<u64>, now: Instant) -> Vec<Effect> {
        let Envelope { id, kind, command } = envelope;
        let to = AnswerTo { id, ack };
        if !self.budget.take(now) {
            return vec![refusal(&Error::Limit { retry_after: 1 }, to)];
        }
        match command {
            Ok(command) => self.command(command, to, now),
            Err(error) if kind == Some(CommandKind::Register) || self.is_live() => vec![refusal(&error, to)],
            Err(_) => vec![refusal(&REGISTER_FIRST, to)],
        }
    }

    /// A frame that is no envelope: an answer each time, the end at the third.
    pub fn strike(&mut self, ack: Option<u64>) -> Vec<Effect> {
        self.strikes += 1;
        let to = AnswerTo { id: None, ack };
        let mut effects = vec![refusal(&Error::param("type", "this is not an envelope"), to)];
        if self.strikes == STRIKES {
            effects.extend(self.close(Close::NotEnvelope));
        }
        effects
    }

    fn command(&mut self, command: Command, id: AnswerTo, now: Instant) -> Vec<Effect> {
        match (&self.stage, command) {
            (Stage::Over, _) => Vec::new(),
            (Stage::Strange, Command::Register(register)) => {
                self.stage = Stage::Entering { known: 0 };
                vec![Effect::Enter(Box::new(register), id)]
            }
            (Stage::Entering { .. } | Stage::Live(_), Command::Register(_)) => {
                vec![refusal(&Error::State("this connection is registered already"), id)]
            }
            (
                Stage::Strange | Stage::Entering { .. },
                Command::Sync(_)
                | Command::Ack(_)
                | Command::Read(_)
                | Command::Signal(_)
                | Command::Typing(_),
            ) => {
                vec![refusal(&REGISTER_FIRST, id)]
            }
            (Stage::Live(_), Command::Sync(sync)) => vec![Effect::Sync(sync, id)],
            (Stage::Live(feed), Command::Ack(ack)) if !(0..=feed.sent()).contains(&ack.seq) => {
                vec![refusal(&Error::param("seq", "has not been sent yet"), id)]
            }
            (Stage::Live(_), Command::Ack(ack)) => vec![Effect::Ack(ack), Effect::Taken(id)],
            (Stage::Live(_), Command::Read(read)) => vec![Effect::Read(read, id)],
            (Stage::Live(_), Command::Signal(signal)) => vec![Effect::Signal(signal, id)],
            (Stage::Live(_), Command::Typing(Typing { roomid })) => vec![self.types(roomid, id, now)],
        }
    }

    /// The client types: the others hear of it, unless they were told a moment ago.
    fn types(&mut self, roomid: RoomId, id: AnswerTo, now: Instant) -> Effect {
        match &self.typed {
            Some((room, told)) if *room == roomid && now.saturating_duration_since(*told) < TYPING => {
                Effect::Taken(id)
            }
            Some(_) | None => {
                self.typed = Some((roomid.clone(), now));
                Effect::Type(roomid, id)
            }
        }
    }

    /// The client has been found to be whom it says, and is in the registry.
    pub fn entered(&mut self, entered: Entered, id: AnswerTo) -> Vec<Effect> {
        let Stage::Entering { known } = self.stage else { return Vec::new() };
        let Entered { uid, role, name, seq, since, recovered } = entered;
        let (feed, fetch) = Feed::start(since.unwrap_or(seq), seq.max(known));
        self.stage = Stage::Live(feed);
        let answer = Effect::Say(Reply::Registered { uid, role, name, seq, recovered }, id);
        [answer].into_iter().chain(fetch.map(Effect::Fetch)).collect()
    }

    /// What the client asked for was refused; who could not enter may try again.
    pub fn refused(&mut self, error: &Error, id: AnswerTo) -> Vec<Effect> {
        if matches!(self.stage, Stage::Entering { .. }) {
            self.stage = Stage::Strange;
        }
        vec![refusal(error, id)]
    }

    /// A live push.
    pub fn pushed(&mut self, frame: Frame) -> Option<Effect> {
        match &mut self.stage {
            Stage::Live(feed) => match feed.hear(frame) {
                Step::Send(frame) => Some(Effect::Push(frame)),
                Step::Fetch(fetch) => Some(Effect::Fetch(fetch)),
                Step::Nothing => None,
            },
            Stage::Entering { known } => {
                *known = frame.seq.max(*known);
                None
            }
            Stage::Strange | Stage::Over => None,
        }
    }

    /// A page of pushes, or `None` where it could not be read.
    pub fn fetched(&mut self, page: Option<Vec<Frame>>) -> Vec<Effect> {
        let Stage::Live(feed) = &mut self.stage else { return Vec::new() };
        match page {
            None => {
                feed.failed();
                Vec::new()
            }
            Some(frames) => {
                let (frames, fetch) = feed.page(frames);
                frames.into_iter().map(Effect::Push).chain(fetch.map(Effect::Fetch)).collect()
            }
        }
    }

    /// The pushes that the client asked for.
    pub fn synced(&mut self, since: i64, frames: Vec<Frame>, more: bool, id: AnswerTo) -> Vec<Effect> {
        let Stage::Live(feed) = &mut self.stage else { return Vec::new() };
        let seq = frames.last().map_or(since, |last| last.seq);
        feed.sent_apart(since, seq);
        let answer = Effect::Say(Reply::Synced { seq, more }, id);
        frames.into_iter().map(Effect::Push).chain([answer]).collect()
    }

    /// The newest push sent, or passed over by a client that reads its lists anew.
    pub fn sent(&self) -> Option<i64> {
        match &self.stage {
            Stage::Live(feed) => Some(feed.sent()),
            Stage::Strange | Stage::Entering { .. } | Stage::Over => None,
        }
    }

    /// A regular beat: reads on where an earlier try failed.
    pub fn beat(&mut self) -> Vec<Effect> {
        let Stage::Live(feed) = &mut self.stage else { return Vec::new() };
        feed.fetch().map(Effect::Fetch).into_iter().collect()
    }

    /// The time for registering is up.
    pub fn deadline(&mut self) -> Vec<Effect> {
        match self.stage {
            Stage::Strange => self.close(Close::NotRegistered),
            Stage::Entering { .. } | Stage::Live(_) | Stage::Over => Vec::new(),
        }
    }

    /// The server ends the connection; nothing is said after it.
    pub fn close(&mut self, close: Close) -> Vec<Effect> {
        if matches!(self.stage, Stage::Over) {
            return Vec::new();
        }
        self.stage = Stage::Over;
        let told = (close == Close::DifferentConnection)
            .then(|| Effect::Say(Reply::DifferentConnection {}, AnswerTo::default()));
        told.into_iter().chain([Effect::Close(close)]).collect()
    }

    /// Whether the client has registered, so that it may be told of anything.
    pub fn is_live(&self) -> bool {
        matches!(self.stage, Stage::Live(_))
    }
}

const REGISTER_FIRST: Error = Error::Auth("C2S_REGISTER_REQ must come first");

fn refusal(error: &Error, id: AnswerTo) -> Effect {
    if let Some(cause) = error.hidden_cause() {
        log::error!("a command failed: {cause}");
    }
    Effect::Say(Reply::from(error), id)
}

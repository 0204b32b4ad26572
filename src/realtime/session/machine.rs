//! The session: how far a connection has come, and what it makes of a client's envelopes.

use super::effect::{AnswerTo, Effect};
use crate::error::Error;
use crate::limits::token_bucket::{Rate, TokenBucket};
use crate::model::RoomId;
use crate::protocol::commands::{Command, CommandKind, Typing};
use crate::protocol::envelope::Envelope;
use crate::protocol::replies::Reply;
use crate::realtime::close::CloseReason;
use crate::realtime::feed::Feed;
use std::time::{Duration, Instant};

/// How far a connection has come.
#[derive(Debug)]
pub(super) enum Stage {
    /// Nobody has registered.
    Unregistered,
    /// It is being found out who registers.
    Registering {
        /// The newest push heard of meanwhile, which the store may not have counted yet.
        known: i64,
    },
    /// Somebody has registered, and hears their pushes.
    Live(Feed),
    /// Nothing is said any more.
    Closed,
}

/// How many seconds' worth of commands may come at once.
const BURST_SECONDS: u32 = 2;
/// How many frames that are no envelopes end a connection.
const STRIKES: u32 = 3;
/// How long the others know that somebody types, without being told again.
const TYPING: Duration = Duration::from_secs(3);

/// One connection.
#[derive(Debug)]
pub struct Session {
    pub(super) stage: Stage,
    strikes: u32,
    commands: TokenBucket,
    commands_per_second: u32,
    /// The newest push that the client has acknowledged here.
    acked: i64,
    /// Where the client typed last, and when the others were told.
    typed: Option<(RoomId, Instant)>,
}

impl Session {
    /// A connection that has said nothing yet and may say so many commands a second.
    pub fn new(commands_per_second: u32, now: Instant) -> Self {
        Self {
            stage: Stage::Unregistered,
            strikes: 0,
            commands: TokenBucket::full(now),
            commands_per_second,
            acked: 0,
            typed: None,
        }
    }

    /// An envelope from the client, who may wait for an acknowledgement.
    pub fn on_envelope(&mut self, envelope: Envelope, ack: Option<u64>, now: Instant) -> Vec<Effect> {
        let Envelope { id, kind, command } = envelope;
        let to = AnswerTo { id, ack };
        let rate = Rate::per_second(self.commands_per_second, BURST_SECONDS);
        if !self.is_cumulative(&command) && self.commands.take(rate, now).is_err() {
            return vec![refusal(&Error::Limit { retry_after: 1 }, to)];
        }
        match command {
            Ok(command) => self.command(command, to, now),
            Err(error) if kind == Some(CommandKind::Register) || self.is_live() => vec![refusal(&error, to)],
            Err(_) => vec![refusal(&REGISTER_FIRST, to)],
        }
    }

    /// Whether the command is one of which many are kept as one, and says something new: it costs nothing to
    /// speak of, and refused, what it says would be lost.
    fn is_cumulative(&self, command: &Result<Command, Error>) -> bool {
        match (&self.stage, command) {
            (Stage::Live(feed), Ok(Command::Ack(ack))) => self.acked < ack.seq && ack.seq <= feed.sent(),
            (Stage::Live(_), Ok(Command::Read(_))) => true,
            (Stage::Unregistered | Stage::Registering { .. } | Stage::Live(_) | Stage::Closed, _) => false,
        }
    }

    /// A frame that is no envelope: an answer each time, the end at the third.
    pub fn strike(&mut self, ack: Option<u64>) -> Vec<Effect> {
        self.strikes += 1;
        let to = AnswerTo { id: None, ack };
        let mut effects = vec![refusal(&Error::param("type", "this is not an envelope"), to)];
        if self.strikes == STRIKES {
            effects.extend(self.close(CloseReason::NotEnvelope));
        }
        effects
    }

    fn command(&mut self, command: Command, id: AnswerTo, now: Instant) -> Vec<Effect> {
        match (&self.stage, command) {
            (Stage::Closed, _) => Vec::new(),
            (Stage::Unregistered, Command::Register(register)) => {
                self.stage = Stage::Registering { known: 0 };
                vec![Effect::Register(Box::new(register), id)]
            }
            (Stage::Registering { .. } | Stage::Live(_), Command::Register(_)) => {
                vec![refusal(&Error::State("this connection is registered already"), id)]
            }
            (
                stage @ (Stage::Unregistered | Stage::Registering { .. }),
                Command::Sync(_)
                | Command::Ack(_)
                | Command::Read(_)
                | Command::Signal(_)
                | Command::Typing(_),
            ) => {
                let is_under_way = matches!(stage, Stage::Registering { .. });
                vec![refusal(if is_under_way { &NOT_YET } else { &REGISTER_FIRST }, id)]
            }
            (Stage::Live(_), Command::Sync(sync)) => vec![Effect::Sync(sync, id)],
            (Stage::Live(feed), Command::Ack(ack)) if !(0..=feed.sent()).contains(&ack.seq) => {
                vec![refusal(&Error::param("seq", "has not been sent yet"), id)]
            }
            (Stage::Live(_), Command::Ack(ack)) => {
                self.acked = ack.seq.max(self.acked);
                vec![Effect::Ack(ack), Effect::Done(id)]
            }
            (Stage::Live(_), Command::Read(read)) => vec![Effect::Read(read, id)],
            (Stage::Live(_), Command::Signal(signal)) => vec![Effect::Signal(signal, id)],
            (Stage::Live(_), Command::Typing(Typing { roomid })) => vec![self.typing(roomid, id, now)],
        }
    }

    /// The client types: the others hear of it, unless they were told a moment ago.
    fn typing(&mut self, roomid: RoomId, id: AnswerTo, now: Instant) -> Effect {
        match &self.typed {
            Some((room, told)) if *room == roomid && now.saturating_duration_since(*told) < TYPING => {
                Effect::Done(id)
            }
            Some(_) | None => {
                self.typed = Some((roomid.clone(), now));
                Effect::Type(roomid, id)
            }
        }
    }

    /// The newest push sent, or passed over by a client that reads its lists anew.
    pub fn sent(&self) -> Option<i64> {
        match &self.stage {
            Stage::Live(feed) => Some(feed.sent()),
            Stage::Unregistered | Stage::Registering { .. } | Stage::Closed => None,
        }
    }

    /// A regular beat: reads on where an earlier attempt failed.
    pub fn beat(&mut self) -> Vec<Effect> {
        let Stage::Live(feed) = &mut self.stage else { return Vec::new() };
        feed.fetch().map(Effect::Fetch).into_iter().collect()
    }

    /// The time for registering is up.
    pub fn deadline(&mut self) -> Vec<Effect> {
        match self.stage {
            Stage::Unregistered => self.close(CloseReason::NotRegistered),
            Stage::Registering { .. } | Stage::Live(_) | Stage::Closed => Vec::new(),
        }
    }

    /// The server ends the connection; nothing is said after it.
    pub fn close(&mut self, close: CloseReason) -> Vec<Effect> {
        if matches!(self.stage, Stage::Closed) {
            return Vec::new();
        }
        self.stage = Stage::Closed;
        let told = (close == CloseReason::DifferentConnection)
            .then(|| Effect::Say(Reply::DifferentConnection {}, AnswerTo::default()));
        told.into_iter().chain([Effect::Close(close)]).collect()
    }

    /// Whether the client has registered, so that it may be told of anything.
    pub fn is_live(&self) -> bool {
        matches!(self.stage, Stage::Live(_))
    }
}

const REGISTER_FIRST: Error = Error::Auth("C2S_REGISTER_REQ must come first");
const NOT_YET: Error = Error::Auth("S2C_REGISTER_RES must come first");

pub(super) fn refusal(error: &Error, id: AnswerTo) -> Effect {
    Effect::Say(Reply::from(error), id)
}

//! Runs a session against the application: turns what the session wants into texts to send and
//! futures to await. A transport needs to be able to do just that, and knows nothing else.

use crate::app::{App, Arrival, HandshakeTokens};
use crate::error::{Error, Result};
use crate::metrics::{Counted, Transport};
use crate::model::Caller;
use crate::model::{DeviceId, RoomId, SessionId, Time, Uid};
use crate::protocol::command::{Ack, Envelope, Read, Register, Reply, Signal, Sync};
use crate::protocol::frame::Frame;
use crate::realtime::call::Connection;
use crate::realtime::callroom::Word;
use crate::realtime::close::Close;
use crate::realtime::feed::Fetch;
use crate::realtime::session::{AnswerTo, Effect, Entered, Session, ToSession};
use crate::store::{inbox, mailbox, member, push_log};
use actix::Recipient;
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Why a connection ends whose client gives no sign of life.
pub const SILENT: &str = "silent";

/// How many pushes are read from the store at a time.
const PAGE: i64 = 500;

/// What a transport is to do, in order.
pub enum Step {
    /// Send this envelope.
    Send(String),
    /// Acknowledge what the client sent under this number, with the envelope that answers it.
    Acknowledge(u64, Option<String>),
    /// Close the connection.
    Close(Close),
    /// Await this, then tell `Driver::done`.
    Await(Pin<Box<dyn Future<Output = Done>>>),
    /// Likewise, but only when the client has taken what was sent: it brings much more to send.
    Load(Pin<Box<dyn Future<Output = Done>>>),
}

/// What came of something awaited.
pub enum Done {
    /// The connection was let in, or not.
    Entered(Result<(Caller, Entered)>, AnswerTo),
    /// A page of pushes came.
    Fetched(Result<Vec<Frame>>),
    /// The pushes that the client asked for came.
    Synced(Result<Synced>, AnswerTo),
    /// What was acknowledged is kept.
    Acked,
    /// How far the pushes were sent is kept.
    Reached,
    /// What was read is kept.
    Read(Result<()>, AnswerTo),
    /// A signal was handed on.
    Signalled(Result<()>, AnswerTo),
    /// The others in the room have been told that the client types.
    Typed(Result<()>, AnswerTo),
}

/// Pushes that a client asked for.
pub struct Synced {
    since: i64,
    frames: Vec<Frame>,
    more: bool,
}

/// A connection as its peer presented it.
#[derive(Clone)]
pub struct Handshake {
    /// The network address that it comes from.
    pub address: String,
    /// The tokens that came with it.
    pub tokens: HandshakeTokens,
}

/// What a connection needs to be let in, and no more once it is.
struct Door {
    handshake: Handshake,
    line: Recipient<ToSession>,
}

/// Whether an acknowledgement is being kept; a newer one waits until it is.
enum Acking {
    Idle,
    Keeping { newer: Option<i64> },
}

/// One connection's session with what it needs to act.
pub struct Driver {
    app: App,
    id: SessionId,
    door: Option<Box<Door>>,
    session: Session,
    counted: Counted,
    /// Whom the registry may know this connection as.
    uid: Option<Uid>,
    expires: Option<Time>,
    acking: Acking,
    /// Whether the client has ever acknowledged something on this device.
    acks: Arc<AtomicBool>,
    deviceid: Option<DeviceId>,
    /// The newest push sent that is kept as such.
    reached: i64,
}

impl Driver {
    /// A connection that has just been opened over `transport`; `line` is the way to its actor.
    pub fn new(app: App, transport: Transport, handshake: Handshake, line: Recipient<ToSession>) -> Self {
        let session = Session::new(app.config().commands_per_second, Instant::now());
        let (uid, expires, deviceid, acks, acking) = (None, None, None, Default::default(), Acking::Idle);
        let (id, counted) = (SessionId::mint(), app.metrics().connections.opened(transport));
        let door = Some(Box::new(Door { handshake, line }));
        Self { app, id, door, session, counted, uid, expires, acking, acks, deviceid, reached: 0 }
    }

    /// A text from the client, who waits for an acknowledgement or does not.
    pub fn text(&mut self, text: &str, ack: Option<u64>) -> Vec<Step> {
        let Some(envelope) = Envelope::parse(text) else { return self.strike(ack) };
        self.app.metrics().envelopes.heard(envelope.kind);
        let effects = self.session.heard(envelope, ack, Instant::now());
        self.steps(effects)
    }

    /// Something that can be no envelope came from the client.
    pub fn strike(&mut self, ack: Option<u64>) -> Vec<Step> {
        let effects = self.session.strike(ack);
        self.steps(effects)
    }

    /// Something came from elsewhere in the server.
    pub fn told(&mut self, message: ToSession) -> Vec<Step> {
        match message {
            ToSession::Push(frame) => {
                let effect = self.session.pushed(frame);
                self.steps(effect)
            }
            // What only the present concerns is not said before the registration is answered.
            ToSession::Say(_) if !self.session.is_live() => Vec::new(),
            ToSession::Say(reply) => vec![Step::Send(self.say(&reply, None))],
            ToSession::Close(why) => self.close(why),
        }
    }

    /// The time for registering is up.
    pub fn deadline(&mut self) -> Vec<Step> {
        let effects = self.session.deadline();
        self.steps(effects)
    }

    /// A regular beat.
    pub fn beat(&mut self) -> Vec<Step> {
        if self.expires.is_some_and(|expires| expires <= Time::now()) {
            return self.close(Close::TokenVoid);
        }
        let effects = self.session.beat();
        let mut steps = self.steps(effects);
        if let Some(kept) = self.keep_reached() {
            steps.push(Step::Await(Box::pin(async move {
                kept.await;
                Done::Reached
            })));
        }
        steps
    }

    /// Keeps how far the pushes have been sent, where they have come further since.
    fn keep_reached(&mut self) -> Option<impl Future<Output = ()> + use<>> {
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        let sent = self.session.sent().filter(|sent| *sent > self.reached)?;
        self.reached = sent;
        Some(async move {
            let kept = app.write(move |tx| mailbox::set_sent(tx, &uid, sent)).await;
            // It is for reports only, and kept with the next one.
            let _ = kept.inspect_err(log_cause);
        })
    }

    /// Ends the connection.
    pub fn close(&mut self, why: Close) -> Vec<Step> {
        let effects = self.session.close(why);
        self.steps(effects)
    }

    /// The connection ends without a word, for a reason that the transport has.
    pub fn ends(&mut self, reason: &'static str) {
        self.counted.ends(reason);
    }

    /// The connection is gone: the future that tells the registry, if it may know of it.
    pub fn gone(&mut self) -> Option<impl Future<Output = ()> + use<>> {
        let (app, id, reached) = (self.app.clone(), self.id, self.keep_reached());
        self.uid.take().map(|uid| async move {
            app.leave(uid, id).await;
            if let Some(reached) = reached {
                reached.await;
            }
        })
    }

    /// Something awaited has come.
    pub fn done(&mut self, done: Done) -> Vec<Step> {
        let effects = match done {
            Done::Entered(Ok((caller, entered)), id) => {
                self.expires = Some(caller.expires);
                self.counted.registered(caller.role);
                self.door = None;
                self.session.entered(entered, id)
            }
            Done::Fetched(page) => {
                let effects = self.session.fetched(page.inspect_err(log_cause).ok());
                self.count_replayed(effects)
            }
            Done::Synced(Ok(Synced { since, frames, more }), id) => {
                let effects = self.session.synced(since, frames, more, id);
                self.count_replayed(effects)
            }
            Done::Entered(Err(error), id)
            | Done::Synced(Err(error), id)
            | Done::Read(Err(error), id)
            | Done::Signalled(Err(error), id)
            | Done::Typed(Err(error), id) => self.session.refused(&error, id),
            Done::Reached => Vec::new(),
            Done::Read(Ok(()), id) | Done::Signalled(Ok(()), id) | Done::Typed(Ok(()), id) => {
                vec![Effect::Taken(id)]
            }
            Done::Acked => match std::mem::replace(&mut self.acking, Acking::Idle) {
                Acking::Keeping { newer: Some(seq) } => vec![Effect::Ack(Ack { seq })],
                Acking::Keeping { newer: None } | Acking::Idle => Vec::new(),
            },
        };
        self.steps(effects)
    }

    fn count_replayed(&self, effects: Vec<Effect>) -> Vec<Effect> {
        let pushes = effects.iter().filter(|effect| matches!(effect, Effect::Push(_)));
        self.app.metrics().pushes.replayed(pushes.count());
        effects
    }

    /// The envelope of a fleeting word.
    fn say(&self, reply: &Reply, id: Option<&Value>) -> String {
        self.app.metrics().pushes.said(reply.name());
        if let Reply::Error { code, .. } = reply {
            self.app.metrics().envelopes.refused(code);
        }
        reply.envelope(id)
    }

    fn steps(&mut self, effects: impl IntoIterator<Item = Effect>) -> Vec<Step> {
        effects.into_iter().filter_map(|effect| self.step(effect)).collect()
    }

    fn step(&mut self, effect: Effect) -> Option<Step> {
        match effect {
            Effect::Push(frame) => {
                self.app.metrics().pushes.sent(&frame);
                Some(Step::Send(frame.envelope()))
            }
            Effect::Say(reply, AnswerTo { id, ack }) => {
                let envelope = self.say(&reply, id.as_ref());
                Some(match ack {
                    Some(ack) => Step::Acknowledge(ack, Some(envelope)),
                    None => Step::Send(envelope),
                })
            }
            Effect::Taken(AnswerTo { ack, .. }) => ack.map(|ack| Step::Acknowledge(ack, None)),
            Effect::Close(why) => {
                self.counted.ends(why.name());
                Some(Step::Close(why))
            }
            Effect::Enter(request, id) => self.enter(*request, id),
            Effect::Fetch(fetch) => self.fetch(fetch),
            Effect::Sync(sync, id) => self.sync(sync, id),
            Effect::Ack(ack) => self.ack(ack),
            Effect::Read(read, id) => self.read(read, id),
            Effect::Signal(signal, id) => self.signal(signal, id),
            Effect::Type(roomid, id) => self.types(roomid, id),
        }
    }

    fn enter(&mut self, request: Register, id: AnswerTo) -> Option<Step> {
        let Door { handshake: Handshake { address, tokens }, line } = self.door.as_deref()?;
        let (address, tokens, line, acks) =
            (address.clone(), tokens.clone(), line.clone(), self.acks.clone());
        // From now on the registry may know of it, whatever becomes of the future.
        self.uid = Some(request.uid.clone());
        self.deviceid = Some(request.deviceid.clone());
        let arrival = Arrival { id: self.id, line, address, tokens, acks };
        let app = self.app.clone();
        Some(Step::Await(Box::pin(async move { Done::Entered(app.enter(request, arrival).await, id) })))
    }

    fn fetch(&self, Fetch { after }: Fetch) -> Option<Step> {
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        let page = async move { app.read(move |store| push_log::list_after(store, &uid, after, PAGE)).await };
        Some(Step::Load(Box::pin(async move { Done::Fetched(page.await) })))
    }

    fn sync(&self, Sync { since, limit }: Sync, id: AnswerTo) -> Option<Step> {
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        let limit = limit.unwrap_or(push_log::SYNC_PAGE);
        let page = async move {
            let (frames, more) = app.read(move |store| push_log::sync(store, &uid, since, limit)).await?;
            Ok(Synced { since, frames, more })
        };
        Some(Step::Load(Box::pin(async move { Done::Synced(page.await, id) })))
    }

    fn ack(&mut self, Ack { seq }: Ack) -> Option<Step> {
        if let Acking::Keeping { newer } = &mut self.acking {
            *newer = (*newer).max(Some(seq));
            return None;
        }
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        self.acking = Acking::Keeping { newer: None };
        let first = self.deviceid.clone().filter(|_| !self.acks.swap(true, Ordering::Relaxed));
        let kept = async move { app.acknowledge(uid, seq, first).await };
        Some(Step::Await(Box::pin(async move {
            // What could not be kept is acknowledged with the next one.
            let _ = kept.await.inspect_err(log_cause);
            Done::Acked
        })))
    }

    fn read(&self, read: Read, id: AnswerTo) -> Option<Step> {
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        let kept = async move {
            let target = read.target()?;
            app.write(move |tx| inbox::read(tx, &uid, &target)).await
        };
        Some(Step::Await(Box::pin(async move { Done::Read(kept.await, id) })))
    }

    /// Sent on before it is awaited, so that signals stay in their order.
    fn signal(&self, Signal { callid, signal }: Signal, id: AnswerTo) -> Option<Step> {
        let (from, device) = (self.uid.clone()?, self.deviceid.clone()?);
        let at = Connection { device, session: self.id };
        let signal = Arc::new(Value::Object(signal));
        let heard = self.app.tell_call(callid, Word::Signal { from, at, signal });
        Some(Step::Await(Box::pin(async move { Done::Signalled(heard.await, id) })))
    }

    fn types(&self, roomid: RoomId, id: AnswerTo) -> Option<Step> {
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        let told = async move {
            let (room, typing) = (roomid.clone(), uid.clone());
            let others = app.read(move |store| member::list_others(store, &room, &typing)).await?;
            app.whisper(others, Reply::Typing { roomid, uid });
            Ok(())
        };
        Some(Step::Await(Box::pin(async move { Done::Typed(told.await, id) })))
    }
}

fn log_cause(error: &Error) {
    if let Some(cause) = error.hidden_cause() {
        log::error!("the store failed a connection: {cause}");
    }
}

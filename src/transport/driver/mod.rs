//! Runs a session against the application: turns what the session wants into texts to send and futures
//! to await. A transport needs to be able to do just that, and knows nothing else.
//!
//! `action` is what a transport has to do, `requests` has the futures; `acking` and `reading` merge what a
//! client says one by one, although the last of it says all; `syncing` keeps answers in order.

mod acking;
pub mod action;
mod reading;
mod requests;
mod syncing;

use crate::app::App;
use crate::app::registration::Handshake;
use crate::error::Error;
use crate::metrics::{Counted, Transport};
use crate::model::{DeviceId, SessionId, Time, Uid};
use crate::protocol::envelope::Envelope;
use crate::protocol::replies::Reply;
use crate::realtime::close::CloseReason;
use crate::realtime::session::effect::{AnswerTo, Effect, ToSession};
use crate::realtime::session::machine::Session;
use acking::Acking;
use action::{Action, Actions, Completion};
use actix::Recipient;
use reading::Reading;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use syncing::Syncing;

/// Why a connection ends whose client gives no sign of life.
pub const SILENT: &str = "silent";

/// What a connection needs to be registered, and no more once it is.
struct PendingRegistration {
    handshake: Handshake,
    address: Recipient<ToSession>,
}

/// One connection's session with what it needs to act.
pub struct Driver {
    app: App,
    id: SessionId,
    pending: Option<Box<PendingRegistration>>,
    session: Session,
    counted: Counted,
    /// Whom the registry may know this connection as.
    uid: Option<Uid>,
    deviceid: Option<DeviceId>,
    /// When the token expires.
    expires: Option<Time>,
    acking: Acking,
    reading: Reading,
    syncing: Syncing,
    /// Whether the client has ever acknowledged something on this device.
    acks: Arc<AtomicBool>,
    /// The newest push sent that is kept as such.
    sent_kept: i64,
}

impl Driver {
    /// A connection that has just been opened over `transport`; `address` is that of its actor.
    pub fn new(app: App, transport: Transport, handshake: Handshake, address: Recipient<ToSession>) -> Self {
        let id = SessionId::mint();
        log::debug!(conn:% = id; "opened");
        Self {
            id,
            pending: Some(Box::new(PendingRegistration { handshake, address })),
            session: Session::new(app.config().commands_per_second, Instant::now()),
            counted: app.metrics().connections.opened(transport),
            uid: None,
            deviceid: None,
            expires: None,
            acking: Acking::default(),
            reading: Reading::default(),
            syncing: Syncing::default(),
            acks: Arc::default(),
            sent_kept: 0,
            app,
        }
    }

    /// A text came from the client, who waits for an acknowledgement or does not.
    pub fn on_client_message(&mut self, text: &str, ack: Option<u64>) -> Actions {
        let Some(envelope) = Envelope::parse(text) else { return self.strike(ack) };
        self.app.metrics().envelopes.heard(envelope.kind);
        let effects = self.session.on_envelope(envelope, ack, Instant::now());
        self.actions(effects)
    }

    /// Something that can be no envelope came from the client.
    pub fn strike(&mut self, ack: Option<u64>) -> Actions {
        let effects = self.session.strike(ack);
        self.actions(effects)
    }

    /// Something came from elsewhere in the server.
    pub fn on_server_message(&mut self, message: ToSession) -> Actions {
        match message {
            ToSession::Push(push) => {
                let effect = self.session.pushed(push);
                self.actions(effect)
            }
            ToSession::Newest(seq) => {
                let effect = self.session.newest(seq);
                self.actions(effect)
            }
            // What only the present concerns is not said before the registration is answered.
            ToSession::Say(_) if !self.session.is_live() => Actions::new(),
            ToSession::Say(word) => {
                self.app.metrics().pushes.said(word.kind.name());
                [Action::Send(word.envelope())].into()
            }
            ToSession::Close(why) => self.close(why),
        }
    }

    /// Whether somebody has registered.
    pub fn is_registered(&self) -> bool {
        self.session.is_live()
    }

    /// The time for registering is up.
    pub fn deadline(&mut self) -> Actions {
        let effects = self.session.deadline();
        self.actions(effects)
    }

    /// A regular beat.
    pub fn beat(&mut self) -> Actions {
        if self.expires.is_some_and(|expires| expires <= Time::now()) {
            return self.close(CloseReason::TokenVoid);
        }
        let effects = self.session.beat();
        let mut actions = self.actions(effects);
        if let Some(kept) = self.keep_sent() {
            actions.push(Action::Await(Box::pin(async move {
                kept.await;
                Completion::SentKept
            })));
        }
        // What could not be kept before.
        actions.extend(self.keep_acknowledged());
        actions
    }

    /// Ends the connection.
    pub fn close(&mut self, why: CloseReason) -> Actions {
        let effects = self.session.close(why);
        self.actions(effects)
    }

    /// The connection ends without a word, for a reason that the transport has.
    pub fn set_end_reason(&mut self, reason: &'static str) {
        self.counted.ends(reason);
    }

    /// The connection is gone: the future that tells the registry, if it may know of it.
    pub fn disconnect(&mut self) -> Option<impl Future<Output = ()> + use<>> {
        log::debug!(conn:% = self.id; "gone");
        let (app, id, kept, rest) = (self.app.clone(), self.id, self.keep_sent(), self.keep_rest());
        self.uid.take().map(|uid| async move {
            app.disconnect(uid, id).await;
            if let Some(kept) = kept {
                kept.await;
            }
            if let Some(rest) = rest {
                rest.await;
            }
        })
    }

    /// Something awaited has come.
    pub fn on_completion(&mut self, completion: Completion) -> Actions {
        let effects = match completion {
            Completion::Registered(Ok((caller, registered)), to) => {
                self.expires = Some(caller.expires);
                // Who has missed nothing has nothing to be kept at the next beat.
                self.sent_kept = registered.sent;
                self.counted.registered(caller.role);
                if let Some(pending) = self.pending.take() {
                    pending.handshake.shares.iter().for_each(|share| share.give_back());
                }
                let effects = self.session.registered(registered, to);
                self.count_replayed(effects)
            }
            Completion::Fetched(page) => {
                let log = |error: &Error| error.log_for_connection(self.id, "reading pushes failed");
                let effects = self.session.fetched(page.inspect_err(log).ok());
                self.count_replayed(effects)
            }
            Completion::Synced(synced, to) => return self.synced(synced, to),
            Completion::Registered(Err(error), to) | Completion::CarriedOut(Err(error), to) => {
                self.refused(&error, to)
            }
            Completion::SentKept => Vec::new(),
            Completion::CarriedOut(Ok(()), to) => vec![Effect::Done(to)],
            Completion::Acknowledged(kept) => return self.acknowledged(kept),
            Completion::Read(outcomes) => return self.have_read(outcomes),
        };
        self.actions(effects)
    }

    /// What the client asked for failed.
    fn refused(&mut self, error: &Error, to: AnswerTo) -> Vec<Effect> {
        error.log_for_connection(self.id, "a command failed");
        self.session.refused(error, to)
    }

    fn count_replayed(&self, effects: Vec<Effect>) -> Vec<Effect> {
        let pushes = effects.iter().filter(|effect| matches!(effect, Effect::Push(_)));
        self.app.metrics().pushes.replayed(pushes.count());
        effects
    }

    fn actions(&mut self, effects: impl IntoIterator<Item = Effect>) -> Actions {
        effects.into_iter().filter_map(|effect| self.action(effect)).collect()
    }

    fn action(&mut self, effect: Effect) -> Option<Action> {
        match effect {
            Effect::Push(push) => {
                self.app.metrics().pushes.sent(push.frame());
                Some(Action::Push(push))
            }
            Effect::Say(reply, AnswerTo { id, ack }) => {
                let envelope = self.envelope(&reply, id.as_ref());
                Some(match ack {
                    Some(ack) => Action::Acknowledge(ack, Some(envelope)),
                    None => Action::Send(envelope),
                })
            }
            Effect::Done(AnswerTo { ack, .. }) => ack.map(|ack| Action::Acknowledge(ack, None)),
            Effect::Close(why) => {
                log::debug!(conn:% = self.id; "closed: {}", why.name());
                self.counted.ends(why.name());
                Some(Action::Close(why))
            }
            Effect::Register(request, to) => self.register(*request, to),
            Effect::Fetch(fetch) => self.fetch(fetch),
            Effect::Sync(sync, to) => self.sync(sync, to),
            Effect::Ack(ack) => self.acknowledge(ack),
            Effect::Read(read, to) => self.read(read, to),
            Effect::Signal(signal, to) => self.signal(signal, to),
            Effect::Type(roomid, to) => self.tell_typing(roomid, to),
        }
    }

    /// The envelope of an ephemeral message.
    fn envelope(&self, reply: &Reply, id: Option<&Value>) -> String {
        self.app.metrics().pushes.said(reply.name());
        if let Reply::Error { code, .. } = reply {
            self.app.metrics().envelopes.refused(code);
        }
        reply.envelope(id)
    }
}

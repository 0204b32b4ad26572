//! The futures of what a session wants done: what is read, kept and handed on for it.

use super::Driver;
use super::action::{Action, Actions, Completion};
use super::reading::{self, ReadOutcome};
use super::syncing::SyncCommand;
use crate::app::registration::ConnectionRequest;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::{PAGE_SIZE, RoomId};
use crate::protocol::commands::{Ack, Read, Register, Signal, Sync};
use crate::realtime::call::message::CallMessage;
use crate::realtime::feed::{Fetch, Page};
use crate::realtime::group::message::Origin;
use crate::realtime::session::effect::{AnswerTo, Effect, Synced};
use crate::service::{receipts, sync};
use crate::store::mailbox;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// How many pushes are read from the store at a time, if they are short.
const PAGE: usize = 500;

/// Refuses a command of which too many wait.
fn refuse((error, to): (Error, AnswerTo)) -> Action {
    Action::Await(Box::pin(async { Completion::CarriedOut(Err(error), to) }))
}

impl Driver {
    pub(super) fn register(&mut self, request: Register, to: AnswerTo) -> Option<Action> {
        let pending = self.pending.as_deref()?;
        let connection = ConnectionRequest {
            id: self.id,
            address: pending.address.clone(),
            handshake: pending.handshake.clone(),
            acks: self.acks.clone(),
        };
        // From now on the registry may know of it, whatever becomes of the future.
        self.uid = Some(request.uid.clone());
        self.deviceid = Some(request.deviceid.clone());
        let app = self.app.clone();
        Some(Action::Await(Box::pin(async move {
            Completion::Registered(app.register(request, connection).await, to)
        })))
    }

    pub(super) fn fetch(&self, Fetch { after }: Fetch) -> Option<Action> {
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        Some(Action::Load(Box::pin(async move {
            let page = app.read(move |store| sync::read_on(store, &uid, after, PAGE)).await;
            Completion::Fetched(page.map(|(frames, pruned)| Page { frames, pruned }))
        })))
    }

    pub(super) fn sync(&mut self, sync: Sync, to: AnswerTo) -> Option<Action> {
        match self.syncing.add((sync, to)) {
            Ok(now) => self.read_pushes(now?),
            Err(refused) => Some(refuse(refused)),
        }
    }

    fn read_pushes(&self, (Sync { since, limit }, to): SyncCommand) -> Option<Action> {
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        let limit = limit.unwrap_or(PAGE_SIZE);
        Some(Action::Load(Box::pin(async move {
            let page = app.read(move |store| sync::list_after(store, &uid, since, limit)).await;
            Completion::Synced(page.map(|(frames, more)| Synced { since, frames, more }), to)
        })))
    }

    /// The pushes that the client asked for came, or not; then what it asked for next is read.
    pub(super) fn synced(&mut self, synced: Result<Synced>, to: AnswerTo) -> Actions {
        let effects = match synced {
            Ok(synced) => {
                let effects = self.session.synced(synced, to);
                self.count_replayed(effects)
            }
            Err(error) => self.refused(&error, to),
        };
        let mut actions = self.actions(effects);
        let next = self.syncing.next();
        actions.extend(next.and_then(|next| self.read_pushes(next)));
        actions
    }

    pub(super) fn acknowledge(&mut self, Ack { seq }: Ack) -> Option<Action> {
        let next = self.acking.add(seq);
        self.keep_acknowledgement(next)
    }

    /// Keeps what was acknowledged and could not be kept before.
    pub(super) fn keep_acknowledged(&mut self) -> Option<Action> {
        let next = self.acking.next();
        self.keep_acknowledgement(next)
    }

    fn keep_acknowledgement(&mut self, seq: Option<i64>) -> Option<Action> {
        let (app, uid, seq) = (self.app.clone(), self.uid.clone()?, seq?);
        let first = self.deviceid.clone().filter(|_| !self.acks.load(Ordering::Relaxed));
        Some(Action::Await(Box::pin(async move {
            let kept = app.write(move |tx| receipts::acknowledge(tx, &uid, seq, first.as_ref()));
            Completion::Acknowledged(kept.await)
        })))
    }

    /// What was acknowledged is kept, and what waited is next; or it waits for the next one, or the next beat.
    pub(super) fn acknowledged(&mut self, kept: Result<()>) -> Actions {
        match kept {
            Ok(()) => {
                self.acks.store(true, Ordering::Relaxed);
                self.acking.kept();
                self.keep_acknowledged().into_iter().collect()
            }
            Err(error) => {
                error.log_for_connection(self.id, "keeping an acknowledgement failed");
                self.acking.failed();
                Actions::new()
            }
        }
    }

    pub(super) fn read(&mut self, read: Read, to: AnswerTo) -> Option<Action> {
        let added = match read.target() {
            Ok(target) => self.reading.add((target, to)),
            Err(error) => Err((error, to)),
        };
        match added {
            Ok(()) => self.keep_read(),
            Err(refused) => Some(refuse(refused)),
        }
    }

    fn keep_read(&mut self) -> Option<Action> {
        let (app, uid, commands) = (self.app.clone(), self.uid.clone()?, self.reading.next()?);
        Some(Action::Await(Box::pin(
            async move { Completion::Read(reading::keep(app, uid, commands).await) },
        )))
    }

    /// What was read is kept, or was refused; what came meanwhile is next.
    pub(super) fn have_read(&mut self, outcomes: Vec<ReadOutcome>) -> Actions {
        self.reading.finish();
        let mut effects = Vec::new();
        for (answers, result) in outcomes {
            if let Err(error) = &result {
                error.log_for_connection(self.id, "a command failed");
            }
            effects.extend(answers.into_iter().flat_map(|to| match &result {
                Ok(()) => vec![Effect::Done(to)],
                Err(error) => self.session.refused(error, to),
            }));
        }
        let actions = self.actions(effects);
        actions.into_iter().chain(self.keep_read()).collect()
    }

    /// Keeps what the client said last, when its connection has ended.
    pub(super) fn keep_rest(&mut self) -> Option<impl Future<Output = ()> + use<>> {
        let (app, id, uid) = (self.app.clone(), self.id, self.uid.clone()?);
        let (acked, read, device) = (self.acking.rest(), self.reading.rest(), self.deviceid.clone());
        (acked.is_some() || !read.is_empty()).then_some(async move {
            reading::keep(app.clone(), uid.clone(), read).await;
            let Some(seq) = acked else { return };
            if let Err(error) =
                app.write(move |tx| receipts::acknowledge(tx, &uid, seq, device.as_ref())).await
            {
                error.log_for_connection(id, "keeping an acknowledgement failed");
            }
        })
    }

    /// Sent on before it is awaited, so that signals stay in their order.
    pub(super) fn signal(&self, Signal { callid, signal }: Signal, to: AnswerTo) -> Option<Action> {
        let (from, device) = (self.uid.clone()?, self.deviceid.clone()?);
        let at = Connection { device, session: self.id };
        let signal = Arc::new(Value::Object(signal));
        let told = self.app.tell_call(callid, CallMessage::Signal { from, at, signal });
        Some(Action::Await(Box::pin(async move { Completion::CarriedOut(told.await, to) })))
    }

    pub(super) fn tell_typing(&self, roomid: RoomId, to: AnswerTo) -> Option<Action> {
        let (app, uid) = (self.app.clone(), self.uid.clone()?);
        let told = async move { app.tell_typing(roomid, uid, Origin::Here).await };
        Some(Action::Await(Box::pin(async move { Completion::CarriedOut(told.await, to) })))
    }

    /// Keeps how far the pushes have been sent, where they have come further since; reports show it.
    pub(super) fn keep_sent(&mut self) -> Option<impl Future<Output = ()> + use<>> {
        let (app, id, uid) = (self.app.clone(), self.id, self.uid.clone()?);
        let sent = self.session.sent().filter(|sent| *sent > self.sent_kept)?;
        self.sent_kept = sent;
        Some(async move {
            // What could not be kept is kept with the next one.
            if let Err(error) = app.write(move |tx| mailbox::set_sent(tx, &uid, sent)).await {
                error.log_for_connection(id, "keeping how far pushes were sent failed");
            }
        })
    }
}

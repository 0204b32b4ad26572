//! The switchboard: the actor that knows the room of each video call on this node.
//!
//! It makes a room for an invitation, hands on what is said to one, and tells rooms of their parties'
//! connections that come and go. What a call does is in `room` and `machine`; what is kept of it is the
//! affair of the `CallStore` that it is given.

use super::event::Timing;
use super::message::{CallClosed, CallMessage, Dial, PartiesKnown, StartCall, TellCall};
use super::refusal::Refusal;
use super::room::CallRoom;
use super::store::CallStore;
use crate::error::{Error, Result};
use crate::model::call::RingingCall;
use crate::model::connection::Connection;
use crate::model::{CallId, SteadyClock, Uid};
use crate::realtime::connection_events::{self, ConnectionEvent, Watch};
use crate::realtime::registry::actor::Registry;
use actix::prelude::*;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// How many messages may wait for the switchboard.
const MAILBOX: usize = 16_384;
/// How long it waits before it tries again to end what an earlier process left open.
const AGAIN: Duration = Duration::from_secs(1);

/// The actor.
pub struct Switchboard {
    registry: Addr<Registry>,
    store: Rc<dyn CallStore>,
    timing: Timing,
    watch: Option<Watch>,
    rooms: HashMap<CallId, Addr<CallRoom>>,
    parties: HashMap<Uid, CallId>,
}

impl Switchboard {
    /// A switchboard without calls; `watch` tells it who comes and goes.
    pub fn new(registry: Addr<Registry>, watch: Watch, store: Rc<dyn CallStore>, timing: Timing) -> Self {
        let (rooms, parties) = Default::default();
        Self { registry, store, timing, watch: Some(watch), rooms, parties }
    }

    /// Ends what an earlier process left open; nobody calls before that is done.
    fn clear_up(&self, ctx: &mut Context<Self>) {
        let cleared = self.store.end_abandoned().into_actor(self);
        ctx.wait(cleared.map(|cleared, _, ctx| {
            if let Err(error) = cleared {
                error.log("open calls could not be ended");
                ctx.run_later(AGAIN, |board, ctx| board.clear_up(ctx));
            }
        }));
    }

    /// Tells the call that somebody is in, if they are in one.
    fn tell(&self, uid: &Uid, message: impl FnOnce() -> CallMessage) {
        if let Some(room) = self.parties.get(uid).and_then(|callid| self.rooms.get(callid)) {
            tell(room, message());
        }
    }
}

/// Tells a room; where its mailbox is full it waits, and where it is gone there is nobody to tell.
fn tell(room: &Addr<CallRoom>, message: CallMessage) {
    let told = room.send(message);
    actix::spawn(async move {
        let _ = told.await;
    });
}

impl Actor for Switchboard {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if let Some(watch) = self.watch.take() {
            ctx.add_stream(connection_events::stream(watch));
        }
        self.clear_up(ctx);
    }
}

impl StreamHandler<Option<ConnectionEvent>> for Switchboard {
    fn handle(&mut self, change: Option<ConnectionEvent>, _: &mut Self::Context) {
        match change {
            Some(ConnectionEvent::Connected { uid, id, deviceid, first: _ }) => {
                let at = Connection { device: deviceid, session: id };
                self.tell(&uid, || CallMessage::Connected { uid: uid.clone(), at });
            }
            Some(ConnectionEvent::Disconnected { uid, id, others_left: _ }) => {
                self.tell(&uid, || CallMessage::Disconnected(id))
            }
            None => self.rooms.values().for_each(|room| tell(room, CallMessage::EventsMissed)),
        }
    }

    /// The switchboard outlives the registry.
    fn finished(&mut self, _: &mut Self::Context) {}
}

impl Handler<StartCall> for Switchboard {
    type Result = ResponseActFuture<Self, Result<RingingCall>>;

    /// The room is there before the call is, so that whoever hears of the call finds it.
    fn handle(&mut self, StartCall(invitation): StartCall, ctx: &mut Self::Context) -> Self::Result {
        let callid = CallId::new();
        let room = CallRoom {
            callid: callid.clone(),
            parties_known: ctx.address().recipient(),
            closed: ctx.address().recipient(),
            registry: self.registry.clone(),
            store: self.store.clone(),
            timing: self.timing,
            clock: SteadyClock::start(),
            call: None,
            timers: HashMap::new(),
        };
        let room = room.start();
        self.rooms.insert(callid.clone(), room.clone());
        let dialled = async move { room.send(Dial(invitation)).await.map_err(Error::inside)? };
        Box::pin(dialled.into_actor(self).map(move |ringing, board, _| {
            if ringing.is_err() {
                board.rooms.remove(&callid);
            }
            ringing
        }))
    }
}

impl Handler<TellCall> for Switchboard {
    type Result = ResponseFuture<Result<()>>;

    fn handle(&mut self, TellCall { callid, message }: TellCall, _: &mut Self::Context) -> Self::Result {
        // To a stranger it is all the same whether there is such a call.
        let gone = match &message {
            CallMessage::Signal { .. } => Refusal::Stranger,
            CallMessage::Accept(..)
            | CallMessage::HangUp(..)
            | CallMessage::Connected { .. }
            | CallMessage::Disconnected(_)
            | CallMessage::EventsMissed
            | CallMessage::Fired(_) => Refusal::Closed,
        };
        // Sent here and not in the future: what one client says stays in its order.
        let told = self.rooms.get(&callid).map(|room| room.send(message));
        Box::pin(async move {
            match told {
                Some(told) => told.await.unwrap_or_else(|_| Err(gone.into())),
                None => Err(gone.into()),
            }
        })
    }
}

impl Handler<PartiesKnown> for Switchboard {
    type Result = ();

    fn handle(&mut self, PartiesKnown(callid, parties): PartiesKnown, _: &mut Self::Context) {
        self.parties.extend(parties.map(|uid| (uid, callid.clone())));
    }
}

impl Handler<CallClosed> for Switchboard {
    type Result = ();

    fn handle(&mut self, CallClosed(callid): CallClosed, _: &mut Self::Context) {
        self.rooms.remove(&callid);
        // Who is in another call already stays in that one.
        self.parties.retain(|_, other| *other != callid);
    }
}

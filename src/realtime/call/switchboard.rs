//! The switchboard: the actor that knows the room of each video call on this node.
//!
//! It makes a room for an invitation, hands on what is said to one, and tells rooms of their parties'
//! connections that come and go; for a call that another node leads it has a stand-in. What a call does is in `room` and `machine`; what is kept of it is the
//! affair of the `CallStore` that it is given.

use super::event::Timing;
use super::lines::Lines;
use super::locate::Reach;
use super::memory::Memory;
use super::message::{
    CallClosed, CallMessage, CallParties, Dial, Forward, PartiesKnown, Site, StartCall, TellCall, ToRoom,
    gone,
};
use super::refusal::{Refusal, Untaken};
use super::room::CallRoom;
use super::stand_in::{Owner, StandIn};
use super::store::CallStore;
use crate::error::{Error, Result};
use crate::model::call::RingingCall;
use crate::model::connection::Connection;
use crate::model::{CallId, SteadyClock, Uid};
use crate::realtime::connection_events::{self, ConnectionEvent, Watch};
use crate::realtime::registry::actor::Registry;
use actix::prelude::*;
use futures_util::future::LocalBoxFuture;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// How many messages may wait for the switchboard.
const MAILBOX: usize = 16_384;
/// How long it waits before it tries again to end what an earlier process left open.
const AGAIN: Duration = Duration::from_secs(1);

/// The actor.
pub struct Switchboard {
    pub(super) reach: Reach,
    pub(super) store: Rc<dyn CallStore>,
    timing: Timing,
    watch: Option<Watch>,
    pub(super) rooms: HashMap<CallId, Line>,
    pub(super) parties: HashMap<Uid, CallId>,
}

/// Who takes what is said to a call on this node.
pub(super) enum Line {
    /// The call itself.
    Room(Addr<CallRoom>),
    /// Who hands it on to the call's node.
    StandIn(Addr<StandIn>),
}

impl Switchboard {
    /// A switchboard without calls; `watch` tells it who comes and goes.
    pub fn new(
        registry: Addr<Registry>,
        watch: Watch,
        store: Rc<dyn CallStore>,
        lines: Rc<dyn Lines>,
        timing: Timing,
    ) -> Self {
        let (rooms, parties) = Default::default();
        let reach = Reach { registry, lines };
        Self { reach, store, timing, watch: Some(watch), rooms, parties }
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
        if let Some(line) = self.parties.get(uid).and_then(|callid| self.rooms.get(callid)) {
            line.tell_here(message());
        }
    }

    /// Forgets a call.
    pub(super) fn let_go(&mut self, callid: &CallId) -> Option<Line> {
        // Who is in another call already stays in that one.
        self.parties.retain(|_, other| other != callid);
        self.rooms.remove(callid)
    }
}

impl Line {
    /// Tells the call what was said there. It is sent before this is awaited: what one client says stays in its order.
    fn tell(&self, from: Site, message: CallMessage) -> LocalBoxFuture<'static, Result<(), Untaken>> {
        let gone = gone(&message);
        match (self, from) {
            (Self::Room(room), from) => told(room.send(ToRoom::Said(from, message)), gone),
            (Self::StandIn(stand_in), Site::Here) => told(stand_in.send(Forward(message)), gone),
            // Whoever leads a call hands nothing on.
            (Self::StandIn(_), Site::There(_)) => refuse(gone),
        }
    }

    /// The same for what nobody waits for: where its mailbox is full it waits, and where it is gone there is nobody to
    /// tell.
    pub(super) fn tell_here(&self, message: CallMessage) {
        let told = self.tell(Site::Here, message);
        actix::spawn(async move {
            let _ = told.await;
        });
    }
}

fn told<A, M>(told: Request<A, M>, gone: Refusal) -> LocalBoxFuture<'static, Result<(), Untaken>>
where
    A: Actor + Handler<M>,
    A::Context: actix::dev::ToEnvelope<A, M>,
    M: Message<Result = Result<(), Untaken>> + Send + Unpin + 'static,
{
    Box::pin(async move { told.await.unwrap_or_else(|_| Err(gone.into())) })
}

fn refuse(why: Refusal) -> LocalBoxFuture<'static, Result<(), Untaken>> {
    Box::pin(std::future::ready(Err(why.into())))
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
            None => self.rooms.values().for_each(|line| line.tell_here(CallMessage::EventsMissed)),
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
            reach: self.reach.clone(),
            store: self.store.clone(),
            timing: self.timing,
            clock: SteadyClock::start(),
            call: None,
            timers: HashMap::new(),
            memory: Memory::default(),
        };
        let room = room.start();
        self.rooms.insert(callid.clone(), Line::Room(room.clone()));
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
    type Result = ResponseFuture<Result<(), Untaken>>;

    fn handle(
        &mut self,
        TellCall { callid, from, message }: TellCall,
        ctx: &mut Self::Context,
    ) -> Self::Result {
        match (self.rooms.get(&callid), from) {
            (Some(line), from) => line.tell(from, message),
            (None, Site::Here) if self.reach.lines.are_there() => {
                let line = self.stand_in(callid.clone(), Owner::Sought, ctx);
                let told = line.tell(from, message);
                self.rooms.insert(callid, line);
                told
            }
            (None, _) => refuse(gone(&message)),
        }
    }
}

impl Handler<PartiesKnown> for Switchboard {
    type Result = ();

    fn handle(&mut self, PartiesKnown(call): PartiesKnown, _: &mut Self::Context) {
        let CallParties { callid, parties } = call;
        self.parties.extend(parties.map(|uid| (uid, callid.clone())));
    }
}

impl Handler<CallClosed> for Switchboard {
    type Result = ();

    fn handle(&mut self, CallClosed(callid): CallClosed, _: &mut Self::Context) {
        if self.let_go(&callid).is_some_and(|line| line.is_room()) {
            self.reach.lines.tell_over(callid);
        }
    }
}

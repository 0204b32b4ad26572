//! The room of one video call: the actor around the machine, with its timers and its connections.
//!
//! The store is the truth: the machine says what would come of an event, that is kept, and only then does
//! the room take it for happened. Until then nothing else happens in it. Whom it lets speak, and to whom,
//! is decided in `machine`; how a call begins is in `dial`, how a room looks for what it was not told in `look`.

use super::event::{Effect, Event, Party, Timer, Timing};
use super::locate::{Located, Reach, certain, likely};
use super::machine::Call;
use super::memory::Memory;
use super::message::{CallClosed, CallMessage, PartiesKnown, Signal, Site, ToRoom};
use super::refusal::{Refusal, Untaken};
use super::store::{CallStore, Stored};
use crate::model::call::{CallAcceptance, CallEnding, CallListener};
use crate::model::{CallId, EndReason, SessionId, SteadyClock, Time, Uid};
use crate::protocol::replies::{Reply, Word};
use actix::fut::{self, LocalBoxActorFuture};
use actix::prelude::*;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// How many messages may wait for one room.
const MAILBOX: usize = 256;
/// How long it waits before it tries again to keep what could not be kept.
const AGAIN: Duration = Duration::from_secs(1);

type Taken = LocalBoxActorFuture<CallRoom, Result<(), Untaken>>;

/// The actor. It knows the switchboard only as one that takes two messages.
pub(super) struct CallRoom {
    pub(super) callid: CallId,
    pub(super) parties_known: Recipient<PartiesKnown>,
    pub(super) closed: Recipient<CallClosed>,
    pub(super) reach: Reach,
    pub(super) store: Rc<dyn CallStore>,
    pub(super) timing: Timing,
    /// Started with the call, so that its times are right whatever becomes of the computer's clock.
    pub(super) clock: SteadyClock,
    /// `None` until it rings.
    pub(super) call: Option<Call<Signal>>,
    pub(super) timers: HashMap<Timer, SpawnHandle>,
    pub(super) memory: Memory,
}

impl CallRoom {
    fn take(&mut self, message: ToRoom, ctx: &mut Context<Self>) -> Taken {
        match message {
            ToRoom::Said(from, message) => self.hear(from, message, ctx),
            ToRoom::Fired(timer) => self.happen(Event::Fired(timer)),
            ToRoom::Over => {
                self.leave(ctx);
                Box::pin(fut::ok(()))
            }
        }
    }

    fn hear(&mut self, from: Site, message: CallMessage, ctx: &mut Context<Self>) -> Taken {
        match message {
            CallMessage::Accept(by, token) => self.take_located(move |call, located| {
                let at = party_of(call, &by).and_then(|party| likely(located.of(party), token));
                Ok(Event::Accept { by, at })
            }),
            CallMessage::HangUp(by, token) => self.take_located(move |call, located| {
                let at = party_of(call, &by).and_then(|party| certain(located.of(party), token));
                Ok(Event::HangUp { by, at })
            }),
            CallMessage::Signal { from: uid, at, signal } if self.is_bound_to(at.session) => {
                self.memory.note(at.session, from);
                self.happen(Event::Signal { from: uid, at, signal })
            }
            CallMessage::Signal { from, .. } if !self.is_of(&from) => {
                Box::pin(fut::err(Refusal::Stranger.into()))
            }
            // What was still on its way when its connection went must not be taken for something from
            // one that is there.
            CallMessage::Signal { from, at, signal } => {
                self.take_located(move |_, located| match located.has(&at) {
                    true => Ok(Event::Signal { from, at, signal }),
                    false => Err(Refusal::Elsewhere),
                })
            }
            CallMessage::Connected { at, .. } if self.memory.is_lost(at.session) => Box::pin(fut::ok(())),
            CallMessage::Connected { uid, at } => {
                self.memory.note(at.session, from);
                self.memory.see(&uid);
                self.happen(Event::Arrived { uid, at })
            }
            CallMessage::Disconnected(session) => {
                self.memory.lose(session);
                self.happen(Event::Lost(session))
            }
            CallMessage::EventsMissed => {
                self.look_again(ctx);
                Box::pin(fut::ok(()))
            }
        }
    }

    /// Takes what is made of where the two are connected now.
    fn take_located(
        &self,
        event: impl FnOnce(&Call<Signal>, &Located) -> Result<Event<Signal>, Refusal> + 'static,
    ) -> Taken {
        let Some(parties) = self.parties() else { return Box::pin(fut::err(Refusal::Closed.into())) };
        Box::pin(self.reach.locate(parties).into_actor(self).then(move |located, room, ctx| {
            let event = located.map_err(Untaken::Failed).and_then(|mut located| {
                room.learn(&mut located, ctx);
                let call = room.call.as_ref().ok_or(Refusal::Closed)?;
                Ok(event(call, &located)?)
            });
            match event {
                Ok(event) => room.happen(event),
                Err(error) => Box::pin(fut::err(error)),
            }
        }))
    }

    /// Whether somebody is one of the two.
    fn is_of(&self, uid: &Uid) -> bool {
        self.call.as_ref().is_some_and(|call| party_of(call, uid).is_some())
    }

    /// Whether a party is bound to the connection.
    fn is_bound_to(&self, session: SessionId) -> bool {
        let bound = |call: &Call<_>| Party::BOTH.iter().any(|party| call.bound(*party) == Some(session));
        self.call.as_ref().is_some_and(bound)
    }

    /// Lets something happen: it is kept first, then done.
    fn happen(&mut self, event: Event<Signal>) -> Taken {
        let (now, fired) = (self.clock.now(), fired(&event));
        let Some(mut next) = self.call.clone() else { return Box::pin(fut::err(Refusal::Closed.into())) };
        let effects = match next.on(event, now) {
            Ok(effects) => effects,
            Err(refusal) => return Box::pin(fut::err(refusal.into())),
        };
        let kept = self.keep(&effects, now);
        Box::pin(kept.into_actor(self).map(move |kept, room, ctx| match kept {
            Ok(()) => {
                room.call = Some(next);
                room.perform(effects, ctx);
                room.forget_sites();
                Ok(())
            }
            Err(error) => {
                // Nobody else will say that the time is up.
                if let Some(timer) = fired {
                    error.log("a call could not be ended");
                    ctx.notify_later(ToRoom::Fired(timer), AGAIN);
                }
                Err(error.into())
            }
        }))
    }

    /// Keeps what is to last of the effects: at most one is.
    fn keep(&self, effects: &[Effect<Signal>], at: Time) -> Stored<()> {
        for effect in effects {
            match effect {
                Effect::Accepted { by, audience } => {
                    let acceptance = CallAcceptance { by: by.clone(), at, audience: audience.clone() };
                    return self.store.accept(self.callid.clone(), acceptance);
                }
                Effect::Ended(ending) => {
                    return self.store.end(self.callid.clone(), self.with_unheard(ending.clone()), at);
                }
                Effect::Ring { .. } | Effect::Relay { .. } | Effect::SetTimer(..) | Effect::ClearTimer(_) => {
                }
            }
        }
        Box::pin(std::future::ready(Ok(())))
    }

    /// Does what is not to last.
    pub(super) fn perform(&mut self, effects: Vec<Effect<Signal>>, ctx: &mut Context<Self>) {
        for effect in effects {
            match effect {
                Effect::Relay { to, from, signal } => self.relay(to, from, signal),
                Effect::SetTimer(timer, at) => self.set_timer(timer, at, ctx),
                Effect::ClearTimer(timer) => {
                    self.timers.remove(&timer).map(|handle| ctx.cancel_future(handle));
                }
                Effect::Ended(_) => self.leave(ctx),
                // These were kept.
                Effect::Ring { .. } | Effect::Accepted { .. } => {}
            }
        }
    }

    /// Who stayed away on a node that is not heard may be there all the same, and hears of the end too.
    fn with_unheard(&self, mut ending: CallEnding) -> CallEnding {
        if let (EndReason::Offline, Some(away)) = (ending.reason, &ending.by)
            && self.memory.is_unheard(away)
        {
            ending.audience.push(CallListener::Everywhere(away.clone()));
        }
        ending
    }

    fn relay(&self, to: SessionId, from: Uid, signal: Signal) {
        let Some(call) = &self.call else { return };
        let party = if *call.uid(Party::Caller) == from { Party::Callee } else { Party::Caller };
        let reply = Reply::VideoCallSignal { callid: self.callid.clone(), from, signal };
        self.reach.say_to(self.memory.site(to), call.uid(party).clone(), to, Word::from(&reply));
    }

    fn set_timer(&mut self, timer: Timer, at: Time, ctx: &mut Context<Self>) {
        let handle = ctx.notify_later(ToRoom::Fired(timer), at.since(self.clock.now()));
        if let Some(earlier) = self.timers.insert(timer, handle) {
            ctx.cancel_future(earlier);
        }
    }

    fn leave(&self, ctx: &mut Context<Self>) {
        let told = self.closed.send(CallClosed(self.callid.clone()));
        actix::spawn(async move {
            // The switchboard is gone only when the server ends.
            let _ = told.await;
        });
        ctx.stop();
    }
}

fn party_of(call: &Call<Signal>, uid: &Uid) -> Option<Party> {
    Party::BOTH.into_iter().find(|party| call.uid(*party) == uid)
}

/// The timer whose time has come with the event.
fn fired(event: &Event<Signal>) -> Option<Timer> {
    match event {
        Event::Fired(timer) => Some(*timer),
        Event::Accept { .. }
        | Event::HangUp { .. }
        | Event::Busy
        | Event::Signal { .. }
        | Event::Arrived { .. }
        | Event::Lost(_) => None,
    }
}

impl Actor for CallRoom {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
    }
}

impl Handler<ToRoom> for CallRoom {
    type Result = AtomicResponse<Self, Result<(), Untaken>>;

    fn handle(&mut self, message: ToRoom, ctx: &mut Self::Context) -> Self::Result {
        AtomicResponse::new(self.take(message, ctx))
    }
}

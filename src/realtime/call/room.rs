//! The room of one video call: the actor around the machine, with its timers and its connections.
//!
//! The store is the truth: the machine says what would come of an event, that is kept, and only then does
//! the room take it for happened. Until then nothing else happens in it. Whom it lets speak, and to whom,
//! is decided in `machine`; how a call begins is in `dial`.

use super::event::{Effect, Event, Party, Timer, Timing};
use super::locate;
use super::machine::Call;
use super::message::{CallClosed, CallMessage, PartiesKnown, Signal};
use super::refusal::Refusal;
use super::store::{CallStore, Stored};
use crate::error::Result;
use crate::model::call::CallAcceptance;
use crate::model::{CallId, SessionId, SteadyClock, Time, Uid};
use crate::protocol::replies::{Reply, Word};
use crate::realtime::registry::actor::Registry;
use crate::realtime::registry::messages::SendEphemeralTo;
use actix::fut::{self, LocalBoxActorFuture};
use actix::prelude::*;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

/// How many messages may wait for one room.
const MAILBOX: usize = 256;
/// How long it waits before it tries again to keep what could not be kept.
const AGAIN: Duration = Duration::from_secs(1);

type Taken = LocalBoxActorFuture<CallRoom, Result<()>>;

/// The actor. It knows the switchboard only as one that takes two messages.
pub(super) struct CallRoom {
    pub(super) callid: CallId,
    pub(super) parties_known: Recipient<PartiesKnown>,
    pub(super) closed: Recipient<CallClosed>,
    pub(super) registry: Addr<Registry>,
    pub(super) store: Rc<dyn CallStore>,
    pub(super) timing: Timing,
    /// Started with the call, so that its times are right whatever becomes of the computer's clock.
    pub(super) clock: SteadyClock,
    /// `None` until it rings.
    pub(super) call: Option<Call<Signal>>,
    pub(super) timers: HashMap<Timer, SpawnHandle>,
}

impl CallRoom {
    fn take(&mut self, message: CallMessage) -> Taken {
        match message {
            CallMessage::Accept(by, token) => {
                let found = locate::find_connection(self.registry.clone(), by.clone(), token);
                self.take_later(async move { Ok(Event::Accept { by, at: found.await?.likely }) })
            }
            CallMessage::HangUp(by, token) => {
                let found = locate::find_connection(self.registry.clone(), by.clone(), token);
                self.take_later(async move { Ok(Event::HangUp { by, at: found.await?.certain }) })
            }
            CallMessage::Signal { from, at, signal } if self.is_bound_to(at.session) => {
                self.happen(Event::Signal { from, at, signal })
            }
            // What was still on its way when its connection went must not be taken for something from
            // one that is there.
            CallMessage::Signal { from, at, signal } => {
                let connected = locate::is_connected(self.registry.clone(), from.clone(), at.clone());
                self.take_later(async move {
                    match connected.await? {
                        true => Ok(Event::Signal { from, at, signal }),
                        false => Err(Refusal::Elsewhere.into()),
                    }
                })
            }
            CallMessage::Connected { uid, at } => self.happen(Event::Arrived { uid, at }),
            CallMessage::Disconnected(session) => self.happen(Event::Lost(session)),
            CallMessage::EventsMissed => self.look_again(),
            CallMessage::Fired(timer) => self.happen(Event::Fired(timer)),
        }
    }

    fn take_later(&self, event: impl Future<Output = Result<Event<Signal>>> + 'static) -> Taken {
        Box::pin(event.into_actor(self).then(|event, room, _| match event {
            Ok(event) => room.happen(event),
            Err(error) => Box::pin(fut::err(error)),
        }))
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
                Ok(())
            }
            Err(error) => {
                // Nobody else will say that the time is up.
                if let Some(timer) = fired {
                    error.log("a call could not be ended");
                    ctx.notify_later(CallMessage::Fired(timer), AGAIN);
                }
                Err(error)
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
                Effect::Ended(ending) => return self.store.end(self.callid.clone(), ending.clone(), at),
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

    fn relay(&self, to: SessionId, from: Uid, signal: Signal) {
        let Some(call) = &self.call else { return };
        let party = if *call.uid(Party::Caller) == from { Party::Callee } else { Party::Caller };
        let reply = Reply::VideoCallSignal { callid: self.callid.clone(), from, signal };
        // Where the registry's mailbox is full, an ephemeral message may be lost.
        let _ = self.registry.try_send(SendEphemeralTo {
            uid: call.uid(party).clone(),
            id: to,
            word: Word::from(&reply),
        });
    }

    fn set_timer(&mut self, timer: Timer, at: Time, ctx: &mut Context<Self>) {
        let handle = ctx.notify_later(CallMessage::Fired(timer), at.since(self.clock.now()));
        if let Some(earlier) = self.timers.insert(timer, handle) {
            ctx.cancel_future(earlier);
        }
    }

    /// Finds out from the registry what the room was not told of.
    fn look_again(&self) -> Taken {
        let Some(call) = &self.call else { return Box::pin(fut::ok(())) };
        let changes = Party::BOTH.map(|party| {
            locate::list_changes(self.registry.clone(), call.uid(party).clone(), call.bound(party))
        });
        let changes = async move {
            let [caller, callee] = changes;
            Ok([caller.await?, callee.await?].concat())
        };
        Box::pin(changes.into_actor(self).map(|changes: Result<_>, _, ctx| {
            changes?.into_iter().for_each(|change| ctx.notify(change));
            Ok(())
        }))
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

impl Handler<CallMessage> for CallRoom {
    type Result = AtomicResponse<Self, Result<()>>;

    fn handle(&mut self, message: CallMessage, _: &mut Self::Context) -> Self::Result {
        AtomicResponse::new(self.take(message))
    }
}

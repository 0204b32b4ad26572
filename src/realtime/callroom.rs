//! The room of one video call: the actor around the machine, with its timers and its connections.
//!
//! The store is the truth: the machine says what would come of an event, that is written, and only
//! then does the room take it for happened. Until then nothing else happens in it. Whom it lets
//! speak, and to whom, is decided in `call`.

use super::call::{Call, Connection, Effect, Event, Invite, Party, Refusal, Timer, Timing};
use super::registry::{FindConnections, Registry, SayTo};
use super::switchboard::{Accepted, Invitation, Ledger, Over, Parties, Ring, Rung, Switchboard};
use crate::error::{Error, Result};
use crate::model::{CallId, SessionId, Time, TokenHash, Uid};
use crate::protocol::command::Reply;
use actix::fut::{self, LocalBoxActorFuture};
use actix::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// How many messages may wait for one room.
const MAILBOX: usize = 256;
/// How long it waits before it tries again to write what could not be written.
const AGAIN: Duration = Duration::from_secs(1);

/// What one end tells the other, as it is.
pub type Signal = Arc<Value>;
type Taken = LocalBoxActorFuture<CallRoom, Result<()>>;

/// What is said to a call.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<()>")]
pub enum Word {
    /// Somebody accepts, with this token.
    Accept(Uid, TokenHash),
    /// Somebody hangs up, cancels or refuses, with this token.
    HangUp(Uid, TokenHash),
    /// Somebody signals to the other end.
    Signal {
        /// Who.
        from: Uid,
        /// On which connection.
        at: Connection,
        /// What.
        signal: Signal,
    },
    /// A connection of a party has come.
    Came {
        /// Whose.
        uid: Uid,
        /// The connection.
        at: Connection,
    },
    /// A connection is gone.
    Went(SessionId),
    /// Some that came or went were not told of.
    Missed,
    /// A timer has come to its time.
    Fired(Timer),
}

/// The call is to begin.
#[derive(Message)]
#[rtype(result = "Result<Rung>")]
pub(super) struct Dial(pub Invitation);

/// The actor.
pub struct CallRoom {
    callid: CallId,
    board: Addr<Switchboard>,
    registry: Addr<Registry>,
    ledger: Rc<dyn Ledger>,
    timing: Timing,
    /// `None` until it rings.
    call: Option<Call<Signal>>,
    timers: HashMap<Timer, SpawnHandle>,
}

impl CallRoom {
    pub(super) fn new(
        callid: CallId,
        board: Addr<Switchboard>,
        registry: Addr<Registry>,
        ledger: Rc<dyn Ledger>,
        timing: Timing,
    ) -> Self {
        Self { callid, board, registry, ledger, timing, call: None, timers: HashMap::new() }
    }

    fn take(&mut self, word: Word) -> Taken {
        match word {
            Word::Accept(by, token) => {
                let at = find_connection(self.registry.clone(), by.clone(), token);
                self.take_later(async move { Ok(Event::Accept { by, at: at.await?.likely }) })
            }
            Word::HangUp(by, token) => {
                let at = find_connection(self.registry.clone(), by.clone(), token);
                self.take_later(async move { Ok(Event::HangUp { by, at: at.await?.certain }) })
            }
            Word::Signal { from, at, signal } if self.holds(at.session) => {
                self.happen(Event::Signal { from, at, signal })
            }
            // A word that was still on its way when its connection went must not be taken for one
            // that is there.
            Word::Signal { from, at, signal } => {
                let lines = self.registry.send(FindConnections(from.clone()));
                self.take_later(async move {
                    let lines = lines.await.map_err(Error::inside)?;
                    let there = lines.iter().any(|(line, _)| *line == at);
                    if there {
                        Ok(Event::Signal { from, at, signal })
                    } else {
                        Err(Refusal::Elsewhere.into())
                    }
                })
            }
            Word::Came { uid, at } => self.happen(Event::Arrived { uid, at }),
            Word::Went(session) => self.happen(Event::Lost(session)),
            Word::Missed => self.look_again(),
            Word::Fired(timer) => self.happen(Event::Fired(timer)),
        }
    }

    fn take_later(&self, event: impl Future<Output = Result<Event<Signal>>> + 'static) -> Taken {
        Box::pin(event.into_actor(self).then(|event, room, _| match event {
            Ok(event) => room.happen(event),
            Err(error) => Box::pin(fut::err(error)),
        }))
    }

    /// Whether a party is bound to the connection.
    fn holds(&self, session: SessionId) -> bool {
        let bound = |call: &Call<_>| Party::BOTH.iter().any(|party| call.bound(*party) == Some(session));
        self.call.as_ref().is_some_and(bound)
    }

    /// Lets something happen: first in the store, then here.
    fn happen(&mut self, event: Event<Signal>) -> Taken {
        let (now, fired) = (Time::now(), fired(&event));
        let Some(mut next) = self.call.clone() else { return Box::pin(fut::err(Refusal::Over.into())) };
        let effects = match next.on(event, now) {
            Ok(effects) => effects,
            Err(refusal) => return Box::pin(fut::err(refusal.into())),
        };
        let written = self.write(&effects, now);
        Box::pin(written.into_actor(self).map(move |written, room, ctx| match written {
            Ok(()) => {
                room.call = Some(next);
                room.perform(effects, ctx);
                Ok(())
            }
            Err(error) => {
                // Nobody else will say that the time is up.
                if let Some(timer) = fired {
                    log::error!("a call could not be ended: {}", error.hidden_cause().unwrap_or_default());
                    ctx.notify_later(Word::Fired(timer), AGAIN);
                }
                Err(error)
            }
        }))
    }

    /// Writes what is to last of the effects.
    fn write(&self, effects: &[Effect<Signal>], at: Time) -> super::switchboard::Written<()> {
        for effect in effects {
            match effect {
                Effect::Accepted { by, tell } => {
                    let accepted = Accepted { by: by.clone(), at, tell: tell.clone() };
                    return self.ledger.accept(self.callid.clone(), accepted);
                }
                Effect::Ended(ending) => return self.ledger.end(self.callid.clone(), ending.clone(), at),
                Effect::Ring { .. } | Effect::Relay { .. } | Effect::SetTimer(..) | Effect::ClearTimer(_) => {
                }
            }
        }
        Box::pin(std::future::ready(Ok(())))
    }

    /// Does what is not to last.
    fn perform(&mut self, effects: Vec<Effect<Signal>>, ctx: &mut Context<Self>) {
        for effect in effects {
            match effect {
                Effect::Relay { to, from, signal } => self.relay(to, from, signal),
                Effect::SetTimer(timer, at) => self.set_timer(timer, at, ctx),
                Effect::ClearTimer(timer) => {
                    self.timers.remove(&timer).map(|handle| ctx.cancel_future(handle));
                }
                Effect::Ended(_) => self.leave(ctx),
                // These were written.
                Effect::Ring { .. } | Effect::Accepted { .. } => {}
            }
        }
    }

    fn relay(&self, to: SessionId, from: Uid, signal: Signal) {
        let Some(call) = &self.call else { return };
        let party = if *call.uid(Party::Caller) == from { Party::Callee } else { Party::Caller };
        let reply = Reply::VideoCallSignal { callid: self.callid.clone(), from, signal };
        // Where the registry's mailbox is full, a fleeting word may be lost.
        let _ = self.registry.try_send(SayTo { uid: call.uid(party).clone(), id: to, reply });
    }

    fn set_timer(&mut self, timer: Timer, at: Time, ctx: &mut Context<Self>) {
        let millis = at.millis().saturating_sub(Time::now().millis());
        let wait = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        let handle = ctx.notify_later(Word::Fired(timer), wait);
        if let Some(earlier) = self.timers.insert(timer, handle) {
            ctx.cancel_future(earlier);
        }
    }

    /// Finds out from the registry what it may not have been told.
    fn look_again(&self) -> Taken {
        let Some(call) = &self.call else { return Box::pin(fut::ok(())) };
        let lines = Party::BOTH.map(|party| {
            let (uid, bound) = (call.uid(party).clone(), call.bound(party));
            (self.registry.send(FindConnections(uid.clone())), uid, bound)
        });
        let words = async move {
            let mut words = Vec::new();
            for (lines, uid, bound) in lines {
                let lines = lines.await.map_err(Error::inside)?;
                let lost = bound.filter(|bound| lines.iter().all(|(line, _)| line.session != *bound));
                words.extend(lost.map(Word::Went));
                words.extend(lines.into_iter().map(|(at, _)| Word::Came { uid: uid.clone(), at }));
            }
            Ok(words)
        };
        Box::pin(words.into_actor(self).map(|words: Result<_>, _, ctx| {
            words?.into_iter().for_each(|word| ctx.notify(word));
            Ok(())
        }))
    }

    fn begin(&mut self, rung: &Rung, caller: &Uid, at: Option<Connection>, now: Time) -> Result<Effects> {
        let invite = Invite {
            call: rung.callid.clone(),
            room: rung.roomid.clone(),
            caller: caller.clone(),
            callee: rung.callee.clone(),
            at,
        };
        let (call, effects) = Call::ring(invite, self.timing, now)?;
        self.call = Some(call);
        Ok(effects)
    }

    fn leave(&self, ctx: &mut Context<Self>) {
        let over = self.board.send(Over(self.callid.clone()));
        actix::spawn(async move {
            // The switchboard is gone only when the server ends.
            let _ = over.await;
        });
        ctx.stop();
    }
}

type Effects = Vec<Effect<Signal>>;

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

/// The connection that belongs to a request.
struct Found {
    /// The only one that registered with the request's own token.
    certain: Option<Connection>,
    /// That, or the only one that the person has.
    likely: Option<Connection>,
}

async fn find_connection(registry: Addr<Registry>, uid: Uid, token: TokenHash) -> Result<Found> {
    let lines = registry.send(FindConnections(uid)).await.map_err(Error::inside)?;
    let own = lines.iter().filter(|(_, registered)| *registered == token).map(|(line, _)| line);
    let own: Vec<_> = own.cloned().collect();
    Ok(match (own.as_slice(), lines.as_slice()) {
        ([only], _) => Found { certain: Some(only.clone()), likely: Some(only.clone()) },
        ([], [(only, _)]) => Found { certain: None, likely: Some(only.clone()) },
        (_, _) => Found { certain: None, likely: None },
    })
}

impl Actor for CallRoom {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
    }
}

impl Handler<Dial> for CallRoom {
    type Result = AtomicResponse<Self, Result<Rung>>;

    fn handle(&mut self, Dial(invitation): Dial, _: &mut Self::Context) -> Self::Result {
        let Invitation { caller, token, whom } = invitation;
        let (at, expires) = (Time::now(), Time::now() + self.timing.ring);
        let ring = Ring { callid: self.callid.clone(), caller: caller.clone(), whom, at, expires };
        let (rung, board, registry) = (self.ledger.ring(ring), self.board.clone(), self.registry.clone());
        let found = async move {
            let rung = rung.await?;
            // First the parties are known, so that no connection goes unnoticed that is found next.
            let parties = [caller.clone(), rung.callee.clone()];
            // Both are gone only when the server ends; the call rings already.
            let _ = board.send(Parties(rung.callid.clone(), parties)).await;
            let line = find_connection(registry, caller.clone(), token).await.ok();
            Ok((rung, caller, line.and_then(|found| found.likely)))
        };
        AtomicResponse::new(Box::pin(found.into_actor(self).map(move |found, room, ctx| {
            let begun = found.and_then(|(rung, caller, line)| {
                let effects = room.begin(&rung, &caller, line, at)?;
                Ok((rung, effects))
            });
            match begun {
                Ok((rung, effects)) => {
                    room.perform(effects, ctx);
                    Ok(rung)
                }
                Err(error) => {
                    ctx.stop();
                    Err(error)
                }
            }
        })))
    }
}

impl Handler<Word> for CallRoom {
    type Result = AtomicResponse<Self, Result<()>>;

    fn handle(&mut self, word: Word, _: &mut Self::Context) -> Self::Result {
        AtomicResponse::new(self.take(word))
    }
}

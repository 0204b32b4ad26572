//! The actor that owns the timers of questions. What is looked up and how somebody is reminded is the
//! affair of the `DutyStore` that it is given.

use super::rounds::{Effect, Event, Rounds};
use super::store::DutyStore;
use crate::error::Error;
use crate::model::Time;
use actix::prelude::*;

/// The actor.
pub struct DutyRoom<S> {
    store: S,
    rounds: Rounds,
}

impl<S: DutyStore> DutyRoom<S> {
    /// A duty room that makes these rounds; its first round begins with it.
    pub fn new(store: S, rounds: Rounds) -> Self {
        Self { store, rounds }
    }

    fn on(&mut self, event: Event, ctx: &mut Context<Self>) {
        match self.rounds.on(event) {
            Some(Effect::Look(search)) => {
                let page = self.store.list_due(search).into_actor(self);
                ctx.spawn(page.map(|page, room, ctx| {
                    room.on(Event::Looked(page.inspect_err(log).ok()), ctx);
                }));
            }
            Some(Effect::Remind(dialogid, reminder)) => {
                let reminded = self.store.remind(dialogid, reminder).into_actor(self);
                ctx.spawn(reminded.map(|reminded, room, ctx| {
                    // What failed is due again in the next round.
                    let _ = reminded.inspect_err(log);
                    room.on(Event::Reminded, ctx);
                }));
            }
            Some(Effect::Rest(rest)) => {
                ctx.run_later(rest, |room, ctx| room.on(Event::Beat(Time::now()), ctx));
            }
            None => {}
        }
    }
}

impl<S: DutyStore> Actor for DutyRoom<S> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.on(Event::Beat(Time::now()), ctx);
    }
}

fn log(error: &Error) {
    error.log("the duty room failed");
}

//! The duty room: the actor that owns the timers of questions. What is looked up and how somebody
//! is reminded is the affair of the `Desk` that it is given.

use super::{Due, Effect, Event, Reminder, Rounds, Search};
use crate::error::{Error, Result};
use crate::model::{DialogId, Time};
use actix::prelude::*;
use std::pin::Pin;

/// Something that the desk is doing.
pub type Doing<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// Where questions are kept and people are reminded.
pub trait Desk: Unpin + 'static {
    /// At most `PAGE` questions that are due, oldest first.
    fn look(&self, search: Search) -> Doing<Vec<Due>>;
    /// Reminds of a question; not where it has been answered or reminded of meanwhile.
    fn remind(&self, dialogid: DialogId, reminder: Reminder) -> Doing<()>;
}

/// The actor.
pub struct DutyRoom<D> {
    desk: D,
    rounds: Rounds,
}

impl<D: Desk> DutyRoom<D> {
    /// A duty room that makes these rounds at this desk; its first round begins with it.
    pub fn new(desk: D, rounds: Rounds) -> Self {
        Self { desk, rounds }
    }

    fn on(&mut self, event: Event, ctx: &mut Context<Self>) {
        match self.rounds.on(event) {
            Some(Effect::Look(search)) => {
                let page = self.desk.look(search).into_actor(self);
                ctx.spawn(page.map(|page, room, ctx| {
                    room.on(Event::Looked(page.inspect_err(log_cause).ok()), ctx);
                }));
            }
            Some(Effect::Remind(dialogid, reminder)) => {
                let reminded = self.desk.remind(dialogid, reminder).into_actor(self);
                ctx.spawn(reminded.map(|reminded, room, ctx| {
                    // What failed is due again in the next round.
                    let _ = reminded.inspect_err(log_cause);
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

impl<D: Desk> Actor for DutyRoom<D> {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.on(Event::Beat(Time::now()), ctx);
    }
}

fn log_cause(error: &Error) {
    log::error!("the duty room failed: {}", error.hidden_cause().unwrap_or_else(|| error.to_string()));
}

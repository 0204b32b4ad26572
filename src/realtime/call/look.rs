//! How a room finds out what it was not told of its parties' connections: by the registries of all nodes that are heard.

use super::event::{Event, Party};
use super::locate::Located;
use super::memory::Look;
use super::message::{CallParties, Signal};
use super::room::CallRoom;
use crate::error::Result;
use actix::prelude::*;
use std::time::Duration;

/// How long a room waits before it asks again where a node has not answered.
const AGAIN: Duration = Duration::from_secs(2);

impl CallRoom {
    /// The call with its two, as soon as it rings.
    pub(super) fn parties(&self) -> Option<CallParties> {
        let call = self.call.as_ref()?;
        let parties = Party::BOTH.map(|party| call.uid(party).clone());
        Some(CallParties { callid: self.callid.clone(), parties })
    }

    /// Takes in where the two are connected; where not all have said so, it looks again later.
    pub(super) fn learn(&mut self, located: &mut Located, ctx: &mut Context<Self>) {
        located.leave_out(|session| self.memory.is_lost(session));
        located.all().for_each(|found| self.memory.note(found.at.session, found.site));
        if located.is_partial() && !std::mem::replace(&mut self.memory.looks_later, true) {
            ctx.run_later(AGAIN, |room, ctx| {
                room.memory.looks_later = false;
                room.look_again(ctx);
            });
        }
    }

    /// Finds out what the room was not told of; what it is told meanwhile it takes in.
    pub(super) fn look_again(&mut self, ctx: &mut Context<Self>) {
        let Some(parties) = self.parties() else { return };
        if self.memory.look != Look::Idle {
            self.memory.look = Look::Again;
            return;
        }
        self.memory.look = Look::UnderWay;
        let located = self.reach.locate(parties).into_actor(self);
        ctx.spawn(located.map(|located, room, ctx| room.have_looked(located, ctx)));
    }

    fn have_looked(&mut self, located: Result<Located>, ctx: &mut Context<Self>) {
        let looks_again = std::mem::take(&mut self.memory.look) == Look::Again;
        // It fails only when the server ends.
        if let Ok(mut located) = located {
            self.learn(&mut located, ctx);
            Party::BOTH.into_iter().for_each(|party| self.compare(party, &located, ctx));
            self.forget_sites();
        }
        if looks_again {
            self.look_again(ctx);
        }
    }

    /// Lets happen to a party what the room would have been told: that its connection is gone, that others are there.
    fn compare(&mut self, party: Party, located: &Located, ctx: &mut Context<Self>) {
        let Some(call) = &self.call else { return };
        let (uid, bound) = (call.uid(party).clone(), call.bound(party));
        let found = located.of(party);
        if let Some(bound) = bound.filter(|bound| found.iter().all(|found| found.at.session != *bound)) {
            let site = self.memory.site(bound);
            if located.is_silent(site) {
                self.memory.miss(&uid);
            }
            if located.knows(site) {
                self.happen_at_once(Event::Lost(bound), ctx);
            }
        }
        for found in found {
            self.memory.see(&uid);
            self.happen_at_once(Event::Arrived { uid: uid.clone(), at: found.at.clone() }, ctx);
        }
    }
    /// Lets something happen that leaves nothing to be kept.
    fn happen_at_once(&mut self, event: Event<Signal>, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        if let Some(Ok(effects)) = self.call.as_mut().map(|call| call.on(event, now)) {
            self.perform(effects, ctx);
        }
    }

    /// Forgets where connections are that the call is not bound to.
    pub(super) fn forget_sites(&mut self) {
        let Some(call) = &self.call else { return };
        let bound = Party::BOTH.map(|party| call.bound(party));
        self.memory.keep_sites(|session| bound.contains(&Some(session)));
    }
}

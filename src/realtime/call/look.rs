//! What a room knows of its parties' connections besides what its call does, and how it finds out what it was not told
//! of them: by the registries of all nodes that are heard.

use super::event::{Event, Party};
use super::locate::Located;
use super::message::{CallParties, Site};
use super::room::CallRoom;
use crate::error::Result;
use crate::model::{Node, SessionId, Uid};
use actix::prelude::*;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

/// How many connections that are gone are remembered: more do not come and go while one question is under way.
const LOST: usize = 32;
/// How long a room waits before it asks again where a node has not answered.
const AGAIN: Duration = Duration::from_secs(2);

/// What a room knows of connections.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The other nodes on which connections are that the call is bound to, or may be next.
    sites: HashMap<SessionId, Node>,
    /// Connections that are gone, the last ones: none ever comes back, and an answer from before may still name them.
    lost: VecDeque<SessionId>,
    /// Who was lost because their node is not heard, and not seen again.
    unheard: HashSet<Uid>,
    look: Look,
    looks_later: bool,
}

/// Whether a room is looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Look {
    #[default]
    Idle,
    UnderWay,
    /// And will once more, as something was missed meanwhile.
    Again,
}

impl Memory {
    /// Notes where a connection is.
    pub(super) fn note(&mut self, session: SessionId, site: Site) {
        if let Site::There(node) = site {
            self.sites.insert(session, node);
        }
    }

    /// Where a connection is that was noted.
    pub(super) fn site(&self, session: SessionId) -> Site {
        self.sites.get(&session).map_or(Site::Here, |node| Site::There(*node))
    }

    /// Forgets where other connections are than these.
    pub(super) fn keep_sites(&mut self, stays: impl Fn(SessionId) -> bool) {
        self.sites.retain(|session, _| stays(*session));
    }

    /// Notes that a connection is gone.
    pub(super) fn lose(&mut self, session: SessionId) {
        self.lost.push_back(session);
        if self.lost.len() > LOST {
            self.lost.pop_front();
        }
    }

    /// Whether a connection is known to be gone.
    pub(super) fn is_lost(&self, session: SessionId) -> bool {
        self.lost.contains(&session)
    }

    /// Whether somebody was lost because their node is not heard.
    pub(super) fn is_unheard(&self, uid: &Uid) -> bool {
        self.unheard.contains(uid)
    }

    /// Somebody is there again.
    pub(super) fn see(&mut self, uid: &Uid) {
        self.unheard.remove(uid);
    }
}

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
                self.memory.unheard.insert(uid.clone());
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
}

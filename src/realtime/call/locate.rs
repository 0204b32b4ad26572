//! Which connections the parties of a call have, as the registries of all nodes know them, and the way to each.

use super::event::Party;
use super::lines::Lines;
use super::message::{CallParties, Registered, Site};
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::{Node, SessionId, TokenHash, Uid};
use crate::protocol::replies::Word;
use crate::realtime::registry::actor::Registry;
use crate::realtime::registry::messages::{FindConnections, SendEphemeralTo};
use actix::Addr;
use futures_util::future::join_all;
use std::rc::Rc;

/// How people's connections are found and spoken to, on this node and on others.
#[derive(Clone)]
pub(super) struct Reach {
    pub(super) registry: Addr<Registry>,
    pub(super) lines: Rc<dyn Lines>,
}

/// A connection of a party.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) at: Connection,
    pub(super) site: Site,
    token: TokenHash,
}

/// The connections of both parties.
#[derive(Default)]
pub(super) struct Located {
    found: [Vec<Found>; 2],
    /// The other nodes that were asked, and those of them that have not answered.
    asked: Vec<Node>,
    unanswered: Vec<Node>,
}

impl Reach {
    /// Finds them all.
    pub(super) fn locate(&self, call: CallParties) -> impl Future<Output = Result<Located>> + use<> {
        let here = self.find_here(&call);
        let asked = self.lines.heard();
        let there: Vec<_> = asked.iter().map(|node| self.lines.find(*node, call.clone())).collect();
        async move {
            let mut located = Located { asked: asked.clone(), ..Located::default() };
            located.add(Site::Here, here.await?);
            for (node, found) in asked.into_iter().zip(join_all(there).await) {
                match found {
                    Ok(found) => located.add(Site::There(node), found),
                    Err(_) => located.unanswered.push(node),
                }
            }
            Ok(located)
        }
    }

    /// Those on this node.
    pub(super) fn find_here(
        &self,
        call: &CallParties,
    ) -> impl Future<Output = Result<[Registered; 2]>> + use<> {
        let [caller, callee] = call.parties.clone().map(|uid| self.registry.send(FindConnections(uid)));
        async move { Ok([caller.await.map_err(Error::inside)?, callee.await.map_err(Error::inside)?]) }
    }

    /// Says something to one connection; an ephemeral message may be lost, as where the registry's mailbox is full.
    pub(super) fn say_to(&self, site: Site, uid: Uid, id: SessionId, word: Word) {
        match site {
            Site::Here => drop(self.registry.try_send(SendEphemeralTo { uid, id, word })),
            Site::There(node) => self.lines.say_to(node, uid, id, word),
        }
    }
}

impl Located {
    fn add(&mut self, site: Site, parties: [Registered; 2]) {
        for (all, registered) in self.found.iter_mut().zip(parties) {
            all.extend(registered.into_iter().map(|(at, token)| Found { at, site, token }));
        }
    }

    /// Leaves out connections of which it is known that they are gone.
    pub(super) fn leave_out(&mut self, is_gone: impl Fn(SessionId) -> bool) {
        self.found.iter_mut().for_each(|all| all.retain(|found| !is_gone(found.at.session)));
    }

    /// Those of one party.
    pub(super) fn of(&self, party: Party) -> &[Found] {
        let [caller, callee] = &self.found;
        match party {
            Party::Caller => caller,
            Party::Callee => callee,
        }
    }

    /// Those of both.
    pub(super) fn all(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().flatten()
    }

    /// Whether the connection is there.
    pub(super) fn has(&self, at: &Connection) -> bool {
        self.all().any(|found| found.at == *at)
    }

    /// Whether nodes that are heard have not said whom they have.
    pub(super) fn is_partial(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// Whether the connections there are known, or the node is one that is not heard, on which none counts.
    pub(super) fn knows(&self, site: Site) -> bool {
        match site {
            Site::Here => true,
            Site::There(node) => !self.unanswered.contains(&node),
        }
    }

    /// Whether the site is a node that is not heard.
    pub(super) fn is_silent(&self, site: Site) -> bool {
        match site {
            Site::Here => false,
            Site::There(node) => !self.asked.contains(&node),
        }
    }
}

/// The one that registered with a request's own token, where only one did.
pub(super) fn certain(all: &[Found], token: TokenHash) -> Option<Connection> {
    match own(all, token).as_slice() {
        [only] => Some(only.at.clone()),
        _none_or_several => None,
    }
}

/// That, or the only one that the person has.
pub(super) fn likely(all: &[Found], token: TokenHash) -> Option<Connection> {
    match (own(all, token).as_slice(), all) {
        ([only], _) => Some(only.at.clone()),
        ([], [only]) => Some(only.at.clone()),
        (_, _) => None,
    }
}

fn own(all: &[Found], token: TokenHash) -> Vec<&Found> {
    all.iter().filter(|found| found.token == token).collect()
}

//! What a room knows of its parties' connections besides what its call does: where they are, and which are gone.

use super::message::Site;
use crate::model::{Node, SessionId, Uid};
use std::collections::{HashMap, HashSet, VecDeque};

/// How many connections that are gone are remembered: more do not come and go while one question is under way.
const LOST: usize = 32;

/// What a room knows of connections.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The other nodes on which connections are that the call is bound to, or may be next.
    sites: HashMap<SessionId, Node>,
    /// Connections that are gone, the last ones: none ever comes back, and an answer from before may still name them.
    lost: VecDeque<SessionId>,
    /// Who was lost because their node is not heard, and was not seen again.
    unheard: HashSet<Uid>,
    pub(super) look: Look,
    /// Whether it will look in a while.
    pub(super) looks_later: bool,
}

/// Whether a room is looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Look {
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

    /// Somebody is lost because their node is not heard.
    pub(super) fn miss(&mut self, uid: &Uid) {
        self.unheard.insert(uid.clone());
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

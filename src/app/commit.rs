//! What follows a commit: pushes are handed to the registry, void tokens forgotten, connections closed.
//!
//! It runs on the thread that committed, before the answer, so that it happens even where the client
//! that asked has hung up. What concerns other nodes waits for them in the same order: a commit's pushes, then its effects.

use crate::auth::token::TokenCache;
use crate::cluster::dispatch::Dispatch;
use crate::db::transaction::{Commit, OnCommit};
use crate::metrics::Metrics;
use crate::protocol::effect::Effect;
use crate::realtime::acknowledged::Acknowledged;
use crate::realtime::close::CloseReason;
use crate::realtime::duty::desk::Desk;
use crate::realtime::group::warm::WarmRooms;
use crate::realtime::registry::delivery::{DeliverySender, Handover, Order};
use crate::realtime::registry::messages::{CloseAll, Displace, SendEphemeral};
use std::sync::Arc;

/// What commits and the application hold together; cheap to clone.
#[derive(Clone)]
pub struct Shared {
    /// The tokens that were found valid.
    pub token_cache: Arc<TokenCache>,
    /// Who has acknowledged something lately.
    pub acknowledged: Arc<Acknowledged>,
    /// What the duty desk is to be told.
    pub desk: Arc<Desk>,
    /// The rooms in which somebody types.
    pub rooms: Arc<WarmRooms>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What waits for other nodes, where there are some.
    pub nodes: Option<Arc<Dispatch>>,
}

/// Carries out what commits hand on.
pub fn on_commit(shared: Shared, registry: DeliverySender) -> OnCommit {
    Arc::new(move |Commit { deliveries, effects, .. }| {
        shared.metrics.pushes.committed(&deliveries);
        if let Some(nodes) = &shared.nodes {
            nodes.push(&deliveries, &effects);
        }
        let orders = shared.carry_out(effects);
        registry.hand_on(Handover { deliveries, orders });
    })
}

impl Shared {
    /// Does what follows from commits, of whichever node; returns what is left to the registry.
    pub fn carry_out(&self, effects: Vec<Effect>) -> Vec<Order> {
        effects.into_iter().filter_map(|effect| self.follow(effect)).collect()
    }

    /// Forgets what other nodes may have made void or changed.
    pub fn forget_all(&self) {
        self.token_cache.forget_all();
        self.rooms.forget_all();
    }

    /// Forgets what is void or out of date, and notes what workers see to.
    fn follow(&self, effect: Effect) -> Option<Order> {
        let close = |uid, token| Some(Order::Close(CloseAll { uid, token, why: CloseReason::TokenVoid }));
        match effect {
            Effect::TokenRevoked { uid, token } => {
                self.token_cache.forget(token);
                close(uid, Some(token))
            }
            Effect::AccountRevoked(uid) => {
                self.token_cache.forget_account(&uid);
                self.rooms.forget_account(&uid);
                close(uid, None)
            }
            Effect::AccountChanged(uid) => {
                self.token_cache.forget_account(&uid);
                None
            }
            Effect::RoomChanged(roomid) => {
                self.rooms.forget(&roomid);
                None
            }
            Effect::PushesAcknowledged(uid) => {
                self.acknowledged.note(uid);
                None
            }
            Effect::QuestionChanged(status) => {
                self.desk.note(status);
                None
            }
            Effect::DeskOpened(uid) => {
                self.desk.open(uid);
                None
            }
            Effect::RosterChanged => {
                self.desk.note_roster();
                None
            }
            Effect::Displaced { uid, deviceid, epoch, .. } => {
                Some(Order::Displace(Displace { uid, deviceid, epoch }))
            }
            Effect::Tell { to, word } => Some(Order::Tell(SendEphemeral { to, word })),
        }
    }
}

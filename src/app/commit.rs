//! What follows a commit: pushes are handed to the registry, void tokens forgotten, connections closed.
//!
//! It runs on the thread that committed, before the answer, so that it happens even where the client
//! that asked has hung up.

use crate::auth::token::TokenCache;
use crate::cluster::dispatch::Dispatch;
use crate::db::transaction::{Commit, OnCommit};
use crate::metrics::Metrics;
use crate::protocol::effect::Effect;
use crate::realtime::acknowledged::Acknowledged;
use crate::realtime::close::CloseReason;
use crate::realtime::duty::desk::Desk;
use crate::realtime::registry::delivery::{DeliverySender, Handover, Order};
use crate::realtime::registry::messages::{CloseAll, SendEphemeral};
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
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What waits for other nodes, where there are some.
    pub nodes: Option<Arc<Dispatch>>,
}

/// Carries out what commits hand on.
pub fn on_commit(shared: Shared, registry: DeliverySender) -> OnCommit {
    Arc::new(move |Commit { deliveries, effects, .. }| {
        shared.metrics.pushes.committed(&deliveries);
        if let Some(nodes) = shared.nodes.as_ref().filter(|_| !deliveries.is_empty()) {
            nodes.push(&deliveries);
        }
        let carry_out = |effect| carry_out(effect, &shared);
        let orders = effects.into_iter().filter_map(carry_out).collect();
        registry.hand_on(Handover { deliveries, orders });
    })
}

/// Forgets what is void or out of date, and notes what workers see to; returns what is left to the registry.
fn carry_out(effect: Effect, shared: &Shared) -> Option<Order> {
    let close = |uid, token| Some(Order::Close(CloseAll { uid, token, why: CloseReason::TokenVoid }));
    match effect {
        Effect::TokenRevoked { uid, token } => {
            shared.token_cache.forget(token);
            close(uid, Some(token))
        }
        Effect::AccountRevoked(uid) => {
            shared.token_cache.forget_account(&uid);
            close(uid, None)
        }
        Effect::AccountChanged(uid) => {
            shared.token_cache.forget_account(&uid);
            None
        }
        Effect::PushesAcknowledged(uid) => {
            shared.acknowledged.note(uid);
            None
        }
        Effect::QuestionChanged(status) => {
            shared.desk.note(status);
            None
        }
        Effect::Tell { to, reply } => Some(Order::Tell(SendEphemeral { to, reply })),
    }
}

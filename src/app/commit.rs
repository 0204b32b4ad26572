//! What follows a commit: pushes are handed to the registry, void tokens forgotten, connections closed.
//!
//! It runs on the thread that committed, before the answer, so that it happens even where the client
//! that asked has hung up.

use crate::auth::token::TokenCache;
use crate::db::transaction::{Commit, OnCommit};
use crate::metrics::Metrics;
use crate::protocol::effect::Effect;
use crate::realtime::acknowledged::Acknowledged;
use crate::realtime::close::CloseReason;
use crate::realtime::duty::desk::Desk;
use crate::realtime::registry::delivery::{DeliverySender, Handover, Order};
use crate::realtime::registry::messages::{CloseAll, SendEphemeral};
use std::sync::Arc;

/// What commits leave to workers.
#[derive(Debug, Default)]
pub struct Noted {
    /// Who has acknowledged pushes.
    pub acknowledged: Acknowledged,
    /// Which questions have changed.
    pub desk: Arc<Desk>,
}

/// Carries out what commits hand on.
pub fn on_commit(
    token_cache: Arc<TokenCache>,
    noted: Arc<Noted>,
    metrics: Arc<Metrics>,
    registry: DeliverySender,
) -> OnCommit {
    Arc::new(move |Commit { deliveries, effects, .. }| {
        metrics.pushes.committed(&deliveries);
        let carry_out = |effect| carry_out(effect, &token_cache, &noted);
        let orders = effects.into_iter().filter_map(carry_out).collect();
        registry.hand_on(Handover { deliveries, orders });
    })
}

/// Forgets what is void or out of date, and notes what workers see to; returns what is left to the registry.
fn carry_out(effect: Effect, token_cache: &TokenCache, noted: &Noted) -> Option<Order> {
    let close = |uid, token| Some(Order::Close(CloseAll { uid, token, why: CloseReason::TokenVoid }));
    match effect {
        Effect::TokenRevoked { uid, token } => {
            token_cache.forget(token);
            close(uid, Some(token))
        }
        Effect::AccountRevoked(uid) => {
            token_cache.forget_account(&uid);
            close(uid, None)
        }
        Effect::AccountChanged(uid) => {
            token_cache.forget_account(&uid);
            None
        }
        Effect::PushesAcknowledged(uid) => {
            noted.acknowledged.note(uid);
            None
        }
        Effect::QuestionChanged(status) => {
            noted.desk.note(status);
            None
        }
        Effect::Tell { to, reply } => Some(Order::Tell(SendEphemeral { to, reply })),
    }
}

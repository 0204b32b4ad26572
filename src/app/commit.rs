//! What follows a commit: pushes are handed to the registry, void tokens forgotten, connections closed.
//!
//! It runs on the thread that committed, before the answer, so that it happens even where the client
//! that asked has hung up.

use crate::auth::token::GoodTokens;
use crate::db::transaction::{Commit, OnCommit};
use crate::metrics::Metrics;
use crate::protocol::effect::Effect;
use crate::realtime::close::Close;
use crate::realtime::registry::delivery::{DeliverySender, Handover};
use crate::realtime::registry::messages::CloseAll;
use std::sync::Arc;

/// Carries out what commits hand on.
pub fn on_commit(good_tokens: Arc<GoodTokens>, metrics: Arc<Metrics>, registry: DeliverySender) -> OnCommit {
    Arc::new(move |Commit { deliveries, effects }| {
        metrics.pushes.committed(&deliveries);
        let closings = effects.into_iter().filter_map(|effect| carry_out(effect, &good_tokens)).collect();
        registry.hand_on(Handover { deliveries, closings });
    })
}

/// Forgets what is void or out of date; returns which connections close.
fn carry_out(effect: Effect, good_tokens: &GoodTokens) -> Option<CloseAll> {
    let close = |uid, token| Some(CloseAll { uid, token, why: Close::TokenVoid });
    match effect {
        Effect::TokenRevoked { uid, token } => {
            good_tokens.forget(token);
            close(uid, Some(token))
        }
        Effect::AccountRevoked(uid) => {
            good_tokens.forget_account(&uid);
            close(uid, None)
        }
        Effect::AccountChanged(uid) => {
            good_tokens.forget_account(&uid);
            None
        }
    }
}

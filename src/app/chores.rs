//! What is done once for the whole service: by the one process, or by one of several nodes. `store::chore` says by which.

use crate::app::App;
use std::time::Instant;
use tokio::time::sleep_until;

impl App {
    /// Whether this process does it.
    pub fn does_chores(&self) -> bool {
        self.0.nodes.as_ref().is_none_or(|nodes| is_ours(&nodes.chores().borrow()))
    }

    /// Waits until this process does it; not at all where it is alone.
    pub async fn chores_begin(&self) {
        let Some(nodes) = &self.0.nodes else { return };
        // It fails only where the nodes are gone, who live as long as the application.
        let _ = nodes.chores().wait_for(is_ours).await;
    }

    /// Waits until this process does it no more; where it is alone, for ever.
    pub async fn chores_end(&self) {
        let Some(nodes) = &self.0.nodes else { return std::future::pending().await };
        let mut chores = nodes.chores();
        loop {
            let until = *chores.borrow_and_update();
            let Some(until) = until.filter(|until| Instant::now() < *until) else { return };
            tokio::select! {
                () = sleep_until(until.into()) => {}
                _ = chores.changed() => {}
            }
        }
    }
}

/// Whether what is held until then is held now.
fn is_ours(until: &Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() < until)
}

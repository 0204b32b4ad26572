//! Has video calls look how things stand where nodes may not have heard each other: after a gap, where others are heard
//! than before or this one has begun a new life, and now and then as long as it does not hear all.
//!
//! What a call then does is in `realtime::call`.

use super::job::{self, Next};
use crate::app::App;
use crate::cluster::dispatch::Dispatch;
use crate::model::Node;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How often it is looked who is heard.
const PERIOD: Duration = Duration::from_secs(1);
/// How often calls look as long as not all are heard.
const DEAF: Duration = Duration::from_secs(5);
/// How long gaps are gathered.
const REST: Duration = Duration::from_millis(200);

/// What calls have looked at last.
struct Watcher {
    app: App,
    nodes: Arc<Dispatch>,
    missed: watch::Receiver<()>,
    /// This node's life, and the others that it heard.
    known: (Option<Node>, Vec<Node>),
    looked: Instant,
}

/// Starts watching.
pub fn start(app: App, nodes: Arc<Dispatch>) {
    let missed = nodes.missed();
    let mut watcher = Watcher { app, nodes, missed, known: Default::default(), looked: Instant::now() };
    job::spawn("watching over calls", async move || {
        watcher.round().await;
        Ok(Next::Wait(REST))
    });
}

impl Watcher {
    async fn round(&mut self) {
        let has_missed = matches!(timeout(PERIOD, self.missed.changed()).await, Ok(Ok(())));
        if has_missed {
            sleep(REST).await;
            self.missed.mark_unchanged();
        }
        let now = Instant::now();
        let known = (self.nodes.node(), self.nodes.heard_now(now));
        let is_deaf = !self.nodes.hears_all(now) && now - self.looked >= DEAF;
        // Between two lives nothing is known.
        if known.0.is_some() && (has_missed || is_deaf || known != self.known) {
            (self.known, self.looked) = (known, now);
            self.app.look_at_calls().await;
        }
    }
}

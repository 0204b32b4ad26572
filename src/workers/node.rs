//! This process as one of several nodes: it holds its lease, tells the others what it commits, hears what they do, and
//! sweeps the store where it may not have heard all.
//!
//! Whoever is taken for dead begins a new life. What nodes tell each other is in `cluster`.

use super::job::{self, Next};
use super::sweep;
use crate::app::App;
use crate::app::commit::Shared;
use crate::cluster::bundle::Bundle;
use crate::cluster::bus::{Bus, End};
use crate::cluster::carrier::Carrier;
use crate::cluster::dispatch::Dispatch;
use crate::cluster::gaps::{Gaps, Hearing};
use crate::cluster::wire::{Beat, Message, Stamp, Unread};
use crate::db::lane::is_ending;
use crate::db::transaction::Tx;
use crate::error::Result;
use crate::metrics::SweepCause;
use crate::model::Node;
use crate::realtime::registry::delivery::{DeliverySender, Handover};
use crate::store::{chore, node};
use bytes::Bytes;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};
use tokio::time::{interval, sleep, timeout};

/// How often the lease is renewed.
const RENEWAL: Duration = Duration::from_secs(2);
/// How often the others are told that this node lives.
const BEAT: Duration = Duration::from_secs(1);
/// How often a node sweeps that does not hear all; more seldom where more are connected than it may ask for in a second.
const DEAF: Duration = Duration::from_secs(2);
const SWEPT_A_SECOND: usize = 10_000;
/// How often it is looked whether it does.
const LOOK: Duration = Duration::from_millis(500);
/// How long a node rests after a sweep.
const REST: Duration = Duration::from_millis(200);

/// What a node works with.
struct Parts {
    app: App,
    name: String,
    carrier: Carrier,
    dispatch: Arc<Dispatch>,
    /// What follows a commit, of whichever node.
    shared: Shared,
    registry: DeliverySender,
    /// Something was not heard.
    gap: Notify,
    /// A node was heard of which this one does not know that it lives.
    newcomer: Notify,
}

/// Starts a node among those that have this bus; nothing where `shared` has no nodes.
pub fn start(app: App, carrier: Carrier, shared: Shared, registry: DeliverySender) {
    let Some(dispatch) = shared.nodes.clone() else { return };
    let name = app.config().cluster.as_ref().map(|cluster| cluster.node.clone()).unwrap_or_default();
    let parts =
        Parts { app, name, carrier, dispatch, shared, registry, gap: Notify::new(), newcomer: Notify::new() };
    job::spawn("being a node", async move || parts.live().await);
}

/// Renews the leases of a node; returns who lives, and whether it does what one does for all.
fn renew(tx: &mut Tx<'_>, own: Node) -> Result<(Vec<Node>, bool)> {
    let living = node::renew(tx, own)?;
    let holds_chores = living.contains(&own) && chore::hold(tx, own)?;
    Ok((living, holds_chores))
}

/// Tells the others that this node ends.
pub async fn leave(app: &App, dispatch: &Dispatch) {
    let Some(node) = dispatch.leave() else { return };
    if let Err(error) =
        app.write(move |tx| node::leave(tx, node).and_then(|()| chore::release(tx, node))).await
    {
        error.log("leaving the other nodes failed");
    }
}

impl Parts {
    /// One life.
    async fn live(&self) -> Result<Next> {
        if self.dispatch.has_left() {
            return Ok(Next::End);
        }
        let name = self.name.clone();
        let slot = self.app.config().cluster.as_ref().and_then(|cluster| cluster.slot);
        let enter = move |tx: &mut Tx<'_>| node::enter(tx, slot, &name, env!("CARGO_PKG_VERSION"));
        let Some(own) = self.app.write(enter).await? else {
            log::warn!("node {} waits for its slot, which another life has, or for a free one", self.name);
            return Ok(Next::Wait(RENEWAL));
        };
        let (bus, incoming): End = match self.carrier.join(own.slot).await {
            Ok(end) => end,
            Err(error) => {
                self.app.write(move |tx| node::leave(tx, own)).await?;
                return Err(error);
            }
        };
        // What became void between two lives was not heard.
        self.shared.forget_all();
        self.dispatch.begin(own);
        // Connections of an earlier life have no places in this one, nor have those that registered in none.
        self.gap.notify_one();
        log::info!("node {} is in slot {}", self.name, own.slot);
        tokio::select! {
            () = self.hold_lease(own) => {}
            () = self.send(&*bus) => {}
            () = self.beat(&*bus) => {}
            () = self.hear(incoming) => {}
            () = self.sweep() => {}
        }
        self.dispatch.end();
        Ok(Next::Continue)
    }

    /// Returns when the life is over. Who has just begun is known at once, as its connections count from then on.
    async fn hold_lease(&self, own: Node) {
        let mut ticks = interval(RENEWAL);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.newcomer.notified() => ticks.reset(),
            }
            let at = Instant::now();
            match self.app.write_apart(move |tx| renew(tx, own)).await {
                Ok((living, holds_chores)) if living.contains(&own) => {
                    self.shared.metrics.cluster.keep(living.iter().map(|node| node.slot));
                    self.dispatch.renewed(living.into_iter().filter(|other| *other != own), at);
                    self.dispatch.set_chores(holds_chores.then_some(at));
                }
                Ok(_) if self.dispatch.has_left() => return,
                Ok(_) => return log::warn!("this node was taken for dead: it begins anew"),
                Err(error) if is_ending(&error) => return,
                Err(error) => error.log("renewing the lease failed"),
            }
        }
    }

    async fn send(&self, bus: &dyn Bus) {
        loop {
            self.dispatch.some().await;
            self.dispatch.send(bus);
        }
    }

    async fn beat(&self, bus: &dyn Bus) {
        let mut ticks = interval(BEAT);
        loop {
            ticks.tick().await;
            let connections = self.app.count_connections().await.unwrap_or_default();
            if !self.dispatch.hears_all(Instant::now()) {
                self.shared.metrics.cluster.was_deaf(BEAT);
            }
            let (version, store) =
                (env!("CARGO_PKG_VERSION").to_owned(), self.dispatch.store(Instant::now()));
            self.dispatch.beat(bus, &Beat { connections, version, store });
            if connections > 0 && self.dispatch.is_better_elsewhere(Instant::now()) {
                log::warn!("the database answers other nodes and not this one: its connections close");
                self.app.close_everybody().await;
            }
        }
    }

    async fn hear(&self, mut incoming: mpsc::Receiver<Bytes>) {
        let mut gaps = Gaps::default();
        while let Some(message) = incoming.recv().await {
            match Message::open(&message) {
                Ok((stamp, message)) => {
                    let hearing = self.note(&mut gaps, stamp);
                    self.take_in(stamp.from, hearing, message).await;
                }
                Err(Unread::Unknown(stamp)) => {
                    self.note(&mut gaps, stamp);
                    self.has_missed();
                }
                Err(Unread::NoEnvelope) => {}
            }
        }
    }

    /// A message was heard; before its sender counts as heard, what was missed is seen to.
    fn note(&self, gaps: &mut Gaps, stamp: Stamp) -> Hearing {
        let hearing = gaps.hear(stamp);
        match hearing {
            Hearing::Gap => self.has_missed(),
            Hearing::Whole | Hearing::Late => {}
        }
        if !self.dispatch.heard(stamp.from, Instant::now()) {
            self.newcomer.notify_one();
        }
        hearing
    }

    /// Something was not heard: what is remembered may be void, and the store has what connections were not told.
    fn has_missed(&self) {
        self.shared.metrics.cluster.missed();
        self.shared.forget_all();
        self.dispatch.has_missed();
        self.gap.notify_one();
    }

    async fn take_in(&self, from: Node, hearing: Hearing, message: Message) {
        match message {
            Message::Beat(beat) => {
                self.shared.metrics.cluster.told(from.slot, beat.connections);
                self.dispatch.heard_beat(from, &beat);
            }
            Message::Push(bundles) => {
                let deliveries = bundles.into_iter().flat_map(Bundle::deliveries).collect();
                self.registry.forward(Handover { deliveries, ..Handover::default() }).await;
            }
            Message::Effect(effects) => {
                let orders = self.shared.carry_out(effects);
                self.registry.forward(Handover { orders, ..Handover::default() }).await;
            }
            // What is asked twice is done once, and nothing out of its order: who asks is told, or waits in vain.
            Message::Ask(_) if hearing == Hearing::Late => {}
            Message::Ask(asks) => asks.into_iter().for_each(|ask| self.app.answer(from, ask)),
            Message::Answer(answers) => {
                answers.into_iter().for_each(|answer| self.dispatch.answered(from, answer));
            }
        }
    }

    /// After a gap, and now and then as long as this node does not hear all.
    async fn sweep(&self) {
        let mut swept = Instant::now();
        loop {
            let connections = self.app.count_connections().await.unwrap_or_default();
            let pause = DEAF.max(Duration::from_secs((connections / SWEPT_A_SECOND) as u64));
            let has_gap = timeout(LOOK, self.gap.notified()).await.is_ok();
            let is_deaf = || !self.dispatch.hears_all(Instant::now());
            if !has_gap && (swept.elapsed() < pause || !is_deaf()) {
                continue;
            }
            swept = Instant::now();
            let cause = if has_gap { SweepCause::Gap } else { SweepCause::Deaf };
            self.shared.metrics.cluster.sweeps(cause);
            match sweep::sweep(&self.app).await {
                Err(error) if is_ending(&error) => return,
                Err(error) => {
                    error.log("sweeping the store failed");
                    self.gap.notify_one();
                }
                Ok(()) => {}
            }
            sleep(REST).await;
        }
    }
}

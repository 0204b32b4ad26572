//! Messages on connections, both ways.

use super::set::{CountersByLabel, MetricSet};
use crate::error::Result;
use crate::protocol::commands::CommandKind;
use crate::protocol::frame::{Delivery, Frame};
use crate::protocol::pushes::PushKind;
use crate::protocol::replies::ReplyKind;
use prometheus::{IntCounter, IntCounterVec};
use strum::IntoEnumIterator;

/// Envelopes from clients.
pub struct Envelopes {
    received: CountersByLabel,
    refused: IntCounterVec,
}

/// The label of what is no command of the contract.
const OTHER: &str = "other";

impl Envelopes {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let received = set.counters(
            "jiayi_envelopes_received_total",
            "Envelopes from clients; other is what the contract does not know.",
            &["type"],
        )?;
        let refused = set.counters(
            "jiayi_envelopes_refused_total",
            "Envelopes that were answered S2C_ERROR, by its code.",
            &["code"],
        )?;
        let types = CommandKind::iter().map(CommandKind::name).chain([OTHER]);
        Ok(Self { received: CountersByLabel::new(&received, types), refused })
    }

    /// Counts an envelope; `None` if it is no command of the contract.
    pub fn heard(&self, kind: Option<CommandKind>) {
        self.received.count(kind.map_or(OTHER, CommandKind::name));
    }

    /// Counts an envelope that was refused with this code of the contract.
    pub fn refused(&self, code: &'static str) {
        self.refused.with_label_values(&[code]).inc();
    }
}

/// Messages from the server.
pub struct Pushes {
    committed: CountersByLabel,
    sent: CountersByLabel,
    replayed: IntCounter,
    ephemeral: CountersByLabel,
}

impl Pushes {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let by_type = |name, help| set.counters(name, help, &["type"]);
        let committed =
            by_type("jiayi_pushes_committed_total", "Durable pushes committed, one for each recipient.")?;
        let sent =
            by_type("jiayi_pushes_sent_total", "Durable pushes sent on a connection, live and replayed.")?;
        let ephemeral =
            by_type("jiayi_words_sent_total", "Answers and ephemeral messages sent on a connection.")?;
        let replayed = set.counter(
            "jiayi_pushes_replayed_total",
            "Durable pushes sent on a connection that were read from the store: after since, or after a gap.",
        )?;
        let pushes = || PushKind::iter().map(PushKind::name);
        Ok(Self {
            committed: CountersByLabel::new(&committed, pushes()),
            sent: CountersByLabel::new(&sent, pushes()),
            replayed,
            ephemeral: CountersByLabel::new(&ephemeral, ReplyKind::iter().map(ReplyKind::name)),
        })
    }

    /// Counts pushes that have been committed.
    pub fn committed(&self, deliveries: &[Delivery]) {
        deliveries.iter().for_each(|delivery| self.committed.count(&delivery.frame.name));
    }

    /// Counts a push that is sent on a connection.
    pub fn sent(&self, frame: &Frame) {
        self.sent.count(&frame.name);
    }

    /// Counts pushes, of those that are sent, which were read from the store.
    pub fn replayed(&self, count: usize) {
        self.replayed.inc_by(count as u64);
    }

    /// Counts a message that is not kept, sent on a connection.
    pub fn said(&self, name: &'static str) {
        self.ephemeral.count(name);
    }
}

//! Messages on connections, both ways.

use super::set::MetricSet;
use super::thread_counters::ThreadCounters;
use crate::error::Result;
use crate::protocol::commands::CommandKind;
use crate::protocol::frame::{Delivery, Frame};
use crate::protocol::pushes::PushKind;
use crate::protocol::replies::ReplyKind;
use prometheus::{IntCounter, IntCounterVec};
use strum::IntoEnumIterator;

/// Envelopes from clients.
pub struct Envelopes {
    received: ThreadCounters,
    refused: IntCounterVec,
}

/// The label of what is no command of the contract.
const OTHER: &str = "other";

impl Envelopes {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let received = set.thread_counters(
            "jiayi_envelopes_received_total",
            "Envelopes from clients; other is what the contract does not know.",
            "type",
            CommandKind::iter().map(CommandKind::name).chain([OTHER]),
        )?;
        let refused = set.counters(
            "jiayi_envelopes_refused_total",
            "Envelopes that were answered S2C_ERROR, by its code.",
            &["code"],
        )?;
        Ok(Self { received, refused })
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
    committed: ThreadCounters,
    sent: ThreadCounters,
    replayed: IntCounter,
    ephemeral: ThreadCounters,
}

impl Pushes {
    pub(super) fn new(set: &MetricSet) -> Result<Self> {
        let pushes =
            |name, help| set.thread_counters(name, help, "type", PushKind::iter().map(PushKind::name));
        let committed =
            pushes("jiayi_pushes_committed_total", "Durable pushes committed, one for each recipient.")?;
        let sent =
            pushes("jiayi_pushes_sent_total", "Durable pushes sent on a connection, live and replayed.")?;
        let ephemeral = set.thread_counters(
            "jiayi_words_sent_total",
            "Answers and ephemeral messages sent on a connection.",
            "type",
            ReplyKind::iter().map(ReplyKind::name),
        )?;
        let replayed = set.counter(
            "jiayi_pushes_replayed_total",
            "Durable pushes sent on a connection that were read from the store: after since, or after a gap.",
        )?;
        Ok(Self { committed, sent, replayed, ephemeral })
    }

    /// Counts pushes that have been committed.
    pub fn committed(&self, deliveries: &[Delivery]) {
        for same in deliveries.chunk_by(|one, next| one.frame.name == next.frame.name) {
            self.committed.count_many(&same[0].frame.name, same.len() as u64);
        }
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
